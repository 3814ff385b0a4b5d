"""The stream of a backup: a tar that any `tar` reads, whose last members say what came before.

In this order: `head.json`; the database's dump, compressed, in parts (`database/000001`, …: put together
they are one gzip file of SQL); each file as `files/NAME`; `sums.txt`, a line of SHA-256 and name for each
member before it; and `end.json`, the hash of those sums with what the backup holds and a code made with the
installation's key. A stream that ends earlier is cut. Memory does not grow with what is in it: the lines
wait in a temporary file.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Protocol

from compliance.backups.errors import Damaged

FORMAT = 1
HEAD, SUMS, END = "head.json", "sums.txt", "end.json"
DATABASE, FILES = "database/", "files/"
PIECE = 1024 * 1024
"""Bytes read at a time."""
PART = 8 * PIECE
"""Bytes of the dump in one member."""
LARGEST_JSON = 16 * PIECE
KEPT_IN_MEMORY = PIECE
LABEL = b"duly backup 1\n"


class Readable(Protocol):
    """What gives bytes until it gives none."""

    def read(self, size: int = ..., /) -> bytes: ...


def code_of(key: str, sums: str, end: dict[str, Any]) -> str:
    """What only a holder of the installation's key can make of these sums: HMAC-SHA256, in hexadecimal."""
    said = json.dumps({**end, "code": None, "sums": sums}, sort_keys=True).encode()
    return hmac.new(hashlib.sha256(LABEL + key.encode()).digest(), said, hashlib.sha256).hexdigest()


class Writer:
    """Writes the members in order into `target`. Nothing is whole before `finish`."""

    def __init__(self, target: IO[bytes], head: dict[str, Any]) -> None:
        self.tar = tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT, bufsize=PIECE)  # noqa: SIM115
        self.lines: IO[bytes] = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115
        self.bytes = {DATABASE: 0, FILES: 0}
        self.files = 0
        self._json(HEAD, {"format": FORMAT, **head})

    def database(self, dump: Readable) -> None:
        """The dump, read to its end."""
        number = 0
        while part := _full(dump, PART):
            number += 1
            self._add(f"{DATABASE}{number:06d}", len(part), io.BytesIO(part))
            self.bytes[DATABASE] += len(part)

    def file(self, name: str, size: int, content: Readable) -> str:
        """One file; returns its SHA-256. Raises OSError where it has fewer bytes than `size`."""
        self.files += 1
        self.bytes[FILES] += size
        return self._add(f"{FILES}{name}", size, content)

    def finish(self, key: str, **told: Any) -> dict[str, Any]:
        """The last members. Returns what the end says."""
        size = self.lines.seek(0, io.SEEK_END)
        self.lines.seek(0)
        sums = self._add(SUMS, size, self.lines, listed=False)
        end: dict[str, Any] = {
            "sums": sums,
            "database_bytes": self.bytes[DATABASE],
            "files": self.files,
            "file_bytes": self.bytes[FILES],
            **told,
        }
        end["code"] = code_of(key, sums, end)
        self._json(END, end, listed=False)
        self.tar.close()
        return end

    def close(self) -> None:
        """Lets go of everything, also of a stream that was not finished."""
        with suppress(OSError, ValueError):
            self.tar.close()
        self.lines.close()

    def _json(self, name: str, said: dict[str, Any], *, listed: bool = True) -> None:
        content = json.dumps(said, indent=1).encode()
        self._add(name, len(content), io.BytesIO(content), listed=listed)

    def _add(self, name: str, size: int, content: Readable, *, listed: bool = True) -> str:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        hashed = _Hashing(content, size)
        self.tar.addfile(member, hashed)
        if listed:
            self.lines.write(_line(hashed.digest, name))
        return hashed.digest


@dataclass(frozen=True, slots=True)
class Member:
    """One member while it streams by. What is not read of it is read over before the next."""

    name: str
    size: int
    content: Readable


