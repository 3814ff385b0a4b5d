"""What versions of rulebooks and editions of the engine contracts go by; takes later ones over for many."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.models import OfferState
from obligations.rules.register.rulebook import RulebookError
from obligations.services.asking.versions import edition_of, newest
from obligations.services.versions import offers

OPERATOR = Actor.system("whoever runs this installation")


class Command(BaseCommand):
    help = "Lists what contracts go by and what is offered; with --take-over and --reason takes it over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("references", nargs="*", help="the contracts; all of them unless given")
        parser.add_argument("--take-over", action="store_true", help="take over everything that is offered")
        parser.add_argument("--reason", default="", help="why, for the record of each contract")

    def handle(self, *args: Any, **options: Any) -> None:
        contracts = self._contracts(options["references"])
        if not options["take_over"]:
            self._list(contracts)
            return
        if not options["reason"].strip():
            raise CommandError("give --reason: it goes on the record of each contract")
        failed = sum(not self._take_over(one, options["reason"], timezone.now()) for one in contracts)
        if failed:
            raise CommandError(f"{failed} of {len(contracts)} contracts were not brought up to date")

    def _contracts(self, references: list[str]) -> list[Contract]:
        found = Contract.objects.order_by("reference")
        if not references:
            return list(found)
        there = {one.reference: one for one in found.filter(reference__in=references)}
        if missing := [name for name in references if name not in there]:
            raise CommandError(f"no contract has the reference {missing[0]!r}")
        return [there[name] for name in references]

    def _list(self, contracts: list[Contract]) -> None:
        in_use = newest(one.pk for one in contracts)
        late = {(number, key) for number, _, key in offers.behind()}
        for contract in contracts:
            books = [
                f"{key} {number}" + (" (a later one is offered)" if (contract.pk, key) in late else "")
                for (pk, key), number in sorted(in_use.items())
                if pk == contract.pk
            ]
            edition = f"edition {edition_of(contract)}"
            edition += " (a later one is offered)" if (contract.pk, None) in late else ""
            self.stdout.write(f"{contract.reference}: {', '.join([*books, edition])}")

    def _take_over(self, contract: Contract, reason: str, now: datetime) -> bool:
        """The edition first: a version that changes what it changes as well would be refused before it."""
        try:
            made = sorted(offers.make_offers(contract), key=lambda one: one.edition is None)
            for offer in made:
                if offer.state in (OfferState.WAITING, OfferState.READY):
                    changes = offers.take_over_for_many(offer, OPERATOR, now, reason=reason)
                    moved = len({id(duty) for duty in changes.every})
                    self.stdout.write(f"{contract.reference}: {offer}: {moved} duties changed")
        except Refused as refused:
            self.stderr.write(f"{contract.reference}: {refused.message}")
            return False
        except RulebookError as error:
            self.stderr.write(f"{contract.reference}: {error}")
            return False
        return True
