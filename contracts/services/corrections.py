"""A person corrects how a document was read: rows of corrections, and the paragraphs that follow them.

A paragraph keeps its row where its words stay, so that what was decided about it stays with it. A correction
after which something would rest on nothing is refused, with what to do first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.absence import NotThere
from contracts.models import DocumentReading, ReadingCorrection, Schedule
from contracts.models.correction import UNDO
from contracts.reader.correction_state import Piece
from contracts.reader.corrections import Corrected, Correction, CorrectionError, CorrectionKind, apply
from contracts.services import ledger, rests
from contracts.services.actors import Actor
from contracts.services.corrected_rows import follow_reading
from contracts.services.errors import Refused
from contracts.services.locks import lock
from contracts.services.proposing import propose_again
from contracts.services.schedule_readings import (
    ScheduleReading,
    as_correction,
    keep_reading,
    reading_of,
)
from contracts.terms.moments import london

LONGEST_REASON = 2000
SHOWN = 200
"""Characters of a paragraph's words that the ledger tells."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person had before them: the number of the document, and of the last correction."""

    document: int
    correction: int

    @classmethod
    def of(cls, reading: ScheduleReading) -> Seen:
        """What a page shows."""
        return cls(reading.document.pk, reading.last)


Asks = Callable[[ScheduleReading, Piece], Mapping[str, Any]]
"""What a correction asks, worked out from the paragraph as it stands: see ``services/correction_asks.py``."""


@transaction.atomic
def correct(
    schedule: Schedule,
    actor: Actor,
    now: datetime,
    *,
    kind: CorrectionKind,
    path: str,
    asks: Asks,
    seen: Seen,
    reason: str = "",
) -> ReadingCorrection:
    """Correct one paragraph of a schedule of the contract's own.

    Raises NotThere for a paragraph that the reading does not have; Refused at the field of ``asks`` that does
    not fit, and on "" where somebody corrected it since it was ``seen``, or something rests on what it would
    take away.
    """
    lock(schedule.contract)
    there = reading_of(schedule)
    piece = there.corrected.by_path.get(path)
    _check_seen(there, seen, lambda then: then.by_path.get(path), piece)
    if piece is None:
        raise NotThere("no such paragraph")
    one = Correction(there.last + 1, kind, path, piece.whole, dict(asks(there, piece)))
    return _keep(there, one, actor, now, reason)


@transaction.atomic
def add_paragraph(
    schedule: Schedule,
    actor: Actor,
    now: datetime,
    *,
    key: str,
    what: Mapping[str, Any],
    seen: Seen,
    reason: str = "",
) -> ReadingCorrection:
    """Make other text of a document a paragraph. ``key``: which text; ``what``: as ``correction_kinds``.

    Raises as ``correct``.
    """
    lock(schedule.contract)
    there = reading_of(schedule)
    words = {one.key: one.other.text for one in there.corrected.strays}
    _check_seen(
        there, seen, lambda then: {one.key: one.other.text for one in then.strays}.get(key), words.get(key)
    )
    if key not in words:
        raise NotThere("no such text")
    one = Correction(there.last + 1, CorrectionKind.ADD, "", words[key], dict(what))
    return _keep(there, one, actor, now, reason)


@transaction.atomic
def undo(row: ReadingCorrection, actor: Actor, now: datetime, *, reason: str = "") -> ReadingCorrection:
    """Take back a correction; of one that a later document has no place for, say that it is settled.

    Raises Refused where it is taken back already, a later correction rests on it, or as ``correct``.
    """
    lock(row.contract)
    there = reading_of(row.schedule)
    after = there.corrected
    if row.pk in {one.pk for one in there.counting}:
        left = [as_correction(one) for one in there.counting if one.pk != row.pk]
        try:
            after = apply(there.read, left)
        except CorrectionError as error:
            raise Refused(
                "", f"Take back correction {error.number} first: it rests on this one. {error}"
            ) from error
    elif row.pk not in {one.pk for one in there.lost}:
        raise Refused("", "This correction was taken back already, or a later one stands in its place.")
    made = _row(there, actor, now, UNDO, reason)
    made.path, made.undoes = row.path, row
    made.save(force_insert=True)
    _follow(there, after, made, actor, now)
    return made


def _check_seen(there: ScheduleReading, seen: Seen, find: Callable[[Corrected], object], now: object) -> None:
    """Refuse where what a person saw is another by now, naming who changed it."""
    if seen.document != there.document.pk:
        raise Refused(
            "", "A later edition was taken since you opened this. Look at it, then correct what is wrong."
        )
    since = [row for row in there.made if row.number > seen.correction]
    if not since or find(there.as_of(seen.correction)) == now:
        return
    last = since[-1]
    raise Refused(
        "",
        f"{last.made_by_name} corrected this at {london(last.made_at):%H:%M on %-d %B %Y}, after you opened"
        " it. Look at it as it is now, then correct it if it is still wrong.",
    )


def _keep(
    there: ScheduleReading, one: Correction, actor: Actor, now: datetime, reason: str
) -> ReadingCorrection:
    try:
        after = apply(there.read, [*(as_correction(row) for row in there.counting), one])
    except CorrectionError as error:
        raise Refused(error.field, str(error)) from error
    made = _row(there, actor, now, str(one.kind), reason)
    made.path, made.words, made.what = one.path, one.words, dict(one.what)
    made.save(force_insert=True)
    _follow(there, after, made, actor, now)
    return made


def _row(there: ScheduleReading, actor: Actor, now: datetime, kind: str, reason: str) -> ReadingCorrection:
    """A correction that is not kept yet."""
    if actor.person is None:
        raise Refused("", "Only a person corrects how a document was read.")
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise Refused("reason", f"Shorten this to {LONGEST_REASON} characters; it has {len(reason)}.")
    return ReadingCorrection(
        contract_id=there.schedule.contract_id,
        schedule=there.schedule,
        document=there.document,
        number=there.last + 1,
        kind=kind,
        reason=reason,
        made_by=actor.person,
        made_by_name=actor.name,
        made_side=actor.side,
        made_at=now,
    )


def _follow(
    there: ScheduleReading, after: Corrected, made: ReadingCorrection, actor: Actor, now: datetime
) -> None:
    """The rows, the record, what rests on the paragraphs, and what is proposed for them."""
    schedule = there.schedule
    if not DocumentReading.objects.filter(document=there.document).exists():
        keep_reading(there.document, there.read)
    followed = follow_reading(schedule, there.document, there.corrected, after)
    payload = {
        "schedule": schedule.outline_key,
        "title": schedule.title,
        "document": there.document.pk,
        "correction": made.number,
        "kind": made.kind,
        "path": made.path,
        "undoes": made.undoes.number if made.undoes else None,
        "undone_kind": made.undoes.kind if made.undoes else "",
        "words": " ".join(made.words.split())[:SHOWN],
        "what": made.what,
        "renumbered": followed.renumbered,
        "added": followed.added,
        "gone": followed.gone,
        "reason": made.reason,
        "side": actor.side,
    }
    ledger.record(schedule.contract, actor, "reading_corrected", payload, now)
    rests.follow(schedule, followed.renumbered, actor, now)
    if followed.touched:
        propose_again(schedule, there.document, followed.touched, actor, now)
