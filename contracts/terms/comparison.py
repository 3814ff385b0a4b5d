"""Two texts compared word by word, for a page that shows what a variation changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_PIECES = re.compile(r"\s+|[\w'’-]+|[^\w\s]")


class Mark(StrEnum):
    """What happened to a run of words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that are in both texts, only in the earlier, or only in the later."""

    mark: Mark
    text: str


def compare(before: str, after: str) -> list[Run]:
    """The two texts as runs of words, what was removed before what was added.

    The runs that are the same or removed make up ``before``, those the same or added make up ``after``.
    """
    one, two = _PIECES.findall(before), _PIECES.findall(after)
    runs: list[Run] = []
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    for tag, first, last, begin, end in matcher.get_opcodes():
        if tag == "equal":
            runs.append(Run(Mark.SAME, "".join(one[first:last])))
        else:
            runs += _changed("".join(one[first:last]), "".join(two[begin:end]))
    return _joined(runs)


def _changed(removed: str, added: str) -> list[Run]:
    return [Run(mark, text) for mark, text in ((Mark.REMOVED, removed), (Mark.ADDED, added)) if text]


def _joined(runs: list[Run]) -> list[Run]:
    """Changes with only a blank between them become one change: easier to read than word for word."""
    found: list[Run] = []
    for place, run in enumerate(runs):
        lone_blank = run.mark == Mark.SAME and run.text.isspace() and 0 < place < len(runs) - 1
        if lone_blank:
            found += [Run(Mark.REMOVED, run.text), Run(Mark.ADDED, run.text)]
        else:
            found.append(run)
    return _gathered(found)


def _gathered(runs: list[Run]) -> list[Run]:
    done: list[Run] = []
    removed = added = ""
    for run in [*runs, Run(Mark.SAME, "")]:
        if run.mark == Mark.REMOVED:
            removed += run.text
        elif run.mark == Mark.ADDED:
            added += run.text
        else:
            done += _changed(removed, added)
            removed = added = ""
            if run.text:
                done.append(run)
    return done
