"""A database kept in one file: written by PostgreSQL's own pg_dump, laid into an empty database anywhere."""

from __future__ import annotations

import io
import lzma
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from compliance import places
from compliance.embedded.postgres import DATABASE, SUPERUSER, Postgres, programs_folder
from tests.support.database import connect

RELEASES = places.ROOT / "tests" / "data" / "releases"
"""A folder for each release, named by its day."""

DUMP, SAYS = "database.sql.xz", "says.json"

KEY = "the key of a database that is thrown away"
"""The SECRET_KEY of who makes a dump: what is on record there is signed with it."""

COPY = re.compile(r"COPY .* FROM stdin;\n")
COPY_ENDS = "\\.\n"

#: Settings of the session that wrote it. An older server may not know one of them, and none is needed.
OF_A_SESSION = re.compile(
    r"(?m)^(SET \w+ = .*;|SELECT pg_catalog\.set_config\(.*\);|\\(un)?restrict .*|--.*)\n"
)


@dataclass(frozen=True, slots=True)
class Part:
    """Statements, or the rows of one table with the statement that takes them in."""

    statement: str
    rows: str | None = None


def folder_of(released: date) -> Path:
    return RELEASES / released.isoformat()


def write(server: Postgres, target: Path) -> int:
    """Write the whole database into a compressed file; returns its size in bytes.

    The same rows give the same file: what names the run that wrote it is left out.
    """
    program = programs_folder() / "pginstall" / "bin" / "pg_dump"
    wanted = ["--no-owner", "--no-privileges", "--no-comments", "--encoding=UTF8"]
    address = ["-h", str(server.sockets), "-U", SUPERUSER, DATABASE]
    written = subprocess.run([program, *wanted, *address], check=True, capture_output=True, text=True)
    plain = "".join(
        part.statement + (part.rows + COPY_ENDS if part.rows is not None else "")
        for part in parts(written.stdout)
    )
    compressed = lzma.compress(plain.encode(), preset=9 | lzma.PRESET_EXTREME)
    target.write_bytes(compressed)
    return len(compressed)


def parts(text: str) -> Iterator[Part]:
    """A dump in its order, without what concerns only the session that wrote it."""
    place = 0
    while found := COPY.search(text, place):
        yield Part(OF_A_SESSION.sub("", text[place : found.start()]))
        end = text.index(f"\n{COPY_ENDS}", found.end() - 1) + 1
        yield Part(found.group(), text[found.end() : end])
        place = end + len(COPY_ENDS)
    yield Part(OF_A_SESSION.sub("", text[place:]))


def lay_into(owner_url: str, source: Path) -> None:
    """Make the tables of the dump with their rows in an empty database, as its owner."""
    with closing(connect(owner_url)) as connection, connection.cursor() as cursor:
        for part in parts(lzma.decompress(source.read_bytes()).decode()):
            _run(cursor, part)


def _run(cursor: Any, part: Part) -> None:
    if part.rows is not None:
        cursor.copy_expert(part.statement, io.StringIO(part.rows))
    elif part.statement.strip():
        cursor.execute(part.statement)
