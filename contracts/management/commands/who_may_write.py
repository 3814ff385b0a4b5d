"""Writes docs/who-may-write.md from the guards of writes and the triggers of the models."""

from __future__ import annotations

from collections.abc import Iterable

import pgtrigger
from django.apps import apps
from django.db.models import Model

from contracts.management.document import DocumentCommand
from contracts.proving.install import CLOSED
from contracts.row_security.writes import GUARDS, Guard

INTRODUCTION = """# Who may write what

Written by `script/manage who_may_write` from `contracts/row_security/writes.py` and from the triggers of the
models; tests check that it is current and that the database holds to it.

Web, worker and beat use the application's role, which owns nothing. Four things bind it, whatever a statement
says:

1. **Rows.** Who asks writes only rows that they see ([row security](row-security.md)).
2. **Services.** What stands under “Only by a service” is refused to a request of a person, and to one in
   which nobody is signed in. The service that may says so around its one statement (`asking.job`), with a
   token that no statement can make. Workers and commands are jobs about everything and may.
3. **What stays.** A row or column that is never changed or deleted stays, whatever asks: triggers see to it.
   The setting of their package that makes them look away counts for the owner alone.
4. **The record.** Tables of the ledger and of its proofs are written by functions of the owner
   ([ledger](ledger.md)).

The owner of the tables, who migrates, is bound by none of it; what such a hand changes is found by
`script/manage verify_ledger`. While a request holds the lock of a contract, its statements see all of that
contract, also what is kept to a list. A request in which nobody is signed in yet can set a password, as
resetting one must.

## Only by a service

| what | table | rows made | rows deleted | columns changed | by the job |
| --- | --- | --- | --- | --- | --- |
"""
STAYS = """
## What stays as it was written

“All others” and the like leave out what the first table says. A condition is that of the row before.

| table | never changed | never deleted |
| --- | --- | --- |
"""
FREE = """
## Written by whoever sees the row

By the services of Duly, through the first wall; no trigger says more of these:

"""


def document() -> str:
    """The whole document, from the code as it is now."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    stays = [row for table, model in sorted(models.items()) if (row := _stays(table, model))]
    named = {guard.table for guard in GUARDS} | {row.split("`")[1] for row in stays}
    free = [f"`{table}`" for table in sorted(models.keys() - named)]
    return (
        INTRODUCTION
        + "\n".join(map(_guarded, GUARDS))
        + "\n"
        + STAYS
        + "\n".join(stays)
        + "\n"
        + FREE
        + ", ".join(free)
        + "\n"
    )


def _guarded(guard: Guard) -> str:
    made, gone = ("only by it" if one else "" for one in (guard.inserts, guard.deletes))
    return f"| {guard.what} | `{guard.table}` | {made} | {gone} | {', '.join(guard.columns)} | {guard.job} |"


def _stays(table: str, model: type[Model]) -> str:
    """The row of a table of which something stays; "" for others."""
    if table in CLOSED:
        return f"| `{table}` | all of it: written by functions of the owner | always |"
    changed, deleted = [], []
    for trigger in getattr(model._meta, "triggers", ()):
        operations = str(trigger.operation)
        if isinstance(trigger, pgtrigger.ReadOnly):
            changed.append(_columns(trigger.fields, trigger.exclude))
        elif isinstance(trigger, pgtrigger.Protect):
            when = f" ({str(trigger.name).replace('_', ' ')})" if trigger.condition is not None else ""
            if "UPDATE" in operations:
                changed.append("all of it" + when)
            if "DELETE" in operations:
                deleted.append("always" + when)
    return f"| `{table}` | {'; '.join(changed)} | {'; '.join(deleted)} |" if changed or deleted else ""


def _columns(fields: Iterable[str] | None, exclude: Iterable[str] | None) -> str:
    if fields is not None:
        return ", ".join(sorted(fields))
    return f"all but {', '.join(sorted(exclude))}" if exclude else "all of it"


class Command(DocumentCommand):
    help = "Writes docs/who-may-write.md from the data; --check only says whether it is current."
    page = "who-may-write.md"

    def text(self) -> str:
        return document()
