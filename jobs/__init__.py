"""What the services share: the job record, the queue on Redis streams, and their settings."""
