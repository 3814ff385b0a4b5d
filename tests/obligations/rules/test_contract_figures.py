"""A figure of the contract's own, laid over the register from the beginning (R34)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.terms.limit import Limit
from contracts.terms.moments import end_of_day, parse_when
from contracts.terms.periods import Period, Unit
from contracts.terms.phrases import parse_limit
from obligations.rules.engine.contract_book import AdoptedVersion, ContractBook
from obligations.rules.register.contract_figures import ContractFigure, extension_key, with_contract_figures
from obligations.rules.register.facts import Fact
from obligations.rules.register.rulebook import load_rulebook
from obligations.rules.register.terms import ContractTerms
from obligations.rules.time.working_days import load_calendar
from tests.support.wording import well_said

BOOK = load_rulebook("dmp_schedule_23")
SAID = "adopted by Ada Fairweather on 2 March 2026"


def figure(key: str, period: Period, standard: Period, path: str) -> ContractFigure:
    return ContractFigure(
        key, path, Limit((period,)), Limit((standard,)), "Ada Fairweather", date(2026, 3, 2), "figure 7"
    )


TEN_DAYS = figure("10.3-critical", Period(10, Unit.DAYS), Period(7, Unit.DAYS), "main/10.3")
MORE = figure(extension_key("main/10.3.2"), Period(3, Unit.WORKING_DAYS), Period(5, Unit.DAYS), "main/10.3.2")
AUDIT = figure("12.1", Period(5, Unit.WORKING_DAYS), Period(5, Unit.DAYS), "main/12.1")


def fact(kind: str, day: str, **details: object) -> Fact:
    return Fact(kind, parse_when(day), parse_when(day), {"subject": "S", **details})


RELEASED = fact("patch_publicly_released", "2026-03-12", category="Critical")
HARMED = fact("patch_adverse_effect_identified", "2026-03-18", test_plan_followed=True)
ASKED = fact("audit_records_requested", "2026-03-12")


def duty(key: str, own: tuple[ContractFigure, ...], *facts: Fact):
    terms = ContractTerms(start_date=date(2025, 4, 1), contract_figures=own)
    as_at = end_of_day(date(2026, 3, 18))
    found = ContractBook((AdoptedVersion(BOOK),), terms).derive(facts, [], load_calendar(), as_at)
    well_said(found)
    (only,) = [one for one in found if one.rule_key == key]
    return only


def test_an_own_figure_counts_and_says_whose_it_is() -> None:
    """Ten days after 12 March instead of seven."""
    before, after = duty("10.3-critical", (), RELEASED), duty("10.3-critical", (TEN_DAYS,), RELEASED)
    assert (before.deadline.due_date, after.deadline.due_date) == (date(2026, 3, 19), date(2026, 3, 22))
    step = after.deadline.steps[0]
    assert (step.rule, step.citation, step.decision) == ("R34", "dmp_schedule_23/main/10.3", "figure 7")
    assert step.text == f"The signed contract says 10 days where the standard form says 7 days: {SAID}"
    assert "R34" not in [one.rule for one in (*before.deadline.steps, *after.deadline.steps[1:])]


def test_an_own_figure_of_another_rule_is_not_spoken_of() -> None:
    asked = duty("12.1", (TEN_DAYS,), ASKED)
    assert asked.deadline == duty("12.1", (), ASKED).deadline


def test_a_longer_extension_is_spoken_of_where_it_was_given_and_only_there() -> None:
    """Three Working Days after Thursday 19 March instead of five days: 24 March."""
    given = duty("10.3-critical", (MORE,), RELEASED, HARMED)
    assert given.deadline.due_date == date(2026, 3, 24)
    step = given.deadline.steps[0]
    assert (step.rule, step.citation) == ("R34", "dmp_schedule_23/main/10.3.2")
    assert step.text == f"The signed contract says 3 Working Days where the standard form says 5 days: {SAID}"
    assert given.deadline.readings == ()
    assert "R34" not in [one.rule for one in duty("10.3-critical", (MORE,), RELEASED).deadline.steps]


def test_a_figure_in_the_unit_of_another_reading_leaves_that_reading_out() -> None:
    """5 Working Days after Thursday 12 March: 19 March; then "Working Days" is no other reading (R2)."""
    assert [one.reading for one in duty("12.1", (), ASKED).deadline.readings] == ["Working Days"]
    own = duty("12.1", (AUDIT,), ASKED)
    assert (own.deadline.due_date, own.deadline.readings) == (date(2026, 3, 19), ())


def test_without_figures_the_book_is_the_book() -> None:
    assert with_contract_figures(BOOK, ()) is BOOK
    changed = with_contract_figures(BOOK, (TEN_DAYS,))
    unlike = [one.key for one, other in zip(changed.rules, BOOK.rules, strict=True) if one != other]
    assert unlike == ["10.3-critical"]


@pytest.mark.parametrize(("unit", "other"), [(Unit.WORKING_DAYS, None), (Unit.DAYS, Unit.WORKING_DAYS)])
def test_an_extension_keeps_its_other_unit_unless_that_is_its_own_now(unit, other) -> None:
    own = figure(extension_key("main/10.3.2"), Period(4, unit), Period(5, Unit.DAYS), "main/10.3.2")
    rule = with_contract_figures(BOOK, (own,)).by_key["10.3-critical"]
    assert rule.extension is not None
    assert (rule.extension.period, rule.extension.other_unit) == (Period(4, unit), other)


def of_words(words: str) -> ContractFigure:
    limit = parse_limit(words).limit
    assert limit is not None
    return ContractFigure(
        "12.1",
        "main/12.1",
        limit,
        Limit((Period(5, Unit.DAYS),)),
        "Ada Fairweather",
        date(2026, 3, 2),
        "figure 7",
    )


@pytest.mark.parametrize(
    ("words", "due", "readings", "says"),
    [
        # Thursday 12 March: 3, 4, 5 Working Days are 17, 18, 19 March; 6 days are 18 March
        (
            "within 6 days or 3 Working Days of the request, whichever is the earlier",
            end_of_day(date(2026, 3, 17)),
            [],
            "6 days or 3 Working Days, whichever is the earlier, where the standard form says 5 days",
        ),
        (
            "within 6 days or 5 Working Days of the request, whichever is the later",
            end_of_day(date(2026, 3, 19)),
            [],
            "6 days or 5 Working Days, whichever is the later, where the standard form says 5 days",
        ),
        (
            "within 6 days or 3 Working Days",
            end_of_day(date(2026, 3, 17)),
            ["read as 6 days"],
            "6 days or 3 Working Days where the standard form says 5 days",
        ),
        (
            "by 10:00 on the third Working Day after the request",
            parse_when("2026-03-17T10:00:00+00:00"),
            [],
            "3 Working Days, by 10am, where the standard form says 5 days",
        ),
        (
            # six Working Days are 13, 16, 17, 18, 19, 20 March, and one day back is the 19th
            "within 6 Working Days less one day",
            end_of_day(date(2026, 3, 19)),
            [],
            "6 Working Days less 1 day where the standard form says 5 days",
        ),
    ],
)
def test_an_own_figure_travels_with_both_lengths_and_its_hour(words, due, readings, says) -> None:
    """R34, R38, R39."""
    found = duty("12.1", (of_words(words),), ASKED)
    assert found.deadline.due_at == due
    assert [one.reading for one in found.deadline.readings if one.reading != "Working Days"] == readings
    assert found.deadline.steps[0].text == f"The signed contract says {says}: {SAID}"
