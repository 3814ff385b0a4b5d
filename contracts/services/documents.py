"""Uploading a schedule: it is kept as it is, read, and its words go to the paragraphs they belong to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from contracts.models import Contract, Document, Paragraph, ParagraphVersion, Schedule
from contracts.reader import Matched, ParsedDocument, ReaderError, read_document
from contracts.reader.judged import Judged, Verdict
from contracts.services import files, ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.judging import Outcome, outcomes
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
    take_differing: bool = False,
) -> Document:
    """Keep a document and attach its words to the schedule's paragraphs, in one step and in this process.

    For commands and tests; pages read what people send in a process of its own (``services/uploads.py``).
    Without a schedule it is recognised. Words that a variation brought stay; all others become the
    document's. ``take_differing``: also where words differ from what is known of a paragraph, as a person
    decided. Raises Refused on "file" for a document too large, of another type, unreadable, uploaded before,
    of another schedule, or whose words are for a person to look at; nothing is kept then.
    """
    if actor.person is None:
        raise Refused("", "Only a person uploads a document.")
    if schedule is not None and schedule.contract_id != contract.pk:
        raise Refused("schedule", "Choose a schedule of this contract.")
    checked = files.check(file, types=TYPES)
    refuse_a_second_time(contract, checked.sha256)
    try:
        reading = read_document(checked.content, checked.name)
    except ReaderError as error:
        raise Refused("file", f"This document cannot be read: {error}.") from error
    found = _recognised(contract, reading, schedule, take_differing)
    row = Document(
        contract=contract,
        name=required("name", name or checked.name, "Enter a name for the document.", longest=255),
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=actor.person,
        uploaded_at=now,
    )
    with files.stored(row.file, checked), transaction.atomic():
        lock(contract)
        refuse_a_second_time(contract, checked.sha256)
        attach(row, reading, found, actor, now)
    return row


def _recognised(
    contract: Contract, reading: ParsedDocument, schedule: Schedule | None, take_differing: bool
) -> Outcome:
    found = next(iter(outcomes(contract, reading, schedule)), None)
    if found is None or found.judged is None or found.verdict is Verdict.NOT_THIS:
        raise Refused("file", not_this(found) if schedule is not None else _none(found))
    if found.verdict is Verdict.UNSURE and not take_differing:
        raise Refused("file", unsure(found))
    return found


def _none(found: Outcome | None) -> str:
    if found is None or found.verdict is Verdict.NOT_THIS:
        return NONE_OF_THEM
    return f"This is a later edition of {found.schedule.title}. Upload it on the contract's page."


NONE_OF_THEM = "This is none of the contract's schedules. Choose another document."


def not_this(found: Outcome | None) -> str:
    """Why a document is not the schedule it was said to be."""
    if found is None or found.judged is None:
        return _none(found)
    matched, title = found.judged.matched, found.schedule.title
    there, whole = len(matched.matched), len(matched.matched) + len(matched.missing)
    if there * 2 < whole:
        why = f"it has only {there} of its {whole} paragraphs"
    else:
        why = "it has its numbers, and the words under them say something else"
    return (
        f"This does not look like {title}: {why}. Choose the document of that schedule, or another schedule."
    )


def unsure(found: Outcome) -> str:
    """That a person has to look first, and at what."""
    assert found.judged is not None
    named = [one.path for one in found.judged.differing if one.rests][:5]
    where = f", for example in {', '.join(named)}" if named else ""
    return (
        f"This may be {found.schedule.title}, but its words differ from what is known of it{where}."
        " Upload it on the contract's page and decide there which words count."
    )


def attach(
    row: Document,
    reading: ParsedDocument,
    found: Outcome,
    actor: Actor,
    now: datetime,
    *,
    leave: Collection[str] = (),
) -> None:
    """Insert a document and give the paragraphs of a known schedule its words, but for those in ``leave``.

    In the caller's transaction, with the contract locked; the file is kept by the caller.
    """
    assert found.judged is not None
    row.schedule = found.schedule
    row.reading = report(reading, found.judged, leave)
    row.save(force_insert=True)
    outline = {one.path: one for one in Paragraph.objects.filter(schedule=found.schedule).order_by("order")}
    _attach(row, reading, {path: one for path, one in outline.items() if path not in leave})
    ledger.record(row.contract, actor, "document_uploaded", _ledger_payload(row, found.schedule), now)


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


def refuse_a_second_time(contract: Contract, sha256: str) -> None:
    """Raise Refused on "file" where this very file is a document of the contract."""
    earlier = Document.objects.filter(contract=contract, sha256=sha256).first()
    if earlier is not None:
        day = long_day(london(earlier.uploaded_at).date())
        raise Refused("file", f"This very file was uploaded on {day} as {earlier.name}.")


def report(reading: ParsedDocument, judged: Judged, leave: Collection[str] = ()) -> dict[str, Any]:
    """What ``Document.reading`` keeps of a document of a known schedule."""
    matched: Matched = judged.matched
    left = [path for path in matched.matched if path in leave]
    form = {
        "matched": len(matched.matched) - len(left),
        "missing": list(matched.missing),
        "extra": list(matched.extra),
        "verdict": str(judged.verdict),
        "differing": [
            {"path": one.path, "why": str(one.why), "says": one.says, "taken": one.path not in leave}
            for one in judged.to_decide
        ],
    }
    return form | report_of_file(reading)


def report_of_file(reading: ParsedDocument) -> dict[str, Any]:
    """What ``Document.reading`` keeps of any document: its limits and warnings, and what the file held."""
    form = reading.as_json()
    names = ("warnings", "unclaimed", "held", "changes", "kind")
    limits = [limit.as_json() for limit in reading.time_limits]
    return {"time_limits": limits, "paragraphs": len(reading.paragraphs), **{n: form[n] for n in names}}


def _ledger_payload(document: Document, schedule: Schedule) -> dict[str, Any]:
    reading = document.reading
    left = [one["path"] for one in reading["differing"] if not one["taken"]]
    taken = [one["path"] for one in reading["differing"] if one["taken"]]
    return {
        "document": document.pk,
        "name": document.name,
        "sha256": document.sha256,
        "schedule": schedule.outline_key,
        "matched": reading["matched"],
        "missing": len(reading["missing"]),
        "extra": len(reading["extra"]),
        "warnings": len(reading["warnings"]),
        "verdict": reading["verdict"],
        "taken": taken if reading["verdict"] == "unsure" else [],
        "left": left,
    }
