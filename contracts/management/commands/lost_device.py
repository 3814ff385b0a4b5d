"""For whoever runs the installation: one of two who take the second factor away that somebody lost."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts.models import Person
from contracts.services.errors import Refused
from contracts.services.sign_in import recovery


class Command(BaseCommand):
    help = (
        "Asks, or agrees where an administrator has asked, that the second factor of somebody who lost their"
        " device is taken away. They confirm it by the link that they are mailed. Where nobody else"
        " administers, running it twice is enough."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address that they sign in with")
        parser.add_argument("--because", required=True, help="how you know that it is they who ask")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError(f"There is no account with the address {options['email']}.")
        now = timezone.now()
        waits = recovery.waiting(person, now)
        try:
            if waits is None:
                recovery.ask(person, None, now, reason=options["because"])
                self.stdout.write(f"{person.name} is told by mail. An administrator agrees now.")
                return
            recovery.agree(waits, None, now)
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"Agreed. {person.name} confirms it with the link in their mail.")
