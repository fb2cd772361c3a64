"""How gunicorn serves the API. The only modules that know gunicorn."""
