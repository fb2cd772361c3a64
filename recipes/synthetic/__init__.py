"""Samples and films made of photos and unlabelled videos, whose labels are known because they were made."""
