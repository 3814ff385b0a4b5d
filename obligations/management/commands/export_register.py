"""The register of a schedule: what every paragraph asks of whom. Needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.terms.limit_words import in_words
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import RulebookError, load_rulebook


class Command(BaseCommand):
    help = "Every entry of a rulebook: duties, gates, rights, definitions, and paragraphs without a duty"
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rulebook", help="such as dmp_schedule_23 or order_schedule_9")
        parser.add_argument("--json", action="store_true", help="print one JSON value and nothing else")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            rulebook = load_rulebook(options["rulebook"])
        except RulebookError as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps([rule.as_row() for rule in rulebook.rules], indent=2))
        else:
            self.stdout.write("\n".join(as_text(rule) for rule in rulebook.rules))


def as_text(rule: Rule) -> str:
    """One entry on one line for people."""
    limit = f", {in_words(rule.limit)}" if rule.limit is not None else ""
    word = f", “{rule.word}”" if rule.word else ""
    who = "" if rule.why else f" ({rule.party})"
    return f"{rule.path:<16} {rule.shape:<11} {rule.title}{who}{limit}{word}"
