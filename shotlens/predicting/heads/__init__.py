"""The parts of the network that predict one head each."""
