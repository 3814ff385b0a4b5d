"""The web application for gunicorn. It starts only where start_checks.py finds no fault."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from compliance import start_checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

start_checks.exit_if_unreadable()
application = get_wsgi_application()
start_checks.exit_if_refused()
