"""The database that an earlier release left behind, with the newest tables laid over it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.support import database
from tests.support.kept import dump


@dataclass(frozen=True)
class Kept:
    """One dump: its folder, what the release that made it said of it, and as at which moment."""

    folder: Path
    said: dict[str, Any]

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.said["moment"])


@pytest.fixture(scope="module", params=sorted(dump.RELEASES.iterdir()), ids=lambda folder: folder.name)
def migrated(request, test_database, django_db_setup, django_db_blocker) -> Iterator[Kept]:
    """Django is connected to the migrated dump for as long as the module's tests run."""
    app_url, owner_url = test_database
    name = f"kept_duly_{os.getpid()}"
    kept_app, kept_owner = database.made(app_url, owner_url, name)
    dump.lay_into(kept_owner, request.param / dump.DUMP)
    before, settings.SECRET_KEY_FALLBACKS = settings.SECRET_KEY_FALLBACKS, [dump.KEY]
    with django_db_blocker.unblock():
        database.point_django_at(kept_owner)
        try:
            call_command("migrate", verbosity=0, interactive=False)
            database.point_django_at(kept_app)
            yield Kept(request.param, json.loads((request.param / dump.SAYS).read_text(encoding="utf-8")))
        finally:
            database.point_django_at(app_url)
            settings.SECRET_KEY_FALLBACKS = before
    database.drop(owner_url, name)


@pytest.fixture
def kept(migrated, db, uploads) -> Kept:
    """The migrated dump. What a test writes into it is rolled back."""
    return migrated
