"""Migrations since the last kept release let people work on, or say why they cannot (docs/releasing.md)."""

from __future__ import annotations

import json
import threading
from contextlib import closing

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from compliance.management.commands import migrate
from tests.support import database, traffic
from tests.support.kept import dump

pytestmark = pytest.mark.xdist_group("releases")
OURS = ("contracts", "obligations", "compliance")


@pytest.fixture(scope="module")
def graph():
    return MigrationLoader(None, ignore_no_migrations=True).graph


def kept_in_a_release(graph):
    """The migrations of the last kept release, and those before them."""
    newest = max(dump.RELEASES.iterdir()) / dump.SAYS
    leaves = json.loads(newest.read_text(encoding="utf-8"))["migrations"]
    found = set()
    for app, names in leaves.items():
        for name in names:
            if (app, name) in graph.nodes:
                found.update(graph.forwards_plan((app, name)))
    return found


def test_what_came_since_the_last_kept_release_lets_people_work_on(graph):
    old, wrong = kept_in_a_release(graph), []
    assert len(old) > 50
    for key, migration in graph.nodes.items():
        if key[0] in OURS and key not in old and not getattr(migration, "needs_a_stop", ""):
            wrong += traffic.faults(migration, graph.make_state(nodes=[key], at_end=False))
    assert wrong == [], "mend it, or say needs_a_stop = 'why' in the migration"


NOTICE, DUTY = ("obligations", "notice"), ("obligations", "duty")
SHORT = models.CharField(max_length=10)
BAD = {
    "the release before it inserts rows without it": migrations.AddField(
        "notice", "one", models.IntegerField(default=1)
    ),
    "nobody can write while its index is built; db_index=False": migrations.AddField(
        "notice", "one", models.IntegerField(null=True, db_index=True)
    ),
    "use AddIndexConcurrently in a migration of its own": migrations.AddIndex(
        "notice", models.Index(fields=["sent_at"], name="one")
    ),
    "AddConstraintNotValid, then ValidateConstraint": migrations.AddConstraint(
        "notice", models.CheckConstraint(condition=models.Q(pk__gt=0), name="one")
    ),
    "rows are read under a lock": migrations.AlterField("notice", "sent_at", models.DateTimeField()),
    "the table is written anew": migrations.AlterField("notice", "answer", models.IntegerField(null=True)),
    "the release before it still uses that": migrations.RemoveField("notice", "answer"),
    "it locks a table while it reads it": migrations.RunSQL(
        "CREATE INDEX one ON obligations_notice (answer)"
    ),
}
GOOD = [
    migrations.AddField("notice", "one", models.IntegerField(null=True)),
    migrations.AddField("notice", "two", models.DateTimeField(db_default=Now())),
    AddIndexConcurrently("notice", models.Index(fields=["sent_at"], name="one")),
    migrations.AlterField("notice", "answer", models.TextField(blank=True)),
    migrations.CreateModel("Fresh", [("id", models.BigAutoField(primary_key=True)), ("one", SHORT)]),
    migrations.AddIndex("fresh", models.Index(fields=["one"], name="two")),
    migrations.RunSQL("CREATE INDEX CONCURRENTLY one ON obligations_notice (answer)"),
]


def found(graph, *operations):
    one = migrations.Migration("9999_one", "obligations")
    one.operations = list(operations)
    return list(traffic.faults(one, graph.make_state()))


@pytest.mark.parametrize("why", BAD)
def test_what_would_hold_people_up_is_named(graph, why):
    [told] = found(graph, BAD[why])
    assert why in told and "obligations.9999_one" in told


def test_what_holds_nobody_up_is_let_through(graph):
    assert found(graph, *GOOD) == []


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.2)
    monkeypatch.setattr(migrate, "WAIT_SECONDS", 0.1)


def hold(url, released):
    """Somebody at work, who has a table until `released`."""
    held = threading.Event()

    def work():
        with closing(database.connect(url)) as other, other.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE obligations_notice IN ACCESS SHARE MODE")
            held.set()
            released.wait(20)

    threading.Thread(target=work, daemon=True).start()
    held.wait(10)


class OneMigration:
    """What migrate would do with one migration that needs a table for itself."""

    def __init__(self, monkeypatch):
        self.tries, self.done = 0, False
        monkeypatch.setattr(migrate.migrate.Command, "handle", self.handle)

    def handle(self, *args, **options):
        self.tries += 1
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE obligations_notice IN ACCESS EXCLUSIVE MODE")
        self.done = True


def test_migrate_waits_for_a_table_for_seconds_and_tries_again(
    transactional_db, test_database, quick, monkeypatch, capsys
):
    released, one = threading.Event(), OneMigration(monkeypatch)
    hold(test_database[1], released)
    monkeypatch.setattr(migrate.time, "sleep", lambda seconds: released.set() if one.tries == 2 else None)
    as_owner(test_database, lambda: call_command("migrate", verbosity=0))
    assert one.done and one.tries >= 3
    assert "a table is in use; trying again" in capsys.readouterr().err


def test_migrate_gives_up_in_words(transactional_db, test_database, quick, monkeypatch, capsys):
    released, one = threading.Event(), OneMigration(monkeypatch)
    monkeypatch.setattr(migrate, "TRIES", 2)
    hold(test_database[1], released)
    with pytest.raises(CommandError, match="a table was in use at each of 2 tries"):
        as_owner(test_database, lambda: call_command("migrate", verbosity=0))
    released.set()
    assert one.tries == 2 and not one.done


def as_owner(urls, act):
    database.point_django_at(urls[1])
    try:
        act()
    finally:
        database.point_django_at(urls[0])
