"""The commands for operators: run the service, manage access keys, inspect and restart failed work."""
