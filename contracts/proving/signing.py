"""Signing what a transaction wrote, just before it is committed: the application's part of every proof."""

from __future__ import annotations

from typing import Any

from contracts.origin import sign

WRITE = "write"
"""What the signatures of writes are of (``contracts/origin.py``)."""

WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "MERGE")
CALLS = ("duly.append_to_", "duly_erase_contract")
"""Functions of the database that write, though they are called by SELECT."""


def writes(query: Any, status: str | None) -> bool:
    """Whether a statement may have written what is to be signed. ``status``: what PostgreSQL says it did."""
    if status and status.startswith(WRITES):
        return not status.endswith(" 0")
    return any(name in str(query) for name in CALLS)


def sign_writes(cursor: Any) -> None:
    """Sign what was written in this transaction so far. ``cursor`` is psycopg2's own. 1 or 3 statements."""
    cursor.execute("SELECT current_setting('duly.write', true)")
    if not cursor.fetchone()[0]:
        return
    cursor.execute("SELECT id, content FROM duly.to_sign()")
    for write, content in cursor.fetchall():
        cursor.execute("SELECT duly.sign(%s, %s)", [write, sign(WRITE, content)])
