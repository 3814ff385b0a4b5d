"""The contracts that nobody manages for a side, and letting a member of it manage one."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts.models import Contract
from contracts.selectors import members_of
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.members import let_manage, unmanaged

ACTOR = Actor.system("who runs it")


class Command(BaseCommand):
    help = "Lists the contracts that nobody manages for a side that keeps them; exits 1 then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "reference", nargs="?", help="the contract's reference, to let somebody manage it"
        )
        parser.add_argument("--add", metavar="EMAIL", help="the member who is to manage it")
        parser.add_argument("--because", default="", metavar="WHY", help="the reason, for the record")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reference"]:
            return self._let(options)
        found = unmanaged(timezone.now())
        for contract, sides in found:
            words = " and the ".join(contract.word_for(side) for side in sides)
            self.stdout.write(f"{contract.reference}: nobody manages it for the {words}")
        if found:
            raise SystemExit(1)
        self.stdout.write("every contract is managed for each side that keeps it")

    def _let(self, options: dict[str, Any]) -> None:
        now, email = timezone.now(), (options["add"] or "").lower()
        contract = Contract.objects.filter(reference=options["reference"]).first()
        if contract is None:
            raise CommandError("there is no such contract; without arguments those in need are listed")
        member = members_of(contract, now).filter(person__email=email, person__is_active=True).first()
        if member is None:
            raise CommandError(f"--add: {email or 'nobody'} is not on {contract.reference} today")
        try:
            let_manage(member, ACTOR, now, reason=options["because"])
        except Refused as refused:
            raise CommandError(f"{refused.field or contract.reference}: {refused.message}") from refused
        self.stdout.write(f"{member.person.name} manages {contract.reference} now")
