"""Video in, shots out: one decoding pass finds the cuts, eight frames of each shot and its camera path."""
