"""The words in force on any day, over random sequences of variations (R28, R29)."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.terms.in_force import (
    EffectOnText,
    SignedText,
    number_rank,
)
from contracts.terms.words import Span
from tests.support.words import text_in_force, text_over_time

FIRST = date(2025, 4, 1)
TREE = [
    "main/5",
    "main/5.1",
    "main/5.1(a)",
    "main/5.2",
    "main/50",
    "main/7",
    "main/7.1",
    "Annex 1/5",
    "Annex 1/5/a",
]
BASE = {path: Span(FIRST, None, f"words of {path}", 1, True, None) for path in TREE}
NEW = ["main/5A", "main/7.2"]

effect = st.one_of(
    st.builds(EffectOnText, st.sampled_from(TREE + NEW), st.sampled_from(["not_used", "reinstated"])),
    st.builds(
        EffectOnText,
        st.sampled_from(TREE),
        st.sampled_from(["replaced", "figure"]),
        st.text("xyz", min_size=1),
    ),
    st.builds(EffectOnText, st.sampled_from(NEW), st.just("inserted"), st.text("n", min_size=1)),
)
effects = st.lists(effect, min_size=1, max_size=4, unique_by=lambda one: one.path).map(tuple)
days = st.integers(0, 12).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def sequences(draw):
    count = draw(st.integers(0, 7))
    numbers = draw(st.permutations([f"{n:03}" for n in range(1, count + 1)]))
    return [SignedText(key, number, draw(days), draw(effects)) for key, number in enumerate(numbers)]


def under(path, top):
    return path == top or (path.startswith(top) and path[len(top)] in ".(/")


def expected(path, day, variations):
    """The words on a day told one variation after another, deepest effect last; None: not there."""
    text = BASE[path].text if path in BASE else None
    used = path in BASE
    for one in sorted(variations, key=lambda one: (one.day, int(one.number))):
        if one.day > day:
            break
        for change in sorted(one.effects, key=lambda change: len(change.path)):
            if change.kind in ("not_used", "reinstated") and under(path, change.path) and text is not None:
                used = change.kind == "reinstated"
            elif change.path == path and change.kind == "inserted":
                text, used = change.text, True
            elif change.path == path and change.kind in ("replaced", "figure") and text is not None:
                text = change.text
    return text if used else None


@given(sequences())
@settings(max_examples=300)
def test_what_is_in_force_is_what_the_variations_say_one_after_another(variations):
    over_time = text_over_time(BASE, variations)
    for day in (FIRST + timedelta(days=n) for n in range(-1, 15)):
        found = text_in_force(over_time, day)
        wanted = {path: expected(path, day, variations) for path in TREE + NEW} if day >= FIRST else {}
        assert found == {path: text for path, text in wanted.items() if text is not None}


@given(sequences(), st.randoms(use_true_random=False))
def test_the_order_of_recording_makes_no_difference(variations, random):
    shuffled = list(variations)
    random.shuffle(shuffled)
    assert text_over_time(BASE, shuffled) == text_over_time(BASE, variations)


@given(sequences())
def test_versions_of_a_paragraph_follow_one_another_without_gap_or_overlap(variations):
    for spans in text_over_time(BASE, variations).values():
        assert spans[-1].until is None
        for one, two in zip(spans, spans[1:], strict=False):
            assert one.first < one.until == two.first


@given(sequences(), sequences())
def test_a_disapplied_paragraph_is_not_shown_until_it_is_reinstated(variations, more):
    day = FIRST + timedelta(days=20)
    stop = SignedText(99, "099", day, (EffectOnText("main/5", "not_used"),))
    later = [
        SignedText(100 + one.key, f"1{one.number}", one.day + timedelta(days=30), tuple(
            change for change in one.effects if change.kind in ("replaced", "figure")
        ))
        for one in more
    ]  # fmt: skip
    over_time = text_over_time(BASE, [*variations, stop, *later])
    for n in range(60):
        found = text_in_force(over_time, day + timedelta(days=n))
        assert not [path for path in found if under(path, "main/5")]
        assert "main/50" not in over_time or ("main/50" in found) == (
            "main/50" in text_in_force(over_time, day)
        )


def test_numbers_are_ordered_as_people_order_them():
    assert sorted(["010", "9", "002A", "2", "002"], key=number_rank) == ["2", "002", "002A", "9", "010"]
