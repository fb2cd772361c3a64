"""Movement and scale of each shot: the network, its preprocessing, its weights and the model worker."""
