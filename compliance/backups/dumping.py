"""What a backup asks of PostgreSQL: one moment of all rows, as the SQL of pg_dump, and that SQL laid into a
database.

pg_dump comes with the embedded PostgreSQL, also in the image; a later one on the PATH is used where the
server is newer. Laying in needs no program: statements and rows go over one connection, in one transaction,
so that a restore that fails leaves nothing behind.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from compliance.backups.archive import PIECE, Readable
from compliance.backups.errors import BackupError, Damaged
from compliance.embedded.postgres import programs_folder
from compliance.embedded.user import EmbeddedError
from contracts.services.files import BACKED_UP

LEFT_OUT = ("public.django_session", "public.contracts_session", "duly.secret")
"""Tables whose rows no backup holds: who is signed in, and the key of this database, which the next start
writes."""

COPY = re.compile(rb"COPY .* FROM stdin;\n")
OF_A_SESSION = re.compile(rb"(?m)^(SET transaction_timeout = .*;|\\(un)?restrict .*)\n")
"""Lines that an older server, or one that is no psql, does not know."""
COMMENT = re.compile(rb"(?m)^--.*$")
AT_A_TIME = 64 * 1024
"""Bytes of the dump looked at together."""
LARGEST_STATEMENT = 64 * PIECE
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A database and who we are there: psycopg2's parameters."""

    parameters: dict[str, Any]

    def connect(self) -> Any:
        return psycopg2.connect(**self.parameters)


def of_django() -> Server:
    """The database that Django is set up with, in a connection of its own."""
    from django.db import connection

    given = connection.get_connection_params()
    wanted = ("dbname", "database", "user", "password", "host", "port", "sslmode", "sslrootcert", "options")
    return Server({name: given[name] for name in wanted if given.get(name)})


class Snapshot:
    """The database as it was at one moment, for as long as this is open; meanwhile no file is thrown away."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.connection = server.connect()
        try:
            self._keep_files()
            self.connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
            self.name, self.moment, self.version, self.owner = self.row(
                "SELECT pg_export_snapshot(), now(), current_setting('server_version_num')::int, current_user"
            )
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.connection.close()

    def row(self, statement: str) -> tuple[Any, ...]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            found: tuple[Any, ...] = cursor.fetchone()
        return found

    def rows(self, statement: sql.Composable | str) -> Iterator[tuple[Any, ...]]:
        """The rows a statement finds, a few thousand at a time."""
        with self.connection.cursor("backup_rows") as cursor:
            cursor.execute(statement)
            yield from cursor

    def _keep_files(self) -> None:
        """From here on files that no row names any more are left for later (``files.let_go``)."""
        self.connection.autocommit = True
        with self.connection.cursor() as cursor:
            try:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{PATIENCE_SECONDS}s"])
                cursor.execute("SELECT pg_advisory_lock(%s)", [BACKED_UP])
                cursor.execute("SELECT set_config('lock_timeout', '0', false)")
            except psycopg2.errors.LockNotAvailable:
                raise BackupError("another backup is being made: wait for it") from None
        self.connection.autocommit = False

    @contextmanager
    def dump(self) -> Iterator[IO[bytes]]:
        """The database as gzipped SQL. Raises BackupError where pg_dump fails, when it is read to its end."""
        address = {name: each for name, each in self.server.parameters.items() if name != "password"}
        command = [
            *(str(pg_dump_for(self.version)), f"--snapshot={self.name}", "--no-owner", "--encoding=UTF8"),
            *("--no-publications", "--no-subscriptions", "--no-tablespaces", "--compress=5"),
            *(f"--exclude-table-data={table}" for table in LEFT_OUT),
            f"--dbname={psycopg2.extensions.make_dsn(**address)}",
        ]
        environment = {**os.environ, "PGPASSWORD": str(self.server.parameters.get("password") or "")}
        with tempfile.TemporaryFile() as errors:
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment)
            assert child.stdout is not None
            try:
                with child.stdout:
                    yield child.stdout
            finally:
                status = _ended(child)
            if status:
                errors.seek(0)
                raise BackupError(f"pg_dump failed: {_last(errors.read())}")


def _ended(child: subprocess.Popen[bytes]) -> int:
    try:
        return child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _last(said: bytes) -> str:
    return (
        [line for line in said.decode(errors="replace").splitlines() if line.strip()] or ["no reason given"]
    )[-1]


def pg_dump_for(server_version: int) -> Path:
    """A pg_dump that can read a server of this version (``server_version_num``). Raises BackupError with what
    to do."""
    wanted = server_version // 10000
    found: list[int] = []
    for program in _candidates():
        if (major := _major(program)) is not None:
            if major >= wanted:
                return program
            found.append(major)
    has = f"the one here is of {max(found)}" if found else "there is none here"
    raise BackupError(
        f"the server is PostgreSQL {wanted}, which only a pg_dump of {wanted} or later can read, and {has}: "
        f"install one (on Debian: apt-get install postgresql-client-{wanted})"
    )


def _candidates() -> Iterator[Path]:
    """The one of the embedded PostgreSQL, then the system's."""
    with suppress(EmbeddedError):
        yield programs_folder() / "pginstall" / "bin" / "pg_dump"
    if system := shutil.which("pg_dump"):
        yield Path(system)


def _major(program: Path) -> int | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\s(\d+)[.\w]*", said.stdout)
    return int(found[1]) if found and said.returncode == 0 else None


