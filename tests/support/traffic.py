"""Finds what a migration does that people at work, or the release before it, would not stand.

A migration that must do so says why in ``needs_a_stop``, and is installed with web, worker and beat stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import connection
from django.db.migrations import operations as op
from django.db.models import NOT_PROVIDED

BIG = {
    ("contracts", "ledgerentry"),
    ("contracts", "paragraph"),
    ("contracts", "paragraphversion"),
    ("contracts", "proposal"),
    ("obligations", "duty"),
    ("obligations", "evidence"),
    ("obligations", "factrecord"),
    ("obligations", "notice"),
    ("obligations", "offeredchange"),
}
"""Tables that grow with use: what reads one from end to end under a lock takes minutes where Duly is big."""

LOCKS = re.compile(
    r"CREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)|ALTER\s+COLUMN\s+\S+\s+(TYPE|SET\s+NOT\s+NULL)", re.I
)


def faults(migration: Any, before: Any) -> Iterator[str]:
    """What is wrong with one migration, in words. ``before`` is the state of the models before it."""
    state, new = before.clone(), set()
    for operation in flat(migration.operations):
        after = state.clone()
        operation.state_forwards(migration.app_label, after)
        if isinstance(operation, op.CreateModel):
            new.add(operation.name_lower)
        elif why := fault(operation, migration.app_label, state, after, new):
            yield f"{migration.app_label}.{migration.name}: {operation.describe()}: {why}"
        state = after


def flat(operations: list[Any]) -> Iterator[Any]:
    for one in operations:
        if isinstance(one, op.SeparateDatabaseAndState):
            yield from flat(one.database_operations)
        else:
            yield one


def fault(operation: Any, app: str, before: Any, after: Any, new: set[str]) -> str | None:
    model = str(getattr(operation, "model_name", "")).lower()
    if isinstance(operation, op.RunSQL):
        return "it locks a table while it reads it" if LOCKS.search(str(operation.sql)) else None
    if model in new or getattr(operation, "name_lower", None) in new:
        return None
    if isinstance(operation, op.DeleteModel | op.RemoveField | op.RenameModel | op.RenameField):
        return "the release before it still uses that; take it away in the release after"
    big = (app, model) in BIG
    if isinstance(operation, op.AddIndex) and big and not isinstance(operation, AddIndexConcurrently):
        return "nobody can write while it is built; use AddIndexConcurrently in a migration of its own"
    if isinstance(operation, op.AddConstraint) and big and not isinstance(operation, AddConstraintNotValid):
        return (
            "nobody can read or write while rows are checked; AddConstraintNotValid, then ValidateConstraint"
        )
    if isinstance(operation, op.AddField):
        return of_field(operation.field, big)
    if isinstance(operation, op.AlterField) and big:
        return of_change(operation, app, before, after)
    return None


def of_field(field: Any, big: bool) -> str | None:
    """A new column that rows of the release before do not fill, or that makes an index at once."""
    if field.many_to_many:
        return None
    if not field.null and field.db_default is NOT_PROVIDED:
        return "the release before it inserts rows without it; give it a db_default, or let it be null"
    if big and (field.unique or field.db_index):
        return "nobody can write while its index is built; db_index=False, then AddIndexConcurrently"
    return None


def of_change(operation: Any, app: str, before: Any, after: Any) -> str | None:
    was = before.apps.get_model(app, operation.model_name)._meta.get_field(operation.name)
    now = after.apps.get_model(app, operation.model_name)._meta.get_field(operation.name)
    if was.null and not now.null:
        return "rows are read under a lock; first a constraint IS NOT NULL that is not valid, then validated"
    if was.db_type(connection) != now.db_type(connection) and not wider(was, now):
        return "the table is written anew under a lock; add another column instead"
    if (now.unique or now.db_index) and not (was.unique or was.db_index):
        return "nobody can write while its index is built; use AddIndexConcurrently"
    return None


def wider(was: Any, now: Any) -> bool:
    """Text that may be longer now, which rewrites nothing."""
    texts = ("CharField", "TextField")
    if was.get_internal_type() not in texts or now.get_internal_type() not in texts:
        return False
    return now.max_length is None or (was.max_length or 0) <= now.max_length
