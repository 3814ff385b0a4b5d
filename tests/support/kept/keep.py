"""Keeps the demo's database as this release makes it, worked on for a month, in the tests' data.

It is made before each release and never again: from then on a test migrates it to the newest tables and looks
whether every duty has its date and its state.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from compliance import places
from compliance.embedded.postgres import APP, DATABASE, OWNER, UNSAFE_AND_FAST, Postgres
from contracts.row_security import asking
from tests.support.kept import dump

BLANKED = (
    "SET session_replication_role = replica",
    "TRUNCATE contracts_signedwrite, contracts_rowproof",  # by the clock; proved anew
    "UPDATE contracts_person SET password = '!'",  # nobody signs in with it
    "UPDATE django_migrations SET applied = '2026-01-01 00:00:00+00'",  # the only clock that was not ours
    "DELETE FROM contracts_session",
    "DELETE FROM contracts_signinmail",
)


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    folder = dump.folder_of(given.day)
    if folder.exists() and not given.again:
        say(f"{folder} is there already: a dump is made once. --again makes it anew")
        return 1
    with tempfile.TemporaryDirectory(prefix="duly-keep-") as scratch, _server(Path(scratch)) as server:
        says = _play(given.day, server, Path(scratch))
        folder.mkdir(parents=True, exist_ok=True)
        say("writing the dump")
        size = dump.write(server, folder / dump.DUMP)
    (folder / dump.SAYS).write_text(in_lines(says), encoding="utf-8")
    say(f"{folder.relative_to(places.ROOT)}: {size // 1024} kB, {len(says['duties'])} duties")
    return 0


def say(text: str) -> None:
    sys.stderr.write(f"keep-dump: {text}\n")


def in_lines(says: dict[str, Any]) -> str:
    """As JSON that people can read and compare: a line for each duty."""
    lines = ",\n".join(f"  {json.dumps(one, ensure_ascii=False)}" for one in says["duties"])
    head = json.dumps({name: part for name, part in says.items() if name != "duties"}, indent=1)
    return f'{head.rstrip("}").rstrip()},\n "duties": [\n{lines}\n ]\n}}\n'


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/keep_dump", description=__doc__)
    parser.add_argument("day", type=date.fromisoformat, help="the day of the release, for example 2026-11-22")
    parser.add_argument("--again", action="store_true", help="make a dump anew that is there already")
    return parser


@contextmanager
def _server(scratch: Path) -> Iterator[Postgres]:
    """A PostgreSQL of its own with the tables of this release, gone afterwards."""
    say("starting a PostgreSQL of its own")
    server = Postgres(scratch / "postgres", scratch / "postgres.log", settings=UNSAFE_AND_FAST)
    server.start()
    try:
        os.environ |= {
            "DATABASE_URL": server.url(APP),
            "DJANGO_SETTINGS_MODULE": "compliance.settings",
            "EMAIL_URL": "memorymail://",
            "LOG_LEVEL": "ERROR",
            "SECRET_KEY": dump.KEY,
            "SITE_URL": "http://127.0.0.1:8000",
            "DEMO": "1",
            "UPLOADS_DIR": str(scratch / "uploads"),
        }
        say("making its tables")
        owner = os.environ | {"DATABASE_OWNER_URL": server.url(OWNER)}
        migrate = [sys.executable, str(places.ROOT / "manage.py"), "migrate", "--noinput", "-v", "0"]
        subprocess.run(migrate, env=owner, check=True)
        yield server
    finally:
        server.stop()


def _play(released: date, server: Postgres, scratch: Path) -> dict[str, Any]:
    import django

    django.setup()
    asking.begin("keep a dump")
    from django.db import connection

    from tests.support.kept import month, says

    say("loading the demo, and working on it for a month")
    month.play(released, say)
    found = says.everything(month.ends(released))
    connection.close()
    with closing(server.connect(name=DATABASE)) as superuser, superuser.cursor() as cursor:
        for statement in BLANKED:
            cursor.execute(statement)
    return found


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
