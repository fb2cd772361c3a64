"""Films, a stand-in for the workers, the service and waiting: for tests and benchmarks."""
