"""Which limits in the words some entry has: by the very words, or by the same length at the same place."""

from __future__ import annotations

import pytest

from contracts.terms.found import limits_in
from obligations.rules.register.claimed import claim_of_entry, claims_of_rule, unclaimed_of
from obligations.rules.register.rulebook import load_rulebook

WORDS = "The Provider shall tell the Council within 3 Working Days and keep a note for 6 years."


def left(entry, *, path="main/3", rests_on=None) -> list[str]:
    claims = [claim_of_entry(entry, rests_on or {})] if entry else []
    return [one.phrase for one in unclaimed_of(path, limits_in(WORDS), claims)]


def said(amount, unit, path="main/3", **more):
    return {"path": path, "amount": amount, "unit": unit, **more}


def test_without_an_entry_every_limit_is_left():
    assert left(None) == ["within 3 Working Days", "for 6 years"]


def test_an_entry_has_the_limit_of_its_length_and_unit():
    assert left(said(3, "working_days")) == ["for 6 years"]
    assert left(said(3, "days")) == left(said(4, "working_days")) == left(None)


@pytest.mark.parametrize("path", ["main/3.1", "main/3(a)", "main/3"])
def test_what_leads_in_to_a_list_speaks_for_its_items(path):
    assert left(said(3, "working_days", path)) == ["for 6 years"]
    assert left(said(3, "working_days"), path=path) == ["for 6 years"]


@pytest.mark.parametrize("path", ["main/30", "main/4", "Annex A/3"])
def test_another_paragraph_has_it_only_where_it_rests_on_the_words(path):
    assert left(said(3, "working_days", path)) == left(None)
    start = WORDS.index("within")
    words = {"path": "main/3", "start": start, "end": start + 10, "text": "within 3 W"}
    assert left(said(3, "working_days", path), rests_on={"amount": [words]}) == ["for 6 years"]
    assert left(said(3, "working_days", path), rests_on={"summary": [words]}) == left(None)


def test_an_entry_with_two_lengths_has_both():
    words = "It is done within 30 days or 1 month, whichever is the earlier."
    both = said(30, "days", others=[{"amount": 1, "unit": "months"}], joined="earlier")
    found = [
        unclaimed_of("main/3", limits_in(words), [claim_of_entry(one, {})])
        for one in (both, said(30, "days"))
    ]
    assert [len(one) for one in found] == [0, 1]


def test_a_place_in_the_calendar_is_had_by_the_same_place():
    words = "A report is due by the fifth Working Day of each month."
    cycle = {"of": "month", "place": 5, "unit": "working_days"}
    for place, number in ((5, 0), (6, 1)):
        entry = {"path": "main/3", "every": "cycle", "cycle": cycle | {"place": place}}
        assert len(unclaimed_of("main/3", limits_in(words), [claim_of_entry(entry, {})])) == number


def test_an_extension_has_the_limit_of_the_paragraph_that_grants_it():
    book = load_rulebook("dmp_schedule_23")
    rule = next(one for one in book.rules if one.extension is not None)
    granted = rule.extension
    words = f"It shall be done within {granted.period}."
    [limit] = limits_in(words)
    assert unclaimed_of(granted.path, [limit], claims_of_rule(rule)) == []
