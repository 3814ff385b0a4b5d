"""A row in every table, made of nothing but types, so that each policy is tried on the table itself.

The owner writes them in a transaction that is taken back: checks and triggers are put aside in it, references
are never looked at. Then it goes on as the application's role, which asks by a token of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.conf import settings

from contracts.row_security import asking, policies
from contracts.row_security.asking import Asking
from contracts.row_security.database.base import SET, WHERE
from contracts.row_security.tables import Line, Seen
from contracts.terms.restricted import FAR, RESERVED
from tests.support import database

DAY = date(2026, 3, 17)
CONTRACT, OTHER_CONTRACT = 101, 102
ORGANISATION, OTHER_ORGANISATION, NOBODYS = 201, 202, 203
MEMBER, STRANGER, UNLISTED, STAFF = 301, 302, 303, 304
KEPT = f"{RESERVED}2026-ABCDE"
LAID_AT_MIGRATE = {"contracts_rowproof", "contracts_signedwrite"}
"""They have rows before any test: proofs of what migrate itself writes."""

OUR_OWN = {
    "contracts_contract": CONTRACT,
    "contracts_organisation": ORGANISATION,
    "contracts_person": MEMBER,
}
REFERS = {
    "contracts_contract": CONTRACT,
    "contracts_organisation": ORGANISATION,
    "contracts_person": MEMBER,
}
VALUES = {
    "bigint": "1", "integer": "1", "smallint": "1", "boolean": "false", "numeric": "1",
    "double precision": "1",
    "jsonb": "'{}'", "date": "'2026-03-17'",
    "timestamp with time zone": "'2026-03-17 12:00Z'", "bytea": "''",
    "daterange": "'[2026-03-17,)'", "inet": "'127.0.0.1'", "interval": "'1 day'", "ARRAY": "'{}'",
    "uuid": "gen_random_uuid()", "time without time zone": "'12:00'",
}  # fmt: skip


def seen_tables() -> dict[str, Seen]:
    """The tables that have a policy."""
    return {table: line for table, line in sorted(policies.lines().items()) if isinstance(line, Seen)}


def kept_tables(lines: dict[str, Line]) -> set[str]:
    """The tables whose line asks what a row is about, themselves or through the row that they belong to."""
    found = {name for name, line in lines.items() if isinstance(line, Seen) and _asks_about(line.condition)}
    while (
        more := {
            name
            for name, line in lines.items()
            if isinstance(line, Seen) and any(f"FROM {one} AS parent" in line.condition for one in found)
        }
        - found
    ):
        found |= more
    return found


def _asks_about(condition: str) -> bool:
    return "starts_with" in condition or str(FAR) in condition


@dataclass
class Rows:
    """The rows, and a way to look at them as somebody."""

    cursor: Any
    app_role: str
    keys: dict[str, tuple[str, Any]]
    where: str

    def seen(self, table: str, who: Asking | None, day: date = DAY) -> int:
        """How many of the table's own row somebody sees: 0 or 1."""
        self.ask(who, day)
        column, key = self.keys[table]
        self.cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text = %s', [str(key)])
        return int(self.cursor.fetchone()[0])

    def ask(self, who: Asking | None, day: date = DAY) -> str:
        """Put the token of somebody into the transaction, and give it."""
        key = asking.key_of(settings.SECRET_KEY)
        token = asking.token(key, who.told(day), self.where) if who else ""
        self.cursor.execute(SET, [asking.SETTING, token])
        return token


def person(number: int) -> Asking:
    return Asking("person", str(number))


def job(name: str = "a job", *only: int) -> Asking:
    return Asking("job", name, frozenset(only))


@contextmanager
def rows(urls: tuple[str, str], *, kept: bool = False) -> Iterator[Rows]:
    """A row in every table, of a contract and organisation. ``kept``: it is about what is kept to a list."""
    app_url, owner_url = urls
    role = database.parts(app_url)["USER"]
    with closing(database.connect(owner_url)) as connection:
        connection.autocommit = False
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int >= 160000")
            option = "WITH SET TRUE" if cursor.fetchone()[0] else ""
            cursor.execute(f'GRANT "{role}" TO CURRENT_USER {option}')
            keys = {table: _write(cursor, table, kept) for table in seen_tables()}
            _people(cursor, kept)
            cursor.execute(f'SET LOCAL ROLE "{role}"')
            cursor.execute(WHERE)
            (where,) = cursor.fetchone()
            yield Rows(cursor, role, keys, where)
        connection.rollback()


