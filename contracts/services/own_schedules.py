"""Making a document a schedule of its contract: its paragraphs come from what the reader found in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.models import Contract, Document, Paragraph, ParagraphVersion, Schedule
from contracts.outlines import outline_keys
from contracts.reader import ParsedDocument
from contracts.reader.fitting import fitted
from contracts.services import ledger, proposals
from contracts.services.actors import Actor
from contracts.services.contracts import ORDER_STEP
from contracts.services.errors import Refused, required
from contracts.services.locks import lock
from contracts.services.schedule_readings import keep_reading
from contracts.terms import paragraphs as read
from contracts.terms.moments import Day

LONGEST_TITLE = 200
LONGEST_KEY = 60
MOST_PARAGRAPHS = 5_000
"""Paragraphs of one schedule; the longest seen in public contracts has about 3,300."""


@transaction.atomic
def make_schedule(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    document: Document,
    reading: ParsedDocument,
    title: str,
) -> Schedule:
    """A schedule of the contract's own: one paragraph for each that the reader found, with its words.

    ``document`` is not in the database yet and is inserted here, because a document never changes and has to
    know its schedule from the first; its file is kept by the caller. The words are in force from the day the
    contract was made (or its start, if earlier). Nothing is due before people decide what they ask.
    Raises Refused on "title" for none, a long one or one that the contract has, on "file" for too many
    paragraphs; ValueError for a document that is kept already or is another contract's.
    """
    if document.pk is not None or document.contract_id != contract.pk:
        raise ValueError("make_schedule inserts a document of this contract that is not kept yet")
    lock(contract)
    reading = fitted(reading)
    title = required("title", title, "Enter the title of the schedule.", longest=LONGEST_TITLE)
    if contract.schedules.filter(title__iexact=title).exists():
        raise Refused("title", f"The contract has a schedule called {title}; enter another title.")
    if len(reading.paragraphs) > MOST_PARAGRAPHS:
        raise Refused(
            "file",
            f"This document has {len(reading.paragraphs):,} paragraphs, more than {MOST_PARAGRAPHS:,}:"
            " split it into its schedules.",
        )
    schedule = Schedule.objects.create(
        contract=contract, outline_key=_new_key(contract, title), title=title, own=True
    )
    document.schedule = schedule
    document.save(force_insert=True)
    keep_reading(document, reading)
    add_paragraphs(schedule, document, reading.paragraphs)
    proposals.renew(schedule, document)
    payload = {
        "schedule": schedule.outline_key,
        "title": title,
        "document": document.pk,
        "name": document.name,
        "sha256": document.sha256,
        "paragraphs": len(reading.paragraphs),
    }
    ledger.record(contract, actor, "schedule_made", payload, now)
    return schedule


def add_paragraphs(
    schedule: Schedule,
    document: Document,
    found: Iterable[read.Paragraph],
    *,
    orders: Sequence[int] | None = None,
    from_day: Day | None = None,
) -> list[Paragraph]:
    """Paragraphs of an own schedule with their words. 2 queries.

    ``orders``: the place of each, else each a step further on. The words are in force from ``from_day``, else
    from the day the contract was made (or its start, if earlier).
    """
    found = list(found)
    contract = document.contract
    orders = orders or [place * ORDER_STEP for place in range(1, len(found) + 1)]
    rows = Paragraph.objects.bulk_create(
        Paragraph(
            contract=contract,
            schedule=schedule,
            path=one.path,
            scope=one.scope,
            number=one.number,
            printed=one.printed[:60],
            order=order,
            heading=(one.heading or "")[:255],
        )
        for order, one in zip(orders, found, strict=True)
    )
    begins = from_day or min(contract.agreement_date, contract.start_date)
    ParagraphVersion.objects.bulk_create(
        ParagraphVersion(
            contract=contract,
            paragraph=row,
            text=one.text,
            in_force=DateRange(begins, None),
            document=document,
        )
        for row, one in zip(rows, found, strict=True)
    )
    return rows


def _new_key(contract: Contract, title: str) -> str:
    """The title in small letters with the contract's number, like ``outdoor_swimming_c12``.

    It is unique in the installation, and no shipped schedule's.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "schedule"
    taken = {*outline_keys(), *contract.schedules.values_list("outline_key", flat=True)}
    number = 1
    while True:
        end = f"_c{contract.pk}" if number == 1 else f"_{number}_c{contract.pk}"
        key = slug[: LONGEST_KEY - len(end)].rstrip("_") + end
        if key not in taken:
            return key
        number += 1
