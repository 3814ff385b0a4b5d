"""Edits that somebody could make behind Duly's back: random, of every kind, each found and named.

A batch is one transaction: many edits, each on another row, ledger, seal or file, one check over all of it,
and back. What an edit must be found as it says itself; whatever else is found is a false alarm. How long the
tail is that no seal covers is counted apart from the check, and must be what the check says.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from contracts.proving import triggers
from contracts.services.verifying.findings import Kind
from contracts.services.verifying.whole import Checked, findings
from tests.support.tampering.edits import Score
from tests.support.tampering.files import Files
from tests.support.tampering.ledgers import OnLedgers
from tests.support.tampering.rows import OnRows, OnWrites
from tests.support.tampering.sealed import said, sealing
from tests.support.tampering.seals import OnSeals
from tests.support.tampering.with_the_key import LedgersWithTheKey, WritesWithTheKey

WAYS: dict[str, type[OnRows]] = {
    "ledgers": OnLedgers,
    "writes": OnWrites,
    "ledgers, with the key": LedgersWithTheKey,
    "writes, with the key": WritesWithTheKey,
    "seals": OnSeals,
}
"""What is edited in one batch, so that no edit is found by what belongs to another."""

WITH_FILES = ("ledgers", "ledgers, with the key", "seals")


def batch(
    chance: random.Random, score: Score, edits: int, begin: Callable[[Any], None], way: str, seals: Path
) -> None:
    """Make about so many edits of one of the ``WAYS``, check, note what was found, and take all of it back.

    ``begin`` is given a cursor and switches the triggers off. ``seals``: the file of seals.
    """
    files, file = Files(chance), seals.read_bytes()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                begin(cursor)
                cursor.execute(triggers.AS_TEXT)
                sealed = sealing(seals)
                tamperer = WAYS[way](chance, cursor, sealed)
                made = list(tamperer.edits(edits))
                if way in WITH_FILES:
                    made += files.edits(tamperer.used, edits // 10)
                tail = sealed.tail(cursor)
            checked = Checked()
            found = [one for one in findings(checked, lambda *_: None, seals_file=seals) if not_off(one)]
            score.wrong += files.given_out()
            transaction.set_rollback(True)
    finally:
        files.back()
        seals.write_bytes(file)
    score.take(made, found)
    score.refused += len(files.touched)
    score.tails += 1
    if said(checked.tail) != tail:
        score.wrong.append(f"the tail has {tail} entries and writes, and it says: {checked.tail}")


def not_off(finding: Any) -> bool:
    """The triggers are off while this lasts."""
    return finding.kind is not Kind.TRIGGER_OFF