class Reader:
    """Reads a stream once, in order. `members` gives what lies between the head and the sums.

    Raises Damaged as soon as something is not what was written; all of it is proved only when `members` is
    at its end. `end` is then what the backup says of itself.
    """

    def __init__(self, source: Readable, key: str | None) -> None:
        """`key` is the installation's, None where another's backup is taken as it is."""
        self.key = key
        self.lines: IO[bytes] = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115
        self.sums = hashlib.sha256()
        self.end: dict[str, Any] = {}
        try:
            self.tar = tarfile.open(fileobj=_Unended(source), mode="r|", bufsize=PIECE)  # type: ignore[call-overload]  # noqa: SIM115
            first = self.tar.next()
        except tarfile.TarError:
            raise Damaged("this is no backup of Duly, or its beginning is lost") from None
        if first is None or first.name != HEAD:
            raise Damaged("this is no backup of Duly: it does not begin as one")
        self.head = self._json(first, listed=True)
        if self.head.get("format") != FORMAT:
            raise Damaged(
                f"this backup has the format {self.head.get('format')}; this release reads {FORMAT}: "
                "restore it with the release that made it, or a later one"
            )

    def members(self) -> Iterator[Member]:
        """The database's parts and the files, in their order."""
        while (member := self._next()) is not None:
            if member.name == SUMS:
                self._prove(member)
                return
            if not member.isreg() or not member.name.startswith((DATABASE, FILES)):
                raise Damaged(f"the backup holds {member.name!r}, which Duly never writes")
            content = _Hashing(self._content(member), member.size)
            yield Member(member.name, member.size, content)
            content.read_over(member.name)
            self._note(_line(content.digest, member.name))
        raise Damaged("the backup is cut: it stops before its end")

    def close(self) -> None:
        self.lines.close()

    def _prove(self, member: tarfile.TarInfo) -> None:
        self._compare(member)
        last = self._next()
        if last is None or last.name != END:
            raise Damaged("the backup is cut: its last part is missing")
        self.end = self._json(last, listed=False)
        if self.end.get("sums") != self.sums.hexdigest():
            raise Damaged("the backup was changed: its list of parts is not the one it was made with")
        if self.key is not None and not hmac.compare_digest(
            str(self.end.get("code")), code_of(self.key, self.sums.hexdigest(), self.end)
        ):
            raise Damaged(
                "the backup was made with another SECRET_KEY, or was changed since: set the SECRET_KEY that "
                "it was made with, or give --other-secret-key to take it as it is"
            )
        if self._next() is not None:
            raise Damaged("the backup was changed: something follows its end")

    def _compare(self, member: tarfile.TarInfo) -> None:
        """Holds what streamed by against the list at the end, line by line, and names what differs."""
        self.lines.seek(0)
        listed = io.BufferedReader(_Raw(_Hashing(self._content(member), member.size)), PIECE)
        for line in listed:
            found = self.lines.readline()
            if line != found:
                name, was = (each.decode(errors="replace").strip()[66:] for each in (line, found))
                if name == was:
                    raise Damaged(f"the backup was changed: {name} is not what was written")
                raise Damaged(f"the backup was changed: it holds {was or 'nothing'} where {name} was written")
        if extra := self.lines.readline():
            raise Damaged(f"the backup was changed: {extra.decode(errors='replace').strip()[66:]} was added")

    def _json(self, member: tarfile.TarInfo, *, listed: bool) -> dict[str, Any]:
        if member.size > LARGEST_JSON:
            raise Damaged(f"the backup's {member.name} cannot be read")
        content = _Hashing(self._content(member), member.size)
        text = _full(content, member.size)
        content.read_over(member.name)
        if listed:
            self._note(_line(content.digest, member.name))
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Damaged(f"the backup's {member.name} cannot be read")
        return found

    def _note(self, line: bytes) -> None:
        self.lines.write(line)
        self.sums.update(line)

    def _next(self) -> tarfile.TarInfo | None:
        try:
            found: tarfile.TarInfo | None = self.tar.next()
            return found
        except tarfile.TarError:
            raise Damaged("the backup is cut, or was changed: what follows cannot be read") from None

    def _content(self, member: tarfile.TarInfo) -> Readable:
        found: Readable | None = self.tar.extractfile(member)
        if found is None:
            raise Damaged(f"the backup's {member.name} cannot be read")
        return found


class _Hashing:
    """Reads exactly `size` bytes of something and hashes them on the way."""

    def __init__(self, source: Readable, size: int) -> None:
        self.source, self.left, self.hash = source, size, hashlib.sha256()

    @property
    def digest(self) -> str:
        return self.hash.hexdigest()

    def read(self, size: int = -1, /) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        try:
            found = self.source.read(wanted) if wanted else b""
        except tarfile.TarError:
            found = b""
        self.left -= len(found)
        self.hash.update(found)
        return found

    def read_over(self, name: str) -> None:
        """Reads what is left. Raises Damaged where there is less than there should be."""
        while self.read(PIECE):
            continue
        if self.left:
            raise Damaged(f"the backup is cut: it stops within {name}")


class _Raw(io.RawIOBase):
    """Something readable as what a BufferedReader reads lines of."""

    def __init__(self, source: Readable) -> None:
        self.source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        found = self.source.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


class _Unended:
    """A source that gives full reads, as tarfile takes a short one for the end."""

    def __init__(self, source: Readable) -> None:
        self.source = source

    def read(self, size: int, /) -> bytes:
        return _full(self.source, size)


def _full(source: Readable, size: int) -> bytes:
    """`size` bytes, or fewer at the end."""
    found = bytearray()
    while len(found) < size and (piece := source.read(min(PIECE, size - len(found)))):
        found += piece
    return bytes(found)


def _line(digest: str, name: str) -> bytes:
    return f"{digest}  {name}\n".encode(errors="surrogateescape")
