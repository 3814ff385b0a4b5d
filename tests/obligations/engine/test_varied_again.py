"""Variations that come twice, or undo one another (R28): figures, minima, paragraphs used again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from contracts.terms.periods import Period, Unit
from contracts.terms.settings import ContractSettings
from obligations.rules.engine.under_variations import derive_amended
from obligations.rules.engine.used_again import ANEW, FROM_THE_LAST
from obligations.rules.register.amendments import Amendments, Figure, UsedAgain
from obligations.rules.register.rulebook import load_rulebook
from obligations.rules.register.terms import ContractTerms, SignedVariation
from obligations.rules.time.working_days import load_calendar
from tests.support.what_if import DMP, ORDER, due, fact, of, others
from tests.support.wording import well_said

CALENDAR = load_calendar("england-and-wales")


def duties(book, amendments, *facts, as_at, variations=(), readings=None):
    terms = ContractTerms(
        date(2021, 1, 1),
        date(2040, 1, 1),
        variations=variations,
        settings=ContractSettings.from_json({"readings": readings or {}}),
    )
    moment = datetime.combine(date.fromisoformat(as_at), time(12), UTC)
    found = derive_amended(load_rulebook(book), terms, amendments, facts, [], CALENDAR, moment)
    well_said(found)
    return found


def figure(number, day, key, amount, unit):
    return Figure(number, date.fromisoformat(day), key, Period(amount, Unit(unit)))


NINE = figure("002", "2023-03-30", "B-8.3", 9, "months")
EIGHTEEN = figure("003", "2023-05-09", "B-8.3", 18, "months")
SHORTER = figure("003", "2023-05-09", "B-8.3", 3, "months")


@pytest.mark.parametrize(
    ("figures", "as_at", "day", "state", "done"),
    [
        # Collected on 12 October 2022, to be kept for 6 months: through 12 April 2023.
        ((NINE,), "2023-05-01", "2023-07-12", "open", None),
        ((NINE,), "2023-07-12", "2023-07-12", "open", None),
        ((NINE,), "2023-07-13", "2023-07-12", "met", "2023-07-12"),
        ((NINE, EIGHTEEN), "2023-06-01", "2024-04-12", "open", None),
        ((NINE, EIGHTEEN), "2024-04-13", "2024-04-12", "met", "2024-04-12"),
        ((NINE, SHORTER), "2023-06-01", "2023-07-12", "open", None),
        ((NINE, SHORTER), "2023-09-01", "2023-07-12", "met", "2023-07-12"),
    ],
)  # fmt: skip
def test_a_minimum_changed_twice_while_it_runs_lasts_as_long_as_the_longest_r8(
    figures, as_at, day, state, done
):
    collected = fact("audit_record_collected", "2022-10-12", "Log 1")
    (duty,) = of(duties(ORDER, Amendments(tuple(figures)), collected, as_at=as_at), "B-8.3")
    assert (due(duty), duty.state) == (day, state)
    assert (duty.done.isoformat() if duty.done else None) == done


def test_a_minimum_that_had_run_out_before_the_change_stays_met_by_its_end_r8():
    collected = fact("audit_record_collected", "2022-09-29", "Log 1")
    (duty,) = of(duties(ORDER, Amendments((NINE,)), collected, as_at="2023-05-01"), "B-8.3")
    assert (due(duty), duty.state) == ("2023-03-29", "met")


def test_no_reading_of_a_limit_that_was_shortened_falls_before_the_day_it_was():
    """Asked for on Friday 3 March 2023. Twenty days: 23 March. Three days from 10 March on: 6 March, which is
    gone, so 10 March. Three Working Days: Monday 6, Tuesday 7, Wednesday 8 March, which is gone likewise.
    """
    longer, shorter = (
        figure("002", "2023-03-01", "12.1", 20, "days"),
        figure("003", "2023-03-10", "12.1", 3, "days"),
    )
    asked = fact("audit_records_requested", "2023-03-03", "Request 1")
    (duty,) = of(duties(DMP, Amendments((longer, shorter)), asked, as_at="2023-03-12"), "12.1")
    assert (due(duty), others(duty)["Working Days"]) == ("2023-03-10", "2023-03-10")


def test_a_reading_that_lies_after_that_day_has_its_own():
    """Eight days from 3 March: 11 March. Eight Working Days: five to the 10th, then the 13th to the 15th."""
    changed = (
        figure("002", "2023-03-01", "12.1", 20, "days"),
        figure("003", "2023-03-10", "12.1", 8, "days"),
    )
    asked = fact("audit_records_requested", "2023-03-03", "Request 1")
    (duty,) = of(duties(DMP, Amendments(changed), asked, as_at="2023-03-10"), "12.1")
    assert (due(duty), others(duty)["Working Days"]) == ("2023-03-11", "2023-03-15")


# Used again

OFF = SignedVariation("001", ("main/7",), date(2026, 3, 5), date(2026, 3, 5))


def again(day):
    return Amendments(again=(UsedAgain("002", date.fromisoformat(day), "main/7"),))


def scanned(last, back, as_at, key="7.1.3", kind="external_vulnerability_scan_completed", readings=None):
    facts = [fact(kind, last, "scan")] if last else []
    found = duties(DMP, again(back), *facts, as_at=as_at, variations=(OFF,), readings=readings)
    return of(found, key)[-1]


@pytest.mark.parametrize(
    ("last", "back", "day", "other"),
    [
        # Monthly. Anew from 20 March: 20 April. From 1 March: 1 April.
        ("2026-03-01", "2026-03-20", "2026-04-20", "2026-04-01"),
        # From 10 February it would have been 10 March, when the paragraph was off: not before it is on again.
        ("2026-02-10", "2026-03-20", "2026-04-20", "2026-03-20"),
        ("2026-03-01", "2026-06-20", "2026-07-20", "2026-06-20"),
    ],
)
def test_what_is_used_again_names_the_date_from_the_last_completion_where_that_is_earlier(
    last, back, day, other
):
    duty = scanned(last, back, back)
    assert (due(duty), others(duty)[FROM_THE_LAST]) == (day, other)


def test_a_yearly_test_is_not_silently_put_off_by_a_paragraph_that_was_off_for_fifteen_days():
    duty = scanned("2025-05-01", "2026-03-20", "2026-03-21", "7.1.2", "check_test_completed")
    assert (due(duty), others(duty)[FROM_THE_LAST]) == ("2027-03-20", "2026-05-01")


def test_where_nothing_was_ever_done_there_is_no_last_completion():
    assert FROM_THE_LAST not in others(scanned(None, "2026-03-20", "2026-03-21"))


def test_the_reading_from_the_last_completion_can_be_chosen():
    chosen = {"7.1.3": FROM_THE_LAST}
    duty = scanned("2026-03-01", "2026-03-20", "2026-04-02", readings=chosen)
    assert (due(duty), duty.state, others(duty)[ANEW]) == ("2026-04-01", "overdue", "2026-04-20")
    assert [step.text for step in duty.deadline.steps if "makes no difference" in step.text] == []
