"""What people correct in a reading: each kind, what it refuses, and the same on a later edition."""

import pytest

from contracts.reader import read
from contracts.reader.corrections import Correction, CorrectionError, CorrectionKind, again, apply

TEXT = """Boats of the Club

1. Keeping the boats
1.1 The Boatman shall wash each boat. 1.2 The Boatman shall:
(a) lock the shed; and
(b) tell the Club of each loss.
1.4 Boats of
2.5 metres are kept apart.
2. Oars
2.1 The Club may count the oars.

Signed by the Boatman
"""
READ = read(TEXT)


def words(path, reading=READ, done=()):
    return apply(reading, done).by_path[path].whole


def one(kind, path, *, place=1, done=(), **what):
    """A correction of a paragraph as it stands after those that were ``done``."""
    return Correction(place, CorrectionKind(kind), path, words(path, done=done), what)


def stray(said, place=1, **what):
    """Other text made a paragraph."""
    return Correction(place, CorrectionKind.ADD, "", said, what)


def numbers(corrected):
    return [piece.paragraph.number for piece in corrected.pieces]


def after(*corrections):
    return apply(READ, corrections)


def fault(*corrections):
    with pytest.raises(CorrectionError) as raised:
        apply(READ, corrections)
    return raised.value.number, raised.value.field, str(raised.value)


def split(**given):
    at = words("main/1.1").index("1.2")
    return one("split", "main/1.1", **{"at": at, "scope": "main", "number": "1.2", "printed": "1.2"} | given)


def test_the_text_is_read_with_the_faults_that_are_mended_here():
    assert [p.number for p in READ.paragraphs] == ["1", "1.1", "1.1(a)", "1.1(b)", "1.4", "2", "2.1"]
    assert after().reading() is READ


def test_another_number_takes_along_what_stands_under_it():
    corrected = after(one("renumber", "main/1.1", number="1.3"))
    assert numbers(corrected) == ["1", "1.3", "1.3(a)", "1.3(b)", "1.4", "2", "2.1"]
    assert [piece.key for piece in corrected.pieces] == [f"p{place}" for place in range(7)]


def test_a_number_that_another_has_or_that_is_none_is_refused_at_its_field():
    number, field, says = fault(one("renumber", "main/2.1", place=7, number="1.4"))
    assert (number, field) == (7, "number") and "1.4 in main is another paragraph: “Boats of 2.5" in says
    assert fault(one("renumber", "main/2.1", number="2.1"))[1:] == (
        "number", "It has this number already: enter another.",
    )  # fmt: skip
    assert fault(one("renumber", "main/2.1", number="--"))[1] == "number"
    assert fault(one("renumber", "main/2.1", scope="Annex/1", number="1"))[1] == "scope"
    assert fault(one("renumber", "main/2.1", scope="A" * 61, number="1"))[1] == "scope"
    assert fault(one("renumber", "main/2.1", number="1" * 101))[1] == "number"


def test_splitting_makes_a_second_paragraph_and_what_stood_below_goes_with_it():
    corrected = after(split(under=True))
    assert numbers(corrected) == ["1", "1.1", "1.2", "1.2(a)", "1.2(b)", "1.4", "2", "2.1"]
    both = corrected.by_path["main/1.1"], corrected.by_path["main/1.2"]
    assert [piece.paragraph.text for piece in both] == [
        "The Boatman shall wash each boat.", "The Boatman shall:",
    ]  # fmt: skip
    assert [piece.key for piece in both] == ["p1", "c1"] and both[1].paragraph.printed == "1.2"


def test_or_what_stood_below_stays_where_it_was():
    assert numbers(after(split(under=False))) == ["1", "1.1", "1.1(a)", "1.1(b)", "1.2", "1.4", "2", "2.1"]


def test_a_split_leaves_both_with_words_and_a_number_that_is_free():
    assert fault(split(at=0))[1] == "begins"
    assert fault(split(at=len(words("main/1.1"))))[1] == "begins"
    assert fault(split(number="1.4"))[1] == "number"


def test_joining_puts_the_words_behind_those_before_it_with_the_number_that_was_none():
    low = one("renumber", "main/2.1", number="1.5")
    corrected = after(low, one("join", "main/1.5", place=2, done=[low], printed=True))
    assert words("main/2") == "Oars" and numbers(corrected)[-1] == "2"
    assert corrected.by_path["main/2"].paragraph.text == "2.1 The Club may count the oars."
    without = after(one("join", "main/2.1", printed=False))
    assert without.by_path["main/2"].paragraph.text == "The Club may count the oars."


def test_what_has_paragraphs_under_it_or_none_before_it_is_not_joined():
    assert "stand under 1.1" in fault(one("join", "main/1.1"))[2]
    number, field, says = fault(one("drop", "main/1"), one("join", "main/1.1", place=2))
    assert (number, field) == (2, "path") and "there is none before it" in says


def test_moving_takes_along_what_stands_under_it_and_may_give_another_number():
    moved = after(one("move", "main/1.1", after="main/1.4"))
    assert numbers(moved) == ["1", "1.4", "1.1", "1.1(a)", "1.1(b)", "2", "2.1"]
    under = after(one("move", "main/1.4", after="main/2", number="2.2"))
    assert numbers(under) == ["1", "1.1", "1.1(a)", "1.1(b)", "2", "2.2", "2.1"]
    behind = after(one("move", "main/1", after="main/2"))
    assert numbers(behind) == ["2", "2.1", "1", "1.1", "1.1(a)", "1.1(b)", "1.4"]
    assert numbers(after(one("move", "main/2.1", after="")))[0] == "2.1"


