"""Drafts put on the contract's record: by who submits them, and by themselves once their date is missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.services.reconciling.holding import lock
from obligations.services.recording.facts import record_together
from obligations.vulnerabilities.models import State, Vulnerability
from obligations.vulnerabilities.services.allowed import patching
from obligations.vulnerabilities.services.keeping import facts_to_record

NAMED = 20
"""So many are named in the ledger's entry; each has entries of its own for its facts."""

PORTION = 500
"""So many missed drafts of a contract are put on the record in one transaction."""

WATCH = Actor.system("vulnerabilities")


@transaction.atomic
def submit(
    contract: Contract, actor: Actor, now: datetime, rows: Sequence[Vulnerability]
) -> list[Vulnerability]:
    """Put drafts of the actor's side on the record, where both sides see them; those that were put.

    Raises Refused for the side that does not patch, and where none of them is a draft any more.
    """
    patching(contract, actor, now)
    put = put_on_record(
        contract, actor, now, [row for row in rows if row.recorded_side == actor.side], "submitted"
    )
    if not put:
        raise Refused("", "There is no draft among these any more.")
    return put


def put_missed(now: datetime) -> int:
    """Put drafts on the record whose date has passed, as the contract's clock runs for them too; how many."""
    late = Vulnerability.objects.filter(
        draft=True, state=State.OPEN, due_at__lt=now, released_on__isnull=False, contract__closed_at=None
    )
    number = 0
    for contract in Contract.objects.filter(pk__in=late.values("contract")).order_by("pk"):
        rows = list(late.filter(contract=contract).order_by("due_at", "pk")[:PORTION])
        number += len(put_on_record(contract, WATCH, now, rows, "its date was missed"))
    return number


@transaction.atomic
def put_on_record(
    contract: Contract, actor: Actor, now: datetime, rows: Sequence[Vulnerability], because: str
) -> list[Vulnerability]:
    """Put drafts on the record with their facts; those that were. ``because``: why now, for the ledger.

    What is on the record by another way already is not put there twice.
    """
    lock(contract, now)
    drafts = Vulnerability.objects.filter(pk__in=[row.pk for row in rows], draft=True, contract=contract)
    there = Vulnerability.objects.filter(contract=contract, draft=False)
    put = list(drafts.exclude(folded__in=there.values("folded")).order_by("pk"))
    if put:
        subjects = [row.subject for row in put[:NAMED]]
        payload = {"vulnerabilities": len(put), "because": because, "subjects": subjects}
        ledger.record(contract, actor, "vulnerabilities_submitted", payload, now)
        Vulnerability.objects.filter(pk__in=[row.pk for row in put]).update(draft=False)
        record_together(contract, actor, now, [one for row in put for one in facts_to_record(row)])
    return put
