"""Django's migrate, which does not hold up people at work: it waits seconds for a lock, and tries again.

A statement that waits for a lock makes everybody wait who comes after it. So each gives up after
``LOCK_SECONDS``; its migration is rolled back, and tried again a little later.
"""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.migrations.loader import MigrationLoader
from psycopg2.errors import LockNotAvailable

LOCK_SECONDS = 3
TRIES = 20
WAIT_SECONDS = 3
"""Between two tries: those who waited behind us get on meanwhile."""

NOT_WHOLE = """
    SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisvalid AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'i'
"""


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"] or DEFAULT_DB_ALIAS]
        self.say_what_needs_a_stop(connection)
        for left in reversed(range(TRIES)):
            with connection.cursor() as cursor:
                self.drop_what_is_not_whole(cursor)
                cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            try:
                super().handle(*args, **options)
                return
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
                if not left:
                    reason = str(error).strip().splitlines()[0]
                    raise CommandError(
                        f"a table was in use at each of {TRIES} tries: {reason}. What was laid on already "
                        "stays; stop what holds the table, then run migrate again"
                    ) from None
                self.stderr.write(f"migrate: a table is in use; trying again in {WAIT_SECONDS} s")
                time.sleep(WAIT_SECONDS)
            finally:
                if connection.connection is not None and not connection.needs_rollback:
                    with connection.cursor() as cursor:
                        cursor.execute("SET lock_timeout = 0")

    def say_what_needs_a_stop(self, connection: Any) -> None:
        """Names the migrations to come with which web, worker and beat of the release before cannot go on."""
        loader = MigrationLoader(connection)
        if not loader.applied_migrations:
            return
        for key, migration in sorted(loader.graph.nodes.items()):
            why = getattr(migration, "needs_a_stop", "")
            if why and key not in loader.applied_migrations:
                self.stderr.write(f"migrate: {'.'.join(key)} needs web, worker and beat stopped: {why}")

    def drop_what_is_not_whole(self, cursor: Any) -> None:
        """An index that was being built concurrently when a try ended stays unfinished, and in the way."""
        cursor.execute(NOT_WHOLE)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            self.stderr.write(f"migrate: {name} was not finished: building it again")
