"""Read a schedule into paragraphs, time limits and warnings. Needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.proposals import PartyNames, Proposal, Words, names_from, parties_in, propose
from contracts.reader import ParsedDocument, ReaderError, read_document
from contracts.terms.limit_words import in_words


class Command(BaseCommand):
    help = "Paragraphs, time limits, misprints and proposals of a schedule (Word, ODF, PDF, HTML, text)"
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="the document: Word, OpenDocument, PDF, web page, Markdown or text"
        )
        for side in ("authority", "supplier"):
            help_ = f"what the document calls the {side}; may be repeated; found in its words where left out"
            parser.add_argument(f"--{side}", action="append", default=[], metavar="NAME", help=help_)
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
        proposals = propose(reading.paragraphs, _names(reading, options["authority"], options["supplier"]))
        if options["json"]:
            form = {**reading.as_json(), "proposals": [as_row(one) for one in proposals]}
            self.stdout.write(json.dumps(form, indent=2))
        else:
            self.stdout.write("\n".join([as_text(reading), *_asked(proposals)]))


def _names(reading: ParsedDocument, authority: list[str], supplier: list[str]) -> PartyNames:
    """What the parties are called: as said, else as the document's own words suggest."""
    found = names_from(parties_in(reading.paragraphs))
    return PartyNames(tuple(authority) or found.authority, tuple(supplier) or found.supplier)


def as_row(proposal: Proposal) -> dict[str, Any]:
    """A proposal as ``read_schedule --json`` lists it; ``limit`` as in ``contracts/terms/limit.py``."""

    def said(words: Words | None) -> str | None:
        return " ".join(words.text.split()) if words else None

    scope, _, number = proposal.path.partition("/")
    return {
        "citation": proposal.path,
        "scope": scope,
        "paragraph": number,
        "kind": proposal.kind,
        "party": proposal.party or None,
        "duty_word": said(proposal.duty_word),
        "act": said(proposal.act),
        "to_whom": said(proposal.to_whom),
        "shape": proposal.shape,
        "trigger": said(proposal.trigger),
        "word": said(proposal.word),
        "limit": proposal.limit.as_json() if proposal.limit else None,
        "limit_kind": proposal.limit_kind or None,
        "limit_words": said(proposal.limit_words),
        "further": [{"phrase": said(one.words), "limit": one.limit.as_json()} for one in proposal.further],
        "topic": proposal.topic,
        "certainty": proposal.certainty,
        "why": proposal.why or None,
        "not_understood": list(proposal.not_understood),
    }


def _asked(proposals: tuple[Proposal, ...]) -> list[str]:
    """The proposals for people: what asks, then how many paragraphs ask nothing."""
    asking = [one for one in proposals if one.kind not in ("none", "definition")]
    lines = ["", f"Proposals: {len(asking)}"]
    for one in asking:
        row = as_row(one)
        when = f" ({in_words(one.limit)})" if one.limit else ""
        act = row["act"] or ""
        short = act if len(act) <= 70 else f"{act[:67]}..."
        lines.append(
            f"  {one.path}: {one.kind}, {one.party or 'nobody named'}: {short}{when} ({one.certainty})"
        )
    others = len({one.path for one in proposals} - {one.path for one in asking})
    return [*lines, f"Paragraphs that ask nothing: {others}"]


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
