"""How gunicorn serves Duly; `gunicorn compliance.wsgi` in this folder reads it by itself."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_WORKERS") or 2)
worker_class = "compliance.serving.worker.BufferingWorker"
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 3
loglevel = "warning"
control_socket_disable = True


def on_starting(server):
    """`--bind` may say otherwise than HOST: the demo is not shown where others come in."""
    from django.conf import settings

    from compliance import start_checks

    for address in server.cfg.address:
        if fault := start_checks.wrong_listener(settings, address):
            start_checks.end([fault])
