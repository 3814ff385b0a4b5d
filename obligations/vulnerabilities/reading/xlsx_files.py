"""Spreadsheets (.xlsx), read by python-calamine, after a look that costs little at what they would unpack to.

Calamine keeps a sheet as a whole rectangle: one cell in the last corner of an otherwise empty sheet would
take all memory there is. So the cells are counted first, in the packed file, part by part.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO
from xml.parsers import expat

import python_calamine

from obligations.vulnerabilities.reading import columns, limits
from obligations.vulnerabilities.reading.records import Record
from obligations.vulnerabilities.reading.refusals import unreadable
from obligations.vulnerabilities.reading.rows import Unreadable

_CHUNK = 256 * 1024
_MOST_PARTS = 2_000
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_HEAD = 30


@dataclass(slots=True)
class _Extent:
    """How far a sheet reaches, counted while it is unpacked. ``formulas``: their columns, by row from 0."""

    cells: int = 0
    rows: int = 0
    columns: int = 0
    row: int = -1
    column: int = -1
    formulas: dict[int, set[int]] = field(default_factory=dict)

    def start(self, name: str, held: dict[str, str]) -> None:
        """An element of the sheet begins."""
        local = name.rpartition(":")[2]
        if local == "row":
            said = held.get("r", "")
            self.row = int(said) - 1 if said.isdigit() and len(said) < 8 else self.row + 1
            self.column = -1
        elif local == "c":
            found = _REFERENCE.fullmatch(held.get("r", ""))
            self.column = _number_of(found[1]) if found else self.column + 1
            self.row = int(found[2]) - 1 if found else self.row
            self.cells += 1
            self.rows, self.columns = max(self.rows, self.row + 1), max(self.columns, self.column + 1)
            if self.cells > limits.MOST_CELLS or self.rows * self.columns > 2 * limits.MOST_CELLS:
                raise unreadable(
                    f"the sheet has more than {limits.MOST_CELLS:,} cells, or reaches too far",
                    "delete what is empty beside and below the table, or save it as CSV",
                )
        elif local == "f":
            self.formulas.setdefault(self.row, set()).add(self.column)


def records_of(file: BinaryIO) -> tuple[Iterator[Record], list[str]]:
    """The rows of the sheet that is a table of vulnerabilities, and what to know of the others.

    Raises Unreadable for a file that is damaged, locked, no spreadsheet, or unpacks to more than is taken.
    """
    extents = _look_over(file)
    book, shown, found = _opened(file)
    others = [one for one in shown if one != found.name]
    notes = [f"read the sheet “{found.name}”, and not: {', '.join(others)}"] if others else []
    number = book.sheet_names.index(found.name)
    return _records(found, extents[number] if number < len(extents) else _Extent()), notes


def _opened(
    file: BinaryIO,
) -> tuple[python_calamine.CalamineWorkbook, list[str], python_calamine.CalamineSheet]:
    """The book, the sheets that it shows, and the one that is read."""
    file.seek(0)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        shown = [one.name for one in book.sheets_metadata if str(one.visible).endswith(".Visible")]
        found = _the_table(book, [one for one in shown if one in book.sheet_names])
    except python_calamine.CalamineError as error:
        raise _damaged(error) from error
    except BaseException as error:  # a panic of Rust is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(error) from error
    if found is None:
        raise unreadable("no sheet of the file has a row", "give the sheet with the vulnerabilities")
    return book, shown, found


def _look_over(file: BinaryIO) -> list[_Extent]:
    """How far each sheet reaches, in the order of the book."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            names = _parts(package)
            texts, sheets = _Unpacked(limits.LARGEST_TEXTS), _Unpacked(limits.LARGEST_UNPACKED)
            for name in names:
                if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/"):
                    _feed(_parser(), package, name, texts)
            return [_extent(package, one, sheets) if one in names else _Extent() for one in _sheets(package)]
    except (
        zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, KeyError,
        zlib.error, expat.ExpatError,
    ) as error:  # fmt: skip
        raise _damaged(error) from error


