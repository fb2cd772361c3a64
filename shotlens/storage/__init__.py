"""Where videos and frames lie: a folder today. Knows no HTTP, no queue and no decoder."""
