"""Telling a heading from text, and lists whose headings have no numbers at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contracts.reader.lines import Line
from contracts.reader.marks import is_title
from contracts.reader.results import Draft
from contracts.terms.citations import parent_number

_LEADS_IN = re.compile(r"^(?:in|for|on|at|within|where|subject|if|each|any|by|to|with)\b|\bthe\b", re.I)


def settle(drafts: list[Draft]) -> None:
    """Give each paragraph that begins with a heading its heading, in place."""
    above = {parent_number(draft.number) for draft in drafts}
    for draft in drafts:
        if draft.heading is None and draft.lines and _heads(draft, draft.number in above):
            draft.heading = draft.lines.pop(0)


def _heads(draft: Draft, has_children: bool) -> bool:
    """A title at the top level, or one with something under it; a last line of a list is text."""
    first = draft.lines[0].rstrip()
    if draft.item:
        return False
    if first.endswith(":"):
        return (
            has_children and is_title(first[:-1]) and len(first.split()) <= 6 and not _LEADS_IN.search(first)
        )
    top = re.fullmatch(r"[A-Z]?\d+[A-Z]?|[IVX]+", draft.number) is not None
    if not is_title(first[:1].upper() + first[1:] if top and has_children else first):
        return False
    return top or has_children or len(draft.lines) > 1 or first.isupper()


@dataclass(frozen=True, slots=True)
class Headed:
    """A list under headings without numbers, and the lines before its first heading."""

    drafts: list[Draft]
    before: list[Line]


def headed_list(lines: list[Line]) -> Headed | None:
    """Read headings with tabbed lines under them: "security governance", "security governance/1" (R29).

    None where the lines are not of that shape.
    """
    drafts: list[Draft] = []
    before: list[Line] = []
    count, heading = 0, ""
    leads = _leads_cells(lines)
    for place, line in enumerate(lines):
        if line.table:
            return None
        if not line.words:
            continue
        if not line.cell and leads[place] and is_title(line.words):
            heading, count = " ".join(line.words.split()).lower(), 0
            drafts.append(Draft(heading, "", line.no, heading=line.words))
        elif line.cell and heading:
            count += 1
            drafts.append(Draft(f"{heading}/{count}", "", line.no, [line.words]))
        elif drafts:
            drafts[-1].lines.append(line.words)
        else:
            before.append(line)
    return Headed(drafts, before) if drafts else None


def _leads_cells(lines: list[Line]) -> list[bool]:
    """For each line whether the next one with words is a cell."""
    found: list[bool] = []
    cell = False
    for line in reversed(lines):
        found.append(cell)
        if line.words:
            cell = line.cell
    return found[::-1]
