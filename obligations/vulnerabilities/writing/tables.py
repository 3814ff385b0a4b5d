"""Rows as CSV and as a spreadsheet, one after the other, however many there are.

What is written can be read again (``reading``) and says the same, but for single ratings: the strictest is in
columns of its own, and all stand in one cell. No cell is ever a formula: in CSV a text that would be one has
an apostrophe before it, which reading takes off again; in a spreadsheet it is text, and has one where reading
would refuse it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import BinaryIO

import xlsxwriter

from obligations.vulnerabilities.reading.rows import Rating, Row
from obligations.vulnerabilities.reading.tables import CONTRACT, WOULD_BE_FORMULAS, is_formula

HEADINGS = (
    "Identifier", "Aliases", "Component", "Version", "Package URL", "Host", "Location", "Severity",
    "CVSS score", "CVSS vector", "Rated by", "All ratings", "Fixed version", "Patch released", "Status",
    "Justification", "Statement", "Title", "Reference",
)  # fmt: skip
"""The columns of a row. Further ones may follow."""

MOST_ROWS = 1_048_575
"""Rows of a spreadsheet below its headings."""

Cell = str | date | None
Exported = tuple[Row, Sequence[Cell]]
"""A row, and the cells beside it that whoever exports adds, one for each further heading."""


def csv_lines(rows: Iterable[Exported], further: Sequence[str] = ()) -> Iterator[bytes]:
    """The file piece by piece: UTF-8 with its mark, which Excel asks for; lines end as RFC 4180 says.

    ``further``: headings of the cells beside each row. Days are written as 2026-03-12.
    """
    held = io.StringIO()
    writer = csv.writer(held)
    held.write("\ufeff")
    writer.writerow([*HEADINGS, *further])
    for row, beside in rows:
        writer.writerow([_safe(_text(cell)) for cell in (*_cells(row), *beside)])
        if held.tell() > 64 * 1024:
            yield _emptied(held)
    yield _emptied(held)


def write_xlsx(rows: Iterable[Exported], out: BinaryIO, further: Sequence[str] = ()) -> None:
    """Write a workbook of one sheet. Raises ValueError for more rows than a sheet has: offer CSV then."""
    plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Vulnerabilities")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(HEADINGS) + len(further) - 1, 18)
        sheet.write_row(0, 0, [*HEADINGS, *further], bold)
        for number, (row, beside) in enumerate(rows, 1):
            if number > MOST_ROWS:
                raise ValueError(f"a sheet has no more than {MOST_ROWS:,} rows below its headings")
            for column, cell in enumerate((*_cells(row), *beside)):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell:
                    sheet.write_string(number, column, f"'{cell}" if is_formula(cell) else cell)


def _cells(row: Row) -> tuple[Cell, ...]:
    strictest = next((one for one in row.ratings if one.category == row.category), None)
    return (
        row.identifier,
        " ".join(row.aliases),
        row.component.name,
        row.component.version,
        row.component.purl,
        row.host,
        row.location,
        *(_rated(strictest) if strictest is not None else (row.own, "", "", CONTRACT if row.own else "")),
        "; ".join(f"{one.by}: {one.word or one.vector or one.value}" for one in row.ratings),
        row.fixed_version,
        row.released,
        row.said or row.status.value,
        row.justification,
        row.statement,
        row.title,
        row.reference,
    )


def _rated(rating: Rating) -> tuple[str, str, str, str]:
    """Word, score, vector and source of a rating."""
    score = "" if rating.score is None or rating.vector else rating.value
    return rating.word, score, rating.vector, rating.who


def _text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else cell or ""


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(WOULD_BE_FORMULAS) else text


def _emptied(held: io.StringIO) -> bytes:
    piece = held.getvalue().encode("utf-8")
    held.seek(0)
    held.truncate()
    return piece
