"""Gives somebody a token for the API, or takes it away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rest_framework.authtoken.models import Token

from contracts.models import Person


class Command(BaseCommand):
    help = "Prints the API token of a person, made where there is none. It opens what their pages show."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email", help="the address they sign in with")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--renew", action="store_true", help="make a new one; the old one stops working")
        choice.add_argument("--revoke", action="store_true", help="take it away and print nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError(f"nobody signs in as {options['email']}: check the address")
        if options["renew"] or options["revoke"]:
            Token.objects.filter(user=person).delete()
        if not options["revoke"]:
            self.stdout.write(Token.objects.get_or_create(user=person)[0].key)
