"""The OpenAPI document at /openapi.json, and the pages at /docs that show it. Knows no job and no Redis."""
