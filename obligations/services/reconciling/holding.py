"""Holding duties as they are while a later edition of the engine is offered and not taken over.

Before anything is written on a contract that goes by an earlier edition, the engine of today is asked about
what there is, once. Where it says otherwise, the duty is held together with what it says. From then on a
difference that is still the same is the edition's alone, and the duty stays; another one has another cause.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from contracts.models import Contract, LedgerEntry
from contracts.row_security import asking
from contracts.services import locks
from contracts.terms.restricted import key_for
from obligations.models import Becomes, Duty, EditionAdoption, Offer, OfferedChange, OfferState, WakeUp
from obligations.rules.engine.edition import this_edition
from obligations.rules.register.duty import Duty as Derived
from obligations.rules.time.working_days import Calendar
from obligations.services.asking import calendars
from obligations.services.asking.books import books_of
from obligations.services.asking.engine_input import EngineInput, hanging_together, load
from obligations.services.asking.versions import edition_of
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.duty_rows import Key
from obligations.services.reconciling.settling import Ground, Settling, derived_duties

BATCH = 1000


@transaction.atomic
def lock(contract: Contract, now: datetime) -> None:
    """Lock a contract before something is written that its duties follow from. 2 queries, if looked at.

    Raises BookRefused where the database is of a later edition than the engine.
    """
    locks.lock(contract)
    if not is_looked_at(contract):
        look_at_edition(contract, now)


def is_looked_at(contract: Contract) -> bool:
    """Whether the engine of today was asked about the contract, or is the one it goes by. 2 queries."""
    return edition_of(contract) >= this_edition() or _ready(contract).exists()


def not_looked_at() -> list[int]:
    """The contracts about which the engine of today was not asked yet. 1 query."""
    still_open = EditionAdoption.objects.filter(contract__closed_at=None)
    editions = still_open.order_by().values("contract_id").annotate(newest=Max("edition"))
    ready = Offer.objects.filter(edition=this_edition(), state=OfferState.READY)
    late = editions.filter(newest__lt=this_edition()).exclude(contract_id__in=ready.values("contract_id"))
    return list(late.values_list("contract_id", flat=True))


def _ready(contract: Contract) -> QuerySet[Offer]:
    return Offer.objects.filter(contract=contract, edition=this_edition(), state=OfferState.READY)


def holds_of(contract: Contract) -> dict[Key, OfferedChange]:
    """The duties of a contract that are held as they are, by what identifies them. 1 query."""
    rows = OfferedChange.objects.filter(contract=contract, held=True)
    return {(row.rulebook_key, row.rule_key, row.subject, row.occurrence): row for row in rows}


def in_step_at(contract: Contract, now: datetime) -> datetime:
    """The last moment at which the duties were worked out: the whole contract, or what was recorded since."""
    last = LedgerEntry.objects.filter(contract=contract).order_by("pk").last()
    known = [contract.reconciled_through, last.moment if last else None]
    return max((one for one in known if one is not None), default=now)


@transaction.atomic
def look_at_edition(contract: Contract, now: datetime) -> Offer:
    """Ask the engine of today about all there is, and hold what it says otherwise. Moves nothing.

    Asked as at the moment at which the duties were last worked out, so that what time brought since is not
    taken for the edition's. The contract is locked.
    """
    offer, _ = Offer.objects.get_or_create(contract=contract, edition=this_edition())
    moment = in_step_at(contract, now)
    books = books_of(contract)
    part = load(contract, None, books=books)
    known = calendars.load()
    ground = Ground(known.as_json(contract.division), this_edition(), taking_over="asking")
    settling = Settling(contract, part, moment, ground)
    settling.all(_as_worked_out(contract, part, known.of(contract.division), moment))
    OfferedChange.objects.filter(contract=contract, held=True).exclude(offer=offer).update(held=False)
    OfferedChange.objects.filter(offer=offer).delete()
    rows = rows_of(offer, settling.changes, held=True)
    OfferedChange.objects.bulk_create(rows, batch_size=BATCH)
    offer.state, offer.worked_out_at, offer.ledger_entry = OfferState.READY, now, last_entry(contract)
    offer.save(update_fields=["state", "worked_out_at", "ledger_entry"])
    return offer


def _as_worked_out(
    contract: Contract, part: EngineInput, calendar: Calendar, moment: datetime
) -> dict[Key, Derived]:
    """What the engine of today says, as at the moment at which each subject was last looked at.

    What waits for the clock was looked at before its wake-up: what that brings is not the edition's.
    """
    derived = derived_duties(part, None, calendar, moment)
    waiting = dict(WakeUp.objects.filter(contract=contract, at__lte=moment).values_list("subject", "at"))
    if not waiting:
        return derived
    subjects = hanging_together(contract, part.books, set(waiting))
    late = derived_duties(part, subjects, calendar, moment)
    before = min(waiting.values()) - timedelta(microseconds=1)
    others = {key: duty for key, duty in derived.items() if key not in late}
    return others | derived_duties(part, subjects, calendar, before)


def last_entry(contract: Contract) -> int:
    """The key of the last thing on a contract's record that is not a mail; 0 for none. 1 query."""
    entries = LedgerEntry.objects.filter(contract=contract).exclude(verb="notices_sent").order_by("-pk")
    with asking.job("how far a record is", contract.pk):  # of every chain, also those kept to a list
        return entries.values_list("pk", flat=True).first() or 0


def rows_of(offer: Offer, changes: Changes, *, held: bool = False) -> Iterator[OfferedChange]:
    """What an offer would do, a row for each duty; the most important thing where several happen to one."""
    seen: set[int] = set()
    for becomes, duties in (
        (Becomes.RAISED, changes.raised),
        (Becomes.ENDED, [*changes.ended, *changes.withdrawn]),
        (Becomes.REOPENED, changes.reopened),
        (Becomes.CLOSED, changes.closed),
        (Becomes.REDATED, changes.redated),
        (Becomes.ALTERED, changes.altered),
        (Becomes.STAYS, changes.stays),
    ):
        for duty in duties:
            if id(duty) not in seen:
                seen.add(id(duty))
                yield _row_of(offer, changes, becomes, duty, held)


def _row_of(offer: Offer, changes: Changes, becomes: str, duty: Duty, held: bool) -> OfferedChange:
    raised = becomes == Becomes.RAISED
    before, after = changes.due[id(duty)]
    return OfferedChange(
        pk=key_for(duty.subject),
        offer=offer,
        contract_id=offer.contract_id,
        rulebook_key=duty.obligation.rulebook_key,
        rule_key=duty.obligation.rule_key,
        subject=duty.subject,
        occurrence=duty.occurrence,
        duty_id=None if raised else duty.pk,
        title=duty.title,
        citation=duty.obligation.paragraph.citation,
        becomes=becomes,
        owed_from=duty.owed_from,
        old_due_at=before,
        due_at=after,
        outcome=changes.outcomes[id(duty)],
        held=held,
    )
