"""A reading fits where it is kept."""

from dataclasses import replace

from contracts.reader import read
from contracts.reader.fitting import LONGEST_NUMBER, fitted, storable

READING = read("1. Boats\n1.1 The Keeper pays within 5 days.\n1.2 The Keeper rows.\n")


def long_numbers():
    def longer(one, number):
        return replace(one, **{number: getattr(one, number) + "/" + "very long " * 12})

    return replace(
        READING,
        paragraphs=tuple(longer(one, "number") for one in READING.paragraphs),
        time_limits=tuple(longer(one, "paragraph") for one in READING.time_limits),
    )


def test_what_fits_stays_as_it_is():
    assert fitted(READING) is READING


def test_long_numbers_are_cut_and_still_told_apart_and_found():
    found = fitted(long_numbers())
    paths = [one.path for one in found.paragraphs]
    assert len(set(paths)) == 3 and all(len(one.number) <= LONGEST_NUMBER for one in found.paragraphs)
    assert {f"{one.scope}/{one.paragraph}" for one in found.time_limits} <= set(paths)
    assert fitted(found) == found


def test_what_a_database_does_not_take_is_left_out():
    assert storable({"a": ["x\x00y", "\ud800z", 3, None]}) == {"a": ["xy", "?z", 3, None]}
