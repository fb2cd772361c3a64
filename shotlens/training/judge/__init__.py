"""How good a checkpoint is, on what it was not trained on."""
