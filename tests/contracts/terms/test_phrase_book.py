"""Every phrase of the phrase book is read as the rules say, refused, or listed: none is silently misread."""

from __future__ import annotations

from collections import Counter

import pytest

from contracts.terms.limit import read_limit
from tests.contracts.terms.phrase_book import KEYS, WHAT, Entry, attempt, not_yet, phrases

NOT_YET = frozenset(not_yet())
BOOK = phrases()


@pytest.mark.parametrize("entry", BOOK, ids=lambda entry: entry["words"])
def test_a_phrase_says_what_the_book_says(entry: Entry) -> None:
    said = attempt(entry)
    if entry["words"] in NOT_YET:
        assert said is not None, "it is read rightly now: take it out of not_yet.txt"
    else:
        assert said is None, said


def test_the_list_of_what_is_not_read_yet_holds_phrases_of_the_book_once() -> None:
    listed = Counter(not_yet())
    assert not set(listed) - {entry["words"] for entry in BOOK}
    assert not [words for words, times in listed.items() if times > 1]


def test_every_entry_says_one_thing_in_known_keys() -> None:
    assert len(BOOK) >= 400
    assert [words for words, times in Counter(entry["words"] for entry in BOOK).items() if times > 1] == []
    for entry in BOOK:
        assert not set(entry) - KEYS, entry
        said = [key for key in WHAT if key in entry]
        assert len(said) == 1 or said in (["refused", "reported"], ["refused", "nothing"]), entry
        assert "why" in entry or "flagged" not in entry, entry
        for form in [entry.get("limit"), *entry.get("or_limit", ())]:
            assert form is None or _unit_known_later(form) or read_limit(form).as_json() == form, entry


def _unit_known_later(form: Entry) -> bool:
    """Hours of work are a unit of their own."""
    return any(length["unit"].endswith("_hours") for length in form.get("lengths", ()))
