"""Prints the link that makes the first administrator of an installation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from contracts.services.errors import Refused
from contracts.services.invitations.first import first_link
from contracts.terms.moments import clock_words, london, long_day


class Command(BaseCommand):
    help = (
        "Prints a link that works once and for a day, with which the first administrator is made."
        " Links printed before stop working. Refused once there is an administrator."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-wanted", action="store_true", help="print nothing where there is an administrator already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            invitation, key = first_link(timezone.now())
        except Refused as refused:
            if options["if_wanted"]:
                return
            raise CommandError(refused.message) from refused
        ends = london(invitation.expires_at)
        self.stdout.write("Make the first administrator of this installation here:")
        self.stdout.write(settings.SITE_URL + reverse("first_administrator", args=[key]))
        until = f"{clock_words(ends.time())} on {long_day(ends.date())}"
        self.stdout.write(f"The link works once, until {until}.")
