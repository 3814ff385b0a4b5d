"""Roles and last days on a contract, and that somebody always manages it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.access import Act, open_contract
from contracts.models import LedgerEntry, Membership, Role
from contracts.services import members
from contracts.services.errors import Refused
from tests.cast import NOON, make_contract

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 17)


@pytest.fixture
def cast():
    """Without Mina: Priya manages for the supplier, Ada for the authority."""
    made = make_contract()
    made.contract.memberships.filter(person=made.mina).delete()
    for one in (made.priya, made.ada):
        made.contract.memberships.filter(person=one).update(manages=True)
    return made


def of(cast, name) -> Membership:
    return cast.contract.memberships.get(person=cast.people[name])


def change(cast, who, by, role, **more):
    return members.change_role(of(cast, who), cast.as_(by), NOON, role=role, **more)


def end(cast, who, by, day=TODAY):
    return members.end_membership(of(cast, who), cast.as_(by), NOON, last_day=day)


def refused(doing, *args, **more) -> Refused:
    with pytest.raises(Refused) as raised:
        doing(*args, **more)
    return raised.value


def last_entry():
    return LedgerEntry.objects.order_by("-pk").first()


def test_a_role_changes_on_its_side_and_counts_at_once(cast):
    change(cast, "tom", "priya", Role.LEAD, manages=True)
    access = open_contract(cast.tom, cast.contract.pk, NOON)
    assert access.role == Role.LEAD and access.may(Act.MANAGE)
    entry = last_entry()
    assert (entry.verb, entry.actor) == ("member_role_changed", cast.priya)
    assert entry.payload == {
        "person": cast.tom.pk,
        "name": "Tom Ashdown",
        "before": "contributor",
        "after": "lead",
        "manages": True,
    }


@pytest.mark.parametrize("who", ["tom", "priya"])
def test_nobody_changes_sides(cast, who):
    assert refused(change, cast, who, "priya", Role.REVIEWER).field == "role"
    assert refused(change, cast, who, "priya", Role.ADMINISTRATOR).field == "role"
    assert of(cast, who).side == "supplier"


def test_each_side_looks_after_its_own(cast):
    for doing in (lambda: change(cast, "ben", "priya", Role.REVIEWER), lambda: end(cast, "ben", "priya")):
        assert refused(doing).field == "role"
    assert refused(change, cast, "grace", "tom", Role.LEAD).field == "role"
    end(cast, "olu", "priya")  # an auditor, where the contract has no administrator


def test_an_administrator_looks_after_everybody_and_then_auditors_are_theirs():
    cast = make_contract()
    cast.contract.memberships.filter(person=cast.priya).update(manages=True)
    change(cast, "ben", "mina", Role.REVIEWER)
    assert refused(end, cast, "olu", "priya").field == "role"
    end(cast, "olu", "mina")


def test_the_last_who_manages_stays(cast):
    for doing in (
        lambda: end(cast, "priya", "priya"),
        lambda: end(cast, "priya", "priya", date(2027, 1, 1)),
        lambda: change(cast, "priya", "priya", Role.LEAD, manages=False),
    ):
        assert "Nobody would be left who manages WF-2026-014 for the Supplier" in refused(doing).message
    assert of(cast, "priya").manages and of(cast, "priya").to_day is None
    assert not LedgerEntry.objects.filter(verb__in=["member_ended", "member_role_changed"]).exists()
    change(cast, "tom", "priya", Role.CONTRIBUTOR, manages=True)
    end(cast, "priya", "priya")


def test_who_leaves_on_a_day_does_not_count_as_who_manages(cast):
    change(cast, "tom", "priya", Role.CONTRIBUTOR, manages=True)
    end(cast, "tom", "priya", date(2026, 6, 30))
    assert "Nobody would be left" in refused(end, cast, "priya", "tom").message


def test_the_last_day_counts_and_the_next_does_not(cast):
    end(cast, "tom", "priya")
    assert open_contract(cast.tom, cast.contract.pk, NOON)
    assert last_entry().payload["to"] == "2026-03-17"
    tomorrow = NOON + timedelta(days=1)
    assert (
        "left this contract on 17 March 2026"
        in refused(
            members.end_membership, of(cast, "tom"), cast.as_("priya"), tomorrow, last_day=date(2026, 3, 20)
        ).message
    )


@pytest.mark.parametrize("day", [date(2026, 3, 16), date(2020, 1, 1)])
def test_nobody_leaves_before_today(cast, day):
    wrong = refused(end, cast, "tom", "priya", day)
    assert wrong.field == "last_day" and "17 March 2026" in wrong.message


def test_the_same_again_changes_nothing(cast):
    assert refused(change, cast, "tom", "priya", Role.CONTRIBUTOR).field == "role"
    end(cast, "tom", "priya")
    assert refused(end, cast, "tom", "priya").field == "last_day"
    assert LedgerEntry.objects.filter(verb="member_ended").count() == 1


def test_who_left_comes_back_on_the_same_side_only(cast):
    end(cast, "tom", "priya")
    tomorrow = NOON + timedelta(days=1)
    again = refused(
        members.join, cast.contract, cast.as_("ada"), tomorrow, person=cast.tom, role=Role.REVIEWER
    )
    assert "keeps that side" in again.message
    members.join(cast.contract, cast.as_("priya"), tomorrow, person=cast.tom, role=Role.LEAD)
    assert open_contract(cast.tom, cast.contract.pk, tomorrow).role == Role.LEAD
    assert last_entry().verb == "member_added"


def test_an_auditor_manages_nothing(cast):
    assert refused(change, cast, "olu", "priya", Role.AUDITOR, manages=True).field == "manages"
