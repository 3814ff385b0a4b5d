"""Puts a backup back, or only looks whether it could be.

All of it is read and proved before anything is changed for good: rows go into a transaction that is
committed last, files into a folder of their own that is put in place just before. What fails on the way
leaves all as it was.
"""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg2
from psycopg2 import sql

from compliance.backups import dumping
from compliance.backups.archive import DATABASE, FILES, PIECE, Member, Reader
from compliance.backups.dumping import Dump, Server, Unzipped
from compliance.backups.errors import BackupError, Damaged
from compliance.backups.sealing import Key, opened

UNPACKED, ASIDE = ".restoring-", ".before-restore-"
SETTLING_SECONDS = 3
"""A connection that was closed is listed for a moment still."""
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Found:
    """A backup that was read whole: what its head and its end say."""

    head: dict[str, Any]
    end: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backup goes: a database as its owner, the application's role there, the folder of uploads."""

    server: Server
    app_role: str
    app_password: str
    uploads: Path


def verify(source: IO[bytes], key: Key | None, secret_key: str | None) -> Found:
    """Read a backup to its end without keeping anything. Raises BackupError where it is not to be trusted."""
    with opened(source, key) as stream, closing(Reader(stream, secret_key)) as reader:
        dump = _Parts(reader.members())
        unpacked = Unzipped(dump)
        while unpacked.read(PIECE):
            continue
        for member in dump.rest():
            _relative(member.name)
    return Found(reader.head, reader.end)


def restore(
    source: IO[bytes],
    place: Place,
    key: Key | None,
    secret_key: str | None,
    now: datetime,
    *,
    replace: bool,
    known: Callable[[str, str], bool],
    say: Callable[[str], None],
) -> Found:
    """Put a backup into an empty database and an upload folder.

    With `replace` what the database holds goes, in the same transaction. `known` says whether this release
    knows a migration. Raises BackupError, and then nothing was changed.
    """
    with (
        opened(source, key) as stream,
        closing(Reader(stream, secret_key)) as reader,
        closing(_connected(place)) as connection,
    ):
        _refuse_what_does_not_fit(reader.head, connection, place, known)
        say(f"a backup of {reader.head['moment']}")
        with connection.cursor() as cursor, _unpacking(place.uploads, now) as folder:
            _make_room(cursor, place, replace=replace)
            members = _Parts(reader.members())
            say("the database")
            _lay_in(cursor, members)
            say("the files")
            for member in members.rest():
                _keep(member, folder)
            _refuse_others(cursor)
            with _in_place(folder, place.uploads, now):
                connection.commit()
    return Found(reader.head, reader.end)


def _connected(place: Place) -> Any:
    try:
        return place.server.connect()
    except psycopg2.OperationalError as error:
        raise BackupError(f"the database does not answer: {str(error).strip().splitlines()[0]}") from None


def _refuse_what_does_not_fit(
    head: dict[str, Any], connection: Any, place: Place, known: Callable[[str, str], bool]
) -> None:
    """Refuses a backup of a newer release, of a newer server, or of roles that are called otherwise."""
    newer = sorted(f"{app} {name}" for app, name in head["migrations"] if not known(app, name))
    if newer:
        raise BackupError(
            f"the backup is of a newer release of Duly: this one does not know {newer[0]}"
            + (f" and {len(newer) - 1} more migrations" if len(newer) > 1 else "")
            + "; restore it with the release that made it, or a later one"
        )
    server, made_on = connection.server_version // 10000, int(head["server"]) // 10000
    if server < made_on:
        raise BackupError(
            f"the backup is of PostgreSQL {made_on}; this server is {server}: take one of {made_on} or later"
        )
    here = {"owner": place.server.parameters.get("user"), "application": place.app_role}
    for role, name in head["roles"].items():
        if here[role] != name:
            raise BackupError(
                f"the backup's rights are those of the {role}'s role {name!r}, which is {here[role]!r} here: "
                "give both roles the names they had"
            )


