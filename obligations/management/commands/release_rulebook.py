"""Keep what the present version of a rulebook says, so that it can be told from the next one for good."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from obligations.rules.register.rulebook import RulebookError, known_rulebooks, load_rulebook, released


class Command(BaseCommand):
    help = "For a release: keeps the present version of a rulebook in its folder versions/."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rulebook", choices=known_rulebooks())
        parser.add_argument(
            "--unreleased", action="store_true", help="write it anew: no installation has this version yet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            book = load_rulebook(options["rulebook"])
        except RulebookError as error:
            raise CommandError(str(error)) from error
        path = released(book.key, book.version)
        text = json.dumps(book.content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        if path.exists() and path.read_text(encoding="utf-8") != text and not options["unreleased"]:
            raise CommandError(
                f"version {book.version} of {book.key} was released and says something else: raise `version`"
                " in its rulebook.toml"
            )
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{book.key}, version {book.version}: {book.digest}")
