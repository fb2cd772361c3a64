"""The types that all packages exchange: shots, heads, jobs, results, corrections. Pure: no Redis, HTTP or decoder."""
