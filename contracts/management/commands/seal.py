"""Seal the record now, or make the key of the seals and announce it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts import sealing_key
from contracts.services.errors import Refused
from contracts.services.seals import making, stamps


class Command(BaseCommand):
    help = "Seals what was written since the last seal (docs/ledger.md); or makes a new key and announces it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--new-key",
            metavar="FILE",
            help="make a new key in FILE; where SEAL_KEY is set, a seal announces it as the next one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        public = _made(Path(options["new_key"])) if options["new_key"] else ""
        if public and not settings.SEAL_KEY:
            self.stdout.write(f"made {options['new_key']}, the key {sealing_key.fingerprint(public)}")
            return
        try:
            made = making.seal(timezone.now(), next_key=public)
        except (Refused, sealing_key.BadKey) as error:
            raise CommandError(str(error)) from error
        stamps.stamp_waiting()
        for one in made:
            self.stdout.write(f"seal {one.number} {one.hash}, the key {sealing_key.fingerprint(one.key)}")
        if not made:
            self.stdout.write("nothing new to seal")
        if public:
            self.stdout.write(
                f"seal {made[0].number} announces the key {sealing_key.fingerprint(public)}:"
                f" set SEAL_KEY to {options['new_key']} and start web, worker and beat again"
            )


def _made(path: Path) -> str:
    """A new key in a file that is not there yet; gives its public half."""
    if path.exists():
        raise CommandError(f"{path} is there already: name a file that is not")
    try:
        return sealing_key.load(str(sealing_key.kept_at(path))).public
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error}") from error
