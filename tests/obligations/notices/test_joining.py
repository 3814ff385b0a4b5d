"""Who joins is planned for, by whatever way they came; where nobody did, nothing is read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import AudienceChange, DistributionList, ListedPerson, Person, Role
from contracts.services.contracts import add_member
from contracts.terms.restricted import RESERVED
from obligations.models import Notice
from obligations.services.notices import joining
from obligations.services.notices.joining import plan_ahead
from obligations.services.notices.planning import plan
from tests.cast import NOON, SYSTEM, make_contract, person
from tests.support.duties import make_duty

TODAY = NOON.date()


@pytest.fixture
def duty(cast):
    """Due in three months, and its notices, with nothing left to be looked at."""
    made = make_duty(cast, due=date(2026, 6, 30))
    plan([made], NOON)
    AudienceChange.objects.all().delete()
    return made


def told(name: str) -> int:
    return Notice.objects.filter(recipient__name__startswith=name, cancelled_at=None).count()


def joins(cast, name="rosa", role=Role.CONTRIBUTOR, from_day=TODAY):
    add_member(cast.contract, SYSTEM, NOON, person=person(name), role=role, from_day=from_day)


def test_where_nobody_joined_one_question_is_asked(cast, duty, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert plan_ahead(NOON) == joining.Planned()


def test_who_joins_is_planned_for_however_far_away_the_date_is(cast, duty):
    joins(cast)
    assert plan_ahead(NOON).written == told("Rosa") == 3
    assert not AudienceChange.objects.exists()
    assert plan_ahead(NOON) == joining.Planned()


def test_who_takes_over_is_told_of_what_has_long_been_overdue(cast):
    """Nobody who was told of it need be left."""
    plan([make_duty(cast, due=TODAY - timedelta(days=60))], NOON)
    joins(cast, role=Role.LEAD)
    assert plan_ahead(NOON).written == told("Rosa") == 1


def test_who_joins_on_a_later_day_is_planned_for_then(cast, duty):
    joins(cast, from_day=TODAY + timedelta(days=3))
    assert plan_ahead(NOON + timedelta(days=2)).written == 0 and told("Rosa") == 0
    assert plan_ahead(NOON + timedelta(days=3)).written == 3


def test_another_role_counts_however_it_was_written(cast, duty):
    cast.contract.memberships.filter(person=cast.grace).update(role=Role.CONTRIBUTOR)
    before = told("Grace")
    assert plan_ahead(NOON).written == told("Grace") - before == 2


def test_whose_account_is_opened_again_is_planned_for(cast, duty):
    Notice.objects.filter(recipient=cast.tom).delete()
    Person.objects.filter(pk=cast.tom.pk).update(is_active=False)
    assert plan_ahead(NOON).written == 0
    Person.objects.filter(pk=cast.tom.pk).update(is_active=True)
    assert plan_ahead(NOON).written == told("Tom") == 3


def test_who_is_put_on_a_list_and_all_others_once_it_is_lifted(cast):
    subject = f"{RESERVED}Kept"
    kept = DistributionList.objects.create(
        contract=cast.contract, subject=subject, made_at=NOON, made_by=cast.ada
    )
    listed = {"contract": cast.contract, "distribution_list": kept, "added_at": NOON, "added_by": cast.ada}
    ListedPerson.objects.create(person=cast.priya, **listed)
    plan([make_duty(cast, subject)], NOON)
    plan_ahead(NOON)
    assert (told("Priya"), told("Tom")) == (3, 0)
    ListedPerson.objects.create(person=cast.tom, **listed)
    assert plan_ahead(NOON).written == told("Tom") == 3
    DistributionList.objects.update(lifted_at=NOON, lifted_by=cast.ada, lifted_reason="Over")
    assert plan_ahead(NOON).written == told("Ada") + told("Ben") + told("Grace") == 3


def test_what_it_asks_does_not_grow_with_contracts_or_duties(cast, duty):
    joins(cast)
    with CaptureQueriesContext(connection) as few:
        plan_ahead(NOON)
    for number in range(4):
        other = make_contract(reference=f"WF-{number}")
        for each in range(5):
            make_duty(other, f"CVE-{each}")
    with CaptureQueriesContext(connection) as many:
        assert plan_ahead(NOON).written == 4 * 5 * 9
    assert len(many) <= len(few) + 1  # one of them writes rows, where there was none to write before


def test_a_contract_that_cannot_be_planned_for_holds_up_no_other(cast, duty, monkeypatch):
    joins(cast)
    other = make_contract(reference="WF-2026-099")
    broken = make_duty(other, "Broken")
    plan_as_ever = joining.plan

    def plan_but_one(duties, now):
        if any(duty.pk == broken.pk for duty in duties):
            raise ZeroDivisionError
        return plan_as_ever(duties, now)

    monkeypatch.setattr(joining, "plan", plan_but_one)
    assert plan_ahead(NOON).written == 3
    assert set(AudienceChange.objects.values_list("contract", flat=True)) == {other.contract.pk}
    monkeypatch.undo()
    assert plan_ahead(NOON).written == 9 and not AudienceChange.objects.exists()
