"""The tests' database: made and migrated as the owner, used as the application's role.

Each pytest process has its own throw-away embedded PostgreSQL under var/test, started by the first test that
asks for it. With DATABASE_URL and DATABASE_OWNER_URL set, a database is made and dropped there instead.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psutil
import psycopg2

from compliance import places, roles
from compliance.embedded.postgres import APP, DATABASE, OWNER, UNSAFE_AND_FAST, Postgres
from compliance.embedded.user import reachable_data, server_user
from compliance.embedded.valkey import Valkey

TEST_FOLDER = places.VAR / "test"
KEPT = "test_duly"
PACKAGES = ("compliance", "contracts", "obligations")


def own_folder() -> Path:
    """This process's folder under var/test."""
    folder = TEST_FOLDER / str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sweep() -> None:
    """Ends and removes what a killed test run left: folders whose process is gone."""
    for folder in TEST_FOLDER.glob("*"):
        if folder.name.isdigit() and not psutil.pid_exists(int(folder.name)):
            remove(folder)


def remove(folder: Path) -> None:
    Postgres(folder / "postgres", folder / "postgres.log").stop()
    Valkey(folder / "valkey", folder / "valkey.log").stop()
    for link in folder.glob("*"):
        if link.is_symlink():  # where the user `nobody` cannot reach this folder
            shutil.rmtree(link.resolve(), ignore_errors=True)
            shutil.rmtree(link.resolve().with_name(f"{link.resolve().name}-programs"), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(name: str) -> Iterator[tuple[str, str]]:
    """A new empty database as (the application's address, the owner's address)."""
    if os.environ.get("DATABASE_URL") and os.environ.get("DATABASE_OWNER_URL"):
        app, owner = os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"]
        server = None
    else:
        server = server_of(own_folder())
        app, owner = server.url(APP), server.url(OWNER)
    try:
        yield made(app, owner, name)
        if server is None:
            drop(owner, name)
    finally:
        if server is not None:
            server.stop()
            remove(own_folder())


def server_of(folder: Path) -> Postgres:
    """A running server of this process's own."""
    server = Postgres(folder / "postgres", folder / "postgres.log", settings=UNSAFE_AND_FAST)
    server.start()
    return server


@contextmanager
def migrated(migrate: Callable[[str, str], None]) -> Iterator[tuple[str, str]]:
    """A database after ``migrate`` (of the application's address and the owner's), as those two addresses.

    Making the tables takes many seconds, so the embedded server's data is kept once they are made, by what
    the migrations say, and the next process begins with a copy. It migrates too, and so does what is new.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("DATABASE_OWNER_URL"):
        with database(f"{KEPT}_{os.getpid()}") as urls:
            migrate(*urls)
            yield urls
        return
    folder, kept = own_folder(), TEST_FOLDER / f"kept-{_migrations()}"
    TEST_FOLDER.mkdir(parents=True, exist_ok=True)
    with (TEST_FOLDER / "kept.lock").open("a+") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _keep(server_of(folder), migrate, kept)
        else:
            data = reachable_data(folder / "postgres", server_user(folder / "postgres"))
            copy(kept, data)
    server = server_of(folder)
    app, owner = renamed(server.url(APP), KEPT), renamed(server.url(OWNER), KEPT)
    try:
        migrate(app, owner)
        yield app, owner
    finally:
        server.stop()
        remove(folder)


def _keep(server: Postgres, migrate: Callable[[str, str], None], kept: Path) -> None:
    """Migrate a new database and keep the data of its server, stopped, instead of what was kept before."""
    migrate(*made(server.url(APP), server.url(OWNER), KEPT))
    server.stop()
    for old in TEST_FOLDER.glob("kept-*"):
        shutil.rmtree(old, ignore_errors=True)
    copy(server.data.resolve(), kept.with_suffix(".new"))
    kept.with_suffix(".new").rename(kept)


def lay(data: Path) -> None:
    """Put the kept data where an embedded server looks for its own: its first start need not make the tables.

    Where nothing is kept (the tests run on a database of somebody else's) it makes them.
    """
    kept = TEST_FOLDER / f"kept-{_migrations()}"
    if not kept.exists():
        return
    copy(kept, reachable_data(data, server_user(data)))
    server = Postgres(data, data.with_name("laying.log"), settings=UNSAFE_AND_FAST)
    server.start()
    with closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {DATABASE}")
        cursor.execute(f"ALTER DATABASE {KEPT} RENAME TO {DATABASE}")
    server.stop()


def copy(source: Path, target: Path) -> None:
    """A folder with everything in it, whoever owns that."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _migrations() -> str:
    """A name for what all migrations say, those of the packages we use too."""
    digest = hashlib.sha256((places.ROOT / "requirements.txt").read_bytes())
    for path in sorted(path for one in PACKAGES for path in (places.ROOT / one).rglob("migrations/*.py")):
        digest.update(str(path.relative_to(places.ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def made(app: str, owner: str, name: str) -> tuple[str, str]:
    """A new empty database on this server, as (the application's address, the owner's address)."""
    drop(owner, name)
    with closing(connect(owner)) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    owner_url, app_url = renamed(owner, name), renamed(app, name)
    with closing(connect(owner_url)) as connection, connection.cursor() as cursor:
        roles.grant(cursor, str(urlsplit(app_url).username), str(urlsplit(app_url).password or ""))
    return app_url, owner_url


def copied(app: str, owner: str, name: str) -> tuple[str, str]:
    """A copy of the migrated test database. As `made`, and much faster.

    PostgreSQL copies only what nobody is connected to, so connections that earlier tests left are ended.
    """
    from django.db import connection

    connection.close()
    drop(owner, name)
    for url in (app, owner):  # each role may end its own
        with closing(connect(renamed(url, "postgres"))) as server, server.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = %s AND usename = current_user",
                [parts(owner)["NAME"]],
            )
    with closing(connect(renamed(owner, "postgres"))) as server, server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {parts(owner)['NAME']}")
    with closing(connect(renamed(owner, name))) as made_now, made_now.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS laid CASCADE")  # tests/support/laid.py: it is no part of Duly
    return renamed(app, name), renamed(owner, name)


@contextmanager
def in_a_copy(app: str, owner: str, name: str) -> Iterator[tuple[str, str]]:
    """Django works in a copy of the migrated test database for as long as this lasts; it is then dropped."""
    urls = copied(app, owner, name)
    point_django_at(urls[0])
    try:
        yield urls
    finally:
        point_django_at(app)
        drop(owner, name)


def drop(owner: str, name: str) -> None:
    """Away with a database, whoever is connected to it."""
    with closing(connect(owner)) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def point_django_at(url: str) -> None:
    """From now on Django's connection is to this database, and nothing of another is remembered."""
    from django.conf import settings
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    connection.close()
    connection.settings_dict.update(parts(url))
    settings.DATABASES["default"].update(parts(url))
    ContentType.objects.clear_cache()
    forget()


def forget() -> None:
    """Empty what our modules remember for a process: it is by keys of rows, the same in another database."""
    ours = [module for name, module in sys.modules.items() if name.partition(".")[0] in PACKAGES]
    for module in ours:
        for value in list(vars(module).values()):
            if callable(clear := getattr(value, "cache_clear", None)):
                clear()


def renamed(url: str, name: str) -> str:
    """The same server's address with another database."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def parts(url: str) -> dict[str, Any]:
    """A database address as Django's connection settings."""
    split = urlsplit(url)
    return {
        "NAME": split.path.lstrip("/"),
        "USER": unquote(split.username or ""),
        "PASSWORD": unquote(split.password or ""),
        "HOST": unquote(split.netloc.rsplit("@", 1)[-1].split(":")[0]),
        "PORT": split.port or "",
    }


def connect(url: str) -> Any:
    """A psycopg2 connection that commits each statement."""
    given = parts(url)
    connection = psycopg2.connect(
        dbname=given["NAME"],
        user=given["USER"],
        password=given["PASSWORD"],
        host=given["HOST"],
        port=given["PORT"] or None,
    )
    connection.autocommit = True
    return connection


def empty_as_owner(owner_url: str, statements: Sequence[str]) -> None:
    """Runs a flush, which the application's role may not do, past any guard against TRUNCATE."""
    with closing(connect(owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgtype & 32 > 0 AND tgenabled = 'O'"
        )
        guards = cursor.fetchall()
        cursor.execute("BEGIN")
        for table, trigger in guards:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        for statement in statements:
            cursor.execute(statement)
        for table, trigger in guards:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
        cursor.execute("COMMIT")


if __name__ == "__main__":
    sweep()