class Unzipped:
    """Gzipped bytes as what they were, a piece at a time. Raises Damaged where they end early."""

    def __init__(self, source: Readable) -> None:
        self.source, self.inflate = source, zlib.decompressobj(wbits=31)
        self.waiting = b""

    def read(self, size: int = PIECE, /) -> bytes:
        while not self.inflate.eof:
            data = self.waiting or self.source.read(PIECE)
            if not data:
                raise Damaged("the backup's database is cut")
            try:
                found = self.inflate.decompress(data, size)
            except zlib.error:
                raise Damaged("the backup's database was changed: it does not unpack") from None
            self.waiting = self.inflate.unconsumed_tail
            if found:
                return found
        return b""


class Dump:
    """A dump as it streams by: statements, and the rows of a table after its COPY statement."""

    def __init__(self, source: Readable) -> None:
        self.source, self.buffer, self.at_end = source, b"", False
        self.failed: Exception | None = None

    def lay_into(self, cursor: Any) -> None:
        """Runs all of it on `cursor`, in its transaction."""
        statements = bytearray()
        while line := self._line():
            if COPY.fullmatch(line):
                _run(cursor, statements)
                statements.clear()
                self._copy(cursor, line.decode())
            else:
                statements += line
                if len(statements) > LARGEST_STATEMENT:
                    raise Damaged("the backup's database holds a statement longer than Duly writes")
        _run(cursor, statements)

    def _copy(self, cursor: Any, statement: str) -> None:
        rows = _Rows(self)
        try:
            cursor.copy_expert(statement, rows, AT_A_TIME)
        except psycopg2.Error:
            if self.failed:
                raise self.failed from None
            raise
        while not rows.ended:
            rows.read()

    def more(self) -> bool:
        """Reads on. Whether there was more."""
        if self.at_end:
            return False
        try:
            piece = self.source.read(AT_A_TIME)
        except Exception as error:
            self.failed = error  # psycopg2 would say only that reading failed
            raise
        self.at_end = not piece
        self.buffer += piece
        return bool(piece)

    def _line(self) -> bytes:
        while (end := self.buffer.find(b"\n") + 1) == 0:
            if len(self.buffer) > LARGEST_STATEMENT:
                raise Damaged("the backup's database holds a line longer than Duly writes")
            if not self.more():
                end = len(self.buffer)
                break
        line, self.buffer = self.buffer[:end], self.buffer[end:]
        return line


class _Rows:
    """The rows after a COPY statement, up to the line that ends them."""

    def __init__(self, dump: Dump) -> None:
        self.dump, self.ended, self.at_line_start = dump, False, True

    def read(self, size: int = AT_A_TIME, /) -> bytes:
        dump = self.dump
        while not self.ended:
            if self.at_line_start and dump.buffer.startswith(b"\\.\n"):
                self.ended, dump.buffer = True, dump.buffer[3:]
                break
            end = dump.buffer.find(b"\n\\.\n") + 1 or dump.buffer.rfind(b"\n") + 1
            if end and not (self.at_line_start and dump.buffer == b"\\."):
                end = min(end, size)
                found, dump.buffer = dump.buffer[:end], dump.buffer[end:]
                self.at_line_start = found.endswith(b"\n")
                return found
            if not dump.more():
                dump.failed = Damaged("the backup's database is cut within a table's rows")
                raise dump.failed
        return b""


def _run(cursor: Any, statements: bytes | bytearray) -> None:
    text = OF_A_SESSION.sub(b"", bytes(statements))
    if COMMENT.sub(b"", text).strip():
        cursor.execute(text)


def others(cursor: Any) -> list[str]:
    """Who else is connected to this database, as "role (program)"."""
    cursor.execute("SELECT pg_stat_clear_snapshot()")  # what this transaction saw before
    cursor.execute(
        "SELECT usename, application_name FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND usename IS NOT NULL ORDER BY usename"
    )
    return [f"{user} ({program})" if program else str(user) for user, program in cursor.fetchall()]


OURS = """
    SELECT n.nspname, c.relname, c.relkind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i', 'a'))
"""


def is_empty(cursor: Any) -> bool:
    """Whether the database holds no table."""
    cursor.execute(f"SELECT NOT EXISTS ({OURS})")
    return bool(cursor.fetchone()[0])


def clear(cursor: Any, app_role: str) -> None:
    """Takes all away that a restore makes anew: schemas, tables, functions, types, and rights on what is to
    come."""
    cursor.execute(
        "SELECT nspname FROM pg_namespace"
        " WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')"
    )
    for (schema,) in cursor.fetchall():
        cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
    words = {"v": "VIEW", "m": "MATERIALIZED VIEW", "S": "SEQUENCE", "f": "FOREIGN TABLE"}
    cursor.execute(OURS)
    for schema, name, kind in cursor.fetchall():
        cursor.execute(
            sql.SQL("DROP {} IF EXISTS {} CASCADE").format(
                sql.SQL(words.get(kind, "TABLE")), sql.Identifier(schema, name)
            )
        )
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype IN ('e', 'i'))"
    )
    for (function,) in cursor.fetchall():
        cursor.execute(sql.SQL("DROP ROUTINE IF EXISTS {} CASCADE").format(sql.SQL(function)))
    cursor.execute(
        "SELECT t.oid::regtype::text FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace"
        " AND t.typtype IN ('d', 'e', 'c', 'r')"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype IN ('e', 'i'))"
    )
    for (name,) in cursor.fetchall():
        cursor.execute(sql.SQL("DROP TYPE IF EXISTS {} CASCADE").format(sql.SQL(name)))
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        cursor.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON {} FROM {}").format(
                sql.SQL(kind), sql.Identifier(app_role)
            )
        )
