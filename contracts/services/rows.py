"""Copying rows into tables: PostgreSQL's COPY, for thousands of rows at once.

COPY does not go into a table with row-level security, so the rows are copied beside it and then inserted,
where its policy looks at each of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from django.db import connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = "\\N"


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows to a table in the present transaction. Values are text as PostgreSQL reads it, or None.

    Triggers, constraints and policies hold as for any insert. 4 statements.
    """
    copy_lines(table, columns, map(line, rows))


def line(row: Sequence[object]) -> str:
    """A row, or some columns of one, as ``copy_lines`` takes it. Parts are joined by a tab."""
    return "\t".join(map(_field, row))


def copy_lines(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """As ``copy_in``, for rows of which much is the same and was written once. 4 statements."""
    text = "".join([one + "\n" for one in lines])
    if not text:
        return
    named = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMPORARY TABLE copied AS SELECT {named} FROM "{table}" WITH NO DATA'  # noqa: S608
        )
        cursor.copy_expert(f"COPY copied ({named}) FROM STDIN", io.StringIO(text))
        cursor.execute(f'INSERT INTO "{table}" ({named}) SELECT {named} FROM copied')  # noqa: S608
        cursor.execute("DROP TABLE copied")


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
