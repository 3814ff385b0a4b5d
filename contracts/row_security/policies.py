"""Putting the policies into the database: as the owner, at every migrate, and only where they changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from contracts.row_security import asking, writes
from contracts.row_security.tables import Line, Seen

NAME = "duly_asking"
FUNCTIONS = Path(__file__).with_name("functions.sql")

IS_OWNER = """
    SELECT pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_class c
    WHERE c.oid = to_regclass('public.contracts_contract')
"""
THERE = """
    SELECT c.relname, c.relrowsecurity, obj_description(p.oid, 'pg_policy') FROM pg_class c
    LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = %s
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""


def lines() -> dict[str, Line]:
    """The line of every table, from the modules that the settings name."""
    found: dict[str, Line] = {}
    for name in settings.ROW_SECURITY:
        found |= import_module(name).LINES
    return found


def statements(table: str, line: Seen) -> list[str]:
    """What puts the policy of one table, whatever it had before."""
    condition = f"(SELECT duly.everything()) OR ({line.condition})"
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS {NAME} ON "{table}"',
        f'CREATE POLICY {NAME} ON "{table}" USING ({condition}) WITH CHECK ({condition})',
        f"COMMENT ON POLICY {NAME} ON \"{table}\" IS '{digest(line)}'",
    ]


def digest(line: Seen) -> str:
    """What a policy is known again by."""
    return hashlib.sha256(line.condition.encode()).hexdigest()[:32]


def put(using: str = "default") -> list[str]:
    """Put the functions, the key of tokens and the policies; the tables whose policy changed.

    Does nothing for a role that does not own the tables. A table that is not made yet gets its policy when
    it is.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(IS_OWNER)
        owner = cursor.fetchone()
        if owner is None or not owner[0]:
            return []
        cursor.execute(FUNCTIONS.read_text(encoding="utf-8"))
        _keep_key(cursor)
        cursor.execute(THERE, [NAME])
        there = {table: (on, known) for table, on, known in cursor.fetchall()}
        changed = _changed(lines(), there)
        for table, line in changed.items():
            with transaction.atomic(using):  # between an old policy and its new one nobody sees a row
                for statement in statements(table, line):
                    cursor.execute(statement)
        guarded = writes.put(cursor)
    return sorted({*changed, *guarded})


def _changed(wanted: Mapping[str, Line], there: Mapping[str, tuple[bool, str | None]]) -> dict[str, Seen]:
    return {
        table: line
        for table, line in wanted.items()
        if isinstance(line, Seen) and table in there and there[table] != (True, digest(line))
    }


def _keep_key(cursor: Any) -> None:
    inner, outer = asking.pads_of(asking.key_of(settings.SECRET_KEY))
    cursor.execute(
        "INSERT INTO duly.secret AS kept (inner_block, outer_block) VALUES (%s, %s)"
        " ON CONFLICT (one) DO UPDATE"
        " SET inner_block = excluded.inner_block, outer_block = excluded.outer_block"
        " WHERE (kept.inner_block, kept.outer_block) <> (excluded.inner_block, excluded.outer_block)",
        [inner, outer],
    )
