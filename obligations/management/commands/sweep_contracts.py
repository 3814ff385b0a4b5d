"""Look for contracts whose words, obligations or duties are not what their variations and facts make them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from obligations.services.reconciling.sweep import sweep
from obligations.services.versions.offers import behind_in_words


class Command(BaseCommand):
    help = "Works every contract out anew and reports what is out of step; --repair puts it right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="put right what is out of step")

    def handle(self, *args: Any, **options: Any) -> None:
        found = sweep(timezone.now(), repair=options["repair"])
        for line in behind_in_words():
            self.stdout.write(line)
        for finding in found:
            self.stdout.write(str(finding))
        if not found:
            self.stdout.write("Every contract matches its words.")
        elif not options["repair"]:
            self.stderr.write("Run it again with --repair to put this right.")
            raise SystemExit(1)
