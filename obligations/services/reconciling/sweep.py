"""The safety sweep: contracts whose words, obligations or duties are not what they should be.

Each part of the product keeps them in step in the transaction of every write. The sweep trusts none of it: it
works everything out anew and looks whether anything would change.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.rebuild import words_unlike_the_ledger
from contracts.services.words import lay_variations_over
from obligations.services.asking.amendment_rows import adopt_new_duties
from obligations.services.reconciling.adopt import fit_to_the_words
from obligations.services.reconciling.holding import in_step_at, lock
from obligations.services.reconciling.reconcile import reconcile

log = logging.getLogger(__name__)
SWEEP = Actor.system("safety sweep")
BECAUSE = "The safety sweep found that it did not match the contract's words"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is out of step in one contract: how many paragraphs, obligations and duties, and the ledger's
    word.
    """

    reference: str
    paragraphs: int
    obligations: int
    duties: int
    unlike_ledger: tuple[str, ...] = ()
    refusal: str = ""

    def __bool__(self) -> bool:
        counts = self.paragraphs or self.obligations or self.duties
        return bool(counts or self.unlike_ledger or self.refusal)

    def __str__(self) -> str:
        if self.refusal:
            return self.refusal
        counts = f"{self.paragraphs} paragraphs, {self.obligations} obligations, {self.duties} duties"
        text = f"{self.reference}: {counts}"
        more = f"; unlike the ledger: {', '.join(self.unlike_ledger[:5])}" if self.unlike_ledger else ""
        return f"{text} out of step{more}"


def behind() -> QuerySet[Contract]:
    """The contracts whose duties were last worked out for older words. Cheap: one column against another."""
    return Contract.objects.filter(closed_at=None).exclude(reconciled_version=F("text_version"))


def sweep(
    now: datetime, *, repair: bool = False, contracts: QuerySet[Contract] | None = None
) -> list[Finding]:
    """Work every contract out anew and report what would change; with ``repair`` let it change.

    Each contract in a transaction of its own. Time alone may raise a duty that the clock has not come to yet;
    that is not out of step and is left to the clock.
    """
    found = []
    for contract in (contracts if contracts is not None else Contract.objects.order_by("pk")).iterator():
        finding = look_at(contract, now, repair=repair)
        if finding:
            found.append(finding)
    return found


def look_at(contract: Contract, now: datetime, *, repair: bool = False) -> Finding:
    """What is out of step in one contract. Neither a version nor an edition is ever taken over here.

    Where its rules cannot be used, the finding says why, and the next contract is looked at all the same.
    """
    try:
        return _look_at(contract, now, repair=repair)
    except Refused as refused:
        log.error("%s", refused.message)
        return Finding(contract.reference, 0, 0, 0, refusal=refused.message)


def _look_at(contract: Contract, now: datetime, *, repair: bool) -> Finding:
    with transaction.atomic():
        lock(contract, now)
        point = transaction.savepoint()
        unlike = tuple(words_unlike_the_ledger(contract))
        paragraphs = lay_variations_over(contract)
        obligations = adopt_new_duties(contract) + fit_to_the_words(contract)
        moment = now if repair else in_step_at(contract, now)
        changes = reconcile(contract, moment, SWEEP, because=BECAUSE)
        rows = {row.pk or id(row) for row in changes.every}
        finding = Finding(contract.reference, paragraphs, obligations, len(rows), unlike)
        if finding and repair:
            transaction.savepoint_commit(point)
        else:
            transaction.savepoint_rollback(point)
    return finding
