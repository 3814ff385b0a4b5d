"""Makes a backup: the rows of one moment, and every file that they name, while people go on writing.

The order is what makes it one set. First nobody may throw a file away any more; then the moment is fixed;
then rows and files are copied. A file is kept before the row that names it is committed, so each file that
a row of that moment names is there until it is copied. What is written later is not in it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import IO, Any

from compliance.backups import named
from compliance.backups.archive import Writer
from compliance.backups.dumping import Server, Snapshot
from compliance.backups.errors import BackupError
from compliance.backups.sealing import Key, encrypted

MOST_NAMED = 1000
"""Faults that the backup itself names; all are counted."""


@dataclass
class Taken:
    """A backup that was made: what its end says, and what was wrong with files before it was made."""

    moment: str
    said: dict[str, Any]
    faults: list[str] = field(default_factory=list)


def take(
    target: IO[bytes],
    server: Server,
    app_role: str,
    secret_key: str,
    key: Key | None,
    say: Callable[[str], None],
) -> Taken:
    """Write a backup into `target`.

    Raises BackupError where it cannot be made. A file that is missing or altered already is named, and the
    rest is backed up.
    """
    with closing(Snapshot(server)) as snapshot, encrypted(target, key) as sink:
        with closing(Writer(sink, head_of(snapshot, app_role))) as writer:
            say("the database")
            with snapshot.dump() as dump:
                writer.database(dump)
            say("the files")
            faults = _files(snapshot, writer)
            said = writer.finish(secret_key, faults=len(faults), named_faults=faults[:MOST_NAMED])
        return Taken(snapshot.moment.isoformat(), said, faults)


def head_of(snapshot: Snapshot, app_role: str) -> dict[str, Any]:
    """What a restore asks first: of which moment, server, roles and release it is."""
    if snapshot.row("SELECT to_regclass('public.django_migrations') IS NULL")[0]:
        raise BackupError("there is nothing to back up: the database has no tables of Duly")
    return {
        "moment": snapshot.moment.isoformat(),
        "server": snapshot.version,
        "roles": {"owner": snapshot.owner, "application": app_role},
        "migrations": [
            list(row) for row in snapshot.rows("SELECT app, name FROM django_migrations ORDER BY id")
        ],
    }


def _files(snapshot: Snapshot, writer: Writer) -> list[str]:
    found = []
    for one in named.files(snapshot):
        try:
            size = one.storage.size(one.name)
            file = one.storage.open(one.name)
        except OSError:
            found.append(named.fault(one) or f"{one.name}: it cannot be read ({one.by})")
            continue
        with file:
            try:
                digest = writer.file(one.name, size, file)
            except OSError as error:
                raise BackupError(f"{one.name} could not be copied: {error}") from None
        if wrong := named.fault(one, digest):
            found.append(wrong)
    return found
