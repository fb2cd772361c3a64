"""Where videos and frames are stored: currently a folder. Knows nothing about HTTP, the queue or the decoder."""
