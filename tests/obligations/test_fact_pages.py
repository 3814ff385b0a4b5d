"""Facts that have a page of their own: the marks say what the subjects record, no more and no less."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.services.errors import Refused
from obligations import subjects
from obligations.breaches.services.report import AWARE, OCCURRED
from obligations.breaches.services.work import RECORDS, change_state, withdraw
from obligations.breaches.states import machine
from obligations.breaches.steps import all_steps
from obligations.models import FactRecord
from obligations.plans.kinds import kinds
from obligations.rules.register.facts import vocabulary
from obligations.services.recording.facts import held_by, record_fact, record_on_page, withdraw_fact
from tests.cast import DMP, NOON, ORDER, SYSTEM, happened, play
from tests.obligations.breaches.test_breaches import report

MARKED = {name: kind for name, kind in vocabulary().items() if kind.page}


def marked(page: str) -> set[str]:
    return {name for name, kind in MARKED.items() if kind.page == page}


def test_the_plans_record_exactly_the_kinds_marked_for_them():
    assert marked("plans") == {
        name for plan in kinds().values() for names in plan.facts.values() for name in names
    }


def test_the_breaches_record_exactly_the_kinds_marked_for_them():
    recorded = {OCCURRED, AWARE, *RECORDS.values(), *(step.fact for step in all_steps() if step.fact)}
    recorded.add("root_cause_analysis_provided")  # goes with the details, where a cause is written
    assert marked("breaches") == recorded
    follow = {name for event in machine().events.values() for name in event.follows}
    assert follow <= marked("breaches")


def test_every_mark_is_of_a_page_and_every_page_is_used():
    with_a_page = {subject.name for subject in subjects.installed() if subject.facts is not None}
    assert {kind.page for kind in MARKED.values()} == with_a_page == {"plans", "breaches"}
    assert subjects.fact_page("no_such_page") is None and subjects.fact_page("") is None


@pytest.mark.django_db
def test_the_general_service_refuses_each_of_them_and_names_the_page():
    cast = play(DMP, ORDER)
    for name, kind in MARKED.items():
        page = subjects.fact_page(kind.page)
        assert page is not None
        with pytest.raises(Refused) as refused:
            record_fact(
                cast.contract, SYSTEM, NOON, kind=name, happened=date(2026, 3, 12), details={"subject": "it"}
            )
        assert (refused.value.field, f"“{page.title}”" in refused.value.message) == ("kind", True)
    assert not FactRecord.objects.exists()


@pytest.mark.django_db
def test_the_subjects_record_them_with_all_that_the_general_service_asks():
    cast = play(ORDER)
    day, plan = date(2026, 3, 12), {"subject": "plan"}

    def submitted(who: str, happened: date):  # type: ignore[no-untyped-def]
        actor = cast.as_(who)
        return record_on_page(
            cast.contract, actor, NOON, kind="smp_submitted", happened=happened, details=plan
        )

    with pytest.raises(Refused, match="Ask the Agency"):
        submitted("ada", day)
    with pytest.raises(Refused, match="in the future"):
        submitted("priya", date(2026, 3, 18))
    assert submitted("priya", day).created and not submitted("priya", day).created


@pytest.mark.django_db
def test_a_breachs_report_is_withdrawn_as_a_whole_and_what_was_done_about_it_by_itself():
    cast = play(DMP)
    priya = cast.as_("priya")
    breach = report(cast)
    change_state(breach, priya, NOON, event="contain", when=NOON)
    for kind in (AWARE, OCCURRED):
        fact = FactRecord.objects.get(kind=kind)
        with pytest.raises(Refused, match="Take this back under “Breaches”"):
            withdraw_fact(fact, priya, NOON, reason="Wrong")
        fact.refresh_from_db()
        assert (fact.made_on, fact.withdrawn_at) == ("breaches", None)
    contained = FactRecord.objects.get(kind="breach_contained")
    withdraw_fact(contained, priya, NOON, reason="Not yet")
    withdraw(breach, priya, NOON, reason="A drill")
    assert not FactRecord.objects.filter(withdrawn_at=None).exists()


@pytest.mark.django_db
def test_what_the_general_form_recorded_was_made_on_no_page():
    cast = play(DMP)
    fact = happened(cast, "patch_publicly_released", NOON.date(), "CVE-1", category="Critical").fact
    assert (fact.made_on, held_by(fact.kind, fact.made_on)) == ("", None)
    withdraw_fact(fact, cast.as_("priya"), NOON, reason="Wrong")


def test_only_what_a_page_made_is_held_by_it():
    assert held_by("smp_approved", "plans") == subjects.fact_page("plans")
    assert held_by("smp_approved", "") is None  # recorded before kinds had pages
    assert held_by("smp_review_completed", "plans") is None
    assert held_by("gone_from_the_vocabulary", "plans") is None
    assert all(kind.page for kind in vocabulary().values() if kind.alone)
