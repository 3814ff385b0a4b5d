"""How the document of an own schedule is read: as the reader did, and as people corrected it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.models import (
    Document,
    DocumentReading,
    Paragraph,
    ParagraphVersion,
    ReadingCorrection,
    Schedule,
)
from contracts.models.correction import UNDO
from contracts.reader import ParsedDocument
from contracts.reader.corrections import Again, Corrected, Correction, CorrectionKind, again, apply
from contracts.reader.stored import from_stored, stored
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms import paragraphs as read


@dataclass(frozen=True)
class ScheduleReading:
    """The last document of a schedule, its reading, and the corrections of its paragraphs.

    ``made``: all corrections of the schedule, in their order. ``counting``: those of this document that
    nobody took back. ``lost``: those of earlier documents that found no place in it.
    """

    schedule: Schedule
    document: Document
    read: ParsedDocument
    made: tuple[ReadingCorrection, ...]
    corrected: Corrected

    @property
    def last(self) -> int:
        """The number of the last correction, 0 where there is none."""
        return self.made[-1].number if self.made else 0

    @property
    def counting(self) -> list[ReadingCorrection]:
        """The corrections that this document is read with."""
        return counting(self.made, self.document)

    @property
    def lost(self) -> list[ReadingCorrection]:
        """The corrections of earlier documents that wait for a person: their words are not found any more."""
        return lost(self.made, self.document)

    def as_of(self, number: int) -> Corrected:
        """The reading as it was when the correction with this number was the last. Raises CorrectionError."""
        then = [row for row in self.made if row.number <= number]
        return apply(self.read, [as_correction(row) for row in counting(then, self.document)])


def counting(rows: Iterable[ReadingCorrection], document: Document) -> list[ReadingCorrection]:
    """The corrections of a document that none of these takes back."""
    rows = list(rows)
    taken_back = {row.undoes_id for row in rows}
    return [
        row
        for row in rows
        if row.kind != UNDO and row.document_id == document.pk and row.pk not in taken_back
    ]


def lost(rows: Iterable[ReadingCorrection], document: Document) -> list[ReadingCorrection]:
    """The corrections of other documents that none of these takes back or does again."""
    rows = list(rows)
    settled = {row.undoes_id for row in rows} | {row.carried_from_id for row in rows}
    return [
        row for row in rows if row.kind != UNDO and row.document_id != document.pk and row.pk not in settled
    ]


def as_correction(row: ReadingCorrection) -> Correction:
    """A row as the reader has it."""
    return Correction(row.number, CorrectionKind(row.kind), row.path, row.words, row.what)


def document_of(schedule: Schedule) -> Document | None:
    """The last document that the schedule's paragraphs were read from. 1 query."""
    rows = Document.objects.filter(schedule=schedule, whole_reading__isnull=False)
    found = rows.select_related("whole_reading").order_by("-pk").first()
    return found or Document.objects.filter(schedule=schedule).order_by("-pk").first()


def corrections_of(schedule: Schedule) -> list[ReadingCorrection]:
    """All corrections of a schedule, in their order. 1 query."""
    return list(ReadingCorrection.objects.filter(schedule=schedule).order_by("number"))


def reading_of(schedule: Schedule) -> ScheduleReading:
    """How a schedule is read. 2 queries; 4 where its reading was not kept.

    Raises Refused for a schedule that comes with Duly, or has no document.
    """
    document = document_of(schedule) if schedule.own else None
    if document is None:
        raise Refused("", f"{schedule.title} has no reading of its own: its paragraphs come with Duly.")
    found = _kept(document)
    made = corrections_of(schedule)
    corrected = apply(found, [as_correction(row) for row in counting(made, document)])
    return ScheduleReading(schedule, document, found, tuple(made), corrected)


def _kept(document: Document) -> ParsedDocument:
    try:
        return from_stored(document.whole_reading.reading)
    except DocumentReading.DoesNotExist:
        return _from_rows(document)


def _from_rows(document: Document) -> ParsedDocument:
    """What is left of a reading from before readings were kept: its paragraphs, without other text."""
    words: dict[int, str] = {}
    versions = ParagraphVersion.objects.filter(paragraph__schedule=document.schedule, begun_by=None)
    for version in versions.order_by("in_force"):
        if version.used:
            words[version.paragraph_id] = version.text
    rows = Paragraph.objects.filter(schedule=document.schedule, pk__in=words).order_by("order")
    found = tuple(
        read.Paragraph(row.scope, row.number, row.printed, row.heading or None, words[row.pk]) for row in rows
    )
    return ParsedDocument(paragraphs=found, time_limits=(), warnings=(), scopes=())


def keep_reading(document: Document, reading: ParsedDocument) -> None:
    """Keep what the reader made of a document of an own schedule, uncorrected. 1 query."""
    DocumentReading.objects.create(
        contract_id=document.contract_id, document=document, reading=stored(reading)
    )


def done_again(schedule: Schedule, reading: ParsedDocument) -> Again:
    """A later document of a schedule with the corrections of the earlier ones done again. 2 queries."""
    document = document_of(schedule)
    if document is None:
        return again(reading, [])
    return again(reading, [as_correction(row) for row in _waiting(corrections_of(schedule), document)])


def _waiting(rows: Sequence[ReadingCorrection], document: Document) -> list[ReadingCorrection]:
    """What is done again to a later document: what counts, and what an earlier one had no place for."""
    found = [*counting(rows, document), *lost(rows, document)]
    return sorted(found, key=lambda row: row.number)


def carry(schedule: Schedule, document: Document, found: Again, actor: Actor, now: datetime) -> None:
    """Keep the corrections that were done again to a document that was just taken. 2 queries."""
    rows = {row.number: row for row in corrections_of(schedule)}
    assert actor.person is not None
    ReadingCorrection.objects.bulk_create(
        ReadingCorrection(
            contract_id=schedule.contract_id,
            schedule=schedule,
            document=document,
            number=number,
            kind=str(one.kind),
            path=one.path,
            words=one.words,
            what=dict(one.what),
            reason=rows[one.number].reason,
            carried_from=rows[one.number],
            made_by=actor.person,
            made_by_name=actor.name,
            made_side=actor.side,
            made_at=now,
        )
        for number, one in enumerate(found.kept, max(rows, default=0) + 1)
    )
