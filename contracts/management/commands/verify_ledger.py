"""Check the record: the ledgers, their signatures, and each protected row against its last proof."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts.models import Contract
from contracts.sealing_key import BadKey
from contracts.services.seals import kept_outside
from contracts.services.seals.verifying import mailed_line
from contracts.services.verifying.findings import Finding
from contracts.services.verifying.whole import Checked, findings

NAMED = 1000
"""How many findings are named on a screen."""


class Command(BaseCommand):
    help = (
        "Checks the ledgers and each protected row; exits 1 where something was changed, added or is missing."
        " docs/ledger.md says what is proved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", nargs="?", help="the reference of one contract; all without it")
        parser.add_argument(
            "--seals",
            metavar="FILE",
            help="a file of seals to go by (default: the one in SEALS_DIR; '': none)",
        )
        parser.add_argument(
            "--line", action="append", default=[], help="a line of a mail of heads to go by; may be repeated"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object, for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        only = _contract(options["reference"]) if options["reference"] else None
        self.shows = self.stderr.isatty()
        checked, found = Checked(), []
        now = None if only else timezone.now()
        file = _file_of_seals(options["seals"])
        of_mails = chain.from_iterable(map(mailed_line, options["line"]))
        try:
            for finding in chain(of_mails, findings(checked, self.progress, only, now=now, seals_file=file)):
                found.append(finding)
                if not options["json"] and len(found) <= NAMED:
                    self.clear()
                    self.stdout.write(f"{finding.kind}: {finding.says}")
        except (OSError, BadKey) as error:
            raise CommandError(str(error)) from error
        self.clear()
        if options["json"]:
            self.stdout.write(json.dumps(as_json(checked, found), ensure_ascii=False, indent=1))
        else:
            if len(found) > NAMED:
                self.stdout.write(f"and {len(found) - NAMED} more: --json names all")
            self.stdout.write("\n".join(summary(checked, found)))
        if found:
            raise SystemExit(1)

    def progress(self, done: int, of: int, says: str) -> None:
        if self.shows:
            self.stderr.write(f"\r{100 * done // of:3} % {says:<60.60}", ending="")

    def clear(self) -> None:
        if self.shows:
            self.stderr.write(f"\r{' ' * 70}\r", ending="")


def _file_of_seals(said: str | None) -> Path | None:
    """The file to go by; the installation's own where none is named and it is there. "" is for none."""
    if said is not None:
        return Path(said) if said else None
    return kept_outside.place() if kept_outside.place().exists() else None


def _contract(reference: str) -> Contract:
    contract = Contract.objects.filter(reference=reference).first()
    if contract is None:
        raise CommandError(f"there is no contract {reference!r}; give its reference")
    return contract


def summary(checked: Checked, found: list[Finding]) -> list[str]:
    """What was looked at and how it stands, in lines."""
    broken = {finding.contract for finding in found}
    lines = [
        f"{reference}: {entries} entries, {'broken' if reference in broken else 'whole'}"
        for reference, entries in checked.entries.items()
    ]
    looked = f"{checked.writes} writes, {checked.tables} tables"
    if checked.organisation_entries:
        looked = f"{checked.organisation_entries} entries about organisations, {looked}"
    says = "nothing is wrong" if not found else f"{len(found)} found wrong"
    looked += f", {checked.seals} seals and {checked.files} files"
    return [*lines, *checked.stray, f"Looked at {looked}: {says}", f"Seals: {checked.tail}"]


def as_json(checked: Checked, found: list[Finding]) -> dict[str, Any]:
    """The same for machines."""
    return {
        "whole": not found,
        "entries": checked.entries,
        "organisation_entries": checked.organisation_entries,
        "writes": checked.writes,
        "tables": checked.tables,
        "seals": checked.seals,
        "files": checked.files,
        "tail": checked.tail,
        "stray_files": checked.stray,
        "findings": [finding.as_json() for finding in found],
    }
