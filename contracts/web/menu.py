"""The entries of the bar at the top of every page, and of the bar of one contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from contracts.access import Access
from contracts.models import Person
from contracts.web import bar, demo


@dataclass(frozen=True)
class Entry:
    """A link in a menu; ``here`` is "page" on the page itself, "true" on a page below it, else empty."""

    text: str
    href: str
    here: str = ""


Offered = Callable[[Person, datetime], tuple[str, str]]

_offered: list[Offered] = []


def offer(entry: Offered) -> None:
    """Add an entry to the bar at the top for who is signed in: its text and the name of its address. Called
    once, when an application starts."""
    _offered.append(entry)


def main(request: HttpRequest) -> list[Entry]:
    """The bar at the top: what anyone may read, and what a signed-in person has."""
    user = getattr(request, "user", None)
    names = [("How we read contracts", "reading_rules")]
    if user is not None and user.is_authenticated:
        now = timezone.now()
        offered = [entry(user, now) for entry in _offered]
        names[:0] = [("Contracts", "home"), *offered, ("What if", "what_if")]
        if user.is_staff:
            names += [("Organisations", "organisations"), ("Bank holidays", "holidays")]
            names.append(("What is exploited", "exploit_lists"))
        if demo.shows_mail(user):
            names.append((demo.mail_called(), "mail"))
        names += [("Your account", "account"), ("Sign out", "account_logout")]
    else:
        names.append(("Sign in", "account_login"))
    return [_entry(request, text, reverse(name)) for text, name in names]


def _entry(request: HttpRequest, text: str, href: str) -> Entry:
    return Entry(text, href, "page" if request.path == href else "")


def contract(access: Access, here: str, path: str) -> list[Entry]:
    """The bar of one contract, with only what the person's role allows."""
    shown = []
    for entry in bar.entries():
        if access.may(entry.act):
            href = reverse(entry.address, args=[access.contract.pk])
            mark = ("page" if path == href else "true") if entry.key == here else ""
            shown.append(Entry(entry.text, href, mark))
    return shown
