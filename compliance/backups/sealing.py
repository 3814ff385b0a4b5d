"""A backup encrypted on its way out, and opened on its way in, in the format of age (https://age-
encryption.org).

age encrypts in pieces that are numbered and whose last one is marked, so a stream that was cut or put in
another order does not open. What is encrypted needs the public key only: a machine that makes backups need
not be able to read them. The program `age` opens them too.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import pyrage

from compliance.backups.archive import PIECE, Readable
from compliance.backups.errors import BackupError, Damaged

BEGINS = b"age-encryption.org/v1"
SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - how one begins
KINDS = f"a public key (age1…) or a secret one ({SECRET}…), as `script/manage backup --new-key` makes them"


@dataclass(frozen=True, slots=True)
class Key:
    """What BACKUP_KEY says: the public key alone, or the secret one with it."""

    public: pyrage.x25519.Recipient
    secret: pyrage.x25519.Identity | None


def key_of(text: str) -> Key | None:
    """The key in BACKUP_KEY, None where it is empty. Raises BackupError where it is no key."""
    text = text.strip()
    if not text:
        return None
    try:
        if text.upper().startswith(SECRET):
            secret = pyrage.x25519.Identity.from_str(text)
            return Key(secret.to_public(), secret)
        return Key(pyrage.x25519.Recipient.from_str(text), None)
    except (pyrage.IdentityError, pyrage.RecipientError):
        raise BackupError(f"BACKUP_KEY is no key of age: give {KINDS}") from None


def new_key() -> tuple[str, str]:
    """A new key: the public part and the secret one."""
    made = pyrage.x25519.Identity.generate()
    return str(made.to_public()), str(made)


@contextmanager
def encrypted(target: IO[bytes], key: Key | None) -> Iterator[IO[bytes]]:
    """What to write a backup into so that it comes into `target`, encrypted where there is a key."""
    if key is None:
        yield target
        return
    with _thread(lambda source: pyrage.encrypt_io(source, target, [key.public])) as pipe:
        yield pipe


@contextmanager
def _thread(work: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """A pipe whose other end a thread works on; its failure is raised here."""
    out, into = os.pipe()
    failed: list[BaseException] = []

    def run() -> None:
        with os.fdopen(out, "rb", PIECE) as source:
            try:
                work(source)
            except BaseException as error:
                failed.append(error)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    try:
        with os.fdopen(into, "wb", PIECE) as pipe:
            yield pipe
    except BrokenPipeError:
        worker.join()
        if not failed:
            raise
    worker.join()
    if failed:
        raise failed[0]


@contextmanager
def opened(source: IO[bytes], key: Key | None) -> Iterator[Readable]:
    """A backup's stream, opened where it is encrypted. `source` need not be seekable.

    Raises Damaged while it is read where it was cut or changed, and BackupError where the key is missing or
    another.
    """
    start = source.read(len(BEGINS))
    whole = _Joined(start, source)
    if start != BEGINS:
        yield whole
        return
    if key is None or key.secret is None:
        raise BackupError(
            f"the backup is encrypted: set BACKUP_KEY to the secret key ({SECRET}…) that it was made for"
        )
    reading = _Opening(whole, key.secret)
    try:
        yield reading
    finally:
        reading.close()


class _Joined:
    """A stream with what was read of it already."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self.start, self.rest = start, rest

    def read(self, size: int = -1, /) -> bytes:
        if self.start:
            found, self.start = (self.start, b"") if size < 0 else (self.start[:size], self.start[size:])
            return found
        return self.rest.read(size)


class _Opening:
    """A thread opens the pieces and puts them into a pipe, from which this reads."""

    def __init__(self, source: Readable, secret: pyrage.x25519.Identity) -> None:
        out, into = os.pipe()
        self.pipe = os.fdopen(out, "rb", PIECE)
        self.failed: Exception | None = None
        self.worker = threading.Thread(target=self._run, args=(source, into, secret), daemon=True)
        self.worker.start()

    def _run(self, source: Readable, into: int, secret: pyrage.x25519.Identity) -> None:
        try:
            with os.fdopen(into, "wb", PIECE) as target:
                pyrage.decrypt_io(source, target, [secret])
        except Exception as error:
            self.failed = error

    def read(self, size: int = -1, /) -> bytes:
        found = self.pipe.read(size)
        if len(found) < size:
            self.worker.join()
            if self.failed is not None:
                raise self._in_words(self.failed)
        return found

    def _in_words(self, error: Exception) -> BackupError:
        if "No matching keys" in str(error):
            return Damaged("the backup is encrypted for another key than BACKUP_KEY is")
        return Damaged(f"the backup is cut, or was changed: it does not open ({error})")

    def close(self) -> None:
        self.pipe.close()
        self.worker.join(5)
