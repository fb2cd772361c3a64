"""Shots in, labels out: the network, its preprocessing and its weights."""
