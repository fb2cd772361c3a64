"""What applies to every request, whatever it is for: who sends it, how often, and how errors are reported."""
