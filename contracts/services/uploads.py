"""Uploading on a page: the file is kept, read as long work in a process of its own, and becomes a document.

What Duly is sure of it does by itself. Otherwise the file waits with its reading for a person's decision
(``services/deciding_uploads.py``). A file that is refused, stopped or thrown away is not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q

from contracts.models import Contract, Document, LongWork, Schedule, Side, Upload, WorkState
from contracts.models.work import UNFINISHED
from contracts.reader.judged import Verdict
from contracts.reader.stored import stored
from contracts.services import apart, files, kept_files, long_work
from contracts.services.actors import Actor
from contracts.services.documents import attach, refuse_a_second_time
from contracts.services.editions import Taken, take_edition
from contracts.services.errors import Refused, required
from contracts.services.judging import Outcome, outcomes
from contracts.services.locks import lock
from contracts.terms.moments import Moment, after, elapsed

KIND = "read_document"
KEPT_FOR = timedelta(days=30)
"""How long a file waits for a person to say what it is."""

YOUNG = timedelta(hours=1)
"""Younger files are not swept: their row may be about to be written."""


def begin(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    schedule: Schedule | None,
    name: str,
    file: UploadedFile[bytes] | None,
    types: tuple[str, ...],
    leads_to: Callable[[int], str],
) -> Upload:
    """Keep a file and ask that it be read. ``leads_to`` gives the page of an upload by its number.

    A file that is on its way already is given instead: nothing is doubled. Raises Refused on "file" for one
    of another type, too large, or a document of the contract already; on "name" and "schedule".
    """
    if actor.person is None:
        raise Refused("", "Only a person uploads a document.")
    if schedule is not None and schedule.contract_id != contract.pk:
        raise Refused("schedule", "Choose a schedule of this contract.")
    checked = files.check(file, types=types)
    refuse_a_second_time(contract, checked.sha256)
    if (there := _under_way(contract, checked.sha256, now)) is not None:
        return there
    row = Upload(
        contract=contract,
        schedule=schedule,
        name=required("name", name or checked.name, "Enter a name for the document.", longest=255),
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=actor.person,
        side=actor.side,
        uploaded_at=now,
    )
    try:
        with files.stored(row.file, checked), transaction.atomic():
            row.save(force_insert=True)
            long_work.ask(
                KIND,
                str(row.pk),
                actor,
                now,
                title=f"Reading {row.name}",
                contract=contract,
                payload={"upload": row.pk, "name": name, "schedule": schedule.pk if schedule else None},
                leads_to=leads_to(row.pk),
            )
    except IntegrityError:  # a second click at the same moment was a little faster
        there = Upload.objects.filter(contract=contract, sha256=checked.sha256, document=None).first()
        if there is None:
            raise
        return there
    return row


def work_of(upload_id: int) -> LongWork | None:
    """The work that reads, or read, an upload."""
    return long_work.latest(KIND, str(upload_id))


def _under_way(contract: Contract, sha256: str, now: datetime) -> Upload | None:
    there = Upload.objects.filter(contract=contract, sha256=sha256, document=None).first()
    if there is None:
        return None
    if _is_orphan(there, now):
        throw_away(there)
        return None
    return there


@long_work.kind(KIND, limit=timedelta(minutes=2), megabytes=512)
def _read(work: LongWork, progress: long_work.Progress, now: datetime) -> dict[str, Any]:
    rows = Upload.objects.select_related("contract", "schedule", "uploaded_by")
    row = rows.filter(pk=work.payload["upload"]).first()
    if row is None:
        raise Refused("file", "This file was thrown away meanwhile. Choose it again, if you want it read.")
    if row.document_id is not None:  # a worker died after it was done
        return {"message": f"{row.name} is read."}
    try:
        return _read_and_judge(row, progress, now)
    except (Refused, long_work.Cancelled):
        throw_away(row)
        raise


def _read_and_judge(row: Upload, progress: long_work.Progress, now: datetime) -> dict[str, Any]:
    most = round(apart.SECONDS)

    def waiting(seconds: float) -> None:
        progress.step(min(int(seconds), most - 1), most, "Reading the file: seconds of those it may take")

    waiting(0)
    reading = apart.read_apart(kept_files.content(row), _called(row), waiting=waiting)
    progress.step(most, most, "Holding it against the contract")
    row.reading = stored(reading)
    if not Upload.objects.filter(pk=row.pk, document=None).update(reading=row.reading):
        raise Refused("file", "This file was thrown away meanwhile. Choose it again, if you want it read.")
    found = next(iter(outcomes(row.contract, reading, row.schedule)), None)
    if found is not None and found.verdict is Verdict.SURE:
        actor = actor_of(row)

        def insert(document: Document) -> None:
            if found.judged is not None:
                attach(document, reading, found, actor, now)
            elif found.edition is not None:
                take_edition(document, reading, found.schedule, found.edition, Taken(), actor, now)

        become_document(row, actor, now, insert)
        if found.edition is not None:
            return {"message": f"{row.name} is read. It says what {found.schedule.title} says already."}
        return {"message": f"{row.name} is read and its words are attached to {found.schedule.title}."}
    return {"message": says(row, found)}


def says(row: Upload, found: Outcome | None) -> str:
    """What comes next, where a person has to decide."""
    if found is None or found.verdict is Verdict.NOT_THIS:
        return f"{row.name} is read. It is none of the schedules this contract has: say what it is."
    return f"{row.name} is read. Look at where its words differ from {found.schedule.title}, and decide."


def actor_of(row: Upload) -> Actor:
    """Who uploaded it, for the side they acted for."""
    return Actor.of(row.uploaded_by, Side(row.side))


def become_document(
    row: Upload, actor: Actor, now: datetime, insert: Callable[[Document], object]
) -> Document:
    """Make an upload a document: ``insert`` gets it with its file kept and puts it into the database.

    In one transaction with the contract locked. Raises Refused where the upload is a document already, or
    this file is one; what ``insert`` raises leaves everything as it was.
    """
    checked = files.Checked(_called(row), kept_files.content(row), row.sha256)
    document = Document(
        contract=row.contract,
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
    )
    with files.stored(document.file, checked), transaction.atomic():
        lock(row.contract)
        if not Upload.objects.select_for_update().filter(pk=row.pk, document=None).exists():
            raise Refused("", "Somebody has decided on this document meanwhile.")
        refuse_a_second_time(row.contract, row.sha256)
        insert(document)
        gone, storage = row.file.name, row.file.storage
        row.document, row.reading, row.file = document, None, ""
        row.save(update_fields=["document", "reading", "file"])
        transaction.on_commit(lambda: files.let_go(storage, gone))
    return document


def _called(row: Upload) -> str:
    """What the file is called: the name to list it under, with the ending that the file came with."""
    ending = PurePath(row.file.name or "").suffix
    return row.name if PurePath(row.name).suffix.lower() == ending else row.name + ending


def kept_until(row: Upload) -> Moment:
    """Until when a file waits for a decision."""
    return after(row.uploaded_at, KEPT_FOR)


def throw_away(row: Upload) -> None:
    """Keep nothing of an upload that became no document."""
    name, storage = row.file.name, row.file.storage
    with transaction.atomic():
        Upload.objects.filter(pk=row.pk, document=None).delete()
        transaction.on_commit(lambda: files.let_go(storage, name))


def sweep(now: datetime) -> int:
    """Throw away uploads whose reading came to nothing, those nobody decided on for long, and files without a
    row. Returns how many.
    """
    waiting = Upload.objects.filter(document=None)
    orphans = [row for row in waiting if elapsed(row.uploaded_at, now) > KEPT_FOR or _is_orphan(row, now)]
    for row in orphans:
        throw_away(row)
    return len(orphans) + _sweep_files(now)


def _is_orphan(row: Upload, now: datetime) -> bool:
    """Whether nothing will come of it: it is not read, and nobody is going to read it."""
    if row.reading is not None:
        return False
    work = work_of(row.pk)
    return work is None or (work.state not in UNFINISHED and work.state != WorkState.DONE)


def _sweep_files(now: datetime) -> int:
    storage = Upload._meta.get_field("file").storage
    known = set(Upload.objects.filter(~Q(file="")).values_list("file", flat=True))
    gone = 0
    for name in _files_under(storage, "uploads"):
        if name not in known and elapsed(storage.get_modified_time(name), now) > YOUNG:
            gone += files.let_go(storage, name)
    return gone


def _files_under(storage: Any, folder: str) -> list[str]:
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return []
    found = [f"{folder}/{name}" for name in names]
    for inner in folders:
        found += _files_under(storage, f"{folder}/{inner}")
    return found
