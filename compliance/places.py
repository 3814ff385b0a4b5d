"""Where Duly keeps its files on disk. Needs neither Django nor settings, so that launchers can use it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("DULY_VAR") or ROOT / "var").resolve()

POSTGRES_DATA = VAR / "postgres"
VALKEY_DATA = VAR / "valkey"
MAIL = VAR / "mail"
UPLOADS = VAR / "uploads"
SEALS = VAR / "seals"
LOGS = VAR / "log"
RUN = VAR / "run"
STATIC_ROOT = VAR / "static"
FRONTEND_BUILD = VAR / "build"

#: What ``script/server --reset`` throws away; the rest of var/ is made again or is a secret worth keeping.
DATA_FOLDERS = (POSTGRES_DATA, VALKEY_DATA, MAIL, UPLOADS, SEALS)


def socket_folder(data: Path) -> Path:
    """A short folder for the sockets of the server whose data is at `data`.

    A Unix socket's path may have about 100 characters, so it cannot lie beside the data. The same data
    has the same folder, so that one process finds the server that another started.
    """
    key = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path("/tmp") / f"duly-{key}"  # noqa: S108 - it is made closed to others


def embedded_database_url(user: str, name: str = "duly", data: Path = POSTGRES_DATA) -> str:
    """The address of the embedded PostgreSQL as one of its roles, through its socket."""
    folder = str(socket_folder(data)).replace("/", "%2F")
    return f"postgres://{user}@{folder}/{name}"


def embedded_redis_url(data: Path = VALKEY_DATA) -> str:
    """The address of the embedded Valkey, through its socket."""
    return f"unix://{socket_folder(data)}/valkey.sock"
