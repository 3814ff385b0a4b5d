"""The list of protected tables is whole: every table and each column of one is proved or excused."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from contracts.management.commands import protected_tables
from contracts.proving import registry
from contracts.proving.registry import Excused, Protected, lines, protected

COLUMNS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY 1
"""


@pytest.fixture
def columns(db) -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return {table: set(names) for table, names in cursor.fetchall()}


def test_every_table_is_protected_or_excused(columns):
    """A new table says which it is: in protected.py of its application, or in ``proved`` of its subject."""
    assert sorted(set(columns) ^ set(lines())) == []
    assert all(line.why for line in lines().values() if isinstance(line, Excused))


def test_every_column_is_proved_or_left_out_for_a_reason(columns):
    """A new column goes into ``columns``, the list before it into ``earlier``; or into ``left_out``."""
    for line in protected():
        proved = line.lists[-1]
        assert len(set(proved)) == len(proved), line.table
        assert not set(proved) & set(line.left_out) and all(line.left_out.values()), line.table
        assert {"id", *proved, *line.left_out} == columns[line.table], line.table


def test_every_protected_table_has_its_triggers(db):
    from contracts.services.verifying.rows import unguarded

    assert list(unguarded()) == []


def test_the_page_is_current(monkeypatch):
    call_command("protected_tables", "--check", stdout=StringIO())
    text = protected_tables.document()
    assert all(f"| `{table}` |" in text for table in lines())
    monkeypatch.setattr(protected_tables, "lines", dict)
    with pytest.raises(CommandError, match="run script/manage protected_tables"):
        call_command("protected_tables", "--check", stdout=StringIO())


def test_a_table_is_named_once(settings):
    settings.PROTECTED_TABLES = [*settings.PROTECTED_TABLES, "contracts.protected"]
    with pytest.raises(ValueError, match="contracts_organisation is named twice"):
        registry.lines()


def test_old_proofs_go_by_the_list_of_their_time():
    line = Protected("a_table", "one two three", earlier=("one", "one two"))
    assert line.version == 3
    assert line.lists == (("one",), ("one", "two"), ("one", "two", "three"))
