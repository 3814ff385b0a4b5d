"""Fixtures for every test. Tests connect to PostgreSQL as the application's role, as web and workers do."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings

from contracts.row_security import asking


def pytest_configure(config: pytest.Config) -> None:
    """No test needs hashed static files, a running Redis or a slow password hash, or measures the time.

    The same cases come up in every run; a machine that is busy fails no test.
    """
    slow = [hypothesis.HealthCheck.too_slow]
    hypothesis.settings.register_profile("duly", deadline=None, derandomize=True, suppress_health_check=slow)
    hypothesis.settings.load_profile("duly")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = True  # else every test client looks through all static files first
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.MAIL_DAILY = (
        False  # what a test plans it sweeps at once; tests of the mail of the day ask for it
    )
    os.environ["MAIL_DAILY"] = "false"  # of workers that tests start
    settings.SEALS_DIR = Path(tempfile.gettempdir()) / f"duly-seals-of-tests-{os.getpid()}"
    asking.begin("tests")  # a test's own body sees everything; its requests and tasks ask as themselves


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of rubbish need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def test_database(django_test_environment, django_db_blocker) -> Iterator[tuple[str, str]]:
    """A database with its tables, migrated as the owner: (the application's address, the owner's address)."""
    from django.core.management import call_command

    from tests.support import database

    def migrate(app_url: str, owner_url: str) -> None:
        with django_db_blocker.unblock():
            database.point_django_at(owner_url)
            call_command("migrate", verbosity=0, interactive=False)
            database.point_django_at(app_url)

    database.sweep()
    with database.migrated(migrate) as urls:
        yield urls


@pytest.fixture(scope="session")
def django_db_setup(test_database, django_db_blocker) -> Iterator[None]:
    """The tests work as the application's role; a flush goes through the owner."""
    from django.db import connection
    from django.db.backends.postgresql.operations import DatabaseOperations

    from tests.support import database

    _, owner_url = test_database
    flush_of_django = DatabaseOperations.execute_sql_flush
    DatabaseOperations.execute_sql_flush = lambda _, statements: database.empty_as_owner(
        owner_url, statements
    )
    yield
    DatabaseOperations.execute_sql_flush = flush_of_django
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def same_database_key(monkeypatch) -> None:
    """SECRET_KEY may change in the test; the database goes on believing who asks, as after a migrate."""

    key = asking.key_of(settings.SECRET_KEY)
    monkeypatch.setattr(asking, "key_of", lambda secret: key)


@pytest.fixture
def uploads(tmp_path, settings) -> str:
    """An upload folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A throw-away Valkey of this test process (REDIS_URL where that is set)."""
    if os.environ.get("REDIS_URL"):
        yield os.environ["REDIS_URL"]
        return
    from compliance.embedded.valkey import Valkey
    from tests.support import database

    folder = database.own_folder()
    valkey = Valkey(folder / "valkey", folder / "valkey.log")
    valkey.start()
    yield valkey.url
    valkey.stop()


@pytest.fixture
def mail_server(settings):
    """A real mail server (what came is in its ``box``); Django's mail goes to it over SMTP."""
    from tests.support import mailserver

    with mailserver.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def worker(transactional_db, test_database, redis_url, mail_server, tmp_path):
    """A real Celery worker on the test's database, queue and mail server. What the test commits, it sees."""
    from tests.support.worker import worker

    environment = {"DATABASE_URL": test_database[0], "REDIS_URL": redis_url, "EMAIL_URL": mail_server.url}
    with worker(tmp_path, environment) as started:
        yield started


@contextmanager
def static_files_are_kept() -> Iterator[None]:
    """A browser asks once for each static file, as of a real server, which says how long they hold."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    def serve(self, request):
        response = served(self, request)
        response["Cache-Control"] = "max-age=315360000, immutable"  # the server's clock is in another year
        return response

    served, StaticFilesHandler.serve = StaticFilesHandler.serve, serve
    yield
    StaticFilesHandler.serve = served


@pytest.fixture(scope="session")
def browser():
    """A real Chromium."""
    from playwright.sync_api import sync_playwright

    from tests.support.browser import FLAGS, chromium, why_not

    if reason := why_not():
        pytest.skip(reason)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright has an event loop of its own
    with sync_playwright() as playwright, static_files_are_kept():
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def new_page(browser, live_server):
    """Makes a page of a person of their own (own cookies): ``new_page()``, ``new_page(width=360)``."""
    contexts = []

    def make(*, width: int = 1100, height: int = 900, javascript: bool = True):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page):
    """One page in a real Chromium, at the live server."""
    return new_page()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one Chromium, so they go to one of the parallel test processes."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
