"""Labelled clips, and the samples that training reads."""
