"""The parts of the network that answer one question each."""
