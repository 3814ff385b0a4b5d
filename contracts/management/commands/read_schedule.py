"""Read a schedule into paragraphs, time limits and warnings. Needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.reader import ParsedDocument, ReaderError, read_document
from contracts.terms.limit_words import in_words


class Command(BaseCommand):
    help = "The paragraphs, time limits and misprints of a schedule (.docx, .odt, .pdf, .html, .md or .txt)"
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="the document: Word, OpenDocument, PDF, web page, Markdown or text"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON value and nothing else")

    def handle(self, *args: object, **options: Any) -> None:
        path = Path(options["file"])
        try:
            reading = read_document(path.read_bytes(), path.name)
        except OSError as error:
            raise CommandError(
                f"{path}: {error.strerror or error}; give the path of a file", returncode=2
            ) from error
        except ReaderError as error:
            raise CommandError(f"{path}: {error}", returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(reading.as_json(), indent=2))
        else:
            self.stdout.write(as_text(reading))


def as_text(reading: ParsedDocument) -> str:
    """The reading for people: paragraphs by scope, then time limits, then what is broken."""
    lines: list[str] = []
    scope = None
    for paragraph in reading.paragraphs:
        if paragraph.scope != scope:
            scope = paragraph.scope
            lines += ["", scope, "-" * len(scope)]
        words = paragraph.heading or paragraph.text.replace("\n", " ")
        lines.append(f"{paragraph.number:<12} {words if len(words) <= 90 else words[:87] + '...'}")
    lines += ["", f"Time limits: {len(reading.time_limits)}"]
    for placed in reading.time_limits:
        limit = placed.limit.limit
        lines.append(
            f"  {placed.scope}/{placed.paragraph}: {placed.limit.phrase}"
            f" ({placed.limit.kind}, {in_words(limit) if limit else 'no amount'})"
        )
    lines += ["", f"Numbers nobody claimed: {len(reading.unclaimed)}"]
    lines += [f"  {one.scope}/{one.paragraph}: {one.words} ({one.reason})" for one in reading.unclaimed]
    lines += ["", f"Warnings: {len(reading.warnings)}"]
    lines += [f"  line {warning.line}: {warning.text} ({warning.code})" for warning in reading.warnings]
    return "\n".join(lines).strip("\n")
