"""The triggers that prove what is written to a protected table, as SQL made from its line in the registry.

They run once for a statement, however many rows it wrote, and lay a proof down for each row that has changed
in a column that is proved. docs/ledger.md says what that is worth.
"""

from __future__ import annotations

import hashlib

from contracts.proving.registry import Protected

PREFIX = "proved_on_"
EVENTS = {
    "insert": ("INSERT", "NEW TABLE AS new_rows"),
    "update": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    "delete": ("DELETE", "OLD TABLE AS old_rows"),
}
KEY_STAYS = "proved_key_stays"
PROOF = "write_id, table_name, row, contract_id, version, digest, deleted"

#: How a value is written as text, whatever the session is set to. Without nested loops a plan that was made
#: for a few rows is good for many.
SETTINGS = (
    "SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, YMD'"
    " SET IntervalStyle = 'postgres' SET bytea_output = 'hex' SET extra_float_digits = 1"
    " SET enable_nestloop = off"
)

#: The same for a transaction: until it ends.
AS_TEXT = (
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';"
    " SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"
)


def record(columns: tuple[str, ...], row: str) -> str:
    """The columns of a row as one record."""
    named = ", ".join(f'{row}."{column}"' for column in columns)
    return f"ROW({named})"


def digest(columns: tuple[str, ...], row: str) -> str:
    """The SHA-256 of the columns of a row, as SQL."""
    return f"sha256(convert_to({record(columns, row)}::text, 'UTF8'))"


def function(line: Protected) -> str:
    """The function behind the triggers of a table."""
    columns = line.lists[-1]
    proof = (
        f"INSERT INTO public.contracts_rowproof ({PROOF}) SELECT (SELECT duly.this_write()),"
        f" '{line.table}', t.id, {line.contract or 'NULL'}, {line.version}, {digest(columns, 't')},"
    )
    changed = f"{record(columns, 't')} IS DISTINCT FROM {record(columns, 'o')}"
    return f"""
CREATE OR REPLACE FUNCTION duly."prove_{line.table}"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {SETTINGS} AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {proof} false FROM new_rows AS t;
    ELSIF TG_OP = 'UPDATE' THEN
        {proof} false FROM new_rows AS t JOIN old_rows AS o ON o.id = t.id WHERE {changed};
    ELSE
        {proof} true FROM old_rows AS t;
    END IF;
    RETURN NULL;
END $$
"""


def statements(line: Protected) -> list[str]:
    """What puts the triggers of a table, whatever it had before."""
    table = f'public."{line.table}"'
    made = [function(line)]
    for name, (event, transition) in EVENTS.items():
        made.append(
            f"CREATE OR REPLACE TRIGGER {PREFIX}{name} AFTER {event} ON {table} REFERENCING {transition}"
            f' FOR EACH STATEMENT EXECUTE FUNCTION duly."prove_{line.table}"()'
        )
    return [
        *made,
        f"CREATE OR REPLACE TRIGGER {KEY_STAYS} BEFORE UPDATE OF id ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION duly.key_stays()",
        f"COMMENT ON FUNCTION duly.\"prove_{line.table}\"() IS '{known_by(line)}'",
    ]


def dropped(table: str) -> list[str]:
    """What takes the triggers of a table away, and their function."""
    names = (*(PREFIX + name for name in EVENTS), KEY_STAYS)
    return [
        *(f'DROP TRIGGER IF EXISTS {name} ON public."{table}"' for name in names),
        f'DROP FUNCTION IF EXISTS duly."prove_{table}"()',
    ]


def known_by(line: Protected) -> str:
    """What the triggers of a table are known again by."""
    return hashlib.sha256(function(line).encode()).hexdigest()[:32]
