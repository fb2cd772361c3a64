"""What the heads build on: Keras, the backbone, and folding for speed."""
