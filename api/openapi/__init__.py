"""The OpenAPI document at /openapi.json, and /docs, which displays it. Knows nothing about jobs or Redis."""
