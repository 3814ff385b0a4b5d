"""What would be owed: a scenario on standard input, its duties on standard output. Needs no database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from obligations.management.calendars_in_use import in_use
from obligations.rules.engine.edition import this_edition
from obligations.rules.engine.scenario import as_text, read_scenario


class Command(BaseCommand):
    help = "The duties that follow from a contract, its variations and facts, given as JSON on standard input"
    requires_system_checks: list[str] = []
    requires_migrations_checks = False
    stealth_options = ("stdin",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rulebook", help="such as dmp_schedule_23 or order_schedule_9")
        parser.add_argument("--json", action="store_true", help="print one JSON value and nothing else")
        parser.add_argument("--all", action="store_true", help="list duties that hold all the time too")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            scenario = read_scenario(options["rulebook"], json.load(options.get("stdin") or sys.stdin))
            lists, note = in_use()
            duties = scenario.duties(continuous=options["all"], lists=lists)
        except ValueError as error:  # every refusal, and JSON that cannot be read
            raise CommandError(" ".join(str(error).split()), returncode=2) from error
        by = {"rulebook": scenario.rulebook.as_json(), "edition": this_edition()}
        for message in (*scenario.messages, *([note] if note else [])):
            self.stderr.write(message)
        if options["json"]:
            form = by | {"duties": [duty.as_json() for duty in duties]}
            if waiting := scenario.waiting():
                form["waiting"] = [one.as_json() for one in waiting]
            self.stdout.write(json.dumps(form, indent=2))
        else:
            self.stdout.write(as_text(scenario, duties))
