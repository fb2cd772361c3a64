"""Tests of `shotlens/machine`."""
