"""Runs one management command with the embedded servers running for as long as it needs them."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing

import psycopg2

from compliance import places
from compliance.embedded.session import Embedded
from compliance.embedded.user import EmbeddedError


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(places.ROOT / "manage.py"), *arguments]


def migrated(url: str) -> bool:
    """Whether the database has been migrated at least once."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def main(arguments: list[str]) -> int:
    try:
        with Embedded() as embedded:
            environment = {**os.environ, **embedded.environment()}
            if arguments[0] == "restore" and "--verify" not in arguments and not embedded.alone():
                raise EmbeddedError("Duly runs from this folder: stop it, then restore")
            makes_its_own = arguments[0] in ("migrate", "restore")
            if embedded.postgres and not makes_its_own and not migrated(environment["DATABASE_URL"]):
                print("set-up: a new database: making its tables first", file=sys.stderr)
                subprocess.run(command("migrate", "--noinput", "-v", "0"), env=environment, check=True)
            return subprocess.run(command(*arguments), env=environment).returncode
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
