"""Makes the application's database role and its rights before the first `migrate`; runs as the owner."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection, transaction

from compliance import roles


class Command(BaseCommand):
    help = (
        "Makes the application's database role (the user of DATABASE_URL) as the owner (DATABASE_OWNER_URL)."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        app = urlsplit(os.environ.get("DATABASE_APP_URL", ""))
        if not app.username:
            raise CommandError(
                "set DATABASE_URL to the application's role and DATABASE_OWNER_URL to the owner's"
            )
        name = unquote(app.username)
        if name == connection.settings_dict["USER"]:
            raise CommandError(
                f"DATABASE_URL and DATABASE_OWNER_URL name the same role, {name}: they must differ"
            )
        with connection.cursor() as cursor:
            roles.grant(cursor.cursor, name, unquote(app.password or ""))
        self._keep_statements_private(name)
        self.stdout.write(f"the role {name} may read and write what {connection.settings_dict['USER']} makes")

    def _keep_statements_private(self, name: str) -> None:
        try:
            with transaction.atomic(), connection.wrap_database_errors, connection.cursor() as cursor:
                roles.keep_statements_private(cursor.cursor, name)
        except ProgrammingError:
            self.stderr.write(
                f"have a superuser run once: ALTER ROLE {name} SET track_activities = off"
                " (docs/row-security.md says why)"
            )
