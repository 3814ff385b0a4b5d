"""What was sent goes onto the record: into each contract's ledger, just after it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from obligations.models import Notice
from obligations.services.notices.planning import plan_again

ACTOR = Actor.system("notices")
LEDGER_BATCH = 500
LEDGERS_AT_ONCE = 100


def record_in_ledger(now: datetime) -> int:
    """Write all that was sent into the ledgers, an entry for each contract and ``LEDGER_BATCH`` notices.

    A worker that died after sending leaves this to the next sweep; so does one that meets a contract to which
    somebody is writing just now. Returns how many. A constant number of statements for each batch.
    """
    open_ones = Notice.objects.filter(sent_at__isnull=False, in_ledger=False)
    contracts = list(open_ones.order_by("contract_id").values_list("contract_id", flat=True).distinct())
    written = 0
    for start in range(0, len(contracts), LEDGERS_AT_ONCE):
        while batch := _record_batch(contracts[start : start + LEDGERS_AT_ONCE], open_ones, now):
            written += batch
    return written


def _record_batch(contracts: Sequence[int], open_ones: QuerySet[Notice], now: datetime) -> int:
    with transaction.atomic():
        free = Contract.objects.select_for_update(skip_locked=True).filter(pk__in=contracts).order_by("pk")
        notices = list(
            open_ones.filter(contract__in=list(free.values_list("pk", flat=True)))
            .select_related("recipient", "fact", "entry", "duty__obligation__paragraph__schedule")
            .order_by("contract_id", "sent_at", "pk")[:LEDGER_BATCH]
        )
        if notices:
            ledger.append(_entries(notices), ACTOR, now)
            Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(in_ledger=True)
            plan_again(notices, now)
    return len(notices)


def _entries(notices: Sequence[Notice]) -> dict[int, list[ledger.Entry]]:
    """By contract, one entry for what everybody may know of, and one for each subject kept to a list."""
    kept = ledger.kept((notice.contract_id, notice.subject) for notice in notices)
    told: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for notice in notices:
        chain = notice.contract_id, notice.subject
        told.setdefault(chain if chain in kept else (notice.contract_id, ""), []).append(as_payload(notice))
    entries: dict[int, list[ledger.Entry]] = {}
    for (contract, subject), sent in told.items():
        payload = {"notices": sent} | ({"subject": subject} if subject else {})
        entries.setdefault(contract, []).append(("notices_sent", payload))
    return entries


def as_payload(notice: Notice) -> dict[str, Any]:
    """What the ledger says of a notice."""
    duty = notice.duty
    about: dict[str, Any] = (
        {"entry": notice.entry_id} if notice.entry is not None else {"fact": notice.fact_id}
    )
    if duty is not None:
        about = {"duty": notice.duty_id, "citation": duty.obligation.paragraph.citation}
    return {
        "notice": notice.pk,
        **about,
        "stage": notice.stage,
        "to": notice.recipient.name,
        "sent_at": notice.sent_at.isoformat() if notice.sent_at else None,
    }
