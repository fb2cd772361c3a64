"""Helpers for tests and benchmarks: videos, a stand-in for the workers, the whole service, waiting."""