def _parts(package: zipfile.ZipFile) -> set[str]:
    """The names of the parts. Raises Unreadable for what is no workbook."""
    parts = package.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        other = "a binary workbook (.xlsb)" if "xl/workbook.bin" in names else "a zip and not a spreadsheet"
        raise unreadable(f"this is {other}", "save the table as .xlsx or CSV")
    if len(parts) > _MOST_PARTS or any(part.flag_bits & 0x1 for part in parts):
        raise unreadable("the file is locked, or has too many parts", "save it again as .xlsx or CSV")
    return names


class _Unpacked:
    """Bytes unpacked so far: what a file says of its own sizes is not believed."""

    def __init__(self, most: int) -> None:
        self._most = self._left = most

    def add(self, count: int) -> None:
        """Some more. Raises Unreadable beyond the limit."""
        self._left -= count
        if self._left < 0:
            raise unreadable(
                f"the file unpacks to more than {self._most // 2**20} MB", "split it, or save it as CSV"
            )


def _extent(package: zipfile.ZipFile, name: str, unpacked: _Unpacked) -> _Extent:
    extent = _Extent()
    parser = _parser()
    parser.StartElementHandler = extent.start
    _feed(parser, package, name, unpacked)
    return extent


def _feed(parser: Any, package: zipfile.ZipFile, name: str, unpacked: _Unpacked) -> None:
    """Unpack a part piece by piece, and keep nothing of it."""
    with package.open(name) as held:
        while chunk := held.read(_CHUNK):
            unpacked.add(len(chunk))
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _parser() -> Any:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise unreadable("the file declares entities of its own", "save it again as .xlsx or CSV")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _sheets(package: zipfile.ZipFile) -> list[str]:
    """The parts that hold the sheets, in the order of the book."""
    targets: dict[str, str] = {}
    order: list[str] = []

    def relation(name: str, held: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            target = held.get("Target", "")
            targets[held.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def sheet(name: str, held: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            order.extend(value for key, value in held.items() if key.rpartition(":")[2] == "id")

    for part, handler in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        parser = _parser()
        parser.StartElementHandler = handler
        parser.Parse(package.read(part), True)
    return [targets.get(one, "") for one in order]


def _the_table(
    book: python_calamine.CalamineWorkbook, names: list[str]
) -> python_calamine.CalamineSheet | None:
    """The first sheet with an identifier in its first rows, else the first with a row."""
    first = None
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if not sheet.height:
            continue
        first = first or name
        head = [[_text(cell) for cell in row] for row in sheet.to_python(nrows=_HEAD)]
        at = columns.heading_row(head)
        headings = head[at] if at is not None else [""] * max(map(len, head))
        if "identifier" in columns.guess(headings, head[(at if at is not None else -1) + 1 :]):
            return sheet
    return book.get_sheet_by_name(first) if first is not None else None


def _records(sheet: python_calamine.CalamineSheet, extent: _Extent) -> Iterator[Record]:
    left = sheet.start[1] if sheet.start else 0  # calamine leaves out empty columns, and keeps empty rows
    for number, row in enumerate(sheet.iter_rows()):
        formulas = frozenset(column - left for column in extent.formulas.get(number, ()))
        yield Record(f"sheet “{sheet.name}”, row {number + 1:,}", [_text(cell) for cell in row], formulas)


def _text(cell: Any) -> str:
    """A cell as a person sees it, days and moments as ISO 8601."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(timespec="seconds")
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell)


def _number_of(letters: str) -> int:
    """The number of a column from 0: A is 0, Z 25, AA 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _damaged(error: BaseException) -> Unreadable:
    if isinstance(error, python_calamine.PasswordError):
        return unreadable("the file is locked with a password", "give a copy without one")
    return unreadable(
        f"the spreadsheet is damaged ({type(error).__name__})", "open it, and save it again as .xlsx or CSV"
    )
