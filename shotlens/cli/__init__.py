"""`shotlens`, the command. Each module defines subcommands and their parsers; heavy imports wait until they run."""
