"""Two texts word by word."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.comparison import Mark, compare


def test_a_changed_number_is_one_removal_and_one_addition():
    runs = compare("within 30 days of release", "within 14 days of release")
    assert [(run.mark, run.text) for run in runs] == [
        (Mark.SAME, "within "), (Mark.REMOVED, "30"), (Mark.ADDED, "14"), (Mark.SAME, " days of release")
    ]  # fmt: skip


def test_words_changed_side_by_side_are_one_change():
    runs = compare("thirty days after", "two weeks after")
    assert [run.text for run in runs] == ["thirty days", "two weeks", " after"]


@given(
    st.lists(st.sampled_from(["a", "b", "c", " ", ".", "\n"])),
    st.lists(st.sampled_from(["a", "c", " ", "."])),
)
def test_the_runs_make_up_both_texts(one, two):
    before, after = "".join(one), "".join(two)
    runs = compare(before, after)
    assert "".join(run.text for run in runs if run.mark != Mark.ADDED) == before
    assert "".join(run.text for run in runs if run.mark != Mark.REMOVED) == after
