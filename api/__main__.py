"""`python -m api`: the web service under gunicorn."""

import os
import sys

os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "python:api.server.gunicorn", *sys.argv[1:]])
