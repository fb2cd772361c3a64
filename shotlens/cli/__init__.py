"""`shotlens`, the command. Each module is a command, with its parser; what is heavy is imported when it runs."""
