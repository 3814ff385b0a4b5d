"""The entries of the bar at the top of every page, and of the bar of one contract."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from contracts.access import Access
from contracts.offered import offered
from contracts.web import bar, demo


@dataclass(frozen=True)
class Entry:
    """A link in a menu; ``here`` is "page" on the page itself, "true" on a page below it, else empty."""

    text: str
    href: str
    here: str = ""


ON_TOP = "stands at the top of every page"
"""What is offered (``contracts/offered.py``) by who has an entry in the bar at the top for who is signed in:
a function of the person and the moment that gives its text and the name of its address.
"""


def main(request: HttpRequest) -> list[Entry]:
    """The bar at the top: what anyone may read, and what a signed-in person has."""
    user = getattr(request, "user", None)
    names = [("How we read contracts", "reading_rules")]
    if user is not None and user.is_authenticated:
        now = timezone.now()
        theirs = [entry(user, now) for entry in offered(ON_TOP)]
        names[:0] = [("Contracts", "home"), *theirs, ("What if", "what_if")]
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
