"""A PostgreSQL of a bench's own, made for it and thrown away after it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from compliance import places, roles
from compliance.embedded.postgres import APP, Postgres
from contracts.row_security import asking


@contextmanager
def server_of(name: str) -> Iterator[Postgres]:
    """A running server whose data are in var/NAME; nothing of it is left afterwards, nor of one before."""
    server = Postgres(places.VAR / name, places.VAR / f"{name}.log")
    _remove(server)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        _remove(server)


def _remove(server: Postgres) -> None:
    data = server.data
    if data.is_symlink():  # where the server's user cannot reach this folder
        shutil.rmtree(data.resolve(), ignore_errors=True)
        data.unlink()
    for folder in (data, data.with_name(f"{data.name}-programs")):
        shutil.rmtree(folder, ignore_errors=True)
    server.log.unlink(missing_ok=True)


def begin(url: str) -> None:
    """Django on the database of this address, in this process, asking as the system does."""
    os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "compliance.settings"
    import django

    django.setup()
    asking.begin("bench")


def migrate() -> None:
    """The tables, as their owner; the application's role gets its rights."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        roles.grant(cursor, APP)


def told(kept: list[tuple[bool, str]]) -> int:
    """Print what is promised, whether it was kept; 1 where something was not."""
    for good, words in kept:
        print(f"  {'kept  ' if good else 'BROKEN'}  {words}")
    return 0 if all(good for good, _ in kept) else 1
