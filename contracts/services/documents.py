"""Uploading a schedule: it is kept as it is, read, and its words go to the paragraphs they belong to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from contracts.models import Contract, Document, Paragraph, ParagraphVersion, Schedule
from contracts.reader import Matched, ParsedDocument, ReaderError, match, read_document, recognise
from contracts.reader.match import ENOUGH
from contracts.services import files, ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.locks import lock
from contracts.terms.moments import london, long_day

TYPES = (".docx", ".odt", ".pdf", ".html", ".md", ".txt")


def upload_document(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    schedule: Schedule | None,
    name: str = "",
    file: UploadedFile[bytes] | None,
) -> Document:
    """Keep a document and attach its words to the schedule's paragraphs. Without a schedule it is recognised.

    Words that a variation brought stay; all others become the document's. What the reader made of it is in
    ``Document.reading``: paths matched, missing and extra, warnings, time limits. Raises Refused on "file"
    for a document too large, of another type, unreadable, uploaded before, or of another schedule; nothing
    is kept then.
    """
    if actor.person is None:
        raise Refused("", "Only a person uploads a document.")
    checked = files.check(file, types=TYPES)
    try:
        reading = read_document(checked.content)
    except ReaderError as error:
        raise Refused("file", f"This document cannot be read: {error}.") from error
    schedule = _schedule(contract, schedule, reading)
    outline = {row.path: row for row in Paragraph.objects.filter(schedule=schedule).order_by("order")}
    found = match(reading, list(outline))
    if found.share < ENOUGH:
        raise Refused(
            "file",
            f"This does not look like {schedule.title}: it has only {len(found.matched)} of its"
            f" {len(outline)} paragraphs. Choose the document of that schedule, or another schedule.",
        )
    row = Document(
        contract=contract,
        schedule=schedule,
        name=required("name", name or checked.name, "Enter a name for the document.", longest=255),
        size=checked.size,
        sha256=checked.sha256,
        reading=_report(reading, found),
        uploaded_by=actor.person,
        uploaded_at=now,
    )
    with files.stored(row.file, checked), transaction.atomic():
        lock(contract)
        _refuse_a_second_time(contract, checked.sha256)
        row.save(force_insert=True)
        _attach(row, reading, outline)
        ledger.record(contract, actor, "document_uploaded", _ledger_payload(row, schedule), now)
    return row


def _schedule(contract: Contract, schedule: Schedule | None, reading: ParsedDocument) -> Schedule:
    if schedule is not None:
        if schedule.contract_id != contract.pk:
            raise Refused("schedule", "Choose a schedule of this contract.")
        return schedule
    schedules = {row.outline_key: row for row in contract.schedules.all()}
    paths: dict[str, list[str]] = {key: [] for key in schedules}
    rows = Paragraph.objects.filter(contract=contract).values_list("schedule__outline_key", "path")
    for key, path in rows:
        paths[key].append(path)
    known = recognise(reading, paths)
    if known is None:
        raise Refused("file", "This is none of the contract's schedules. Choose another document.")
    return schedules[known]


def _attach(document: Document, reading: ParsedDocument, outline: dict[str, Paragraph]) -> None:
    """Give each matching paragraph its words, in every version whose words no variation brought."""
    words = {outline[row.path].pk: row for row in reading.paragraphs if row.path in outline}
    printed = []
    for paragraph in outline.values():
        if (read := words.get(paragraph.pk)) and paragraph.printed != read.printed[:60]:
            paragraph.printed = read.printed[:60]
            printed.append(paragraph)
    not_of_a_variation = Q(text="") | Q(document__isnull=False)
    versions = list(ParagraphVersion.objects.filter(not_of_a_variation, paragraph__in=words))
    for version in versions:
        version.text, version.document = words[version.paragraph_id].text, document
    Paragraph.objects.bulk_update(printed, ["printed"])
    ParagraphVersion.objects.bulk_update(versions, ["text", "document"])


def _refuse_a_second_time(contract: Contract, sha256: str) -> None:
    earlier = Document.objects.filter(contract=contract, sha256=sha256).first()
    if earlier is not None:
        day = long_day(london(earlier.uploaded_at).date())
        raise Refused("file", f"This very file was uploaded on {day} as {earlier.name}.")


def _report(reading: ParsedDocument, found: Matched) -> dict[str, Any]:
    return {
        "matched": len(found.matched),
        "missing": list(found.missing),
        "extra": list(found.extra),
        "warnings": [warning.as_json() for warning in reading.warnings],
        "time_limits": [limit.as_json() for limit in reading.time_limits],
        "unclaimed": [one.as_json() for one in reading.unclaimed],
    }


def _ledger_payload(document: Document, schedule: Schedule) -> dict[str, Any]:
    return {
        "document": document.pk,
        "name": document.name,
        "sha256": document.sha256,
        "schedule": schedule.outline_key,
        "matched": document.reading["matched"],
        "missing": len(document.reading["missing"]),
        "extra": len(document.reading["extra"]),
        "warnings": len(document.reading["warnings"]),
    }
