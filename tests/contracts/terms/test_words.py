"""A paragraph's words over time: variations are laid over the base in order of their days (R28)."""

from __future__ import annotations

from datetime import date

from contracts.terms.words import Change, Span, lay_over

BASE = Span(date(2025, 4, 1), None, "base", 7, True, None)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def change(day: date, kind: str, variation: int = 1, text: str = "", rank: int = 0) -> Change:
    return Change(day, (rank,), variation, kind, text)


def test_not_used_keeps_the_words_and_their_document():
    before, after = lay_over(BASE, [change(MAY, "not_used")])
    assert (before.first, before.until, before.used, before.variation) == (BASE.first, MAY, True, None)
    assert after == Span(MAY, None, "base", 7, False, 1)


def test_a_later_variation_recorded_first_still_comes_after():
    replaced, stopped = change(MAY, "replaced", 2, "new"), change(JUNE, "not_used", 1)
    for order in ([replaced, stopped], [stopped, replaced]):
        spans = lay_over(BASE, order)
        assert [(span.text, span.used, span.variation) for span in spans] == [
            ("base", True, None),
            ("new", True, 2),
            ("new", False, 1),
        ]


def test_reinstated_brings_back_the_words_there_were():
    spans = lay_over(BASE, [change(MAY, "not_used"), change(JUNE, "reinstated", 2)])
    assert [(span.text, span.used) for span in spans] == [("base", True), ("base", False), ("base", True)]


def test_two_changes_on_one_day_leave_one_span_and_the_later_rank_wins():
    spans = lay_over(BASE, [change(MAY, "replaced", 2, "new", rank=1), change(MAY, "not_used", 1, rank=0)])
    assert [(span.first, span.text, span.used, span.variation) for span in spans] == [
        (BASE.first, "base", True, None),
        (MAY, "new", False, 2),
    ]


def test_new_words_do_not_bring_back_what_is_not_used():
    stopped, replaced = change(MAY, "not_used", 1), change(JUNE, "replaced", 2, "new")
    assert [(span.text, span.used) for span in lay_over(BASE, [stopped, replaced])][1:] == [
        ("base", False),
        ("new", False),
    ]
    again = change(date(2026, 7, 1), "reinstated", 3)
    assert lay_over(BASE, [stopped, replaced, again])[-1] == Span(again.day, None, "new", None, True, 3)


def test_a_change_on_the_first_day_leaves_no_empty_span():
    (only,) = lay_over(BASE, [change(BASE.first, "not_used")])
    assert (only.first, only.until, only.used) == (BASE.first, None, False)


def test_a_paragraph_that_was_inserted_begins_then_and_nothing_reaches_it_before():
    spans = lay_over(None, [change(MAY, "not_used", 1), change(JUNE, "inserted", 2, "born")])
    assert spans == [Span(JUNE, None, "born", None, True, 2)]


def test_laying_over_what_was_laid_over_changes_nothing():
    changes = [change(MAY, "not_used"), change(JUNE, "replaced", 2, "new")]
    spans = lay_over(BASE, changes)
    assert lay_over(spans[0], changes) == spans
