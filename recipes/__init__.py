"""How the shipped weights were made: two recipes, and the films and pictures that they render."""
