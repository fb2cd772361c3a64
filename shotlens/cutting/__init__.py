"""Video in, shots out: one decode pass finds the cuts, takes eight frames of each shot and its camera path."""
