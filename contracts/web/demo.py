"""What only the demo shows: whom to sign in as, and the mail it caught."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from contracts.models import Membership

INVENTED = ".example"
"""Addresses that can belong to nobody end so (RFC 2606). Only they are ever listed."""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to sign in as, and what they are on which contracts."""

    name: str
    email: str
    does: list[str]


@dataclass(frozen=True)
class DemoSheet:
    """The invented people and the password they share."""

    people: list[DemoPerson]
    password: str


def on() -> bool:
    """Whether this is the demo: only ever on a machine of one's own."""
    return bool(getattr(settings, "LOCAL", False) and getattr(settings, "DEMO", False))


def sheet() -> DemoSheet:
    """The people of the demo, or nobody where it is not the demo."""
    if not on():
        return DemoSheet([], "")
    rows = (
        Membership.objects.filter(person__is_active=True, person__email__endswith=INVENTED)
        .select_related("person", "contract")
        .order_by("contract__reference", "side", "person__name")
    )
    found: dict[str, DemoPerson] = {}
    for row in rows:
        person = found.setdefault(row.person.email, DemoPerson(row.person.name, row.person.email, []))
        person.does.append(f"{row.get_role_display()}, {row.contract.title}")
    return DemoSheet(list(found.values()), str(getattr(settings, "DEMO_PASSWORD", "")))
