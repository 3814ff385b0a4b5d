"""Duties under changed figures, paragraphs used again and duties that a variation brings (R28)."""

from datetime import UTC, date, datetime

import pytest

from contracts.terms.periods import Period, Unit
from obligations.rules.engine.derive import derive
from obligations.rules.engine.under_variations import NEW_LIMIT, OLD_LIMIT, derive_amended
from obligations.rules.register.amendments import (
    Amendments,
    Figure,
    NewDuty,
    NewDutyError,
    UsedAgain,
    effective_day,
    new_rule,
    uses,
)
from obligations.rules.register.duty import Completion
from obligations.rules.register.facts import Fact
from obligations.rules.register.rulebook import load_rulebook
from obligations.rules.register.terms import ContractTerms, SignedVariation
from obligations.rules.time.working_days import load_calendar
from tests.support.wording import well_said

BOOK = load_rulebook("dmp_schedule_23")
CALENDAR = load_calendar("england-and-wales")
TERMS = ContractTerms(start_date=date(2025, 4, 1), end_date=date(2029, 3, 31))
MARCH_10 = date(2026, 3, 10)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SHORTER = Amendments(figures=(Figure("002", MARCH_10, "10.3-important", Period(14, Unit.DAYS)),))
LONGER = Amendments(figures=(Figure("002", MARCH_10, "10.3-important", Period(45, Unit.DAYS)),))
STOP = SignedVariation("001", ("main/5", "main/7"), date(2025, 4, 19), date(2025, 4, 20))
AGAIN = Amendments(again=(UsedAgain("002", date(2026, 3, 10), "main/7"),))


def patch(day, subject="CVE-1", category="Important"):
    at = date.fromisoformat(day)
    recorded = datetime(at.year, at.month, at.day, 12, tzinfo=UTC)
    return Fact(
        "patch_publicly_released", at, recorded, {"subject": subject, "category": category}, key=subject
    )


def duties(amendments, facts=(), completions=(), terms=TERMS, now=NOW):
    found = derive_amended(BOOK, terms, amendments, facts, completions, CALENDAR, now)
    well_said(found)
    return {(duty.rule_key, duty.subject, duty.occurrence): duty for duty in found}


def patch_due(amendments, day, now=NOW):
    (duty,) = [
        d for d in duties(amendments, [patch(day)], now=now).values() if d.rule_key.startswith("10.3-")
    ]
    return duty


def names(duty):
    return [reading.reading for reading in duty.deadline.readings]


def test_without_amendments_it_is_the_engine():
    assert list(duties(Amendments(), [patch("2026-03-01")]).values()) == derive(
        BOOK, TERMS, [patch("2026-03-01")], [], CALENDAR, NOW
    )


@pytest.mark.parametrize(
    ("released", "due", "flag"),
    [
        ("2026-03-10", "2026-03-24", None),
        ("2026-03-09", "2026-03-23", OLD_LIMIT),
        ("2026-02-24", "2026-03-10", OLD_LIMIT),
        ("2026-02-20", "2026-03-10", OLD_LIMIT),
        ("2026-02-08", "2026-03-10", None),
        ("2026-02-07", "2026-03-09", None),
    ],
)
def test_a_shorter_limit(released, due, flag):
    """30 days become 14 on 10 March: what runs takes the earlier limit, but is not due before that day."""
    duty = patch_due(SHORTER, released)
    assert duty.deadline.due_date == date.fromisoformat(due)
    assert [name for name in names(duty) if "limit" in name] == ([flag] if flag else [])


def test_a_longer_limit_leaves_what_runs_as_it_was_and_says_so():
    duty = patch_due(LONGER, "2026-03-01")
    assert duty.deadline.due_date == date(2026, 3, 31)
    assert [(r.reading, r.due_date) for r in duty.deadline.readings if r.reading == NEW_LIMIT] == [
        (NEW_LIMIT, date(2026, 4, 15))
    ]
    assert patch_due(LONGER, "2026-03-10").deadline.due_date == date(2026, 4, 24)


