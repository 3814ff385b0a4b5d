"""The register of a contract's own rulebook, as ``export_register`` prints one that is shipped."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from obligations.management.commands.export_register import as_text
from obligations.models import RulebookVersion
from obligations.rules.register.rulebook import RulebookError
from obligations.services.asking.versions import read_version


class Command(BaseCommand):
    help = "Every entry of the rulebook of a contract's own schedule, in its newest version"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "rulebook", help="the key that rulebook_versions lists, such as harbour_records_c12"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON value and nothing else")

    def handle(self, *args: object, **options: Any) -> None:
        own = RulebookVersion.objects.filter(contract__isnull=False).defer("content")
        newest = own.filter(key=options["rulebook"]).order_by("number").last()
        if newest is None:
            known = ", ".join(sorted(set(own.values_list("key", flat=True)))) or "none"
            raise CommandError(
                f"no contract has its own rulebook {options['rulebook']!r}; there are {known}", returncode=2
            )
        try:
            book = read_version(newest.digest)
        except RulebookError as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps([rule.as_row() for rule in book.rules], indent=2))
        else:
            self.stdout.write("\n".join(as_text(rule) for rule in book.rules))
