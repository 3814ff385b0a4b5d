"""Proposals made anew after a correction: at once where the schedule is short, else as long work."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from contracts.models import Document, LongWork, Proposal, ReadingCorrection, Schedule
from contracts.services import long_work, proposals
from contracts.services.actors import Actor
from contracts.services.locks import lock

KIND = "propose_again"
QUICK = 400
"""Paragraphs up to which they are made while the person waits."""


def propose_again(
    schedule: Schedule, document: Document, touched: Collection[int], actor: Actor, now: datetime
) -> None:
    """Make the proposals of a schedule anew, in the caller's transaction.

    Where that takes long, those of the ``touched`` paragraphs are thrown away at once, so that none speaks of
    words that are others now, and a worker makes all of them anew.
    """
    if schedule.paragraphs.count() <= QUICK:
        proposals.renew(schedule, document)
        return
    Proposal.objects.filter(paragraph__in=touched).delete()
    last = _last(schedule)
    long_work.ask(
        KIND,
        f"{schedule.pk}/{last}",
        actor,
        now,
        title=f"Looking again at what {schedule.title} asks",
        contract=schedule.contract,
        payload={"schedule": schedule.pk, "document": document.pk, "correction": last},
    )


def _last(schedule: Schedule) -> int:
    rows = ReadingCorrection.objects.filter(schedule=schedule).order_by("-number")
    return rows.values_list("number", flat=True).first() or 0


@long_work.kind(KIND, limit=timedelta(minutes=5), megabytes=512)
def _propose(work: LongWork, progress: long_work.Progress, now: datetime) -> dict[str, Any]:
    schedule = Schedule.objects.select_related("contract").get(pk=work.payload["schedule"])
    document = Document.objects.get(pk=work.payload["document"])
    lock(schedule.contract)
    if _last(schedule) != work.payload["correction"]:
        return {"message": "A later correction has its proposals made instead."}
    progress.step(0, 2, "Reading what each paragraph asks")
    made = proposals.renew(schedule, document)
    progress.step(2, 2, "Done")
    return {"message": f"{made} proposals were made for {schedule.title}."}
