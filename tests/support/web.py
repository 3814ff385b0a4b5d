"""Duly's web under gunicorn, as the Procfile has it, on the tests' database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from compliance import places
from tests.support.mailserver import free_port

LEFT_OUT = {"EMAIL_URL", "SITE_URL", "BEHIND_PROXY"}


@contextmanager
def gunicorn(database_url: str, **settings: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A running web with one process, and `settings` in its environment: (its port, its process)."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name not in LEFT_OUT},
        "DATABASE_URL": database_url,
        "DULY_VAR": str(places.VAR),
        "WEB_WORKERS": "1",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        **settings,
    }
    command = [sys.executable, "-m", "gunicorn", "compliance.wsgi"]
    process = subprocess.Popen(command, cwd=places.ROOT, env=environment, start_new_session=True)
    try:
        wait_for(port, process)
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Until something answers on the port, whatever it answers."""
    until = time.monotonic() + seconds
    while True:
        assert process.poll() is None, "it ended"
        assert time.monotonic() < until, "it did not start"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return  # another name than SITE_URL's
        except OSError:
            time.sleep(0.1)
