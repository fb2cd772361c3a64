"""The pages that people look at, with their templates, scripts and styles."""
