"""Back up the database and the uploaded files as one set, while people go on working."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.backups import dumping, restoring, sealing, taking
from compliance.backups.errors import BackupError


class Command(BaseCommand):
    help = (
        "Backs up the database and the uploaded files as one set, while people go on working. "
        "Encrypted where BACKUP_KEY is set. Exits 1 where a file was missing or altered already."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to", nargs="?", help="the file to write, or - for standard output")
        parser.add_argument("--new-key", action="store_true", help="only print a new key for BACKUP_KEY")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            public, secret = sealing.new_key()
            self.stdout.write(f"public, for BACKUP_KEY where backups are made:\n  {public}")
            self.stdout.write(f"secret, for BACKUP_KEY where one is restored; keep it elsewhere:\n  {secret}")
            return
        if not options["to"]:
            raise CommandError("say where to: a file, or - for standard output")
        try:
            taken = self.back_up(options["to"])
        except BackupError as error:
            raise CommandError(f"no backup was made: {error}") from None
        except OSError as error:
            raise CommandError(f"no backup was made: {options['to']}: {error.strerror}") from None
        self.tell(taken)

    def back_up(self, to: str) -> taking.Taken:
        key = sealing.key_of(settings.BACKUP_KEY)
        app_role = unquote(urlsplit(os.environ.get("DATABASE_APP_URL", "")).username or "")
        if not app_role:
            raise BackupError("set DATABASE_OWNER_URL: a backup is made as the owner of the tables")
        with target(to) as (file, path):
            taken = taking.take(file, dumping.of_django(), app_role, settings.SECRET_KEY, key, self.say)
            if path:
                file.flush()
                self.look_at(path, key)
        return taken

    def look_at(self, path: Path, key: sealing.Key | None) -> None:
        """Reads what was written, where it can be opened here."""
        if key and not key.secret:
            self.say("not read again: only the secret key opens it (restore --verify)")
            return
        self.say("reading it again")
        with path.open("rb") as file:
            restoring.verify(file, key, settings.SECRET_KEY)

    def say(self, text: str) -> None:
        self.stderr.write(f"backup: {text}")

    def tell(self, taken: taking.Taken) -> None:
        said = taken.said
        self.say(
            f"done, as of {taken.moment}: database {said['database_bytes']:,} bytes compressed, "
            f"{said['files']:,} files of {said['file_bytes']:,} bytes"
        )
        for fault in taken.faults:
            self.say(f"a file was wrong before: {fault}")
        if taken.faults:
            raise SystemExit(1)


@contextmanager
def target(to: str) -> Iterator[tuple[IO[bytes], Path | None]]:
    """Where the backup goes. A file has its name only once it is whole and on the disk."""
    if to == "-":
        yield sys.stdout.buffer, None
        sys.stdout.buffer.flush()
        return
    path = Path(to)
    if path.exists():
        raise BackupError(f"{path} is there already: give another name")
    partial = path.with_name(f"{path.name}.part")
    handle = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, partial
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
