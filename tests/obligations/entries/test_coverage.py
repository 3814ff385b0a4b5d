"""How much is decided, and how much of it counts: never more than is so."""

from __future__ import annotations

import pytest

from obligations.services.entries.coverage import ParagraphState, coverage, coverage_of, state_of
from obligations.services.entries.in_force import put_in_force
from obligations.services.entries.standing import standing_of
from tests.cast import DMP, NOON, play
from tests.support.own_book import (
    FAULT,
    HARBOUR,
    PLAN,
    decided,
    own_cast,
    own_contract,
    own_schedule,
    paragraph,
)

pytestmark = pytest.mark.django_db


def test_each_paragraph_stands_where_people_left_it():
    cast = own_cast()
    decided(cast, "main/2", PLAN)
    decided(cast, "main/1", outcome="none", why="It defines a word.")
    decided(cast, "main/5", outcome="skipped")
    one = coverage(cast.contract)[0]
    assert (one.paragraphs, one.decided, one.in_force, one.later, one.undecided) == (7, 2, 0, 1, 4)
    assert (one.waiting, one.version, one.is_whole) == (2, 0, False)
    put_in_force(cast.contract, cast.schedule, cast.as_("priya"), NOON)
    decided(cast, "main/2", PLAN | {"amount": 11})
    decided(cast, "main/2", outcome="skipped")
    decided(cast, "main/3", FAULT)
    one = coverage(cast.contract)[0]
    assert (one.decided, one.in_force, one.waiting, one.later, one.version) == (3, 1, 2, 1, 1)
    standing = standing_of(cast.contract, cast.schedule)
    assert {path: state_of(standing, paragraph(cast, path)) for path in HARBOUR} == {
        "main/1": ParagraphState.IN_FORCE,
        "main/2": ParagraphState.DECIDED,
        "main/3": ParagraphState.DECIDED,
        "main/4": ParagraphState.UNDECIDED,
        "main/5": ParagraphState.LATER,
        "main/6": ParagraphState.UNDECIDED,
        "Annex A/1": ParagraphState.UNDECIDED,
    }


def test_a_schedule_whose_paragraphs_are_all_in_force_is_whole():
    cast = own_contract()
    own_schedule(cast, words={"main/1": "It is courteous."})
    decided(cast, "main/1", outcome="none", why="It says how.")
    put_in_force(cast.contract, cast.schedule, cast.as_("priya"), NOON)
    assert coverage(cast.contract)[0].is_whole
    assert all(one.is_whole for one in coverage(play(DMP, reference="WF-2026-015").contract))


def test_many_contracts_and_paragraphs_cost_the_same(django_assert_num_queries):
    first = own_cast()
    decided(first, "main/2", PLAN)
    put_in_force(first.contract, first.schedule, first.as_("priya"), NOON)
    second = own_contract(reference="WF-2026-016")
    own_schedule(second)
    numbers = [first.contract.pk, second.contract.pk]
    coverage_of(numbers)
    with django_assert_num_queries(5):
        found = coverage_of(numbers)
    assert [found[number][0].in_force for number in numbers] == [1, 0]
    for path in ("main/1", "main/4"):
        decided(first, path, outcome="none", why="No")
    with django_assert_num_queries(5):
        coverage(first.contract)
    schedule = first.schedule
    with django_assert_num_queries(5):
        assert standing_of(first.contract, schedule).known