def _make_room(cursor: Any, place: Place, *, replace: bool) -> None:
    _refuse_others(cursor)
    if not replace and not dumping.is_empty(cursor):
        raise BackupError(
            "the database is not empty: restore into an empty one, or give --replace to have what it holds "
            "thrown away"
        )
    role = sql.Identifier(place.app_role)
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [place.app_role])
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        if place.app_password:
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(place.app_password)))
    cursor.execute("SET LOCAL lock_timeout = '10s'")
    try:
        dumping.clear(cursor, place.app_role)
    except psycopg2.errors.LockNotAvailable:
        raise BackupError("the database is in use: somebody holds a table") from None
    cursor.execute("SET LOCAL lock_timeout = 0")


def _refuse_others(cursor: Any) -> None:
    until = time.monotonic() + SETTLING_SECONDS
    while (others := dumping.others(cursor)) and time.monotonic() < until:
        time.sleep(0.2)
    if others:
        raise BackupError(
            f"the database is in use by {', '.join(others[:5])}: stop web, worker and beat, and whatever "
            "else uses it"
        )


def _lay_in(cursor: Any, members: _Parts) -> None:
    try:
        Dump(Unzipped(members)).lay_into(cursor)
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise BackupError(
            f"PostgreSQL refused what the backup holds: {reason}; nothing was changed"
        ) from error


class _Parts:
    """The database's parts as one stream; what follows them is left for `rest`."""

    def __init__(self, members: Iterator[Member]) -> None:
        self.members = members
        self.now: Member | None = None
        self.next: Member | None = None
        self.over = False

    def read(self, size: int = PIECE, /) -> bytes:
        while not self.over:
            if self.now is not None and (found := self.now.content.read(size)):
                return found
            following = next(self.members, None)
            if following is None or not following.name.startswith(DATABASE):
                self.over, self.next = True, following
            self.now = following
        return b""

    def rest(self) -> Iterator[Member]:
        """The members after the database."""
        while self.read(PIECE):
            continue
        yield from itertools.chain([self.next] if self.next else [], self.members)


@contextmanager
def _unpacking(uploads: Path, now: datetime) -> Iterator[Path]:
    """A folder for the files, within that of the uploads so that putting them in place is a rename."""
    folder = uploads / f"{UNPACKED}{now.strftime(STAMP)}"
    try:
        uploads.mkdir(parents=True, exist_ok=True)
        for left in uploads.glob(f"{UNPACKED}*"):
            shutil.rmtree(left)
        folder.mkdir(mode=0o700)
        yield folder
    except OSError as error:
        raise BackupError(
            f"the files cannot be put into {uploads}: {error.strerror}; nothing was changed"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _relative(name: str) -> PurePosixPath:
    path = PurePosixPath(name.removeprefix(FILES))
    if (
        not name.startswith(FILES)
        or path.is_absolute()
        or not path.parts
        or any(p.startswith(".") for p in path.parts)
    ):
        raise Damaged(f"the backup holds {name!r}, which Duly never writes")
    return path


def _keep(member: Member, folder: Path) -> None:
    target = folder / _relative(member.name)
    for parent in reversed(target.relative_to(folder).parents):
        (folder / parent).mkdir(mode=0o700, exist_ok=True)
    with target.open("xb") as file:
        target.chmod(0o600)
        while piece := member.content.read(PIECE):
            file.write(piece)


@contextmanager
def _in_place(folder: Path, uploads: Path, now: datetime) -> Iterator[None]:
    """Moves what is there aside and the files in; takes that back where what follows fails."""
    aside = uploads / f"{ASIDE}{now.strftime(STAMP)}"
    moved: list[tuple[Path, Path]] = []

    def move(source: Path, target: Path) -> None:
        source.rename(target)
        moved.append((source, target))

    try:
        for old in sorted(uploads.iterdir()):
            if not old.name.startswith((UNPACKED, ASIDE)):
                aside.mkdir(mode=0o700, exist_ok=True)
                move(old, aside / old.name)
        for new in sorted(folder.iterdir()):
            move(new, uploads / new.name)
        yield
    except BaseException:
        for source, target in reversed(moved):
            target.rename(source)
        if aside.exists():
            aside.rmdir()
        raise


def kept_aside(uploads: Path, now: datetime) -> Path | None:
    """Where the files that were there before were put, if there were any."""
    aside = uploads / f"{ASIDE}{now.strftime(STAMP)}"
    return aside if aside.exists() else None
