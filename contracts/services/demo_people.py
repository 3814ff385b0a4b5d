"""The demo's people: invented, with one password that the sign-in page says. Only on one's own machine."""

from __future__ import annotations

from django.conf import settings

from contracts.models import Person

INVENTED = ".example"
"""Addresses that can belong to nobody end so (RFC 2606)."""


def on() -> bool:
    """Whether this is the demo: only ever on a machine of one's own."""
    return bool(getattr(settings, "LOCAL", False) and getattr(settings, "DEMO", False))


def is_of_demo(person: Person) -> bool:
    """Whether somebody is one of the demo's people, here and now."""
    return on() and person.email.endswith(INVENTED)
