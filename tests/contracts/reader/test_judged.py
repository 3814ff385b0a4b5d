"""Whether a document is a known schedule: by its words and figures too, not by its numbers alone."""

from dataclasses import replace
from pathlib import Path

import pytest

import contracts.outlines
from contracts.outlines import load_outline
from contracts.reader import read
from contracts.reader.judged import Known, Verdict, Why, judge
from contracts.reader.likeness import telling_change

OUTLINE = load_outline("riverside_schedule_7")
TEXT = (Path(contracts.outlines.__file__).parent / "riverside_schedule_7.txt").read_text()
READING = read(TEXT)
OTHER_WORDS = (
    "The Gardener shall prune each rose bush in February.",
    "Compost heaps are turned twice a week in summer.",
    "The hedge along the lane may be cut only after nesting.",
    "Seedlings are hardened off beneath fleece.",
    "Greenhouse panes that crack are replaced by the Gardener.",
)
RULES = {"main/2.1": "Hand over the plan. The supplier hands the plan over within 20 Working Days."}


def known() -> list[Known]:
    """What is known of the invented schedule, with a rule on one paragraph."""
    return [
        Known(one.path, f"{one.heading} {one.summary}", rules=RULES.get(one.path, ""))
        for one in OUTLINE.paragraphs
    ]


def sibling(share: float):
    """A schedule with the same numbers, of which this share of paragraphs says something else."""
    several = len(READING.paragraphs)
    first = int(several * (1 - share))
    return replace(
        READING,
        paragraphs=tuple(
            one if place < first else replace(one, heading=None, text=OTHER_WORDS[place % len(OTHER_WORDS)])
            for place, one in enumerate(READING.paragraphs)
        ),
    )


def test_a_document_is_surely_its_own_schedule():
    judged = judge(READING, known())
    assert judged.verdict is Verdict.SURE and judged.like > 0.8
    assert not any(one.rests for one in judged.differing)


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.5, Verdict.UNSURE), (0.6, Verdict.UNSURE), (1.0, Verdict.NOT_THIS)]
)
def test_the_same_numbers_with_other_words_are_not_enough(share, verdict):
    judged = judge(sibling(share), known())
    assert len(judged.matched.matched) == len(OUTLINE.paragraphs) and not judged.matched.extra
    assert judged.verdict is verdict


def test_much_more_than_the_schedule_has_is_not_sure():
    extra = tuple(
        replace(one, scope="Part Z", number=f"{one.number}x{copy}")
        for copy in (1, 2)
        for one in READING.paragraphs
    )
    judged = judge(replace(READING, paragraphs=(*READING.paragraphs, *extra)), known())
    assert judged.verdict is Verdict.UNSURE


def test_a_figure_that_a_rule_does_not_count_with_makes_it_unsure():
    of_rule = [
        replace(one, figure="Counted with 20 Working Days.") if one.path == "main/2.1" else one
        for one in known()
    ]
    judged = judge(READING, of_rule)
    [differs] = [one for one in judged.differing if one.rests]
    assert judged.verdict is Verdict.UNSURE
    assert (differs.path, differs.why, differs.says) == (
        "main/2.1",
        Why.FIGURE,
        "Counted with 20 Working Days.",
    )


def test_a_paragraph_that_a_rule_rests_on_with_unrelated_words_makes_it_unsure():
    one = next(one for one in READING.paragraphs if one.path == "main/2.1")
    changed = replace(one, heading=None, text=OTHER_WORDS[0])
    judged = judge(
        replace(READING, paragraphs=tuple(changed if p == one else p for p in READING.paragraphs)), known()
    )
    assert judged.verdict is Verdict.UNSURE
    assert [(each.path, each.why) for each in judged.differing if each.rests] == [("main/2.1", Why.UNLIKE)]


@pytest.mark.parametrize(
    ("now", "verdict", "says"),
    [
        ("The Keeper shall wash the boats within 5 Working Days.", Verdict.SURE, ""),
        ("The Keeper shall wash the boats within 7 Working Days.", Verdict.UNSURE, "5, 7"),
        ("The Keeper shall not wash the boats within 5 Working Days.", Verdict.UNSURE, "not"),
    ],
)
def test_once_there_are_words_they_are_compared(now, verdict, says):
    text = "Schedule 5\n1. Boats\n1.1 {}\n1.2 The Club counts the oars.\n1.3 The Club pays.\n"
    reading = read(text.format("The Keeper shall wash all boats within 5 Working Days."))
    before = [
        Known(one.path, "", f"{one.text} ", rules="Wash the boats." if one.number == "1.1" else "")
        for one in reading.paragraphs
    ]
    judged = judge(read(text.format(now)), before)
    assert judged.verdict is verdict
    assert [one.says for one in judged.differing] == ([says] if says else [])


def test_telling_words_are_figures_negations_and_times():
    assert telling_change("within 5 days", "within five (5) days") == ("five",)
    assert telling_change("may not", "shall") == ("may", "not", "shall")
    assert telling_change("The Club’s boats", "the club's boats, all") == ()
