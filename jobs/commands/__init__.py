"""The commands of whoever runs the service: start it, make access keys, look at failed work."""