def test_before_it_takes_effect_a_figure_changes_nothing():
    assert patch_due(SHORTER, "2026-03-01", datetime(2026, 3, 9, 12, tzinfo=UTC)).deadline.due_date == date(
        2026, 3, 31
    )


def test_two_changes_of_one_figure_in_turn():
    twice = Amendments(
        figures=(*SHORTER.figures, Figure("003", date(2026, 4, 10), "10.3-important", Period(21, Unit.DAYS)))
    )
    assert patch_due(twice, "2026-03-15").deadline.due_date == date(2026, 3, 29)
    assert patch_due(twice, "2026-04-10").deadline.due_date == date(2026, 5, 1)


def test_the_other_categories_of_the_paragraph_keep_their_limit():
    found = duties(SHORTER, [patch("2026-03-20", "CVE-2", "Critical")])
    (duty,) = [duty for duty in found.values() if duty.rule_key == "10.3-critical"]
    assert duty.deadline.due_date == date(2026, 3, 27)


def stopped(amendments=AGAIN, completions=(), now=NOW):
    terms = ContractTerms(TERMS.start_date, TERMS.end_date, variations=(STOP,))
    found = duties(amendments, completions=completions, terms=terms, now=now)
    return [duty for duty in found.values() if duty.rule_key == "7.1.3"]


def test_a_recurring_duty_ends_and_comes_back_counted_from_that_day():
    ended, again = sorted(stopped(), key=lambda duty: duty.owed_from)[-2:]
    assert ended.ended_by == "001" and ended.state == "ended"
    assert again.deadline.due_date == date(2026, 4, 10) and again.ended_by is None
    assert again.occurrence.endswith(" from 2026-03-10")


def test_nothing_of_it_is_owed_in_between():
    in_between = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert all(duty.ended_by == "001" or duty.state == "overdue" for duty in stopped(now=in_between))
    assert not [duty for duty in stopped() if date(2025, 4, 21) <= duty.deadline.due_date < date(2026, 3, 10)
                and duty.ended_by is None]  # fmt: skip


def test_a_completion_named_for_the_new_series_meets_it():
    again = max(stopped(), key=lambda duty: duty.owed_from)
    proof = Completion(again.citation, None, again.occurrence, date(2026, 4, 2), "accepted", "e", "7.1.3")
    found = {duty.occurrence: duty for duty in stopped(completions=[proof])}
    assert found[again.occurrence].state == "met"
    assert found["2026-04-02 from 2026-03-10"].deadline.due_date == date(2026, 5, 2)


def test_off_and_on_again_on_one_day_is_no_change():
    same_day = (UsedAgain("002", date(2025, 4, 20), "main/7"),)
    assert [(use.first, use.stop) for use in uses("main/7.1.3", (STOP,), same_day, None)] == [(None, None)]


@pytest.mark.parametrize(
    ("form", "due"),
    [
        ({"shape": "one_off", "amount": 10, "unit": "working_days"}, [date(2026, 3, 24)]),
        ({"shape": "recurring", "amount": 3, "unit": "months"}, [date(2026, 6, 10)]),
        (
            {"shape": "event", "on": "patch_publicly_released", "amount": 2, "unit": "days"},
            [date(2026, 3, 22)],
        ),
        ({"shape": "event", "on": "patch_publicly_released", "word": "promptly"}, [None]),
    ],
)
def test_a_duty_that_a_variation_brings(form, due):
    rule = new_rule("dmp_schedule_23", "main/10.8", "002", {"title": "Report", "party": "supplier", **form})
    amendments = Amendments(new=(NewDuty("002", MARCH_10, rule),))
    facts = [patch("2026-03-01", "CVE-1"), patch("2026-03-20", "CVE-2")]
    found = [duty for duty in duties(amendments, facts).values() if duty.rule_key == rule.key]
    assert [duty.deadline.due_date for duty in found] == due
    assert all(duty.citation == "dmp_schedule_23/main/10.8" for duty in found)


