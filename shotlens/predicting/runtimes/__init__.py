"""What runs the network: LiteRT on a CPU, Keras on a GPU."""
