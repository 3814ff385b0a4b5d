"""The web application for gunicorn. It does not start as a role that owns tables."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

application = get_wsgi_application()

from compliance.roles import exit_if_owner  # noqa: E402 - needs the settings loaded above

exit_if_owner()
