"""The file of seals, outside the database: a line a seal. A seal table that was cut is found by it."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from contracts.models import Seal
from contracts.services.canonical import canonical
from contracts.services.seals.payload import NoSeal, Sealed, hash_of, read

NAME = "seals.jsonl"
LOOKED_BACK = 64 * 1024
log = logging.getLogger(__name__)


def place() -> Path:
    """The file, in SEALS_DIR."""
    return Path(settings.SEALS_DIR) / NAME


def append_missing() -> int:
    """Append the seals of the database that the file does not end with yet; gives how many.

    A failure is logged and keeps nothing from being sealed: the next seal appends what is missing.
    """
    try:
        return _append_missing(place())
    except (OSError, NoSeal) as error:
        log.error("seals could not be appended to %s: %s", place(), error)
        return 0


def _append_missing(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last(file)
        newest = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
        number = last.number if last else 0
        if number > newest:
            log.error(
                "%s ends with seal %d and the database with seal %d: seals were taken out of the database, or"
                " an earlier backup was restored (script/manage verify_ledger --seals %s)",
                path, number, newest, path,
            )  # fmt: skip
        added = 0
        for row in Seal.objects.filter(number__gt=number).order_by("number").iterator(chunk_size=100):
            file.write(line(row).encode() + b"\n")
            added += 1
        file.flush()
        os.fsync(file.fileno())
    return added


def line(row: Seal) -> str:
    """A seal as the file has it."""
    return canonical({"hash": row.hash, "payload": row.payload, "signature": row.signature})


def read_line(text: str) -> Sealed:
    """A seal from a line of the file. Raises NoSeal."""
    try:
        said = json.loads(text)
        sealed = read(str(said["payload"]), str(said["hash"]), str(said["signature"]))
    except (ValueError, KeyError, TypeError) as error:
        raise NoSeal("it is not a line of a file of seals") from error
    if hash_of(sealed.text) != sealed.hash:
        raise NoSeal("its text does not have the hash that it names")
    return sealed


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file of seals with their numbers, from 1. Raises OSError."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, text in enumerate(file, start=1):
            yield number, text.rstrip("\n")


def _last(file: BinaryIO) -> Sealed | None:
    """The seal of the last whole line; what was begun after it, as a machine went down, is taken away."""
    size = file.seek(0, os.SEEK_END)
    back = min(size, LOOKED_BACK)
    while True:
        file.seek(size - back)
        end = file.read(back)
        whole, newline, _ = end.rpartition(b"\n")
        before = whole.rfind(b"\n")
        if back == size or (newline and before >= 0):
            break
        back = min(size, back * 8)
    keep = size - back + len(whole) + len(newline)
    if keep < size:
        file.truncate(keep)
    file.seek(keep)
    return read_line(whole[before + 1 :].decode()) if newline else None
