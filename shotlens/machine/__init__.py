"""What this machine gives the process: its cores, and native messages that nobody asked for."""
