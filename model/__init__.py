"""Movement and scale of each shot: the network, its preprocessing, its weights and the model worker."""

import os

# Before anything here imports Keras: TensorFlow tells of its instruction sets and of missing GPUs on stderr otherwise.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
