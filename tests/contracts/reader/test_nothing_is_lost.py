"""Every mark on the page lands in exactly one place: a paragraph, the heading of a scope, or other text."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.reader import ReaderError, read

ROOT = Path(__file__).parents[3]
SEEDS = sorted((ROOT.parent / "shared" / "seeds").glob("*.txt"))
RIVERSIDE = ROOT / "contracts" / "outlines" / "riverside_schedule_7.txt"


def marks(text):
    return Counter(character for character in text if not character.isspace())


def kept(reading):
    parts = [f"{p.printed}{p.heading or ''}{p.text}" for p in reading.paragraphs]
    parts += [scope.heading for scope in reading.scopes]
    parts += [other.text for other in reading.other]
    return marks("".join(parts))


def on_the_page(text):
    return marks(re.sub(r"\[bookmark:[^\]\n]*\]", "", text))


@pytest.mark.parametrize("path", [RIVERSIDE, *SEEDS], ids=lambda path: path.stem[:12])
def test_every_mark_of_a_whole_document_is_kept_once(path):
    text = path.read_text(encoding="utf-8")

    assert kept(read(text)) == on_the_page(text)


def test_the_real_schedules_are_looked_at_where_they_are_beside_the_project():
    if not SEEDS:
        pytest.skip("../shared/seeds is not beside the project")
    assert len(SEEDS) == 2


LINES = RIVERSIDE.read_text(encoding="utf-8").splitlines()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_mark_of_a_damaged_document_is_kept_once(data):
    """Lines struck out, moved and doubled at random: whatever is left is never lost."""
    start = data.draw(st.integers(0, len(LINES) - 20))
    lines = LINES[start : start + data.draw(st.integers(5, 120))]
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(lines) - 1))
        moved = lines.pop(place) if data.draw(st.booleans()) and len(lines) > 2 else lines[place]
        lines.insert(data.draw(st.integers(0, len(lines))), moved)
    text = "\n".join(lines)
    try:
        reading = read(text)
    except ReaderError:
        return

    assert kept(reading) == on_the_page(text)
    paths = [paragraph.path for paragraph in reading.paragraphs]
    assert len(paths) == len(set(paths))
