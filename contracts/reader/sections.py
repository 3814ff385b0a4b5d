"""Dividing a document at its headings: schedules, parts, appendices and annexes.

A heading found here opens a *section*. What a section is called as a scope is settled once all are
known: the schedule with the most numbers is ``main``, another is named after its title ("Variation
Form"); parts, appendices and annexes keep their own names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.reader.lines import Line
from contracts.reader.marks import FINITE, NumberMark, is_title, number_marks, term_mark
from contracts.reader.numbering import successors

MAIN = "main"
DEFINITIONS = "Definitions"

_SCHEDULE = re.compile(
    r"^(?P<label>(?:[A-Za-z][\w&/-]*[ ]){0,4}?schedule\s+(?P<id>\d{1,3}[A-Z]?|[A-Z]))(?:\s*\(optional\))?"
    r"(?:\s*(?P<sep>[:(\-–—])\s*|\s+|$)(?P<name>[^.;]*)$",
    re.I,
)
_PART = re.compile(
    r"^(?P<kind>part|appendix|annex(?:e|ure)?|attachment|exhibit)(?:\s+(?P<id>\d{1,2}[A-Z]?|[A-Z]|[IVX]{1,5})(?![\w.]))?"
    r"(?P<sep>\s*[:\-–—(]|\s*$|\s+)\s*(?P<name>.*)$",
    re.I,
)
_DEFINITIONS = re.compile(
    r"^(?:definitions?|interpretation|definitions?\s+and\s+interpretation|glossary)\s*:?$", re.I
)
_NEAR = 200
"""Lines on either side of a title in which the numbers before and after it are looked for."""
_ENDS_OPEN = re.compile(r"(?:[\w’'-]|,)\s*$")
_SMALL_WORDS = frozenset({"a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with"})


@dataclass(slots=True)
class Section:
    """A stretch of lines under one heading. ``repeats`` are further prints of the heading."""

    kind: str
    name: str
    heading: str
    line: int
    lines: list[Line] = field(default_factory=list)
    repeats: list[Line] = field(default_factory=list)


def divide(lines: list[Line]) -> list[Section]:
    """The sections of a document, in order, each with the name of its scope."""
    sections = [Section("front", "", "", lines[0].no if lines else 1)]
    opened_before: dict[tuple[str, str], Section] = {("front", ""): sections[0]}
    for place, line in enumerate(lines):
        opened = _opens(line, lines[place + 1 : place + 12])
        if opened is None or _is_named_in_a_sentence(lines, place):
            sections[-1].lines.append(line)
        elif same := opened_before.get(key := (opened.kind, _key(opened.heading))):
            same.repeats.append(line)  # a title page, or a heading at the top of each page
        else:
            sections.append(opened)
            opened_before[key] = opened
    _name_schedules(sections)
    _nest_parts(sections)
    return sections


def _is_named_in_a_sentence(lines: list[Line], place: int) -> bool:
    """Whether what looks like a title is the end of the sentence above it: "as it is priced in Order" /
    "Schedule 7 (Prices)". The sentence is open, and the numbers go on below as if nothing had come between.
    """
    if not place or not _is_open_sentence(lines[place - 1]):
        return False
    near = lines[max(0, place - _NEAR) : place]
    before, after = _first_marks(reversed(near)), _first_marks(lines[place + 1 : place + 1 + _NEAR])
    return any(mark.number in successors(last.number) for last in before for mark in after)


def _is_open_sentence(line: Line) -> bool:
    if line.cell or line.table or line.note:
        return False
    return bool(FINITE.search(line.text) and _ENDS_OPEN.search(line.text))


def _first_marks(lines: Iterable[Line]) -> list[NumberMark]:
    return next((marks for line in lines if (marks := number_marks(line))), [])


def _opens(line: Line, following: list[Line]) -> Section | None:
    text = line.words
    if line.cell or line.table or line.note or not text or line.contents:
        return None
    if line.label is not None:
        if not re.match(r"\s*(?:part|appendix|annex|schedule)\b", line.label, re.I):
            return None
        text = f"{line.label.strip()} {text}".strip()
    text = re.sub(r"\s+", " ", text)
    return _schedule(text, line.no) or _part(text, line.no) or _definitions(text, line.no, following)


def _schedule(text: str, no: int) -> Section | None:
    match = _SCHEDULE.match(text)
    if not match or not _heading_words(match["name"], bool(match["sep"])):
        return None
    prefix = match["label"].split()[:-2]
    if any(word[0].islower() for word in prefix):
        return None
    return Section("schedule", match["name"].strip(" )"), text, no)


def _part(text: str, no: int) -> Section | None:
    match = _PART.match(text)
    if not match or not text[0].isupper():
        return None
    punctuated = bool(match["sep"].strip())
    if match["id"] is None and not (punctuated or not match["name"]):
        return None
    if not _heading_words(match["name"], punctuated):
        return None
    kind = {"annexe": "Annex", "annexure": "Annex"}.get(match["kind"].lower(), match["kind"].capitalize())
    name = f"{kind} {match['id'].upper()}" if match["id"] else kind
    return Section(kind.lower(), name, text, no)


def _heading_words(name: str, punctuated: bool) -> bool:
    """Words that may follow "Annex 1": none, or a title. After "Annex 1" alone they begin with a capital."""
    if not name.strip():
        return True
    name = name.strip(" ()")
    return is_title(name if not punctuated else name[:1].upper() + name[1:], most=16)


def _definitions(text: str, no: int, following: list[Line]) -> Section | None:
    """An unnumbered heading "Definitions", if terms are defined soon after it."""
    if not _DEFINITIONS.match(text) or not any(term_mark(line) for line in following):
        return None
    return Section("definitions", DEFINITIONS, text, no)


def _key(heading: str) -> str:
    return re.sub(r"\W+", " ", heading).lower().strip()


def _name_schedules(sections: list[Section]) -> None:
    """The body is the schedule with the most numbers; what stands before all headings may be the body too."""
    schedules = [section for section in sections if section.kind == "schedule"]
    candidates = [*schedules, sections[0]]
    weights = _weights(sections)
    main = max(candidates, key=lambda section: weights.get(id(section), 0))
    for section in candidates:
        if section is main:
            section.name = MAIN
        elif section.kind == "front":
            section.name = "Front"
        else:
            section.name = _title_case(section.name or section.heading)


def _weights(sections: list[Section]) -> dict[int, int]:
    """How many numbered lines stand in each schedule with its parts and annexes, and before all headings."""
    counts: dict[int, int] = {}
    schedule = sections[0]
    for section in sections:
        if section.kind in ("schedule", "front"):
            schedule = section
        numbered = sum(bool(number_marks(line)) for line in section.lines)
        counts[id(schedule)] = counts.get(id(schedule), 0) + numbered
    return counts


def _title_case(words: str) -> str:
    cased = [word if word[:1].isdigit() else word.lower() for word in words.split()]
    return " ".join(
        word if place and word in _SMALL_WORDS else word[:1].upper() + word[1:]
        for place, word in enumerate(cased)
    )


def _nest_parts(sections: list[Section]) -> None:
    """ "Part A" of an annex is not the schedule's own Part A; a second schedule's Annex 1 not the first's."""
    seen: set[str] = set()
    parted: set[str] = set()
    under = schedule = ""
    for section in sections:
        if section.kind == "schedule":
            under, schedule = "", "" if section.name == MAIN else section.name
        elif section.kind in ("annex", "appendix", "attachment", "exhibit"):
            under = section.name
        elif section.kind == "part" and under:
            section.name = _part_under(under, section.name, seen, parted)
        if schedule and section.kind not in ("schedule", "front"):
            section.name = f"{schedule} {section.name}"
        if section.name in seen and section.kind != "front":
            section.name = f"{section.name} (second)"
        seen.add(section.name)
        parted.add(section.name.rpartition(" Part")[0])


def _part_under(under: str, name: str, seen: set[str], parted: set[str]) -> str:
    """The name of a part that stands after an annex. ``parted``: what has parts."""
    own = under not in parted and _follows_a_part(name, seen)
    return name if own else f"{under} {name}"


def _follows_a_part(name: str, seen: set[str]) -> bool:
    """Whether a part goes on with the schedule's own: Part B where there is a Part A outside annexes."""
    letter = name.split()[-1]
    return name not in seen and len(letter) == 1 and f"Part {chr(ord(letter) - 1)}" in seen
