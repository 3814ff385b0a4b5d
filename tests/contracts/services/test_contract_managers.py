"""The way out where nobody manages a contract any more, for who runs Duly."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from contracts.models import KeptBy, LedgerEntry, Person
from tests.cast import NOON, make_contract

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """Without Mina; Ada manages for the authority, and nobody for the supplier."""
    made = make_contract()
    made.contract.memberships.filter(person=made.mina).delete()
    made.contract.memberships.filter(person=made.ada).update(manages=True)
    with time_machine.travel(NOON, tick=False):
        yield made


def listed() -> tuple[int, str]:
    said = StringIO()
    try:
        call_command("contract_managers", stdout=said)
    except SystemExit as ended:
        return int(str(ended.code)), said.getvalue().strip()
    return 0, said.getvalue().strip()


def let(email: str, because: str = "Priya left without notice") -> None:
    call_command("contract_managers", "WF-2026-014", "--add", email, "--because", because, stdout=StringIO())


def test_a_side_without_anybody_is_named_until_somebody_is_let(cast):
    assert listed() == (1, "WF-2026-014: nobody manages it for the Supplier")
    let("tom@duly.example")
    assert listed() == (0, "every contract is managed for each side that keeps it")
    entry = LedgerEntry.objects.get(verb="member_role_changed")
    assert entry.payload["because"] == "Priya left without notice"
    assert entry.actor is None and entry.payload["name"] == "Tom Ashdown"


@pytest.mark.parametrize(
    ("email", "because", "why"),
    [
        ("tom@duly.example", " ", "reason"),
        ("zed@duly.example", "x", "not on WF-2026-014 today"),
        ("olu@duly.example", "x", "neither side"),
        ("ben@duly.example", "x", "Somebody manages WF-2026-014 for the Authority"),
    ],
)
def test_whoever_cannot_is_refused_with_the_reason(cast, email, because, why):
    with pytest.raises(CommandError, match=why):
        let(email, because)
    assert not LedgerEntry.objects.filter(verb="member_role_changed").exists()


def test_who_cannot_sign_in_or_leaves_does_not_count(cast):
    let("tom@duly.example")
    Person.objects.filter(pk=cast.tom.pk).update(is_active=False)
    assert listed()[0] == 1
    cast.contract.memberships.filter(person=cast.ada).update(to_day=date(2026, 4, 1))
    assert listed()[1] == "WF-2026-014: nobody manages it for the Supplier and the Authority"


def test_a_side_that_does_not_keep_the_contract_needs_nobody(cast):
    cast.contract.kept_by = KeptBy.AUTHORITY
    cast.contract.save()
    assert listed()[0] == 0
