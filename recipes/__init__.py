"""How to make the shipped weights: two recipes, and the films and pictures that they render."""
