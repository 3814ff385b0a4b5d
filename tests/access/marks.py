"""Marks in what nobody here may see: in every text of a contract and of all that belongs to it.

What belongs to a row is every row that refers to it, and what refers to those, found from the models: a new
table is marked as soon as it is there. A text that no mark fits into (a choice, a hash, a key that a
constraint holds) gives itself away instead: its very words, where no row of the first contract has them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, FileField, ForeignKey, JSONField, Model, TextField
from psycopg2 import sql

from contracts.terms.restricted import RESERVED
from obligations.models.notice import stage_choices
from tests.support.database import connect

THERE, KEPT = "zqxother", "zqxkept"
"""What is written before a text of another contract, and before one that is kept to a list."""

NOT_MARKED = {"django_session", "contracts_session", "django_admin_log"}
LONG_ENOUGH = 12
"""Shorter words are on many pages by chance."""

PROSE = re.compile(r"\s")
Rows = dict[type[Model], set[Any]]


@dataclass
class Marks:
    """What was marked, and what gives itself away.

    ``roots``: the other contract, its parties and people. ``tell``: words that give it away beside the mark;
    ``tell_kept``: those of the list. ``columns``: of how many rows each column was marked. ``unmarked``: the
    columns that were not.
    """

    roots: Rows = field(default_factory=dict)
    tell: frozenset[str] = frozenset()
    tell_kept: frozenset[str] = frozenset()
    columns: dict[str, int] = field(default_factory=dict)
    unmarked: set[str] = field(default_factory=set)

    def there_in(self, text: str) -> set[str]:
        """What of the other contract stands in an answer."""
        return _found(text, THERE, self.tell)

    def kept_in(self, text: str) -> set[str]:
        """What of the list stands in an answer."""
        return _found(text, KEPT, self.tell_kept)


def _found(text: str, marker: str, tell: Collection[str]) -> set[str]:
    low = text.lower()
    found = {marker} if marker in low else set()
    return found | {one for one in tell if one.lower() in low}


def mark(owner_url: str, roots: Iterable[Model]) -> Marks:
    """Mark all that belongs to ``roots`` and all that is kept to a list; as the owner of the tables."""
    others = _by_model(roots)
    there = all_of(others)
    kept = {model: keys - there.get(model, set()) for model, keys in all_of(_reserved()).items()}
    marks = Marks(others)
    with closing(connect(owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        guards = _guards_off(cursor)
        tell = {marker: _mark(cursor, rows, marker, marks) for marker, rows in ((KEPT, kept), (THERE, there))}
        _guards_on(cursor, guards)
        cursor.execute("COMMIT")
        marks.tell = frozenset(_only_theirs(cursor, tell[THERE], there))
        marks.tell_kept = frozenset(_only_theirs(cursor, tell[KEPT], kept))
    return marks


def _by_model(rows: Iterable[Model]) -> Rows:
    found: Rows = {}
    for row in rows:
        found.setdefault(type(row), set()).add(row.pk)
    return found


def models() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in NOT_MARKED
    ]


def _reserved() -> Rows:
    """The rows that say themselves that they are about what is kept to a list."""
    found: Rows = {}
    for model in models():
        for column in model._meta.local_concrete_fields:
            if isinstance(column, CharField) and column.name in ("subject", "reference", "kept_to"):
                rows = model._base_manager.filter(**{f"{column.name}__startswith": RESERVED})
                if keys := set(rows.values_list("pk", flat=True)):
                    found.setdefault(model, set()).update(keys)
    return found


def all_of(roots: Rows) -> Rows:
    """The rows, those that refer to them, those that refer to these, and so on."""
    found = {model: set(keys) for model, keys in roots.items()}
    fresh = found
    while fresh:
        more: Rows = {}
        for model in models():
            for column in model._meta.local_concrete_fields:
                if not isinstance(column, ForeignKey) or column.related_model not in fresh:
                    continue
                rows = model._base_manager.filter(**{f"{column.name}__in": fresh[column.related_model]})
                keys = set(rows.values_list("pk", flat=True)) - found.get(model, set())
                if keys:
                    more.setdefault(model, set()).update(keys)
        for model, keys in more.items():
            found.setdefault(model, set()).update(keys)
        fresh = more
    return found


def _guards_off(cursor: Any) -> list[tuple[str, str, str]]:
    """The triggers of ours, switched off; with how each stood."""
    cursor.execute(
        "SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    guards: list[tuple[str, str, str]] = cursor.fetchall()
    for table, trigger, _ in guards:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    return guards


def _guards_on(cursor: Any, guards: Iterable[tuple[str, str, str]]) -> None:
    word = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}
    for table, trigger, how in guards:
        cursor.execute(f"ALTER TABLE {table} {word[how]} TRIGGER {trigger}")


def _mark(cursor: Any, rows: Rows, marker: str, marks: Marks) -> dict[tuple[type[Model], str], set[str]]:
    """Mark every column of the rows that takes it; gives the words of the others."""
    tell: dict[tuple[type[Model], str], set[str]] = {}
    stages = {key for key, _ in stage_choices()}  # by which the back room narrows, whatever there is
    for model, keys in rows.items():
        for column in model._meta.local_concrete_fields if keys else ():
            name = f"{model._meta.db_table}.{column.column}"
            if isinstance(column, FileField):
                _mark_files(model, keys, column.name, marker)
            elif isinstance(column, JSONField):
                marks.columns[name] = marks.columns.get(name, 0) + _mark_json(
                    cursor, model, keys, column.column, marker
                )
            elif isinstance(column, CharField | TextField):
                values = model._base_manager.filter(pk__in=keys).values_list(column.name, flat=True)
                said = {one for one in values if one}
                names = bool(column.choices) or any(one.startswith(RESERVED) for one in said)
                done = bool(said) and not names and _mark_text(cursor, model, keys, column, marker)
                if done:
                    marks.columns[name] = marks.columns.get(name, 0) + int(done)
                elif said:
                    marks.unmarked.add(name)
                    tell[model, column.name] = {one for one in said - stages if len(one) >= LONG_ENOUGH}
    return tell


def _table(model: type[Model]) -> tuple[sql.Identifier, sql.Identifier]:
    pk = model._meta.pk
    assert pk is not None
    return sql.Identifier(model._meta.db_table), sql.Identifier(pk.column)


def _mark_text(cursor: Any, model: type[Model], keys: set[Any], column: Any, marker: str) -> int:
    """How many rows took the mark; 0 where a constraint refuses it, and then none has."""
    table, pk = _table(model)
    text = sql.SQL("{} || ' ' || {}").format(sql.Literal(marker), sql.Identifier(column.column))
    if column.max_length:
        text = sql.SQL("left({}, {})").format(text, sql.Literal(column.max_length))
    cursor.execute("SAVEPOINT one")
    try:
        cursor.execute(
            sql.SQL("UPDATE {table} SET {column} = {text} WHERE {pk} = ANY(%s) AND {column} <> ''").format(
                table=table, column=sql.Identifier(column.column), text=text, pk=pk
            ),
            [list(keys)],
        )
    except psycopg2.Error:
        cursor.execute("ROLLBACK TO SAVEPOINT one")
        return 0
    done = int(cursor.rowcount)
    cursor.execute("RELEASE SAVEPOINT one")
    return done


def _mark_json(cursor: Any, model: type[Model], keys: set[Any], column: str, marker: str) -> int:
    """Mark what reads like a sentence; words of the program stay what they are."""
    table, pk = _table(model)
    names = {"table": table, "pk": pk, "column": sql.Identifier(column)}
    cursor.execute(
        sql.SQL("SELECT {pk}, {column} FROM {table} WHERE {pk} = ANY(%s)").format(**names), [list(keys)]
    )
    changed = [(key, _in_json(value, marker)) for key, value in cursor.fetchall() if value]
    for key, value in changed:
        cursor.execute(
            sql.SQL("UPDATE {table} SET {column} = %s WHERE {pk} = %s").format(**names),
            [json.dumps(value), key],
        )
    return len(changed)


def _in_json(value: Any, marker: str) -> Any:
    if isinstance(value, dict):
        return {key: _in_json(one, marker) for key, one in value.items()}
    if isinstance(value, list):
        return [_in_json(one, marker) for one in value]
    return f"{marker} {value}" if isinstance(value, str) and PROSE.search(value) else value


def _mark_files(model: type[Model], keys: set[Any], column: str, marker: str) -> None:
    """Write the mark before what the files of the rows hold."""
    for name in model._base_manager.filter(pk__in=keys).values_list(column, flat=True):
        path = Path(settings.MEDIA_ROOT) / name if name else None
        if path is not None and path.is_file():
            path.write_bytes(marker.encode() + b" " + path.read_bytes())


def _only_theirs(cursor: Any, tell: dict[tuple[type[Model], str], set[str]], rows: Rows) -> Iterator[str]:
    """The words that no other row has in that column."""
    for (model, name), words in tell.items():
        others = model._base_manager.exclude(pk__in=rows[model]).filter(**{f"{name}__in": words})
        yield from words - set(others.values_list(name, flat=True))
