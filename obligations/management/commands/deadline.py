"""Work out one date from a limit in the contract's own words. Needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from obligations.management.calendars_in_use import in_use
from obligations.rules.engine import calculator
from obligations.rules.time.working_days import DEFAULT_DIVISION, DIVISIONS

ON_HOLIDAYS = ("R3", "R4", "R41")
"""The rules of steps that rest on bank holidays; of other dates it makes no difference whose list counts."""


class Command(BaseCommand):
    help = "The date of a time limit, with the steps that lead to it"
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--within", metavar="PHRASE", help='such as "two (2) Working Days"; required')
        parser.add_argument(
            "--from",
            dest="start",
            metavar="WHEN",
            help="a day (2026-03-12) or a moment with its offset (2026-03-12T10:00:00+00:00); required",
        )
        parser.add_argument("--division", default=DEFAULT_DIVISION, help=f"one of {', '.join(DIVISIONS)}")
        parser.add_argument(
            "--hours",
            metavar="HOURS",
            help='the hours of work that Working Hours need, such as "mon-fri 09:00-17:30, sat 10:00-13:00"',
        )
        parser.add_argument("--json", action="store_true", help="print one JSON value and nothing else")

    def handle(self, *args: object, **options: Any) -> None:
        for name, value in (("--within", options["within"]), ("--from", options["start"])):
            if not value:
                raise CommandError(f"{name} is missing; see --help", returncode=2)
        lists, note = in_use()
        try:
            deadline = calculator.calculate(
                options["within"], options["start"], options["division"], options["hours"], lists
            )
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        if note and any(step.rule in ON_HOLIDAYS for step in deadline.steps):
            self.stderr.write(note)
        if options["json"]:
            self.stdout.write(json.dumps(calculator.as_json(deadline), indent=2))
        else:
            self.stdout.write(calculator.as_text(deadline))
