"""Tables that were flattened into lines: rows with a serial, and a matrix whose last column lists things.

A cell begins with a tab; what follows without one belongs to the same cell. A row ends at an empty line,
once it has as many cells as the first row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from contracts.reader.lines import Line
from contracts.reader.marks import number_marks
from contracts.reader.results import Draft, Notes

CODE = r"[A-Z]{2,6}[-–_ ]?\d{1,3}(?:\.\d{1,2})?"
"""The mark of a requirement in a table or at the beginning of a line: SEC-01, DC02."""
_SERIAL = re.compile(rf"^(?:\(?\d{{1,3}}[A-Z]?[.)]?|{CODE})$")
_SUBPOINT = re.compile(r"\bsub\b|sub-?(?:point|topic|heading|section|area)|\btopic\b", re.I)


@dataclass(slots=True)
class Cell:
    """One cell: its lines as printed, and the place of each in the document."""

    lines: list[Line] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The lines that hold words."""
        return [line.words for line in self.lines if line.words]

    @property
    def text(self) -> str:
        """The whole cell."""
        return "\n".join(self.texts)


Row = list[Cell]


def rows_of(lines: list[Line]) -> list[Row]:
    """The rows of a flattened table."""
    return [row for _, row in each_row(lines, 0, len(lines))]


def each_row(lines: list[Line], start: int, end: int) -> Iterator[tuple[int, Row]]:
    """The rows of the flattened table in those lines, each once it is whole, with the place it begins at."""
    row: Row = []
    begin, width, gap = start, 0, True
    first = True
    for place in range(start, end):
        line = lines[place]
        if line.blank:
            gap = True
            continue
        if line.cell:
            if gap and (first or _begins_row(row, width, line)):
                if not first:
                    width = width or len(row)
                    yield begin, row
                row, begin, first = [], place, False
            row.append(Cell([line]))
        elif row:
            row[-1].lines.append(line)
        gap = False
    if not first:
        yield begin, row


def rows_with_serials(lines: list[Line], start: int, end: int) -> tuple[list[Row] | None, int]:
    """The rows of the table that begins at ``start``, if each is a paragraph; and the place before which
    none begins if they are not: the first row that is no such row, or the end.
    """
    marked = lines[start].table
    rows: list[Row] = []
    serials, numbers = True, marked
    for place, row in each_row(lines, start, end):
        if rows:
            first = row[0].text
            serials = serials and bool(_SERIAL.match(first) or (not first and len(rows) > 1))
            numbers = numbers and bool(_serial(row[0])[0])
        if not (serials or numbers) or (rows and len(rows[0]) < 2):
            return None, max(place, start + 1)
        rows.append(row)
    return (rows, end) if is_of_rows(rows, marked) else (None, end)


def _begins_row(above: Row, width: int, line: Line) -> bool:
    """Whether a cell after a gap begins a row: the row above it is full, or there is none yet to say so."""
    if line.table or not width or len(above) >= width:
        return True
    # a short row is over when the next cell is the serial of another
    return bool(_SERIAL.match(line.words)) and bool(above) and bool(_SERIAL.match(above[0].text))


def is_serial_table(rows: list[Row]) -> bool:
    """Whether every row after the first begins with a serial number, or goes on with the row above it."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    firsts = [row[0].text for row in rows[1:]]
    return bool(_SERIAL.match(firsts[0])) and all(not first or _SERIAL.match(first) for first in firsts)


def _serial(cell: Cell) -> tuple[str, str]:
    """The number a row's first cell begins with, and the words after it: "1.2 Invoices"."""
    if not cell.text or _SERIAL.match(cell.text):
        return cell.text, ""
    marks = number_marks(Line(0, cell.text))
    return (marks[-1].printed, marks[-1].rest) if marks else ("", cell.text)


def is_numbered_table(rows: list[Row]) -> bool:
    """Whether every row after the first begins with a number of its own, alone or before words."""
    return len(rows) > 2 and len(rows[0]) > 1 and all(_serial(row[0])[0] for row in rows[1:])


def is_of_rows(rows: list[Row], marked: bool) -> bool:
    """Whether each row is a paragraph. In a table the file itself marks, numbers before words are enough."""
    return is_serial_table(rows) or (marked and is_numbered_table(rows))


def serial_rows(rows: list[Row], number: str, notes: Notes) -> list[Draft]:
    """Rows under a numbered paragraph: 1.2/row 1. Serials used twice are counted instead (R18)."""
    serials = [serial.strip(".()") for row in rows[1:] if (serial := _serial(row[0])[0])]
    counted = len(set(serials)) < len(serials)
    if counted:
        notes.warn(
            rows[1][0].lines[0].no,
            "serials_repeated",
            f"serials of the table under {number} repeat: rows are counted",
        )
    drafts: list[Draft] = []
    for row in rows[1:]:
        serial, words = _serial(row[0])
        cells = row[1:] if serial or not drafts else row
        if serial:
            name = str(len(drafts) + 1) if counted else serial.strip(".()")
            drafts.append(Draft(f"{number}/row {name}", serial, row[0].lines[0].no))
            cells = _headed(drafts[-1], words, cells)
        drafts[-1].lines += [text for cell in cells for text in cell.texts]
    return drafts


def _headed(draft: Draft, words: str, cells: list[Cell]) -> list[Cell]:
    """Give a row its heading, the cell after its serial, and return the cells that hold its text.

    A serial with words beside it makes an item of the row, which has no heading.
    """
    if words:
        draft.lines.append(words)
        draft.item = True
        return cells
    if len(cells) < 2:
        return cells
    draft.heading = cells[0].text or None
    return cells[1:]


def matrix_drafts(rows: list[Row]) -> list[Draft]:
    """The paragraphs of a matrix: row 5, its sub-point 5/incident management, and each line of its last cell.

    The second column is the row's heading; a column named as sub-points holds their labels; every other
    column but the last is text of the row. A row with an empty first cell goes on with the row above it.
    """
    header = [cell.text for cell in rows[0]]
    label = next((place for place, words in enumerate(header) if place and _SUBPOINT.search(words)), None)
    drafts: list[Draft] = []
    above = _Above()
    for row in rows[1:]:
        if row[0].text:
            above = _Above(Draft(row[0].text.strip(".()"), row[0].text, row[0].lines[0].no))
            above.row.heading = row[1].text or None if len(row) > 1 else None
            drafts.append(above.row)
        elif len(row) > 1 and row[1].text:
            above.row.lines += row[1].texts
        drafts += _rest_of_row(row, label, len(header) - 1, above)
    return drafts


@dataclass(slots=True)
class _Above:
    """The row a line of the matrix belongs to, and how far its objectives have been counted."""

    row: Draft = field(default_factory=lambda: Draft("", "", 0))
    parent: str = ""
    counts: dict[str, int] = field(default_factory=dict)


def _rest_of_row(row: Row, label: int | None, last: int, above: _Above) -> list[Draft]:
    drafts: list[Draft] = []
    parent = above.row.number
    for place, cell in enumerate(row[2:], 2):
        if place == label:
            if cell.text:
                parent = f"{above.row.number}/{' '.join(cell.text.split()).lower()}"
                drafts.append(Draft(parent, "", cell.lines[0].no, heading=cell.text))
        elif place < last:
            above.row.lines += cell.texts
        else:
            for line in cell.lines:
                if line.note:
                    above.row.notes.append(line.words)
                elif line.words:
                    above.counts[parent] = above.counts.get(parent, 0) + 1
                    drafts.append(Draft(f"{parent}/{above.counts[parent]}", "", line.no, [line.words]))
    return drafts
