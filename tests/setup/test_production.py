"""Duly beside a PostgreSQL that somebody else runs, and away from this machine: the settings hold."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing

import pytest

from compliance import places
from compliance.embedded.postgres import OWNER, UNSAFE_AND_FAST, Postgres
from compliance.start_checks import REFUSED
from tests.support import database


def python(*arguments, **environment):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=places.ROOT,
        env={"PATH": os.environ["PATH"], "DULY_VAR": str(places.VAR), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.processes
def test_prepare_migrate_and_serve_on_a_database_of_ones_own():
    folder = database.own_folder() / "own"
    server = Postgres(folder / "postgres", folder / "postgres.log", settings=UNSAFE_AND_FAST)
    server.start()
    try:
        urls = {"DATABASE_URL": server.url("web_role"), "DATABASE_OWNER_URL": server.url(OWNER)}
        for command in (["prepare_database"], ["prepare_database"], ["migrate", "--noinput"]):
            done = python("manage.py", *command, **urls)
            assert done.returncode == 0, done.stderr
        served = python("-c", "import compliance.wsgi", DATABASE_URL=urls["DATABASE_URL"])
        assert served.returncode == 0, served.stderr
        with closing(server.connect("web_role", "duly")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM contracts_ledgerentry")
            assert cursor.fetchone() == (0,)

        refused = python("-c", "import compliance.wsgi", DATABASE_URL=urls["DATABASE_OWNER_URL"])
        assert refused.returncode == REFUSED
        assert refused.stderr.startswith(f"Duly does not start: the database role {OWNER} owns ")
        assert refused.stderr.count("\n") == 1
        gunicorn = ["-m", "gunicorn", "compliance.wsgi", "--bind", "0.0.0.0:0"]
        demo = python(*gunicorn, DATABASE_URL=urls["DATABASE_URL"])
        assert (demo.returncode, demo.stderr.count("\n")) == (REFUSED, 1), demo.stderr
        assert "it would listen at 0.0.0.0 as on a machine of one's own" in demo.stderr
        above = python("-c", "import compliance.wsgi", DATABASE_URL=server.url("postgres"))
        assert "is a superuser" in above.stderr
    finally:
        server.stop()
        database.remove(folder)


def test_one_role_for_both_is_refused():
    url = "postgres://one@127.0.0.1:1/duly"
    done = python("manage.py", "prepare_database", DATABASE_URL=url, DATABASE_OWNER_URL=url)
    assert done.returncode == 1
    assert "name the same role, one: they must differ" in done.stderr


def setting(name, **environment):
    code = f"from compliance import settings; print(repr(settings.{name}))"
    return python("-c", code, **environment)


@pytest.mark.parametrize(
    ("environment", "fault"),
    [
        ({"SITE_URL": "http://duly.example", "SECRET_KEY": "x" * 50}, "use an https:// address"),
        ({"SITE_URL": "https://duly.example"}, "SECRET_KEY is not set"),
        ({"DATABASE_URL": "sqlite:///duly.db"}, "Duly runs on PostgreSQL only"),
    ],
)
def test_an_unsafe_setting_is_refused(environment, fault):
    done = setting("LOCAL", **environment)
    assert done.returncode == 1
    assert fault in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ["PROXIES", "ALLAUTH_TRUSTED_PROXY_COUNT"])
def test_behind_a_proxy_people_are_told_apart_by_the_address_that_it_saw(name):
    away = {"SITE_URL": "https://duly.example", "SECRET_KEY": "x" * 50}
    assert setting(name, **away, BEHIND_PROXY="1").stdout == "1\n"
    assert setting(name, **away).stdout == "0\n"
    proxy = (places.ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxy


@pytest.mark.parametrize("name", ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"])
def test_cookies_are_secure_away_from_this_machine_and_work_over_http_on_it(name):
    away = setting(name, SITE_URL="https://duly.example", SECRET_KEY="x" * 50)
    assert away.stdout == "True\n", away.stderr
    assert setting(name).stdout == "False\n"


def test_the_demo_exists_on_this_machine_only():
    assert setting("DEMO").stdout == "True\n"
    assert setting("DEMO", SITE_URL="https://duly.example", SECRET_KEY="x" * 50, DEMO="1").stdout == "False\n"


def test_django_finds_nothing_to_warn_of_in_a_deployment():
    done = python(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING",
        SITE_URL="https://duly.example", SECRET_KEY="a-long-key-" + "0123456789abcdefghijklmnop" * 2,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
