"""Detects where shots open, and how, from thumbnails, during the single decoding pass."""
