"""The time limits of a document held against the register, limit by limit (R34). No database."""

from __future__ import annotations

import pytest

from contracts.terms.limit import Limit
from contracts.terms.limit_words import in_words
from contracts.terms.periods import Period, Unit
from contracts.terms.phrases import find_limits, parse_limit
from obligations.rules.register.agreement import (
    Result,
    agreement,
    expected_limits,
    same_length,
    same_limit,
)
from obligations.rules.register.rulebook import load_rulebook

DMP, ORDER = load_rulebook("dmp_schedule_23"), load_rulebook("order_schedule_9")


def said(path: str, amount: int | None, unit: str | None, kind: str = "deadline", qualifier=None) -> dict:
    scope, _, paragraph = path.partition("/")
    return {
        "scope": scope,
        "paragraph": paragraph,
        "phrase": f"within {amount} {unit}",
        "amount": amount,
        "unit": unit,
        "qualifier": qualifier,
        "kind": kind,
    }


def held(book, path: str, *limits: dict) -> list[tuple[str, str | None, str | None]]:
    """What comes of one paragraph: the result, the register's figure, the document's."""
    return [
        (
            str(row.result),
            str(row.expected.period) if row.expected else None,
            str(row.found.period) if row.found and row.found.period else None,
        )
        for row in agreement(book, limits)
        if row.path == path
    ]


def patches(*limits: tuple[int, str]):
    return held(DMP, "main/10.3", *(said("main/10.3", amount, unit) for amount, unit in limits))


STANDARD = [(7, "days"), (30, "days"), (60, "working_days")]


def test_the_standard_form_agrees():
    assert [row[0] for row in patches(*STANDARD)] == ["agrees"] * 3


@pytest.mark.parametrize(
    ("place", "figure", "says"), [(0, 14, "14 days"), (1, 45, "45 days"), (2, 90, "90 Working Days")]
)
def test_of_three_limits_the_one_that_was_changed_differs(place, figure, says):
    limits = [(figure if n == place else amount, unit) for n, (amount, unit) in enumerate(STANDARD)]
    found = patches(*limits)
    assert [row[0] for row in found] == ["differs" if n == place else "agrees" for n in range(3)]
    assert found[place][2] == says


def test_all_three_changed_pair_in_their_order():
    assert patches((14, "days"), (45, "days"), (90, "working_days")) == [
        ("differs", "7 days", "14 days"),
        ("differs", "30 days", "45 days"),
        ("differs", "60 Working Days", "90 Working Days"),
    ]


def test_two_limits_that_changed_places_do_not_both_agree():
    assert patches((30, "days"), (7, "days"), (60, "working_days")) == [
        ("agrees", "30 days", "30 days"),
        ("agrees", "60 Working Days", "60 Working Days"),
        ("not_found", "7 days", None),
        ("extra", None, "7 days"),
    ]


def test_one_that_is_gone_and_one_more():
    assert patches((30, "days"), (60, "working_days")) == [
        ("agrees", "30 days", "30 days"),
        ("agrees", "60 Working Days", "60 Working Days"),
        ("not_found", "7 days", None),
    ]
    assert ("extra", None, "3 days") in patches((3, "days"), *STANDARD)
    assert [row[0] for row in patches((3, "days"), *STANDARD)].count("agrees") == 3


def test_days_for_working_days_is_a_difference():
    assert held(ORDER, "Part B/6.5", said("Part B/6.5", 1, "days")) == [("differs", "1 Working Day", "1 day")]


def test_two_clocks_of_one_paragraph_and_a_ceiling_said_in_other_words():
    path = "Part A/4.3.2"
    amend, ceiling = said(path, 10, "working_days"), said(path, 15, "working_days", qualifier="at_most")
    assert [row[0] for row in held(ORDER, path, amend, ceiling)] == ["agrees", "agrees"]
    longer = said(path, 20, "working_days", qualifier="at_most")
    assert held(ORDER, path, amend, longer)[1] == ("differs", "15 Working Days", "20 Working Days")


def test_retentions_are_not_deadlines():
    path = "Annex 1/13/1"
    keep, online = said(path, 2, "years", "retention", "at_least"), said(path, 6, "months", "retention")
    assert [row[0] for row in held(DMP, path, keep, online)] == ["agrees", "agrees"]
    assert ("extra", None, "5 days") in held(DMP, path, keep, online, said(path, 5, "days"))


def test_at_most_is_not_at_least():
    path = "Part B/8.3"
    rows = agreement(ORDER, [said(path, 6, "months", "retention", "at_most")])
    row = next(row for row in rows if row.path == path)
    assert row.result is Result.DIFFERS and "the other the most" in row.why_not


def test_the_same_length_in_other_units_agrees():
    assert held(DMP, "main/7.1.2", said("main/7.1.2", 1, "years", "interval")) == [
        ("agrees", "12 months", "1 year")
    ]
    assert same_length(Period(2, Unit.WEEKS), Period(14, Unit.DAYS))
    assert not same_length(Period(24, Unit.HOURS), Period(1, Unit.DAYS))
    assert not same_length(Period(1, Unit.MONTHS), Period(30, Unit.DAYS))


def test_an_extension_that_two_rules_share_is_one_limit():
    assert held(DMP, "main/10.3.2", said("main/10.3.2", 5, "days", "extension")) == [
        ("agrees", "5 days", "5 days")
    ]
    shared = next(one for one in expected_limits(DMP) if one.key == "extension main/10.3.2")
    assert {rule.key for rule in shared.rules} == {"10.3-critical", "10.3-important"}


