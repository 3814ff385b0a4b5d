"""How gunicorn serves Duly; `gunicorn compliance.wsgi` in this folder reads it by itself."""

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

from django.conf import settings

from compliance import places, start_checks

start_checks.exit_if_unreadable()
bind = f"{settings.HOST}:{settings.PORT}"
workers = int(os.environ.get("WEB_WORKERS") or 2)
worker_class = "compliance.serving.worker.BufferingWorker"
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 3
loglevel = "warning"
logconfig_dict = settings.LOGGING
control_socket_disable = True

# Where the web processes keep how long pages took: a file each, added up by /metrics.
page_figures = places.RUN / f"pages-{settings.PORT}"
shutil.rmtree(page_figures, ignore_errors=True)
page_figures.mkdir(parents=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(page_figures)


def on_starting(server):
    """`--bind` may say otherwise than HOST: the demo is not shown where others come in."""
    for address in server.cfg.address:
        if fault := start_checks.wrong_listener(settings, address):
            start_checks.end([fault])


def child_exit(server, worker):
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)
