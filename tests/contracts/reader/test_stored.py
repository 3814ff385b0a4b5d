"""A reading goes through JSON and comes back the same."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import contracts.outlines
from contracts.reader import read
from contracts.reader.changes import Change, ChangeKind
from contracts.reader.held import Held
from contracts.reader.stored import from_stored, stored

RIVERSIDE = (Path(contracts.outlines.__file__).parent / "riverside_schedule_7.txt").read_text()
PHRASES = """Schedule 1
1. The Keeper pays within thirty (30) days or one Month, whichever is the earlier.
2. The Keeper tells the Club by 10:00 on the fifth Working Day of each Month.
3. The Keeper gives not less than ten (10) Working Days' notice before the fair.
4. The Keeper waits until [ ] days after the letter, and at least two weeks plus 3 days.
5. The Keeper shall not open the box until 10 days after the letter.
6. See 45 days of rain. By close of business on 1 May 2026.
"""


@pytest.mark.parametrize("text", [RIVERSIDE, PHRASES])
def test_nothing_is_lost(text):
    reading = read(text)
    assert reading.time_limits and reading.warnings or text is RIVERSIDE
    assert from_stored(json.loads(json.dumps(stored(reading)))) == reading


def test_neither_are_changes_and_counts():
    when = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    change = Change(ChangeKind.INSERTED, "seven", "A. Bell", when, 4, "main", "1.1")
    reading = replace(
        read(RIVERSIDE), changes=(change, replace(change, at=None)), held=(Held("pictures", 2, ("a",)),)
    )
    assert from_stored(json.loads(json.dumps(stored(reading)))) == reading
