"""Signing what a transaction wrote, just before it is committed: the application's part of every proof."""

from __future__ import annotations

from typing import Any

from psycopg2.extensions import cursor as Cursor

from contracts.origin import sign

WRITE = "write"
"""What the signatures of writes are of (``contracts/origin.py``)."""

WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "MERGE")
CALLS = ("duly.", "duly_erase_contract")
"""How the functions of the database are called that write, though by SELECT."""


class SignsWrites:
    """Part of a connection (Django's DatabaseWrapper). Whoever runs the statements calls ``note_write`` after
    each, and ``sign_writes`` before a COMMIT of its own; those of Django are signed here.
    """

    connection: Any
    wrote = False
    """Whether the present transaction may have written what is to be signed."""

    def note_write(self, cursor: Any, query: Any) -> None:
        """A statement was run: remember whether it wrote."""
        if writes(query, cursor.statusmessage):
            self.wrote = True

    def sign_writes(self) -> None:
        """Sign what this transaction wrote so far. 3 short statements, none where it wrote nothing.

        They are below Django's cursors, so that no count of queries shows them.
        """
        if not self.wrote:
            return
        self.wrote = False
        with self.connection.cursor(cursor_factory=Cursor) as cursor:
            cursor.execute("SELECT current_setting('duly.write', true)")
            if not cursor.fetchone()[0]:
                return
            cursor.execute("SELECT id, content FROM duly.to_sign()")
            for write, content in cursor.fetchall():
                cursor.execute("SELECT duly.sign(%s, %s)", [write, sign(WRITE, content)])

    def _commit(self) -> None:
        if self.connection is not None:
            self.sign_writes()
        super()._commit()  # type: ignore[misc]

    def check_constraints(self, table_names: Any = None) -> None:
        """As Django does it: one of the constraints is that what was written is signed."""
        self.sign_writes()
        super().check_constraints(table_names)  # type: ignore[misc]


def writes(query: Any, status: str | None) -> bool:
    """Whether a statement may have written what is to be signed. ``status``: what PostgreSQL says it did,
    which psycopg2 does not tell of a COPY.
    """
    if status and status.startswith(WRITES):
        return True
    text = str(query)
    return text.startswith("COPY ") or any(name in text for name in CALLS)
