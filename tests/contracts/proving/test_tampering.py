"""The small form of ``script/prove tampering``: what the owner of the tables edits is found, nothing else."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts import sealing_key
from contracts.proving.registry import protected
from contracts.services.seals import kept_outside, making
from contracts.services.verifying.whole import Checked, findings
from obligations.services.recording.evidence import log_evidence
from tests.cast import NOON, patch_released, play
from tests.support import database
from tests.support.tampering import WAYS, batch
from tests.support.tampering.edits import Score

EDITS = 60


def triggers_off(cursor) -> None:
    """As the owner of the tables may; a superuser can be a replica as well, in the full form."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')


def work() -> None:
    """A contract on which something happens between nine seals, and goes on behind the last."""
    cast = play()
    for number in range(11):
        duty = patch_released(cast, f"CVE-2026-{number:04}")
        file = SimpleUploadedFile("proof.txt", f"it was patched, {number}".encode())
        told = {"kind": "file", "done": NOON, "done_by": "Priya", "file": file}
        log_evidence(duty, cast.as_("priya"), NOON, **told)
        if number < 9:
            making.seal(NOON + timedelta(minutes=15 * number))


@pytest.mark.django_db(transaction=True)
def test_each_edit_is_found_and_named_and_nothing_else(test_database, uploads, settings, tmp_path):
    settings.SEAL_KEY, settings.SEALS_DIR = sealing_key.made(), tmp_path / "seals"
    work()
    app_url, owner_url = test_database
    score = Score()
    database.point_django_at(owner_url)
    try:
        for way in (*WAYS, "seals", "ledgers, with the key"):
            batch(
                random.Random(f"{way} {score.tails}"), score, EDITS, triggers_off, way, kept_outside.place()
            )
        assert score.missed == [] and score.false == [] and score.wrong == []
        assert score.edits > 300 and len(score.made) >= 30 and score.in_the_tail and score.refused
        assert {line.table for line in protected()} == score.reached
        assert list(findings(Checked(), lambda *_: None, seals_file=kept_outside.place())) == []
    finally:
        database.point_django_at(app_url)
