"""How gunicorn serves the API: the only modules that import gunicorn."""
