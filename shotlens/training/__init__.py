"""From photos and unlabelled videos to the weights that `model` serves."""
