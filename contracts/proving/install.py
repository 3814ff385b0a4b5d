"""Putting functions, triggers and closed tables into the database: as the owner, at every migrate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connections, transaction

from contracts.proving import triggers
from contracts.proving.registry import Protected, protected

FUNCTIONS = Path(__file__).with_name("functions.sql")

#: Written by functions and triggers of the owner alone.
CLOSED = (
    "contracts_ledgerentry",
    "contracts_organisationentry",
    "contracts_signedwrite",
    "contracts_rowproof",
)

IS_OWNER = """
    SELECT pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_class c
    WHERE c.oid = to_regclass('public.contracts_rowproof')
"""
THERE = """
    SELECT c.relname, array_agg(a.attname::text),
        (SELECT obj_description(p.oid, 'pg_proc') FROM pg_proc p
         WHERE p.pronamespace = 'duly'::regnamespace AND p.proname = 'prove_' || c.relname),
        (SELECT count(*) FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname LIKE 'proved\\_%%')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.oid, c.relname
"""
GRANTED = """
    SELECT c.relname, g.grantee::regrole::text
    FROM pg_class c, aclexplode(c.relacl) g
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%s) AND g.grantee <> c.relowner
        AND g.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') AND g.grantee <> 0
    GROUP BY 1, 2
"""
ENDS = """
    SELECT jsonb_object_agg(e.name, jsonb_build_array(e.number, e.hash))::text FROM (
        SELECT key AS name, (value ->> 0)::integer AS number, value ->> 1 AS hash FROM (
            SELECT DISTINCT ON (contract_id, kept_to) duly.head(contract_id, kept_to, number, hash) AS head
            FROM contracts_ledgerentry ORDER BY contract_id, kept_to, number DESC
        ) AS l, jsonb_each(l.head)
        UNION ALL
        SELECT 'organisation' || coalesce(' ' || organisation_id, ''), number, hash FROM (
            SELECT DISTINCT ON (organisation_id) organisation_id, number, hash
            FROM contracts_organisationentry ORDER BY organisation_id, number DESC
        ) AS o
    ) AS e
    WHERE NOT EXISTS (SELECT FROM contracts_signedwrite)
"""
"""The ends of all ledgers, where no write was ever signed."""
MADE_TRIGGERS = len(triggers.EVENTS) + 1


def put(using: str = "default") -> list[str]:
    """Put what is missing or has changed, and prove the rows of tables that were never proved before.

    Gives the tables whose triggers were put. Does nothing for a role that does not own the tables; a table or
    column that is not made yet waits for the migrate that makes it.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(IS_OWNER)
        owner = cursor.fetchone()
        if owner is None or not owner[0]:
            return []
        cursor.execute(FUNCTIONS.read_text(encoding="utf-8"))
        close_tables(cursor)
        cursor.execute(THERE)
        there = {table: (set(columns), known, made) for table, columns, known, made in cursor.fetchall()}
    sign_what_is_there(using)
    changed = []
    for line in protected():
        columns, known, made = there.get(line.table, (set(), None, 0))
        with transaction.atomic(using), connection.cursor() as cursor:
            if not columns.issuperset(line.lists[-1]):
                if known is not None:
                    cursor.execute(";".join(triggers.dropped(line.table)))
                continue
            if (known, made) != (triggers.known_by(line), MADE_TRIGGERS):
                cursor.execute(";".join(triggers.statements(line)))
                changed.append(line.table)
            prove_what_is_there(cursor, line)
    return changed


def close_tables(cursor: Any) -> None:
    """Take the right to write by hand away from every role but the owner."""
    cursor.execute(GRANTED, [list(CLOSED)])
    for table, role in cursor.fetchall():
        cursor.execute(f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON public."{table}" FROM {role}')


def prove_what_is_there(cursor: Any, line: Protected) -> int:
    """Prove the rows of a table none of whose rows was ever proved, as they are found; returns how many.

    In the transaction that puts the triggers, so that nobody writes in between, and all rows or none.
    """
    cursor.execute("SELECT EXISTS (SELECT FROM contracts_rowproof WHERE table_name = %s)", [line.table])
    if cursor.fetchone()[0]:
        return 0
    cursor.execute(triggers.AS_TEXT)
    cursor.execute(
        f"INSERT INTO contracts_rowproof ({triggers.PROOF})"  # noqa: S608 - names of the registry
        f" SELECT (SELECT duly.this_write()), %s, t.id, {line.contract or 'NULL'}, %s,"
        f" {triggers.digest(line.lists[-1], 't')}, false"
        f' FROM public."{line.table}" AS t ORDER BY t.id',
        [line.table, line.version],
    )
    return int(cursor.rowcount)


def sign_what_is_there(using: str = "default") -> bool:
    """Put down where every ledger ends, as the first write of all: from then on none can be cut unseen."""
    with transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute(ENDS)
        (ends,) = cursor.fetchone()
        if ends is None:
            return False
        cursor.execute("SELECT duly.this_write()")
        cursor.execute(
            "UPDATE contracts_signedwrite SET heads = %s WHERE id = %s", [ends, cursor.fetchone()[0]]
        )
    return True
