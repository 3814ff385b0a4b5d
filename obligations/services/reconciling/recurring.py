"""What time alone brings: recurring duties, anniversaries, certificates that lapse (R16, R26)."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Min

from contracts.models import Contract
from contracts.services.actors import Actor
from obligations.models import FactRecord, WakeUp
from obligations.services.asking.engine_input import touched
from obligations.services.asking.versions import adopted_by
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile

log = logging.getLogger(__name__)
CLOCK = Actor.system("clock")
TIME_PASSED = "Time passed"
AT_ONCE = 500


def raise_recurring(now: datetime, limit: int = AT_ONCE) -> int:
    """Look again at up to ``limit`` contracts whose wake-up has come; returns how many were looked at.

    Who has waited longest comes first. Each in a transaction of its own: one that fails is logged, keeps its
    wake-up and is put back behind the others, so that many that fail hold up nobody. Two workers at once do
    not do the same contract twice.
    """
    due = WakeUp.objects.filter(at__lte=now).values("contract_id").annotate(first=Min("at"))
    handled = 0
    for contract_id in list(
        due.order_by("first", "contract_id").values_list("contract_id", flat=True)[:limit]
    ):
        try:
            handled += _wake(contract_id, now)
        except Exception:
            log.exception("contract %s could not be looked at again; it keeps its wake-up", contract_id)
            WakeUp.objects.filter(contract=contract_id, at__lte=now).update(at=now)
    return handled


@transaction.atomic
def _wake(contract_id: int, now: datetime) -> bool:
    contract = Contract.objects.select_for_update(skip_locked=True).filter(pk=contract_id).first()
    if contract is None:
        return False
    woken = list(WakeUp.objects.filter(contract=contract, at__lte=now).values_list("subject", flat=True))
    if not woken:
        return False
    subjects = set(woken)
    adopted = adopted_by(contract).values()
    kinds = {kind for ones in adopted for one in ones for kind in one.book.vocabulary.lapses}
    lapsing = FactRecord.objects.filter(
        contract=contract, kind__in=kinds, subject__in=woken, withdrawn_at=None
    )
    for kind, subject in lapsing.values_list("kind", "subject").distinct():
        subjects |= touched(contract, kind, subject) or set()
    lock(contract, now)
    reconcile(contract, now, CLOCK, subjects=subjects, because=TIME_PASSED)
    return True
