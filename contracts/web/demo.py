"""What only a machine of one's own shows: whom to sign in as in the demo, and the mail that was caught."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from contracts.models import Membership, Person
from contracts.row_security import asking
from contracts.services.demo_people import INVENTED, on


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


def shows_mail(person: Person | AnonymousUser) -> bool:
    """Whether the caught mail may be read: by anybody in the demo; where no mail server is set on a machine
    of one's own, by the system's administrators, who have its files anyway. Never elsewhere."""
    caught = bool(getattr(settings, "LOCAL", False) and getattr(settings, "CATCHES_MAIL", False))
    return person.is_authenticated and (on() or (caught and person.is_staff))


def mail_called() -> str:
    """What the page of the caught mail is called."""
    return "Demo mail" if on() else "Caught mail"


@asking.job("demo")
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
