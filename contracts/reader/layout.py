"""Tables that only lay a text out: each row a paragraph, its number alone in the first of two columns."""

from __future__ import annotations

import itertools
import re

from contracts.reader.lines import Line
from contracts.reader.marks import number_marks, parse_number
from contracts.reader.numbering import successors
from contracts.reader.tables import CODE, Row, rows_of

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,8}\.?")
_CODE = re.compile(CODE)
_ROWS = 3


def unfold(lines: list[Line]) -> list[Line]:
    """The lines with such tables turned into paragraphs. Only a file that marks its tables (Word) has any."""
    unfolded: list[Line] = []
    numbered = False
    for is_table, group in itertools.groupby(_spans(lines), key=lambda span: span[0]):
        block = [line for _, line in group]
        rows = rows_of(block) if is_table else []
        lays_out = _lays_out(rows) and not (numbered and _starts_at_one(rows))
        kept = _paragraphs(rows) if lays_out else block
        if not lays_out and not numbered and _is_coded(rows):
            kept = _coded(rows)
        numbered = numbered or any(number_marks(line) for line in kept)
        unfolded += kept
    return unfolded


def _spans(lines: list[Line]) -> list[tuple[bool, Line]]:
    """Each line with whether it belongs to a table: an empty line between two rows does."""
    spans: list[tuple[bool, Line]] = []
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else None
        between = line.blank and bool(spans) and spans[-1][0] and following is not None and following.cell
        spans.append((line.table or between, line))
    return spans


def _lays_out(rows: list[Row]) -> bool:
    """Whether every row has a number that follows from the one above, and words; and some have two parts."""
    if len(rows) < _ROWS or any(len(row) != 2 for row in rows):
        return False
    firsts = [row[0].text for row in rows]
    if not all(_NUMBER.fullmatch(first) for first in firsts):
        return False
    numbers = [parse_number(first) for first in firsts]
    follows = all(two in successors(one) for one, two in itertools.pairwise(numbers))
    return follows and any(len(number) > 1 for number in numbers)


def _is_coded(rows: list[Row]) -> bool:
    """Whether each row but the first is a requirement: its mark (SEC-01), and its words."""
    if len(rows) <= _ROWS or any(len(row) != 2 for row in rows):
        return False
    return all(_CODE.fullmatch(row[0].text) for row in rows[1:])


def _coded(rows: list[Row]) -> list[Line]:
    """A line for each requirement that begins with its mark; the titles of the columns before them."""
    lines: list[Line] = []
    for mark, words in rows:
        kept = [line for line in words.lines if line.words]
        first = mark.lines[0]
        lines.append(Line(first.no, f"{mark.text} {kept[0].words if kept else ''}".strip()))
        lines += [Line(line.no, line.words, note=line.note) for line in kept[1:]]
    return lines


def _starts_at_one(rows: list[Row]) -> bool:
    """Whether a table counts from 1: under paragraphs that have numbers those are serials."""
    return parse_number(rows[0][0].text) == ((1, ""),)


def _paragraphs(rows: list[Row]) -> list[Line]:
    paragraphs: list[Line] = []
    for number, words in rows:
        first = number.lines[0]
        kept = [line for line in words.lines if line.words]
        begin = kept[0].words if kept and not kept[0].note else ""
        paragraphs.append(Line(first.no, begin, label=number.text))
        paragraphs += [Line(line.no, line.words, note=line.note) for line in kept[1 if begin else 0 :]]
    return paragraphs
