"""Copying rows into tables: PostgreSQL's COPY, for thousands of rows in one statement."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from django.db import connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = "\\N"


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows to a table in the present transaction. Values are text as PostgreSQL reads it, or None.

    Triggers and constraints hold as for any insert. 1 statement.
    """
    copy_lines(table, columns, map(line, rows))


def line(row: Sequence[object]) -> str:
    """A row, or some columns of one, as ``copy_lines`` takes it. Parts are joined by a tab."""
    return "\t".join(map(_field, row))


def copy_lines(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """As ``copy_in``, for rows of which much is the same and was written once. 1 statement."""
    text = "".join([one + "\n" for one in lines])
    if not text:
        return
    named = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({named}) FROM STDIN', io.StringIO(text))


def _field(value: object) -> str:
    kind = type(value)
    if kind is str and isinstance(value, str):
        return value if value.isalnum() else value.translate(_ESCAPES)
    if kind is int:
        return str(value)
    if value is None:
        return NULL
    if kind is bool:
        return "t" if value else "f"
    return str(value).translate(_ESCAPES)
