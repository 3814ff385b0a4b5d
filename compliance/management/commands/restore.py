"""Put a backup back into an empty database and the folder of uploads, or only look whether it is whole."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from compliance import places
from compliance.backups import dumping, named, restoring, sealing
from compliance.backups.errors import BackupError

OURS = ("compliance", "contracts", "obligations")


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty database, lays the newest tables over it, checks ledger and files. "
        "What is refused changes nothing."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="FROM", help="the backup, or - for standard input")
        parser.add_argument("--verify", action="store_true", help="only read it, and say whether it is whole")
        parser.add_argument(
            "--replace", action="store_true", help="throw away what the database holds; files are put aside"
        )
        parser.add_argument(
            "--other-secret-key",
            action="store_true",
            help="take one made with another SECRET_KEY; nothing then shows that nobody changed it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        secret_key = None if options["other_secret_key"] else settings.SECRET_KEY
        try:
            key = sealing.key_of(settings.BACKUP_KEY)
            with source(options["source"]) as file:
                if options["verify"]:
                    self.tell("whole", restoring.verify(file, key, secret_key))
                    return
                found = restoring.restore(
                    file,
                    place(),
                    key,
                    secret_key,
                    now,
                    replace=options["replace"],
                    known=knows(),
                    say=self.say,
                )
        except BackupError as error:
            raise CommandError(f"nothing was restored: {error}") from None
        except OSError as error:
            raise CommandError(f"nothing was restored: {options['source']}: {error.strerror}") from None
        self.tell("restored", found)
        self.bring_up_to_date(now)

    def say(self, text: str) -> None:
        self.stderr.write(f"restore: {text}")

    def tell(self, what: str, found: restoring.Found) -> None:
        end = found.end
        self.say(
            f"{what}: as of {found.head['moment']}, {end['files']:,} files of {end['file_bytes']:,} bytes"
        )
        for fault in end["named_faults"]:
            self.say(f"a file was wrong already when it was backed up: {fault}")

    def bring_up_to_date(self, now: datetime) -> None:
        """Lays the newest tables over what was restored, and checks ledger and files."""
        if aside := restoring.kept_aside(Path(settings.MEDIA_ROOT), now):
            self.say(f"the files that were there before are in {aside}")
        self.say("the newest tables")
        if manage("migrate", "--noinput", "--verbosity", "0"):
            raise CommandError(
                "the backup is restored, and migrate failed (see above): mend that, then run it again"
            )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.say("checking the ledger")
        # by the database's own seals: a file of seals has those that were made after the backup, too
        wrong = manage("verify_ledger", "--seals", "")
        self.say("checking the files")
        with closing(dumping.Snapshot(dumping.of_django())) as snapshot:
            for fault in named.faults(snapshot):
                wrong = 1
                self.say(f"wrong: {fault}")
        if wrong:
            raise CommandError("the backup is restored; what is wrong with it is said above")
        self.say(
            "done: ledger and files are whole. Everybody signs in anew; mails sent since then may go again"
        )


@contextmanager
def source(given: str) -> Iterator[IO[bytes]]:
    if given == "-":
        yield sys.stdin.buffer
        return
    with Path(given).open("rb") as file:
        yield file


def place() -> restoring.Place:
    """Where a restore goes, from the environment. Closes Django's own connection: it would be in the way."""
    app = urlsplit(os.environ.get("DATABASE_APP_URL", ""))
    if not app.username:
        raise BackupError("set DATABASE_OWNER_URL: a backup is restored as the owner of the tables")
    server = dumping.of_django()
    connection.close()
    return restoring.Place(
        server, unquote(app.username), unquote(app.password or ""), Path(settings.MEDIA_ROOT)
    )


def knows() -> Callable[[str, str], bool]:
    """Whether this release knows a migration. One of a part that Duly no longer uses is not asked about."""
    on_disk = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    used = {config.label for config in apps.get_app_configs()} | set(OURS)
    return lambda app, name: app not in used or (app, name) in on_disk


def manage(*arguments: str) -> int:
    """Runs a management command as the role it runs as; returns its exit status."""
    environment = {
        **os.environ,
        "DATABASE_OWNER_URL": os.environ["DATABASE_URL"],
        "DATABASE_URL": os.environ["DATABASE_APP_URL"],
    }
    environment.pop("DATABASE_APP_URL")
    command = [sys.executable, str(places.ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, cwd=places.ROOT, stdout=sys.stderr).returncode
