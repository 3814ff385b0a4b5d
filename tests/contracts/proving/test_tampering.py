"""The small form of ``script/prove tampering``: what the owner of the tables edits is found, nothing else."""

from __future__ import annotations

import random

import pytest

from contracts.services.verifying.whole import Checked, findings
from tests.cast import done, patch_released, play
from tests.support import database
from tests.support.tampering import Score, batch

EDITS = 40


def triggers_off(cursor) -> None:
    """As the owner of the tables may; a superuser can be a replica as well, in the full form."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')


@pytest.mark.django_db(transaction=True)
def test_each_edit_is_found_and_named_and_nothing_else(test_database, uploads):
    cast = play()
    done(patch_released(cast), cast)
    app_url, owner_url = test_database
    score = Score()
    database.point_django_at(owner_url)
    try:
        for seed in range(4):
            batch(random.Random(seed), score, EDITS, triggers_off, chains=bool(seed % 2))
        assert score.missed == [] and score.false == []
        assert score.edits > 140 and len(score.made) >= 16
        assert list(findings(Checked(), lambda *_: None)) == []
    finally:
        database.point_django_at(app_url)
