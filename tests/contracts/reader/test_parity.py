"""One schedule as a file of every kind is read alike: at least 99 of 100 numbers and limits."""

from collections import Counter
from pathlib import Path

import pytest

from contracts.reader import read, read_document
from tests.support.pdf import needs_pdf, why_not
from tests.support.schedule_files import WRITERS

FOLDER = Path(__file__).parents[1] / "proposals" / "schedules"
SCHEDULES = sorted(FOLDER.glob("*.txt"))
LOST = {("police", "pdf"): {("main", "1"), ("main", "2")}, ("transport", "pdf"): {("main", "4")}}
"""Heads such as "Article 1" that a PDF's text runs together with the line above: warned of, and not read."""


def parts(reading):
    """The numbers, and the limits with what they say: of a text each, with where it stands."""
    numbers = Counter((one.scope, one.number) for one in reading.paragraphs)
    limits = Counter(
        (placed.scope, placed.paragraph, placed.limit.limit or placed.limit.problem)
        for placed in reading.time_limits
    )
    return numbers, limits


def share(wanted, found):
    """How much of both is the same: what is missing and what is too much count alike."""
    return (wanted & found).total() / (wanted | found).total()


@pytest.fixture(scope="module")
def readings():
    texts = {path.stem: path.read_text(encoding="utf-8") for path in SCHEDULES}
    return {
        (name, kind): (parts(read(text)), parts(read_document(write(text))))
        for name, text in texts.items()
        for kind, write in WRITERS.items()
        if kind != "pdf" or why_not() is None
    }


def test_there_are_schedules_in_several_styles():
    assert len(SCHEDULES) >= 4


@pytest.mark.parametrize("kind", [pytest.param(one, marks=[needs_pdf] * (one == "pdf")) for one in WRITERS])
@pytest.mark.parametrize("name", [path.stem for path in SCHEDULES])
def test_every_kind_of_file_has_the_numbers_of_the_text(readings, name, kind):
    (wanted, _), (found, _) = readings[name, kind]
    assert wanted.total() > 60
    lost = Counter(LOST.get((name, kind), ()))
    assert not lost & found
    assert share(wanted - lost, found) >= 0.99, (wanted - found, found - wanted)


@pytest.mark.parametrize("kind", [kind for kind in WRITERS if kind != "pdf"])
@pytest.mark.parametrize("name", [path.stem for path in SCHEDULES])
def test_and_its_limits(readings, name, kind):
    (_, wanted), (_, found) = readings[name, kind]
    assert wanted.total() > 10
    assert share(wanted, found) >= 0.99, (wanted - found, found - wanted)


@needs_pdf
def test_in_a_pdf_only_the_columns_of_a_table_lose_limits(readings):
    lost = Counter()
    for (name, kind), ((_, wanted), (_, found)) in readings.items():
        if kind == "pdf":
            assert not found - wanted
            lost += Counter({(name, place[1].partition("(")[0]): n for place, n in (wanted - found).items()})
    assert set(lost) <= {("defence", "7.2")}


@needs_pdf
def test_over_all_files_together_99_of_100_are_read_alike(readings):
    for which in (0, 1):
        same = sum((wanted[which] & found[which]).total() for wanted, found in readings.values())
        either = sum((wanted[which] | found[which]).total() for wanted, found in readings.values())
        assert same / either >= 0.99
