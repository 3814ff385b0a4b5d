"""A later version of a rulebook, or a later edition of the engine, offered to a contract and taken over.

What it would change is worked out by doing it and taking it back, so the page says what will happen. Until it
is taken over nothing moves: a version is not asked at all, and a duty that differs by the edition alone is
held as it is (decision 0012).
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from contracts.models import Contract, LongWork, Side
from contracts.services import ledger, long_work
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import Day, london_day, start_of_day
from obligations.models import (
    Adoption,
    Duty,
    EditionAdoption,
    Offer,
    OfferedChange,
    OfferState,
)
from obligations.rules.engine.edition import this_edition
from obligations.rules.register.rulebook import known_rulebooks, load_rulebook
from obligations.services.asking.versions import edition_of, shipped_version
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import last_entry, lock, look_at_edition, rows_of
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.reconciling.recurring import CLOCK, TIME_PASSED
from obligations.services.reconciling.rehearsal import rehearse
from obligations.services.versions.adopting import check_paragraphs, follow, from_day_of

log = logging.getLogger(__name__)
WORKER = Actor.system("versions and editions")
BATCH = 1000

AT_ONCE = 500
"""Duties of a contract up to which nobody has to wait for a worker."""


# Who is behind


def behind() -> list[tuple[int, str, str | None]]:
    """The contracts for which there is something later: contract, "version" or "edition", the rulebook's key.

    As many queries as there are shipped rulebooks, and one.
    """
    found: list[tuple[int, str, str | None]] = []
    for key in known_rulebooks():
        of_key = (
            Adoption.objects.filter(version__key=key, contract__closed_at=None)
            .order_by()
            .values("contract_id")
        )
        late = of_key.annotate(newest=Max("version__number")).filter(newest__lt=load_rulebook(key).version)
        found += [(number, "version", key) for number in late.values_list("contract_id", flat=True)]
    still_open = EditionAdoption.objects.filter(contract__closed_at=None)
    editions = still_open.order_by().values("contract_id").annotate(newest=Max("edition"))
    found += [
        (number, "edition", None)
        for number in editions.filter(newest__lt=this_edition()).values_list("contract_id", flat=True)
    ]
    return sorted(found, key=lambda one: (one[0], one[1], one[2] or ""))


def behind_in_words() -> list[str]:
    """A line for each contract and what it could take over, for whoever runs the installation."""
    late = behind()
    references = dict(Contract.objects.filter(pk__in={one[0] for one in late}).values_list("pk", "reference"))
    return [
        f"{references[contract]}: "
        + (f"a later version of the rulebook {key}" if key else "a later edition of the engine")
        + " is offered"
        for contract, _, key in late
    ]


def make_offers(contract: Contract) -> list[Offer]:
    """Offer a contract everything that is later than what it goes by. Doing it again changes nothing."""
    in_use: dict[str, int] = {}
    for row in Adoption.objects.filter(contract=contract).select_related("version").defer("version__content"):
        in_use[row.version.key] = max(row.version.number, in_use.get(row.version.key, 0))
    found = []
    for key, number in in_use.items():
        if key in known_rulebooks() and number < load_rulebook(key).version:
            found.append(Offer.objects.get_or_create(contract=contract, version=shipped_version(key))[0])
    if edition_of(contract) < this_edition():
        found.append(Offer.objects.get_or_create(contract=contract, edition=this_edition())[0])
    _supersede(contract, found)
    return found


def _supersede(contract: Contract, offered: Collection[Offer]) -> None:
    waiting = Offer.objects.filter(contract=contract, state__in=[OfferState.WAITING, OfferState.READY])
    waiting.exclude(pk__in=[one.pk for one in offered]).update(state=OfferState.SUPERSEDED)
    for one in offered:
        if one.state == OfferState.SUPERSEDED:  # an earlier release is installed again
            one.state = OfferState.WAITING
            one.save(update_fields=["state"])


# Working out what it would change

KIND = "offer"


def key_of(offer: Offer) -> str:
    """What names the long work of an offer."""
    return f"offer {offer.pk}"


def address_of(offer: Offer) -> str:
    """The page of an offer."""
    return reverse("offer", args=[offer.contract_id, offer.pk])


def ask(offer: Offer, actor: Actor, now: datetime, *, from_day: Day | None = None) -> LongWork:
    """Work an offer out: at once for a contract with few duties, else by a worker. Raises Refused for a day
    outside the contract.
    """
    day = from_day_of(offer.contract, from_day)
    work = long_work.ask(
        KIND,
        key_of(offer),
        actor,
        now,
        title="What would change",
        contract=offer.contract,
        payload={"offer": offer.pk, "from_day": day.isoformat() if day else None},
        leads_to=address_of(offer),
    )
    few = Duty.objects.filter(contract=offer.contract).order_by()[: AT_ONCE + 1]
    return long_work.run(work, now) if len(few.values_list("pk", flat=True)) <= AT_ONCE else work


@long_work.kind(KIND)
def _work(work: LongWork, progress: long_work.Progress, now: datetime) -> dict[str, str]:
    progress.step(0, 1, "Working out every duty of the contract under what is offered")
    day = work.payload.get("from_day")
    offer = Offer.objects.select_related("contract").get(pk=work.payload["offer"])
    offer = work_out(offer, now, from_day=Day.fromisoformat(day) if day else None)
    progress.step(1, 1)
    return {"message": offer.refusal or "It is worked out."}


def work_out(offer: Offer, now: datetime, *, from_day: Day | None = None) -> Offer:
    """Work out anew what taking an offer over would change, from a day on. Moves nothing.

    Where it cannot be worked out, the offer says why.
    """
    contract = offer.contract
    with transaction.atomic():
        lock(contract, now)
        offer = Offer.objects.select_for_update(of=("self",)).select_related("version").get(pk=offer.pk)
        offer.contract = contract
        if offer.state not in (OfferState.WAITING, OfferState.READY):
            return offer
        offer.from_day, offer.refusal = from_day_of(contract, from_day), ""
        if offer.edition is not None:
            look_at_edition(contract, now)
        else:
            try:
                changes = rehearse(lambda: _apply(offer, WORKER, now, "rehearsal"))
            except Refused as refused:
                changes, offer.refusal = Changes(), refused.message
            OfferedChange.objects.filter(offer=offer).delete()
            OfferedChange.objects.bulk_create(rows_of(offer, changes), batch_size=BATCH)
        offer.state, offer.worked_out_at = OfferState.READY, now
        offer.ledger_entry = last_entry(contract)
        offer.save()
    return offer


def is_fresh(offer: Offer, now: datetime) -> bool:
    """Whether what the page says of an offer is what would happen now. 1 query."""
    return (
        offer.worked_out_at is not None
        and london_day(offer.worked_out_at) == london_day(now)
        and offer.ledger_entry == last_entry(offer.contract)
    )


# Taking over


@transaction.atomic
def take_over(offer: Offer, actor: Actor, now: datetime, *, reason: str, seen: int) -> Changes:
    """Let a contract go by the offered version or edition from now on.

    What it would change was worked out before (``seen`` is the ledger entry the page was made at), and just
    that happens, with its own cause on the record. What was met, missed, decided or closed keeps the date it
    was judged by. Raises Refused on "reason" where none is given, and where it was taken over already, was
    replaced, cannot be worked out, or where something was recorded since.
    """
    if actor.person is None or actor.side == Side.NEITHER:
        raise Refused("", "Only a person of one of the two parties takes a version over.")
    reason = required("reason", reason, "Say why it is taken over.", longest=2000)
    return _taken(offer, actor, now, reason, seen)


@transaction.atomic
def take_over_for_many(offer: Offer, actor: Actor, now: datetime, *, reason: str) -> Changes:
    """As ``take_over``, by whoever runs the installation, for one contract of many; worked out anew."""
    reason = required("reason", reason, "Say why it is taken over.", longest=2000)
    offer = work_out(offer, now)
    return _taken(offer, actor, now, reason, offer.ledger_entry)


def _taken(offer: Offer, actor: Actor, now: datetime, reason: str, seen: int) -> Changes:
    contract = offer.contract
    lock(contract, now)
    offer = Offer.objects.select_for_update(of=("self",)).select_related("version").get(pk=offer.pk)
    offer.contract = contract
    if offer.state == OfferState.TAKEN_OVER:
        raise Refused("", "This was taken over already.")
    if offer.state == OfferState.SUPERSEDED:
        raise Refused("", "A later one has taken the place of this. Take over that one.")
    if offer.refusal:
        raise Refused("", offer.refusal)
    if offer.state != OfferState.READY or seen != offer.ledger_entry or not is_fresh(offer, now):
        raise Refused(
            "", "Something was recorded since this was worked out. Look at what it would change now, then"
            " take it over."
        )  # fmt: skip
    changes = _apply(offer, actor, now, reason)
    offer.state = OfferState.TAKEN_OVER
    offer.save(update_fields=["state"])
    return changes


def _apply(offer: Offer, actor: Actor, now: datetime, reason: str) -> Changes:
    """What time alone brings comes first, so that nothing but the offer is named as the cause of the rest."""
    reconcile(offer.contract, now, CLOCK, because=TIME_PASSED)
    if offer.edition is not None:
        return _adopt_edition(offer, actor, now, reason)
    return _adopt_version(offer, actor, now, reason)


def _adopt_version(offer: Offer, actor: Actor, now: datetime, reason: str) -> Changes:
    contract, version = offer.contract, offer.version
    assert version is not None
    before = Adoption.objects.filter(contract=contract, version__key=version.key).order_by("pk").last()
    assert before is not None
    check_paragraphs(contract, version)
    Adoption.objects.create(
        contract=contract,
        version=version,
        from_day=offer.from_day,
        reason=reason,
        adopted_at=now,
        adopted_by=actor.person,
        adopted_by_name=actor.name,
    )
    what = f"Version {version.number} of the rulebook “{version.title}”"
    payload = {
        "rulebook": version.key,
        "title": version.title,
        "before": before.version.number,
        "after": version.number,
        "digest": version.digest,
        "from_day": offer.from_day,
        "reason": reason,
        "side": actor.side,
    }
    ledger.record(contract, actor, "rulebook_version_taken_over", payload, now)
    return follow(contract, actor, now, f"{what} was taken over: {reason}", what)


def _adopt_edition(offer: Offer, actor: Actor, now: datetime, reason: str) -> Changes:
    contract, edition = offer.contract, offer.edition
    assert edition is not None
    payload = {
        "before": edition_of(contract),
        "after": edition,
        "from_day": offer.from_day,
        "reason": reason,
        "side": actor.side,
    }
    EditionAdoption.objects.create(
        contract=contract,
        edition=edition,
        from_day=offer.from_day,
        reason=reason,
        adopted_at=now,
        adopted_by=actor.person,
        adopted_by_name=actor.name,
    )
    ledger.record(contract, actor, "edition_taken_over", payload, now)
    what = f"Edition {edition} of the engine"
    held = OfferedChange.objects.filter(contract=contract, held=True)
    if offer.from_day is not None:
        held = held.filter(owed_from__gte=start_of_day(offer.from_day))
    held.update(held=False)
    return reconcile(contract, now, actor, because=f"{what} was taken over: {reason}", taking_over=what)


def offer_everything(now: datetime) -> int:
    """Offer every contract that is behind what is later, and ask for it to be worked out; returns how many
    were new. One that fails is logged, and the others go on.
    """
    made = 0
    for contract in Contract.objects.filter(pk__in={number for number, _, _ in behind()}).order_by("pk"):
        try:
            with transaction.atomic():
                for offer in make_offers(contract):
                    if offer.state == OfferState.WAITING and not _tried_today(offer, now):
                        long_work.ask(
                            KIND,
                            key_of(offer),
                            WORKER,
                            now,
                            title="What would change",
                            contract=contract,
                            payload={"offer": offer.pk, "from_day": None},
                            leads_to=address_of(offer),
                        )
                        made += 1
        except Exception:
            log.exception("contract %s could not be offered what is later", contract.pk)
    return made


def _tried_today(offer: Offer, now: datetime) -> bool:
    """Whether the work was asked for today: what has failed is not tried again every minute."""
    work = long_work.latest(KIND, key_of(offer))
    return work is not None and work.is_finished and london_day(work.asked_at) == london_day(now)
