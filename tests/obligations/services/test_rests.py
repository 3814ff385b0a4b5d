"""What rests on the words of a schedule: its rules, and where a document's figures disagree with them."""

from __future__ import annotations

import pytest

from obligations.services.choosing.rests import rests_on
from tests.cast import RIVERSIDE, make_contract, play
from tests.obligations.rules.test_agreement import STANDARD, said
from tests.obligations.services.test_figures import decide, fourteen_days

pytestmark = pytest.mark.django_db
FOURTEEN = [(14, "days"), *STANDARD[1:]]


def disagrees(cast, path: str, *limits: tuple[int, str]) -> str:
    return rests_on(cast.schedule, [said(path, *one) for one in limits])[path].disagrees


def test_where_the_figures_agree_nothing_disagrees():
    assert disagrees(play(), "main/10.3", *STANDARD) == ""


def test_another_figure_is_named_beside_the_rules_before_and_after_the_book_is_adopted():
    for cast in (make_contract(), play(reference="WF-2026-015")):
        says = disagrees(cast, "main/10.3", *FOURTEEN)
        assert "is counted with 7 days; these words say “within 14 days”" in says


def test_the_contracts_own_figure_is_no_disagreement():
    cast = play()
    decide(cast, fourteen_days(cast))
    assert disagrees(cast, "main/10.3", *FOURTEEN) == ""
    assert "14 days; these words say “within 7 days”" in disagrees(cast, "main/10.3", *STANDARD)


def test_words_without_a_limit_disagree_where_the_standard_words_name_one():
    found = rests_on(play().schedule, [said("main/10.3", *one) for one in STANDARD])
    assert "these words name no time limit for it" in found["main/8.2.2"].disagrees
    assert found["main/12.3"].disagrees == ""  # the standard words name none either: rules know it elsewhere


def test_a_limit_that_two_rules_count_with_is_found_once():
    found = rests_on(play().schedule, [said("main/8.2.2", 2, "working_days")])
    assert found["main/8.2.2"].disagrees == ""


def test_nothing_rests_on_a_schedule_without_a_book():
    assert rests_on(make_contract(RIVERSIDE).schedule, [said("main/2.1", 3, "days")]) == {}