A_NUMBER = "Enter a whole number and choose a unit, for example 14 days."
WHEN = "Choose when the new duty is owed: once, again and again, or when something happens."


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"shape": "sometimes", "amount": 1, "unit": "days"}, WHEN),
        ({"shape": None, "amount": 1, "unit": "days"}, WHEN),
        ({"shape": "one_off"}, "Enter how long there is to do it: a number and a unit."),
        ({"shape": "one_off", "word": "promptly"}, "Enter how long there is to do it: a number and a unit."),
        ({"shape": "event", "word": " "}, "Enter how long there is to do it: a number and a unit."),
        ({"shape": "one_off", "amount": "ten", "unit": "days"}, A_NUMBER),
        ({"shape": "one_off", "amount": 5, "unit": "moons"}, A_NUMBER),
        ({"shape": "one_off", "amount": 5}, A_NUMBER),
        (
            {"shape": "one_off", "amount": 4, "unit": "working_hours"},
            "A variation’s figure is not counted in Working Hours: enter hours or days.",
        ),
        ({"shape": "recurring", "amount": 0, "unit": "days"}, "Enter a number from 1 to 10,000."),
        ({"shape": "recurring", "amount": 10_001, "unit": "days"}, "Enter a number from 1 to 10,000."),
        (
            {"shape": "recurring", "amount": 5, "unit": "working_days"},
            "Choose days, weeks, months or years for what comes back.",
        ),
        (
            {"shape": "event", "amount": 5, "unit": "days", "on": "nothing_known"},
            "Choose what has to happen for the new duty to be owed.",
        ),
        (
            {"shape": "one_off", "amount": 5, "unit": "days", "party": "nobody"},
            "Choose who owes the new duty.",
        ),
        (
            {"shape": "one_off", "amount": 5, "unit": "days", "title": " "},
            "Enter what the new duty asks for.",
        ),
    ],
)
def test_a_new_duty_that_cannot_be_kept_is_refused_with_the_fix(form, message):
    with pytest.raises(NewDutyError) as caught:
        new_rule("dmp_schedule_23", "main/10.8", "002", {"title": "Report", "party": "supplier"} | form)
    assert str(caught.value) == message


@pytest.mark.parametrize("amount", [1, 10_000])
def test_the_least_and_the_most_that_a_new_duty_may_give(amount):
    form = {"title": " Report ", "party": "both", "shape": "one_off", "amount": str(amount), "unit": "days"}
    rule = new_rule("dmp_schedule_23", "main/10.8", "002", form)
    assert (rule.key, rule.title, rule.summary) == ("variation 002: main/10.8", "Report", "Report")
    assert (rule.period, rule.party, rule.on, rule.every) == (Period(amount, Unit.DAYS), "both", (), None)
    assert (rule.word, rule.once_per) == (None, "subject")


def test_a_new_duty_of_an_event_keeps_its_word():
    form = {"title": "Tell", "party": "supplier", "shape": "event", "on": "patch_publicly_released"}
    rule = new_rule("dmp_schedule_23", "main/10.8", "002", form | {"word": " promptly ", "amount": ""})
    assert (rule.word, rule.once_per, rule.on) == ("promptly", "fact", ("patch_publicly_released",))
    assert rule.period is None


def test_two_paragraphs_used_again_on_one_day_come_in_order_of_number():
    """ "10" after "2": numbers are numbers (R28)."""
    day = date(2026, 3, 10)
    both = (UsedAgain("10", day, "main/7"), UsedAgain("2", day, "main/5"))
    assert [one.number for one in Amendments(again=both).by(NOW).again] == ["2", "10"]
    late = Amendments(
        again=(UsedAgain("1", date(2026, 6, 1), "main/5"), UsedAgain("3", date(2026, 6, 2), "main/7"))
    )
    assert [one.number for one in late.by(NOW).again] == ["1"]


def test_half_signed_a_variation_has_no_effective_day():
    """R28."""
    day = date(2026, 3, 10)
    assert effective_day(SignedVariation("001", ("main/5",), day, None)) is None
    assert effective_day(SignedVariation("001", ("main/5",), None, day)) is None
    assert effective_day(SignedVariation("001", ("main/5",), date(2026, 3, 16), day)) == date(2026, 3, 16)
