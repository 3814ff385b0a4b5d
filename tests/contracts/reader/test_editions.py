"""Two editions of one text: paragraphs are found again by their words."""

import pytest

from contracts.reader import read
from contracts.reader.editions import Earlier, How, edition_of

FIRST = """Schedule 5 (Boats)
1. Boats
1.1 The Keeper shall wash each boat within 5 Working Days of its return to the shed.
1.2 The Keeper locks the shed at night and hands the key to the Club.
1.3 The Club may count the oars at any time of the year.
2. Oars
2.1 The Keeper varnishes the oars in every spring.
"""


def edition(now: str, before: str = FIRST):
    earlier = [Earlier(one.path, one.heading or "", one.text) for one in read(before).paragraphs]
    return edition_of(earlier, read(now).paragraphs)


def told(found, *how):
    return [(pair.before and pair.before.path, pair.now and pair.now.path) for pair in found.those(*how)]


def test_the_same_text_differs_in_nothing():
    found = edition(FIRST.replace("\n", "\n\n"))
    assert found.is_one and not found.differs and found.like == 1.0


def test_a_new_paragraph_moves_those_behind_it_and_changes_none():
    now = FIRST.replace("1.2 The", "1.2 Members wear a vest on the water.\n1.3 The").replace(
        "1.3 The Club", "1.4 The Club"
    )
    found = edition(now)
    assert told(found, How.MOVED) == [("main/1.2", "main/1.3"), ("main/1.3", "main/1.4")]
    assert told(found, How.ADDED) == [(None, "main/1.2")] and not found.those(How.CHANGED, How.GONE)


def test_words_that_changed_and_moved_are_one_paragraph():
    now = FIRST.replace("2. Oars\n", "2. Oars\n2.1 Spare oars lie on the rack.\n").replace(
        "2.1 The Keeper varnishes the oars in every spring.",
        "2.2 The Keeper varnishes the oars in every autumn.",
    )
    assert told(edition(now), How.CHANGED) == [("main/2.1", "main/2.2")]


def test_other_words_under_one_number_are_a_change_of_it_and_what_is_missing_is_gone():
    now = FIRST.replace(
        "1.3 The Club may count the oars at any time of the year.", "1.3 Dogs stay outside."
    ).replace("2. Oars\n2.1 The Keeper varnishes the oars in every spring.\n", "")
    found = edition(now)
    assert told(found, How.CHANGED) == [("main/1.3", "main/1.3")]
    assert told(found, How.GONE) == [("main/2", None), ("main/2.1", None)]


@pytest.mark.parametrize("swapped", [False, True])
def test_two_paragraphs_that_change_places(swapped):
    lines = ["1.1 The Keeper sweeps the jetty daily.", "1.2 The Club buys new ropes in May."]
    now = [lines[1].replace("1.2", "1.1"), lines[0].replace("1.1", "1.2")] if swapped else lines
    found = edition("1. Work\n" + "\n".join(now), "1. Work\n" + "\n".join(lines))
    assert told(found, How.MOVED) == ([("main/1.2", "main/1.1"), ("main/1.1", "main/1.2")] if swapped else [])


def test_another_text_is_no_edition():
    assert not edition("1. Roses\n1.1 Prune in March.\n1.2 Water at dusk.\n2. Lawn\n2.1 Mow it.\n").is_one


def test_a_thousand_paragraphs_are_paired_in_no_time():
    text = "1. Rows\n" + "".join(
        f"1.{n} The Keeper looks at boat {n} and writes row {n}.\n" for n in range(1, 900)
    )
    found = edition(text.replace("boat 7 ", "ship 7 "), text)
    assert len(found.those(How.SAME)) == 899 and told(found, How.CHANGED) == [("main/1.7", "main/1.7")]
