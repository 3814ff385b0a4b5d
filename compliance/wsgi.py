"""The web application for gunicorn. It starts only where start_checks.py finds no fault."""

from __future__ import annotations

import os
import time

from django.core.wsgi import get_wsgi_application

from compliance import start_checks
from compliance.serving.bodies import Guarded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

start_checks.exit_if_unreadable()
application = Guarded(get_wsgi_application(), time.time)
start_checks.exit_if_refused()
