"""What all rooms say to each other: shots, heads, jobs, results, corrections. Pure: no Redis, no HTTP, no decoder."""
