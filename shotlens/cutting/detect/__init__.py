"""Where shots open, and how: told from thumbnails, in the one decode pass."""
