"""A contract brought to Duly in mid-life: a plan approved long before comes in through its versions (R32)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.services.errors import Refused
from obligations.models import FactRecord, Phase
from obligations.plans.kinds import kinds
from obligations.plans.models import PlanState
from obligations.plans.services import decisions, upkeep, versions
from obligations.rules.engine.standing import Standing
from tests.cast import ORDER, play
from tests.obligations.plans.conftest import SMP, Table, at

TODAY = date(2026, 3, 17)
TRACKED = date(2026, 3, 2)


@pytest.fixture
def old(db, uploads) -> Table:
    """In force since 4 March 2024, a Monday, and kept in Duly since 2 March 2026."""
    terms = {"agreement_date": date(2024, 2, 5), "start_date": date(2024, 3, 4), "tracked_from": TRACKED}
    return Table(play(ORDER, now=at(TRACKED, 9), end_date=date(2029, 3, 1), **terms))


def bring_in(table: Table, submitted: date, approved: date):
    version = versions.submit_version(table.draft(TODAY), table.cast.as_("priya"), at(TODAY), on=submitted)
    return decisions.approve_version(
        version, table.cast.as_("ada"), at(TODAY), sha256=version.sha256, on=approved
    )


def test_the_plan_of_before_is_brought_in_with_its_days(old):
    before = old.duty("A-4.3.1")
    assert (before.due_date, before.phase) == (date(2024, 4, 3), Phase.BEFORE)
    version = bring_in(old, date(2024, 3, 20), date(2024, 4, 8))
    assert (version.state, version.submitted_on, version.decided_on) == (
        PlanState.ADOPTED,
        date(2024, 3, 20),
        date(2024, 4, 8),
    )
    facts = FactRecord.objects.filter(kind__startswith="smp_").order_by("happened_on")
    assert [(fact.kind, fact.happened_on, fact.happened_at) for fact in facts] == [
        ("smp_submitted", date(2024, 3, 20), None),
        ("smp_approved", date(2024, 4, 8), None),
    ]
    for rule in ("A-4.3.1", "A-4.3.2-finish"):
        assert old.duty(rule).standing_at(at(TODAY)) is not Standing.OVERDUE, rule
    assert (old.duty("A-4.3.1").phase, old.duty("A-4.3.1").done_on) == (Phase.MET, date(2024, 3, 20))
    assert (old.duty("A-4.3.2-finish").phase, old.duty("A-4.3.2-finish").done_on) == (
        Phase.MET,
        date(2024, 4, 8),
    )


def test_limits_of_acts_brought_in_later_are_those_of_their_days(old):
    """R11. Submitted on Wednesday 20 March 2024: 15 Working Days, Good Friday and Easter Monday left out,
    end on Friday 12 April. Refused on Wednesday 27 March: 10 Working Days end on Friday 12 April too.
    """
    priya, ada = old.cast.as_("priya"), old.cast.as_("ada")
    first = versions.submit_version(old.draft(TODAY), priya, at(TODAY), on=date(2024, 3, 20))
    grounds = [kinds()[SMP].requirements[0]]
    sent = {"sha256": first.sha256, "grounds": grounds, "on": date(2024, 3, 27)}
    decisions.refuse_version(first, ada, at(TODAY), **sent)
    versions.submit_version(old.draft(TODAY), priya, at(TODAY), on=date(2024, 4, 15))
    finish, amend = old.duty("A-4.3.2-finish"), old.duty("A-4.3.2-amend")
    assert (finish.due_date, amend.due_date) == (date(2024, 4, 12), date(2024, 4, 12))
    assert amend.phase == Phase.MET_LATE


def reviews(table: Table) -> list[tuple[date, str]]:
    found = [duty for duty in table.duties("A-4.4.1") if duty.phase != Phase.WITHDRAWN]
    return sorted((duty.due_date, duty.phase) for duty in found)


def test_its_yearly_reviews_count_from_that_approval_and_none_of_before_is_overdue(old):
    bring_in(old, date(2024, 3, 20), date(2024, 4, 8))
    assert reviews(old) == [(date(2025, 4, 8), Phase.BEFORE), (date(2026, 4, 8), Phase.OPEN)]
    heads = dict.fromkeys(upkeep.HEADS, "None.")
    contract, priya = old.cast.contract, old.cast.as_("priya")
    upkeep.complete_review(contract, priya, at(TODAY), plan=SMP, on=date(2025, 4, 2), **heads)
    assert reviews(old) == [(date(2025, 4, 8), Phase.MET), (date(2026, 4, 2), Phase.OPEN)]


def test_a_plan_refused_before_duly_and_then_approved_comes_in_as_it_was(old):
    """Refused on 27 March 2024, resubmitted on 3 April: the round is one, and nothing of it is owed now."""
    priya, ada = old.cast.as_("priya"), old.cast.as_("ada")
    first = versions.submit_version(old.draft(TODAY), priya, at(TODAY), on=date(2024, 3, 20))
    grounds, sha256 = ["Part A/4.2.1(b)"], first.sha256
    decisions.refuse_version(first, ada, at(TODAY), sha256=sha256, grounds=grounds, on=date(2024, 3, 27))
    bring_in(old, date(2024, 4, 3), date(2024, 4, 8))
    assert old.duties("A-4.3.2-dispute") == []
    amend = old.duty("A-4.3.2-amend")
    assert (amend.phase, amend.done_on) == (Phase.MET, date(2024, 4, 3))


def test_days_before_that_cannot_be_are_refused(old):
    with pytest.raises(Refused, match="before the day it was submitted") as refused:
        bring_in(old, date(2024, 3, 20), date(2024, 3, 19))
    assert refused.value.field == "on"
    version = old.cast.contract.plan_versions.get()
    assert version.state == PlanState.SUBMITTED
    same = decisions.approve_version(
        version, old.cast.as_("ada"), at(TODAY), sha256=version.sha256, on=date(2024, 3, 20)
    )
    assert same.decided_on == date(2024, 3, 20)
