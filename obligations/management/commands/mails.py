"""Who would get which mail at a moment, of what is planned now. Nothing is sent."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from obligations.services.notices.dry_run import mails_at


class Command(BaseCommand):
    help = "A dry run: who would get which mail by a moment, of what is planned now"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at",
            metavar="MOMENT",
            help="a moment with its offset (2026-03-18T08:00:00+00:00); now, if left out",
        )

    def handle(self, *args: object, **options: Any) -> None:
        found = mails_at(_moment(options["at"]))
        for one in found:
            told = [
                f"{number} {words}"
                for number, words in (
                    (one.daily, "in one mail of the day"),
                    (one.at_once, "at once"),
                    (one.not_sent, "no longer sent"),
                )
                if number
            ]
            self.stdout.write(f"{one.name} <{one.email}>: {', '.join(told)}")
        if not found:
            self.stdout.write("Nobody would get a mail.")


def _moment(text: str | None) -> datetime:
    if text is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--at: {text!r} is no moment; see --help", returncode=2) from error
    if moment.tzinfo is None:
        raise CommandError(f"--at: {text} has no offset; add one, such as +00:00", returncode=2)
    return moment
