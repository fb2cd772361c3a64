"""What the heads stand on: Keras, the backbone, and how it is made faster."""
