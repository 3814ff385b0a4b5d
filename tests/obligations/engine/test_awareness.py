"""Whose awareness binds: DMP 23 8.1, 8.2 and 10.5.2, Order Schedule 9 A 5 (R45)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from contracts.terms.moments import last_moment
from obligations.rules.engine.derive import ContractTerms, derive
from obligations.rules.register.rulebook import load_rulebook
from obligations.rules.time.working_days import load_calendar
from tests.support.what_if import DMP, ORDER, due, duties, fact, of, only, others

HAPPENED = "2026-03-12T09:00:00+00:00"  # a Thursday: two Working Days end on Monday 16 March
ON_20 = "2026-03-20T09:00:00+00:00"


def occurred(recorded="2026-03-13T09:00:00+00:00", side="", **more):
    return replace(
        fact("breach_of_security_occurred", HAPPENED, "B", recorded=recorded, **more), recorded_side=side
    )


def aware(at, party, side=""):
    return replace(fact("breach_of_security_aware", at, "B", aware_party=party), recorded_side=side)


BY_AUTHORITY = aware("2026-03-13T09:00:00+00:00", "authority")


def test_the_supplier_is_bound_from_its_own_awareness():
    """R45: it knew on the 20th."""
    found = duties(DMP, occurred(), BY_AUTHORITY, aware(ON_20, "supplier"), as_at="2026-03-20")
    details = only(found, "8.2.2")
    assert details.deadline.due_at.isoformat() == ON_20
    assert details.deadline.literal_limit.isoformat() == "2026-03-16"
    assert only(found, "8.2.1").owed_from.isoformat() == ON_20
    assert others(details)["from awareness"] == "2026-03-24"


@pytest.mark.parametrize("book", [DMP, ORDER])
def test_what_the_authority_alone_knows_starts_nothing_for_the_supplier(book):
    """R45."""
    found = duties(book, occurred(), BY_AUTHORITY, as_at="2026-03-20")
    assert {duty.party for duty in found if duty.subject == "B"} == {"authority"}


@pytest.mark.parametrize(
    ("recorded_by", "bound"), [("supplier", {"8.2.1", "8.2.2", "10.5.2"}), ("authority", set())]
)
def test_who_recorded_a_breach_knows_of_it(recorded_by, bound):
    found = duties(DMP, occurred(side=recorded_by), as_at="2026-03-20")
    assert {d.rule_key for d in found if d.subject == "B" and d.rule_key != "8.1"} == bound
    (told,) = of(found, "8.1")
    assert (told.party, told.owed_from.isoformat()) == (recorded_by, "2026-03-13T09:00:00+00:00")


def test_what_the_supplier_recorded_of_the_authority_it_knows_from_then():
    written = replace(
        BY_AUTHORITY, recorded_side="supplier", recorded_at=occurred(recorded=ON_20).recorded_at
    )
    found = duties(DMP, written, as_at="2026-03-20")
    assert only(found, "8.2.1").owed_from.isoformat() == ON_20
    assert [duty.party for duty in of(found, "8.1")] == ["authority"]


def test_a_party_that_was_told_knows_from_then():
    """R45."""
    told = fact("breach_notified", "2026-03-17T10:00:00+00:00", "B", aware_party="authority")
    found = duties(DMP, occurred(side="authority"), BY_AUTHORITY, told, as_at="2026-03-18")
    assert only(found, "8.2.1").owed_from.isoformat() == "2026-03-17T10:00:00+00:00"


def test_nobody_is_said_to_know_so_the_supplier_does_from_the_event_flagged():
    duty = only(duties(DMP, occurred(side="neither"), as_at="2026-03-13"), "8.2.2")
    assert (due(duty), duty.owed_from.isoformat()) == ("2026-03-16", HAPPENED)
    assert others(duty)["the supplier did not know of it yet"] is None


def test_a_subcontractor_that_knows_is_the_supplier_flagged():
    """R45: the Sub-Contractor's awareness is the Supplier's, as a reading."""
    found = duties(
        DMP, occurred(side="neither"), aware("2026-03-12T12:00:00+00:00", "subcontractor"), as_at="2026-03-13"
    )
    duty = only(found, "8.2.2")
    assert (due(duty), duty.owed_from.isoformat()) == ("2026-03-16", "2026-03-12T12:00:00+00:00")
    assert "its Sub-Contractor knew of it, not the supplier" in others(duty)
    assert [one.party for one in of(found, "8.1")] == ["supplier"]


def test_whoever_is_told_knows_of_it_though_the_rule_is_asked_alone():
    """As where a variation changed its figure: the rule that the notice meets is not among those asked."""
    book = load_rulebook(DMP)
    alone = replace(book, rules=tuple(rule for rule in book.rules if rule.key == "8.2.1"))
    told = fact("breach_notified", "2026-03-17T10:00:00+00:00", "B", aware_party="authority")
    terms, as_at = ContractTerms(date(2019, 4, 30)), last_moment(date(2026, 3, 18))
    facts = [occurred(side="authority"), BY_AUTHORITY, told]
    (duty,) = derive(alone, terms, facts, (), load_calendar("england-and-wales"), as_at)
    assert duty.owed_from.isoformat() == "2026-03-17T10:00:00+00:00"