def test_nothing_is_moved_below_itself_to_nowhere_or_to_where_it_is():
    assert fault(one("move", "main/1.1", after="main/1.1(a)"))[1] == "after"
    assert fault(one("move", "main/1.1", after="main/9"))[1] == "after"
    assert fault(one("move", "main/1.4", after="main/1.1"))[1:] == (
        "after", "It stands there already: choose another place.",
    )  # fmt: skip


def test_another_part_for_one_paragraph_or_for_the_rest():
    alone = after(one("rescope", "main/1.1", scope="Annex 1"))
    assert [piece.path for piece in alone.pieces][1:5] == [
        "Annex 1/1.1", "Annex 1/1.1(a)", "Annex 1/1.1(b)", "main/1.4",
    ]  # fmt: skip
    rest = after(one("rescope", "main/1.4", scope="Annex 1", rest=True))
    assert [piece.path for piece in rest.pieces][4:] == ["Annex 1/1.4", "Annex 1/2", "Annex 1/2.1"]
    assert [scope.name for scope in rest.reading().scopes] == ["main", "Annex 1"]
    assert fault(one("rescope", "main/2", scope="main"))[1] == "scope"


def test_where_a_heading_ends():
    said = words("main/1.1")
    corrected = after(one("heading", "main/1.1", length=len("The Boatman")))
    paragraph = corrected.by_path["main/1.1"].paragraph
    assert paragraph.heading == "The Boatman" and f"The Boatman {paragraph.text}" == said
    none = after(one("heading", "main/1", length=0)).by_path["main/1"].paragraph
    assert (none.heading, none.text) == (None, "Keeping the boats")
    assert fault(one("heading", "main/1", length=len("Keeping the boats")))[1] == "heading"


def test_what_is_no_paragraph_is_other_text_and_may_be_one_again_under_its_key():
    drop = one("drop", "main/1.4")
    dropped = after(drop)
    assert "1.4" not in numbers(dropped)
    said = [other.other.text for other in dropped.strays]
    assert said == ["Boats of the Club", "1.4 Boats of\n2.5 metres are kept apart.", "Signed by the Boatman"]
    back = stray(said[1], 2, scope="main", number="1.3", printed="1.4", after="main/1.1")
    again_there = after(drop, back)
    assert (
        again_there.by_path["main/1.3"].key == "p4"
        and again_there.by_path["main/1.3"].paragraph.text[:5] == "Boats"
    )
    assert numbers(after(one("drop", "main/1", under=True))) == ["2", "2.1"]


def test_other_text_is_made_a_paragraph_after_another():
    corrected = after(stray("Signed by the Boatman", scope="main", number="3", printed="", after="main/2"))
    assert numbers(corrected)[-1] == "3" and corrected.pieces[-1].key == "o1"
    assert fault(stray("Signed by nobody", scope="main", number="3", printed="", after=""))[1] == "path"


def test_limits_and_warnings_follow_the_corrected_paragraphs():
    reading = read("1. Boats\n1.1 Wash within 5 days. 1.2 Lock within 2 hours.\n1.3 Rest.\n")
    at = reading.paragraphs[1].text.index("1.2")
    what = {"at": at, "scope": "main", "number": "1.2", "printed": "1.2"}
    split_there = Correction(1, CorrectionKind.SPLIT, "main/1.1", reading.paragraphs[1].text, what)
    corrected = apply(reading, [split_there]).reading()
    assert [(one.paragraph, one.limit.amount) for one in corrected.time_limits] == [("1.1", 5), ("1.2", 2)]


def test_the_first_that_does_not_fit_is_named():
    first = one("drop", "main/1.4", place=3)
    assert fault(first, one("renumber", "main/1.4", place=5, number="1.3"))[:2] == (5, "path")
    other_words = Correction(6, CorrectionKind.DROP, "main/1.4", "Something else", {})
    assert fault(other_words) == (6, "path", "The words of main/1.4 are others.")


LATER = """Boats of the Club

1. Rules of the house
1.1 Nobody swims.
2. Keeping the boats
2.1 The Boatman shall wash each boat. 1.2 The Boatman shall:
(a) lock the shed; and
(b) tell the Club of each loss.
3. Oars
3.1 The Club counts no oars.
"""


def test_corrections_are_done_again_where_their_words_stand_in_the_next_edition():
    first = split(under=True)
    second = one("renumber", "main/1.2", place=2, done=[first], number="1.3")
    found = again(read(LATER), [first, second])
    assert found.lost == () and [one.path for one in found.kept] == ["main/2.1", "main/2.2"]
    assert numbers(found.corrected) == ["1", "1.1", "2", "2.1", "2.3", "2.3(a)", "2.3(b)", "3", "3.1"]


def test_those_that_do_not_find_their_words_are_told_and_the_others_done():
    gone = one("renumber", "main/2.1", number="2.2")
    taken = one("renumber", "main/2", place=2, number="1")
    found = again(read(LATER), [gone, taken, one("drop", "main/1", place=3)])
    assert [(lost.correction.number, lost.why[:19]) for lost in found.lost] == [
        (1, "Its words are not i"), (2, "1 in main is anothe"),
    ]  # fmt: skip
    assert [kept.number for kept in found.kept] == [3] and "2" not in numbers(found.corrected)


def test_words_that_stand_twice_are_found_at_their_own_number_only():
    twice = "1. Boats\n1.1 Not used.\n1.2 Not used.\n1.3 Wash the boats.\n"
    drop = Correction(1, CorrectionKind.DROP, "main/1.2", "Not used.", {})
    assert numbers(again(read(twice), [drop]).corrected) == ["1", "1.1", "1.3"]
    moved = Correction(1, CorrectionKind.DROP, "main/2.2", "Not used.", {})
    assert len(again(read(twice), [moved]).lost) == 1
