"""The safety sweep: contracts whose words, obligations or duties are not what they should be.

Each part of the product keeps them in step in the transaction of every write. The sweep trusts none of it: it
works everything out anew and looks whether anything would change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from contracts.models import Contract, LedgerEntry
from contracts.services.actors import Actor
from contracts.services.rebuild import words_unlike_the_ledger
from contracts.services.words import lay_variations_over
from obligations.services.asking.amendment_rows import adopt_new_duties
from obligations.services.reconciling.adopt import fit_to_the_words
from obligations.services.reconciling.reconcile import reconcile

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

    def __bool__(self) -> bool:
        return bool(self.paragraphs or self.obligations or self.duties or self.unlike_ledger)

    def __str__(self) -> str:
        counts = f"{self.paragraphs} paragraphs, {self.obligations} obligations, {self.duties} duties"
        text = f"{self.reference}: {counts}"
        more = f"; unlike the ledger: {', '.join(self.unlike_ledger[:5])}" if self.unlike_ledger else ""
        return f"{text} out of step{more}"


def behind() -> QuerySet[Contract]:
    """The contracts whose duties were last worked out for older words. Cheap: one column against another."""
    return Contract.objects.exclude(reconciled_version=F("text_version"))


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


def _in_step_at(contract: Contract, now: datetime) -> datetime:
    """The last moment at which the duties were worked out: the whole contract, or what was recorded since."""
    last = LedgerEntry.objects.filter(contract=contract).order_by("pk").last()
    known = [contract.reconciled_through, last.moment if last else None]
    return max((one for one in known if one is not None), default=now)


def look_at(contract: Contract, now: datetime, *, repair: bool = False) -> Finding:
    """What is out of step in one contract."""
    with transaction.atomic():
        point = transaction.savepoint()
        unlike = tuple(words_unlike_the_ledger(contract))
        paragraphs = lay_variations_over(contract)
        obligations = adopt_new_duties(contract) + fit_to_the_words(contract)
        moment = now if repair else _in_step_at(contract, now)
        changes = reconcile(contract, moment, SWEEP, because=BECAUSE)
        rows = {
            row.pk or id(row)
            for rows in (changes.raised, changes.redated, changes.closed, changes.ended, changes.withdrawn)
            for row in [*rows, *changes.reopened]
        }
        finding = Finding(contract.reference, paragraphs, obligations, len(rows), unlike)
        if finding and repair:
            transaction.savepoint_commit(point)
        else:
            transaction.savepoint_rollback(point)
    return finding
