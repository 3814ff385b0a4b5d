"""Makes the application's database role and its rights before the first `migrate`; runs as the owner."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

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
        self.stdout.write(f"the role {name} may read and write what {connection.settings_dict['USER']} makes")
