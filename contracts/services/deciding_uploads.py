"""A person says what an uploaded document is: a schedule of the contract, a later edition, or its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.models import Contract, Document, LongWork, Schedule, Upload, WorkState
from contracts.reader import ParsedDocument
from contracts.reader.judged import Verdict
from contracts.reader.stored import from_stored
from contracts.services import long_work, uploads
from contracts.services.actors import Actor
from contracts.services.documents import attach, not_this, report_of_file
from contracts.services.editions import Taken, changed_paths, take_edition
from contracts.services.errors import Refused, required
from contracts.services.judging import Outcome, outcomes
from contracts.services.own_schedules import LONGEST_TITLE, make_schedule
from contracts.terms.moments import Day, long_day

QUICK = 400
"""Paragraphs up to which a schedule is made while its maker waits."""

MAKE, TAKE = "make_schedule", "take_edition"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An upload that is read and waits, its reading, and what it is to each schedule, the likeliest first."""

    row: Upload
    reading: ParsedDocument
    outcomes: tuple[Outcome, ...]

    @property
    def likeliest(self) -> Outcome | None:
        """What it is to the schedule it may be; None where it is none of them."""
        found = next(iter(self.outcomes), None)
        return None if found is None or found.verdict is Verdict.NOT_THIS else found

    def to(self, schedule: Schedule) -> Outcome | None:
        """What it is to one schedule."""
        return next((one for one in self.outcomes if one.schedule == schedule), None)


def waiting(row: Upload) -> Waiting:
    """An upload that is read, held against the contract as it is now. Raises Refused where it is not read."""
    if row.reading is None:
        raise Refused("", "This document is not read yet, or it was decided on.")
    reading = from_stored(row.reading)
    return Waiting(row, reading, tuple(outcomes(row.contract, reading, row.schedule)))


def take_words(
    row: Upload,
    actor: Actor,
    now: datetime,
    *,
    schedule: Schedule,
    take: Collection[str],
    leave: Collection[str],
) -> Document:
    """Give a known schedule the words of an upload, as a person decided where they differ.

    ``take`` and ``leave`` name the differing paragraphs whose words are given, and those that stay as they
    are. Raises Refused naming the path of a paragraph that a rule rests on and nobody decided, or where the
    document is not that schedule.
    """
    _a_person(actor)
    found = _likely(row, schedule)
    if found.judged is None:
        raise Refused("", f"{schedule.title} came from a document: take this one as its later edition.")
    undecided = [one for one in found.judged.to_decide if one.path not in take and one.path not in leave]
    for one in undecided:
        if one.rests:
            raise Refused(one.path, "Say whether this paragraph takes these words: a rule rests on it.")
    left = frozenset(leave) | {one.path for one in undecided}
    reading = from_stored(row.reading or {})
    return uploads.become_document(
        row, actor, now, lambda document: attach(document, reading, found, actor, now, leave=left)
    )


def take_later_edition(
    row: Upload,
    actor: Actor,
    now: datetime,
    *,
    schedule: Schedule,
    keep: Collection[str] = (),
    from_day: Day | None = None,
) -> Document:
    """Take an upload as a later edition of a schedule of the contract's own.

    ``keep`` and ``from_day`` as in ``editions.Taken``. Raises Refused on "from_day" for a day outside the
    contract, and where the document is no edition of that schedule.
    """
    _a_person(actor)
    found = _likely(row, schedule)
    if found.edition is None:
        raise Refused("", f"{schedule.title} is a known schedule: take this document’s words for it.")
    _check_day(row.contract, from_day)
    edition, reading = found.edition, from_stored(row.reading or {})
    taken = Taken(frozenset(keep) & frozenset(changed_paths(edition)), from_day)
    return uploads.become_document(
        row,
        actor,
        now,
        lambda document: take_edition(document, reading, schedule, edition, taken, actor, now),
    )


def ask_to_take_edition(
    row: Upload,
    actor: Actor,
    now: datetime,
    *,
    schedule: Schedule,
    keep: Collection[str] = (),
    from_day: Day | None = None,
    leads_to: str,
) -> LongWork:
    """The same at once where the document is short, else as long work: its proposals are made anew.

    Raises Refused as ``take_later_edition`` does, where it is done at once.
    """
    _a_person(actor)
    _check_day(row.contract, from_day)
    payload = {
        "upload": row.pk,
        "schedule": schedule.pk,
        "keep": sorted(keep),
        "from_day": from_day.isoformat() if from_day else None,
        "side": actor.side,
    }
    work = long_work.ask(
        TAKE,
        str(row.pk),
        actor,
        now,
        title=f"Taking {row.name} as a later edition of {schedule.title}",
        contract=row.contract,
        payload=payload,
        leads_to=leads_to,
    )
    return _at_once_where_short(row, work, now)


