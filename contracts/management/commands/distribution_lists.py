"""The distribution lists on which a side has nobody left who can act, and putting somebody on one."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts.models import DistributionList
from contracts.selectors import members_of
from contracts.services.distribution import lists_in_need, put_on_list
from contracts.services.errors import Refused


class Command(BaseCommand):
    help = "Lists what is kept to a distribution list on which a side has nobody who can act; exits 1 then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "reference", nargs="?", help="the contract's reference, to put somebody on a list"
        )
        parser.add_argument("subject", nargs="?", help="what is kept, for example OFFSEN-2026-K7QXM")
        parser.add_argument("--add", metavar="EMAIL", help="the member to put on the list")
        parser.add_argument("--because", default="", metavar="WHY", help="the reason, for the record")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reference"]:
            return self._put_on(options)
        found = lists_in_need(timezone.now())
        for row, sides in found:
            who = " and the ".join(sides)
            self.stdout.write(f"{row.contract.reference} {row.subject}: nobody can act for the {who}")
        if found:
            raise SystemExit(1)
        self.stdout.write("on every distribution list somebody can act for each side")

    def _put_on(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        lists = DistributionList.objects.select_related("contract")
        row = lists.filter(contract__reference=options["reference"], subject=options["subject"]).first()
        if row is None:
            raise CommandError("there is no such list; without arguments those that need somebody are listed")
        email = (options["add"] or "").lower()
        member = members_of(row.contract, now).filter(person__email=email, person__is_active=True).first()
        if member is None:
            raise CommandError(f"--add: {email or 'nobody'} is not on {row.contract.reference} today")
        try:
            put_on_list(row, member, now, reason=options["because"])
        except Refused as refused:
            raise CommandError(f"{refused.field or row.subject}: {refused.message}") from refused
        self.stdout.write(f"{member.person.name} is on the list of {row.subject} now")
