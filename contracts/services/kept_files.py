"""Kept files held against the SHA-256 in their rows: when one is given out, and all by ``verify_ledger``.

Every table with a file has ``contract``, ``file``, ``size`` (bytes) and ``sha256``, so a subject's files are
looked at as soon as its table is there.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db.models import FileField, Model, QuerySet

from contracts.models import Contract, LedgerEntry
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import after

FOUND = "file_at_fault"
"""The verb of the ledger's entry that a file is not what was kept."""

WATCH = Actor.system("files")
YOUNG = timedelta(hours=1)
"""A younger file without a row may be one whose row is about to be written."""

BLOCK = 1024 * 1024
ASKED_AT_ONCE = 500
log = logging.getLogger(__name__)


class How(StrEnum):
    """What is wrong with a file."""

    ALTERED = "altered"
    CUT = "cut"
    EXCHANGED = "exchanged"
    MISSING = "missing"
    UNKNOWN = "unknown"


SAYS = {
    How.ALTERED: "was altered",
    How.CUT: "was cut",
    How.EXCHANGED: "was exchanged for another file that Duly keeps",
    How.MISSING: "is missing",
    How.UNKNOWN: "belongs to nothing on record",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that is not what its row says; of an ``UNKNOWN`` one there is no row.

    ``kind`` is the row's as people say it ("evidence"), ``row`` its number, ``name`` what the file was called
    when it came, ``stored`` its name in UPLOADS_DIR, ``should`` and ``found`` SHA-256 in hex ("" for none).
    """

    how: How
    stored: str
    kind: str = ""
    row: int = 0
    reference: str = ""
    name: str = ""
    should: str = ""
    found: str = ""

    def __str__(self) -> str:
        if self.how is How.UNKNOWN:
            return f"the file {self.stored} {SAYS[self.how]}"
        found = f", found {self.found}" if self.found else ""
        return (
            f"{self.reference}: the file of {self.kind} {self.row} ({self.stored}) {SAYS[self.how]}:"
            f" its SHA-256 should be {self.should}{found}"
        )


class AtFault(Exception):
    """A file is not given out, because it is not the one that was kept."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def kinds() -> list[type[Model]]:
    """The tables whose rows have a file."""
    return [
        model
        for model in apps.get_models()
        if any(isinstance(field, FileField) for field in model._meta.get_fields())
    ]


def opened(row: Any) -> BinaryIO:
    """The file of a row, held against its hash and open at its beginning. Raises AtFault."""
    try:
        file: BinaryIO = row.file.storage.open(row.file.name, "rb").file
        found, size = _digest(file)
    except (OSError, SuspiciousFileOperation):
        raise AtFault(_fault(row, How.MISSING)) from None
    if found != row.sha256:
        file.close()
        raise AtFault(_fault(row, _how(row, found, size), found))
    file.seek(0)
    return file


def content(row: Any) -> bytes:
    """The bytes of a row's file. Raises Refused on "file", and logs it, where they are not what was kept."""
    try:
        with opened(row) as file:
            return file.read()
    except AtFault as error:
        log.error("%s", error)
        raise Refused(
            "file", f"This file {SAYS[error.fault.how]} on the disk since it was uploaded. Choose it again."
        ) from None


def put_on_record(fault: Fault, row: Any, subject: str, now: datetime) -> None:
    """Log a fault, and put it on the ledger unless it is there. ``subject`` is what the row is about.

    Health counts these entries. 2 queries, and those of an entry.
    """
    log.error("%s", fault)
    payload = {
        "subject": subject,
        "kind": fault.kind,
        "row": fault.row,
        "file": fault.name,
        "how": fault.how,
        "should": fault.should,
        "found": fault.found,
    }
    told = LedgerEntry.objects.filter(contract=row.contract_id, verb=FOUND)
    if not told.filter(payload__contains=payload).exists():
        ledger.record(row.contract, WATCH, FOUND, payload, now)


def count(contract: Contract | None = None) -> int:
    """How many files there should be, of one contract or of all. A query for each table."""
    return sum(_rows(model, contract).count() for model in kinds())


def verify(contract: Contract | None = None, look: Callable[[], object] = lambda: None) -> Iterator[Fault]:
    """Hold every file of a contract, or of all, against its row; one after the other, each read in blocks.

    ``look`` is called after each file.
    """
    for model in kinds():
        rows = _rows(model, contract).order_by("pk")
        for row in rows.iterator(chunk_size=ASKED_AT_ONCE):
            try:
                opened(row).close()
            except AtFault as error:
                yield error.fault
            look()


def unknown(now: datetime) -> Iterator[Fault]:
    """Files in UPLOADS_DIR, older than an hour, that belong to no row: a dead process left them, or they
    were laid there.
    """
    old = after(now, -YOUNG).timestamp()
    root = Path(default_storage.location)  # type: ignore[attr-defined]
    names = (str(path.relative_to(root)) for path in _files_under(root) if path.lstat().st_mtime < old)
    while some := list(islice(names, ASKED_AT_ONCE)):
        known: set[str] = set()
        for model in kinds():
            known.update(model._default_manager.filter(file__in=some).values_list("file", flat=True))
        yield from (Fault(How.UNKNOWN, name) for name in some if name not in known)


def _files_under(root: Path) -> Iterator[Path]:
    for folder, inner, names in os.walk(root):
        inner.sort()
        yield from (Path(folder) / name for name in sorted(names))


def _rows(model: type[Model], contract: Contract | None) -> QuerySet[Any]:
    rows = model._default_manager.exclude(file="")
    return rows if contract is None else rows.filter(contract=contract)


def _digest(file: BinaryIO) -> tuple[str, int]:
    """SHA-256 in hex, and how many bytes there are."""
    digest, size = hashlib.sha256(), 0
    while block := file.read(BLOCK):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def _how(row: Any, found: str, size: int) -> How:
    if any(model._default_manager.filter(sha256=found).exists() for model in kinds()):
        return How.EXCHANGED
    return How.CUT if size < row.size else How.ALTERED


def _fault(row: Any, how: How, found: str = "") -> Fault:
    return Fault(
        how=how,
        stored=row.file.name or "",
        kind=str(row._meta.verbose_name),
        row=row.pk,
        reference=_reference(row),
        name=called(row),
        should=row.sha256,
        found=found,
    )


def called(row: Any) -> str:
    """What a row's file was called when it came; of one without a name what the row is called."""
    names: Sequence[str] = ("file_name", "name")
    for name in names:
        if hasattr(row, name):
            return str(getattr(row, name))
    try:
        return str(row)
    except ObjectDoesNotExist:  # it is called by a row that somebody deleted
        return f"{row._meta.verbose_name} {row.pk}"


def _reference(row: Any) -> str:
    """The reference of a row's contract, also where somebody deleted that."""
    try:
        return str(row.contract.reference)
    except ObjectDoesNotExist:
        return f"number {row.contract_id}"
