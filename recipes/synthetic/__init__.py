"""Renders samples and films from photos and unlabelled videos; we know their labels because we rendered them."""
