"""Loads the demo's people and contracts, once, and prints whom to sign in as."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts.terms.moments import WhenError, is_moment, parse_when
from obligations.demo.load import load, people_of_the_demo


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--now", help="as if it were this moment, for example 2026-03-12T10:00:00+00:00")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "the demo is only for a machine of one's own: SITE_URL is not local, or DEMO is 0"
            )
        now = timezone.now()
        if options["now"]:
            now = self._moment(options["now"])
        made = load(now)
        self.stderr.write("the demo is loaded" if made else "the demo is there already: nothing was changed")
        lines = people_of_the_demo()
        width = max(len(line.email) for line in lines)
        self.stdout.write(f"Sign in as one of these, with the password {settings.DEMO_PASSWORD}\n\n")
        for line in lines:
            self.stdout.write(f"  {line.email:<{width}}  {line.name}: {line.does}")

    def _moment(self, text: str) -> Any:
        try:
            when = parse_when(text)
        except WhenError as error:
            raise CommandError(f"--now: {error}") from error
        if not is_moment(when):
            raise CommandError(f"--now: {text} is a day; give a moment, for example {text}T10:00:00+00:00")
        return when
