"""Somebody leaves: what is said beforehand, their last day, coming back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.absence import NotThere
from contracts.access import open_organisation
from contracts.models import LedgerEntry, OrganisationEntry, Side
from contracts.services import drafts, leaving, organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.invitations import making
from tests.cast import NOON, SYSTEM, make_contract, person

pytestmark = pytest.mark.django_db
LAST = date(2026, 3, 31)


@pytest.fixture
def cast():
    """Tom and Priya belong to the supplier, which Priya administers; Tom is on two contracts."""
    made = make_contract()
    other = make_contract(reference="WF-2026-099")
    supplier = made.contract.supplier
    for one in (made.tom, made.priya):
        one.organisation = supplier
        one.save()
    organisations.appoint_administrator(supplier, SYSTEM, NOON, person=made.priya)
    made.people["other"] = other.contract
    return made


def end(cast, who="tom", by="priya", day=LAST, now=NOON):
    actor = Actor.of(cast.people[by], Side.NEITHER)
    return leaving.end_person(cast.people[who], actor, now, last_day=day)


def refused(doing, *args, **more) -> Refused:
    with pytest.raises(Refused) as raised:
        doing(*args, **more)
    return raised.value


def test_the_last_day_counts_on_every_contract_and_is_on_every_record(cast):
    end(cast)
    cast.tom.refresh_from_db()
    assert cast.tom.ends_on == LAST
    assert not cast.tom.has_ended(LAST) and cast.tom.has_ended(date(2026, 4, 1))
    assert set(cast.tom.memberships.values_list("to_day", flat=True)) == {LAST}
    entries = LedgerEntry.objects.filter(verb="member_ended")
    assert {(one.actor_name, one.payload["to"]) for one in entries} == {("Priya Nair", "2026-03-31")}
    assert entries.count() == 2
    told = OrganisationEntry.objects.get(verb="person_ended")
    assert told.payload["contracts"] == 2 and told.actor == cast.priya


def test_an_earlier_end_on_a_contract_stays_and_a_later_start_never_comes(cast):
    cast.contract.memberships.filter(person=cast.tom).update(to_day=date(2026, 3, 20))
    cast.other.memberships.filter(person=cast.tom).update(from_day=date(2026, 5, 1))
    end(cast)
    assert list(cast.tom.memberships.values_list("to_day", flat=True)) == [date(2026, 3, 20)]
    assert LedgerEntry.objects.get(verb="member_ended").payload["never_began"]


def test_what_is_open_is_said_beforehand(cast):
    making.invite(cast.as_("priya"), NOON, organisation=cast.contract.supplier, email="new@duly.example")
    drafts.begin(cast.priya, NOON)
    found = leaving.theirs(cast.priya, NOON)
    assert found.drafts == 1
    assert [one.member.contract.reference for one in found.contracts] == ["WF-2026-014", "WF-2026-099"]
    assert all(one.only_one and not one.last_manager for one in found.contracts)
    assert [one.email for one in found.invitations] == ["new@duly.example"]
    cast.contract.memberships.filter(person=cast.mina).delete()
    cast.contract.memberships.filter(person=cast.priya).update(manages=True)
    assert [one.last_manager for one in leaving.theirs(cast.priya, NOON).contracts] == [True, False]


def test_what_is_open_takes_as_many_queries_for_many_contracts(cast, django_assert_num_queries):
    for number in range(3):
        make_contract(reference=f"X-{number}")
    with django_assert_num_queries(4):
        assert len(leaving.theirs(cast.priya, NOON).contracts) == 5


def test_the_last_who_manages_a_contract_stays_and_nothing_is_half_done(cast):
    cast.other.memberships.filter(person=cast.mina).delete()
    cast.other.memberships.filter(person=cast.tom).update(manages=True)
    wrong = refused(end, cast)
    assert wrong.field == "last_day" and "WF-2026-099 for the Supplier" in wrong.message
    cast.tom.refresh_from_db()
    assert cast.tom.ends_on is None
    assert not LedgerEntry.objects.filter(verb="member_ended").exists()


def test_the_last_administrator_of_an_organisation_stays_but_for_the_systems_administrators(cast):
    organisations.appoint_administrator(cast.contract.supplier, SYSTEM, NOON, person=cast.tom)
    end(cast, "tom", "priya")
    assert "last administrator" in refused(end, cast, "priya", "tom").message
    rosa = person("rosa", is_staff=True)
    leaving.end_person(cast.priya, Actor.of(rosa, Side.NEITHER), NOON, last_day=LAST)


def test_the_seat_ends_with_the_person(cast):
    organisations.appoint_administrator(cast.contract.supplier, SYSTEM, NOON, person=cast.tom)
    end(cast)
    assert open_organisation(cast.tom, cast.contract.supplier.pk, NOON + timedelta(days=14))
    with pytest.raises(NotThere):
        open_organisation(cast.tom, cast.contract.supplier.pk, NOON + timedelta(days=15))


@pytest.mark.parametrize(("who", "day"), [("priya", LAST), ("tom", date(2026, 3, 16))])
def test_nobody_ends_themselves_or_in_the_past(cast, who, day):
    assert refused(end, cast, who, "priya", day).field == "last_day"


def test_an_administrator_of_the_system_is_ended_by_another_only(cast):
    cast.tom.is_staff = True
    cast.tom.save()
    assert "administers the system" in refused(end, cast).message
    rosa = person("rosa", is_staff=True)
    actor = Actor.of(rosa, Side.NEITHER)
    leaving.end_person(cast.tom, actor, NOON, last_day=LAST)
    assert refused(leaving.end_person, rosa, SYSTEM, NOON, last_day=LAST).message.startswith(
        "Rosa is the last"
    )


def test_who_comes_back_signs_in_and_is_on_no_contract(cast):
    end(cast)
    leaving.bring_back(cast.tom, cast.as_("priya"), NOON + timedelta(days=30))
    cast.tom.refresh_from_db()
    assert cast.tom.ends_on is None
    assert not cast.tom.memberships.filter(to_day=None).exists()
    assert refused(leaving.bring_back, cast.tom, cast.as_("priya"), NOON).field == ""
