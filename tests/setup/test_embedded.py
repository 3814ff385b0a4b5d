"""The embedded servers start from nothing, survive kill -9 with their data, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import stat
from contextlib import closing

import psutil
import psycopg2
import pytest
import redis

from compliance import places
from compliance.embedded import process
from compliance.embedded.postgres import APP, DATABASE, OWNER, Postgres
from compliance.embedded.user import EmbeddedError
from compliance.embedded.valkey import Valkey
from tests.support import database

pytestmark = pytest.mark.processes


@pytest.fixture
def folder():
    """A folder that the user `nobody` can reach too, which pytest's own is not."""
    made = database.own_folder() / "embedded"
    made.mkdir()
    yield made
    database.remove(made)


@pytest.fixture
def postgres(folder):
    server = Postgres(folder / "postgres", folder / "postgres.log")
    server.start()
    yield server
    server.stop()


def run(server, role, statement):
    with closing(server.connect(role, DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def test_the_two_roles_have_what_they_need_and_no_more(postgres):
    run(postgres, OWNER, "CREATE TABLE kept (id serial PRIMARY KEY, word text)")
    run(postgres, APP, "INSERT INTO kept (word) VALUES ('signed')")
    assert run(postgres, APP, "SELECT word FROM kept") == [("signed",)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run(postgres, APP, "TRUNCATE kept")
    supers = run(postgres, APP, "SELECT rolname FROM pg_roles WHERE rolsuper AND rolname LIKE 'duly%'")
    assert supers == []


def test_postgres_keeps_its_data_through_kill_9(postgres, folder):
    run(postgres, OWNER, "CREATE TABLE kept AS SELECT 1 AS one")
    before = postgres.process()
    os.kill(before.pid, signal.SIGKILL)
    again = Postgres(postgres.data, folder / "again.log")
    again.start()
    try:
        assert run(again, APP, "SELECT one FROM kept") == [(1,)]
        assert again.process().pid != before.pid
    finally:
        again.stop()


def test_a_pid_file_that_names_a_stranger_does_not_stop_a_start(postgres, folder):
    os.kill(postgres.process().pid, signal.SIGKILL)
    lines = (postgres.data / "postmaster.pid").read_text().splitlines()
    (postgres.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    again = Postgres(postgres.data, folder / "again.log")
    again.start()
    assert again.answers()
    again.stop()
    assert psutil.pid_exists(os.getpid())


def test_a_start_beside_a_running_one_takes_that_one(postgres, folder):
    second = Postgres(postgres.data, folder / "second.log")
    second.start()
    assert second.child is None
    assert second.process().pid == postgres.process().pid


def test_nothing_is_left_after_a_stop(folder):
    server = Postgres(folder / "postgres", folder / "postgres.log")
    server.start()
    pid = server.process().pid
    sockets = server.sockets
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    server.stop()
    assert not psutil.pid_exists(pid)
    assert not sockets.exists()


def test_the_servers_listen_on_no_port(postgres):
    listening = [each for each in postgres.process().net_connections() if each.status == "LISTEN"]
    assert [each for each in listening if each.laddr and each.family.name != "AF_UNIX"] == []


def test_valkey_keeps_its_queue_through_kill_9(folder):
    server = Valkey(folder / "valkey", folder / "valkey.log")
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.rpush("queue", "a task")
        client.bgrewriteaof()
        client.execute_command("CONFIG", "SET", "appendfsync", "always")
        client.rpush("queue", "another")
    os.kill(server.process().pid, signal.SIGKILL)
    server.child.wait()
    again = Valkey(server.data, folder / "again.log")
    again.start()
    try:
        with redis.Redis.from_url(again.url) as client:
            assert client.lrange("queue", 0, -1) == [b"a task", b"another"]
    finally:
        again.stop()


def test_a_missing_library_is_one_clear_line(tmp_path):
    broken = tmp_path / "postgres"
    broken.write_text(
        "#!/bin/sh\necho 'error while loading shared libraries: libzzz.so.1: cannot open' >&2\nexit 127\n"
    )
    broken.chmod(0o755)
    with pytest.raises(EmbeddedError, match=r"^postgres cannot run on this machine: .*libzzz\.so\.1") as said:
        process.check_program(broken)
    assert "\n" not in str(said.value)


def test_a_socket_path_stays_short_however_deep_the_data_is():
    deep = places.VAR / "/".join(["a-rather-long-folder-name"] * 12)
    assert len(str(places.socket_folder(deep) / ".s.PGSQL.5432")) < 60


def test_a_socket_folder_of_somebody_else_is_refused(folder, tmp_path):
    server = Postgres(folder / "postgres", folder / "postgres.log")
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody else")
    server.sockets.mkdir()
    os.chown(server.sockets, 12345, 12345)
    try:
        with pytest.raises(EmbeddedError, match="belongs to another user"):
            server.start()
    finally:
        server.sockets.rmdir()
