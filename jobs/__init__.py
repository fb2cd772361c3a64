"""What the services share: the job record, the stream queue, where files lie, the settings."""