@long_work.kind(TAKE, limit=timedelta(minutes=5), megabytes=512)
def _take(work: LongWork, progress: long_work.Progress, now: datetime) -> dict[str, Any]:
    row, told = _waiting_row(work), work.payload
    schedule = Schedule.objects.select_related("contract").get(pk=told["schedule"], contract=row.contract)
    progress.step(0, 2, "Finding each paragraph again, and what it may ask")
    assert work.asked_by is not None
    document = take_later_edition(
        row,
        Actor.of(work.asked_by, told["side"]),
        now,
        schedule=schedule,
        keep=told["keep"],
        from_day=Day.fromisoformat(told["from_day"]) if told["from_day"] else None,
    )
    progress.step(2, 2, "Done")
    return {"message": f"{document.name} is taken as a later edition of {schedule.title}."}


def ask_to_make_schedule(row: Upload, actor: Actor, now: datetime, *, title: str, leads_to: str) -> LongWork:
    """Make an upload a schedule of the contract's own: at once where it is short, else as long work.

    Raises Refused on "title" for none, a long one or one that the contract has.
    """
    _a_person(actor)
    title = required("title", title, "Enter the title of the schedule.", longest=LONGEST_TITLE)
    if row.contract.schedules.filter(title__iexact=title).exists():
        raise Refused("title", f"The contract has a schedule called {title}; enter another title.")
    if row.reading is None:
        raise Refused("", "This document is not read yet, or it was decided on.")
    work = long_work.ask(
        MAKE,
        str(row.pk),
        actor,
        now,
        title=f"Making {title} a schedule",
        contract=row.contract,
        payload={"upload": row.pk, "title": title, "side": actor.side},
        leads_to=leads_to,
    )
    return _at_once_where_short(row, work, now)


def _at_once_where_short(row: Upload, work: LongWork, now: datetime) -> LongWork:
    """Do the work here and now, where the document is short. Raises Refused where that refuses."""
    if row.reading is None:
        raise Refused("", "This document is not read yet, or it was decided on.")
    if len(row.reading["paragraphs"]) > QUICK:
        return work
    work = long_work.run(work, now)
    if work.state == WorkState.REFUSED:
        raise Refused(work.refused_field, work.message)
    return work


def _waiting_row(work: LongWork) -> Upload:
    """The upload that work is about. Raises Refused where it waits no more."""
    rows = Upload.objects.select_related("contract", "uploaded_by", "schedule")
    row = rows.filter(pk=work.payload["upload"], document=None).first()
    if row is None or row.reading is None:
        raise Refused("", "Somebody has decided on this document meanwhile.")
    return row


@long_work.kind(MAKE, limit=timedelta(minutes=5), megabytes=512)
def _make(work: LongWork, progress: long_work.Progress, now: datetime) -> dict[str, Any]:
    row = _waiting_row(work)
    assert work.asked_by is not None
    actor = Actor.of(work.asked_by, work.payload["side"])
    reading, title = from_stored(row.reading or {}), work.payload["title"]
    progress.step(0, 2, "Writing its paragraphs and what they may ask")

    def insert(document: Document) -> None:
        document.reading = report_of_own(reading)
        make_schedule(row.contract, actor, now, document=document, reading=reading, title=title)

    document = uploads.become_document(row, actor, now, insert)
    progress.step(2, 2, "Done")
    return {"message": f"{document.name} is the schedule {title} of this contract now."}


def report_of_own(reading: ParsedDocument) -> dict[str, Any]:
    """What ``Document.reading`` keeps of the first document of a schedule of the contract's own."""
    form = {"matched": len(reading.paragraphs), "missing": [], "extra": []}
    return form | report_of_file(reading)


def throw_away(row: Upload, actor: Actor) -> None:
    """Keep nothing of an upload. Raises Refused where it is a document."""
    _a_person(actor)
    if row.document_id is not None:
        raise Refused("", "This is a document of the contract by now, and documents stay.")
    uploads.throw_away(row)


def _a_person(actor: Actor) -> None:
    if actor.person is None:
        raise Refused("", "Only a person decides what a document is.")


def _likely(row: Upload, schedule: Schedule) -> Outcome:
    if schedule.contract_id != row.contract_id:
        raise Refused("schedule", "Choose a schedule of this contract.")
    found = waiting(row).to(schedule)
    if found is None or found.verdict is Verdict.NOT_THIS:
        raise Refused("", not_this(found))
    return found


def _check_day(contract: Contract, from_day: Day | None) -> None:
    if from_day is None:
        return
    first = min(contract.agreement_date, contract.start_date)
    if from_day <= first:
        raise Refused(
            "from_day",
            f"Enter a day after {long_day(first)}, when the contract begins, or choose “from the beginning”.",
        )
    if contract.end_date is not None and from_day > contract.end_date:
        raise Refused(
            "from_day", f"Enter a day on or before the contract’s end, {long_day(contract.end_date)}."
        )
