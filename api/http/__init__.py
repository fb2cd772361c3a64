"""What every request meets, whatever it asks for: who asks, how often, and how a refusal is told."""