def test_a_blank_figure_differs_and_cannot_be_adopted():
    rows = agreement(DMP, [said("main/6.2", None, "working_days")])
    row = next(row for row in rows if row.path == "main/6.2")
    assert row.result is Result.DIFFERS
    assert row.why_not == "The document gives no figure here that can be counted."


def test_a_list_with_letters_is_the_paragraph_above_it():
    rows = agreement(DMP, [said("main/6.2(a)", 5, "working_days"), said("main/5.6(b)", 20, "days")])
    by_path = {row.path: row for row in rows}
    assert by_path["main/6.2"].result is Result.DIFFERS and by_path["main/6.2"].found.path == "main/6.2(a)"
    assert by_path["main/5.6"].result is Result.AGREES


def test_another_paragraph_is_extra():
    assert held(DMP, "main/9.1", said("main/9.1", 10, "days")) == [("extra", None, "10 days")]


@pytest.mark.parametrize(
    ("path", "limit", "reason"),
    [
        (
            "main/7.11",
            said("main/7.11", 2, "years", "interval"),
            "This is a fixed day each year, which has no other figure.",
        ),
        (
            "main/7.1.3",
            said("main/7.1.3", 20, "working_days", "interval"),
            "What comes back is counted in days, weeks, months or years.",
        ),
        (
            "main/12.1",
            said("main/12.1", 48, "hours"),
            "It is recorded by its day, from which hours cannot be counted.",
        ),
        (
            "main/12.1",
            said("main/12.1", 0, "days"),
            "The document gives no figure here that can be counted.",
        ),
        ("main/12.1", said("main/12.1", 1, "days"), ""),
    ],
)
def test_what_cannot_be_counted_cannot_be_adopted(path, limit, reason):
    row = next(row for row in agreement(DMP, [limit]) if row.path == path)
    assert (row.result, row.why_not) == (Result.DIFFERS, reason)


def of_words(path: str, sentence: str) -> dict:
    """The limit of a sentence, as the reader stores it for a paragraph."""
    (limit,) = find_limits(sentence)
    scope, _, paragraph = path.partition("/")
    return {"scope": scope, "paragraph": paragraph, **limit.as_json()}


PLAN = "Part A/4.3.1"


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("The plan comes within 20 days before the Start Date.", "counts back"),
        ("The plan comes no later than 20 days before the Start Date.", "counts back"),
        ("The plan comes by the fifth Working Day of each month.", "place in the calendar"),
        ("The plan comes within the two months ending on the Start Date.", "time that ends on a day"),
        ("No plan comes until 20 days after the Start Date.", "may not be done"),
        ("The plan comes within 20 hours of the Start Date.", "hours cannot be counted"),
        ("The plan comes within 30 days excluding weekends of the Start Date.", "no figure here"),
    ],
)
def test_another_direction_or_a_place_in_the_calendar_is_never_adopted(sentence, reason) -> None:
    """Neither as a forward figure nor as a minimum to keep something for (R34, R35, R40)."""
    rows = agreement(ORDER, [of_words(PLAN, sentence)])

    assert [one.found.family for one in rows if one.found] != ["retention"]
    assert not [one for one in rows if one.found and not one.why_not]
    paired = [one for one in rows if one.found and one.expected]
    assert all(reason in one.why_not for one in paired)


def test_both_lengths_are_held_against_the_register() -> None:
    """Of "20 Working Days or 1 month" neither is the figure by itself, and they are no 20 months (R38)."""
    rows = agreement(
        ORDER, [of_words(PLAN, "The plan comes within 20 Working Days or 1 month of the start.")]
    )
    (row,) = [one for one in rows if one.path == PLAN]

    assert row.result is Result.DIFFERS
    assert row.found is not None and row.found.limit is not None
    assert in_words(row.found.limit) == "20 Working Days or 1 month"


@pytest.mark.parametrize(
    ("book", "path", "sentence", "reason"),
    [
        (ORDER, PLAN, "The plan comes within 20 Working Days or 1 month of the Start Date.", ""),
        (ORDER, PLAN, "The plan comes by noon on the tenth Working Day after the Start Date.", ""),
        (DMP, "main/12.1", "They are given within 5 days beginning with the day of the request.", ""),
        (
            DMP,
            "main/7.1.2",
            "It is tested every 6 months plus 10 days.",
            "What comes back has one length, without an hour.",
        ),
        (
            DMP,
            "main/10.3.2",
            "The time is extended by 5 days or 3 Working Days.",
            "More time is one length, without an hour.",
        ),
        (
            DMP,
            "main/10.3",
            "Critical ones are put in within 14 days or 10 Working Days of release.",
            "A limit beside which other ratings are shown has one length, without an hour.",
        ),
    ],
)
def test_direction_hour_and_both_lengths_are_adopted_or_refused_in_words(
    book, path, sentence, reason
) -> None:
    """R34, R38, R39."""
    (row,) = [one for one in agreement(book, [of_words(path, sentence)]) if one.found]
    assert (row.result, row.why_not) == (Result.DIFFERS, reason)


def test_alternatives_in_another_order_are_the_same_limit() -> None:
    def limit(words: str) -> Limit:
        found = parse_limit(words).limit
        assert found is not None
        return found

    one = limit("within 14 days or 1 month, whichever is the earlier")
    assert same_limit(one, limit("the earlier of 1 month and two weeks"))
    assert not same_limit(one, limit("the later of 1 month and two weeks"))
    assert not same_limit(limit("within 14 days"), limit("within 14 days, by 5pm"))


def test_every_limit_of_both_registers_is_asked_for_once():
    for book in (DMP, ORDER):
        rows = agreement(book, [])
        assert {row.result for row in rows} == {Result.NOT_FOUND}
        keys = [row.expected.key for row in rows]
        assert len(keys) == len(set(keys)) and len(keys) >= 7
