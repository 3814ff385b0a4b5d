"""The files that rows name: every FileField of every model, with the SHA-256 kept beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import FileField
from psycopg2 import sql

from compliance.backups.archive import PIECE
from compliance.backups.dumping import Snapshot

SHA256 = "sha256"
"""The column beside a file that keeps its hash."""


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a row names. ``sha256`` is what the row says, "" where it says nothing."""

    storage: Any
    name: str
    sha256: str
    by: str


def files(snapshot: Snapshot) -> Iterator[Named]:
    """All of them, by table and name."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        fields = {field.name: field for field in model._meta.local_concrete_fields}
        for field in fields.values():
            if isinstance(field, FileField):
                yield from _of(snapshot, model, field, fields.get(SHA256))


def _of(snapshot: Snapshot, model: Any, field: FileField, kept: Any) -> Iterator[Named]:
    column = sql.Identifier(field.column)
    statement = sql.SQL("SELECT {file}, {sha256} FROM {table} WHERE {file} <> '' ORDER BY 1").format(
        file=column,
        sha256=sql.Identifier(kept.column) if kept else sql.Literal(""),
        table=sql.Identifier(model._meta.db_table),
    )
    for name, sha256 in snapshot.rows(statement):
        yield Named(field.storage, name, sha256 or "", model._meta.label)


def faults(snapshot: Snapshot) -> Iterator[str]:
    """What is wrong with the files on disk, in words: missing, or not those that the rows name."""
    for one in files(snapshot):
        if wrong := fault(one):
            yield wrong


def fault(one: Named, digest: str | None = None) -> str | None:
    """What is wrong with one file. `digest` is its SHA-256 where that is known already."""
    if digest is None:
        try:
            digest = digest_of(one)
        except OSError as error:
            return f"{one.name}: {error.strerror or 'it cannot be read'} ({one.by})"
    if one.sha256 and digest != one.sha256:
        return f"{one.name}: altered, it is not the file that its row names ({one.by})"
    return None


def digest_of(one: Named) -> str:
    """The SHA-256 of the file on disk. Raises OSError where it cannot be read."""
    total = hashlib.sha256()
    with one.storage.open(one.name) as file:
        while piece := file.read(PIECE):
            total.update(piece)
    return total.hexdigest()
