"""Numbers beside words of time that are no limit are listed; broken words are made whole (R18)."""

from __future__ import annotations

import pytest

from contracts.terms.phrases import find_limits
from contracts.terms.unclaimed import unclaimed

# sentence, then what is listed and a word of its reason
LISTED = [
    ("The hens laid nothing in the previous six (6) months.", [("six (6) months", "looked back on")]),
    ("A guard with five years' experience is sent.", [("five years", "how long or how old")]),
    ("The pupil is seen within 3 school days.", [("3 school days", "no unit of time")]),
    (
        "A letter is deemed served on the second Working Day after posting.",
        [("second Working Day", "counts as")],
    ),
    ("The lamp burns 40 hours.", [("40 hours", "no words beside it")]),
    ("The gate is shut by 6pm.", [("6pm", "hour of the day")]),
    ("The keeper answers within 2 days; the lamp burns 40 hours.", [("40 hours", "no words beside it")]),
    ("The keeper answers within 2 days and has sixty hens.", []),
    ("Version 3.1 costs £500 per day, as Clause 19 says.", []),
]


@pytest.mark.parametrize(("sentence", "listed"), LISTED)
def test_a_number_of_time_that_is_no_limit_is_listed(sentence, listed):
    found = unclaimed(sentence)

    assert [one.phrase for one in found] == [phrase for phrase, _ in listed]
    assert all(why in one.reason for one, (_, why) in zip(found, listed, strict=True))
    assert [sentence[slice(*one.span)] for one in found] == [phrase for phrase, _ in listed]


@pytest.mark.parametrize(
    ("sentence", "phrase", "period"),
    [
        ("Answer each ﬂag within ﬁve (5) Working Days.", "within ﬁve (5) Working Days", "5 Working Days"),
        ("Keep each ﬁle for ﬁfteen (15) months.", "for ﬁfteen (15) months", "15 months"),
        (
            "Pay within sixty (60) Work-ing Days of the call.",
            "within sixty (60) Work-ing Days of the call",
            "60 Working Days",
        ),
        ("Pay within sixty (60) Work-\ning Days.", "within sixty (60) Work- ing Days", "60 Working Days"),
        ("Pay within four\u00adteen days.", "within four\u00adteen days", "14 days"),
        ("Pay within twenty-four hours.", "within twenty-four hours", "24 hours"),
    ],
)
def test_broken_words_are_made_whole_and_shown_as_printed(sentence, phrase, period):
    (limit,) = find_limits(sentence)

    assert (limit.phrase, str(limit.period)) == (phrase, period)
    assert " ".join(sentence[slice(*limit.span)].split()) == phrase
