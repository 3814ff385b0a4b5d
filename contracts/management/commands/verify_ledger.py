"""Walk the ledger of every contract, or of one, and say whether it is whole."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.models import Contract
from contracts.services import ledger


class Command(BaseCommand):
    help = "Checks the hash chain of the ledger; exits 1 where an entry was changed or is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", nargs="?", help="the reference of one contract; all without it")

    def handle(self, *args: Any, **options: Any) -> None:
        contracts = Contract.objects.order_by("reference")
        if options["reference"]:
            contracts = contracts.filter(reference=options["reference"])
            if not contracts.exists():
                raise CommandError(f"there is no contract {options['reference']!r}; give its reference")
        broken = 0
        for contract in contracts.iterator():
            try:
                self.stdout.write(f"{contract.reference}: {ledger.verify(contract)} entries, whole")
            except ledger.LedgerBroken as error:
                broken += 1
                self.stdout.write(f"{contract.reference}: broken, {error}")
        if broken:
            raise SystemExit(1)