def _write(cursor: Any, table: str, kept: bool) -> tuple[str, Any]:
    """The table's row; its key as (column, value)."""
    cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    if table in LAID_AT_MIGRATE:
        cursor.execute(f'DELETE FROM "{table}"')
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'x')", [table]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    model = _models()[table]
    refers = {
        field.column: field.remote_field.model._meta.db_table
        for field in model._meta.concrete_fields
        if field.remote_field is not None
    }
    cursor.execute(
        "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    number = FAR + 1 if kept else 1
    values: dict[str, str] = {}
    for column, kind, longest in cursor.fetchall():
        if column in refers:
            values[column] = str(REFERS.get(refers[column], number if kind == "bigint" else 1))
        elif column == "id":
            values[column] = str(OUR_OWN.get(table, number if kind == "bigint" else 1))
        elif kind in ("character varying", "text", "character"):
            text = KEPT if kept else "x"
            values[column] = f"'{text[: longest or 200]}'"
        else:
            values[column] = VALUES[kind]
    values |= {"to_day": "NULL"} if "to_day" in values else {}
    values |= {"ends_on": "NULL", "is_active": "true"} if "ends_on" in values else {}
    values |= {"lifted_at": "NULL"} if "lifted_at" in values else {}
    values |= {"removed_at": "NULL"} if "removed_at" in values else {}
    names = ", ".join(f'"{one}"' for one in values)
    cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(values.values())}) RETURNING *')
    row = dict(zip([one.name for one in cursor.description], cursor.fetchone(), strict=True))
    return model._meta.pk.column, row[model._meta.pk.column]


def _people(cursor: Any, kept: bool) -> None:
    """Others: a stranger with a contract of their own, a member who is on no list, one of the staff."""
    columns = _columns(cursor, "contracts_person", "id", "email", "name", "organisation_id", "is_staff")
    for number, organisation, staff in (
        (STRANGER, OTHER_ORGANISATION, False),
        (UNLISTED, OTHER_ORGANISATION, False),
        (STAFF, NOBODYS, True),
    ):
        cursor.execute(
            f"INSERT INTO contracts_person (id, email, name, organisation_id, is_staff, {columns})"
            f" SELECT %s, 'p{number}', 'p', %s, %s, {columns} FROM contracts_person WHERE id = %s",
            [number, organisation, staff, MEMBER],
        )
    columns = _columns(cursor, "contracts_contract", "id", "reference", "authority_id", "supplier_id")
    cursor.execute(
        "INSERT INTO contracts_contract (id, reference, authority_id, supplier_id, " + columns + ")"
        f" SELECT %s, 'another', %s, %s, {columns} FROM contracts_contract WHERE id = %s",
        [OTHER_CONTRACT, OTHER_ORGANISATION, OTHER_ORGANISATION, CONTRACT],
    )
    columns = _columns(cursor, "contracts_membership", "id", "contract_id", "person_id")
    for number, contract, who in ((11, OTHER_CONTRACT, STRANGER), (12, CONTRACT, UNLISTED)):
        cursor.execute(
            f"INSERT INTO contracts_membership (id, contract_id, person_id, {columns})"
            f" SELECT %s, %s, %s, {columns} FROM contracts_membership"
            " WHERE contract_id = %s AND person_id = %s",
            [number, contract, who, CONTRACT, MEMBER],
        )


def _columns(cursor: Any, table: str, *without: str) -> str:
    cursor.execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND column_name <> ALL (%s)"
        " AND is_generated = 'NEVER'",
        [table, list(without)],
    )
    return str(cursor.fetchone()[0])


def _models() -> dict[str, Any]:
    found = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return found
