"""Correcting what a contract is: its name, parties, dates, holidays, who keeps it and from when.

Each change is worked out by doing it and taking it back, so the page says what will happen; it needs a reason
and goes on the record. What the contract was is not overwritten on the record: it can be shown as it was
known on any day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.access import closed_words, on_contract
from contracts.models import (
    Contract,
    Division,
    KeptBy,
    LedgerEntry,
    Membership,
    ParagraphVersion,
    Side,
    Signature,
)
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.contracts import is_reference_taken
from contracts.services.drafts import clean_name, party_called
from contracts.services.errors import Refused, required
from contracts.terms.moments import Day, london_day, long_day
from obligations.models import Decision, Duty, Miss, Phase
from obligations.services.reconciling.adopt import fit_to_the_words
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.reconciling.recurring import CLOCK, TIME_PASSED
from obligations.services.reconciling.rehearsal import rehearse

CHANGED = "contract_changed"
"""The verb of the ledger's entry."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("reference", "title"),
    "parties": ("authority", "supplier"),
    "words": ("authority_word", "supplier_word"),
    "dates": ("agreement_date", "start_date", "commencement_date", "end_date"),
    "days": ("division",),
    "running": ("tracked_from",),
    "kept": ("kept_by",),
}
"""What is changed together, and the fields of the contract that it is."""

DAYS = ("agreement_date", "start_date", "commencement_date", "end_date", "tracked_from")
Check: TypeAlias = Callable[[Contract, dict[str, Any], Actor, datetime], dict[str, Any]]
JUDGED = (Phase.MET, Phase.MET_LATE)


@dataclass(frozen=True, slots=True)
class Changed:
    """One field before and after, in its stored form: days as 2026-03-12, an organisation by its name."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change is, and what becomes of the duties."""

    changed: tuple[Changed, ...]
    changes: Changes


def preview(
    contract: Contract, actor: Actor, now: datetime, *, what: str, values: Mapping[str, Any]
) -> Outcome:
    """What a change would do: done, and taken back. Raises Refused on the field at fault."""
    return rehearse(lambda: _apply(contract, actor, now, what, values, "rehearsal", looks_only=True))


@transaction.atomic
def change_terms(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    what: str,
    values: Mapping[str, Any],
    reason: str,
    looks_only: bool = False,
) -> Outcome:
    """Let other terms count, as if from the beginning; open duties follow, and what is closed keeps its date.

    ``looks_only``: of a rehearsal, which leaves the duties as they are and tells what would become of them.
    ``what`` is a key of FIELDS, ``values`` has its fields: days as days, organisations by their names. Raises
    Refused on a field, on "reason" without one, and where nothing would change.
    """
    if actor.person is None:
        raise Refused("", "Only a person on the contract changes its terms.")
    reason = required("reason", reason, "Say why it changes, and how you know.", longest=2000)
    return _apply(contract, actor, now, what, values, reason, looks_only=looks_only)


def as_known(contract: Contract, moment: datetime) -> Contract:
    """The contract with the dates and holidays it had on the record at a moment. 1 query."""
    then = copy(contract)
    later = LedgerEntry.objects.filter(contract=contract, verb=CHANGED, moment__gt=moment)
    for entry in later.order_by("-number"):
        for one in entry.payload["changes"]:
            if one["field"] in DAYS:
                setattr(then, one["field"], date.fromisoformat(one["before"]) if one["before"] else None)
            elif one["field"] == "division":
                then.division = one["before"]
    return then


def is_judged(contract: Contract) -> bool:
    """Whether a duty was met, missed or decided, or a variation signed: then a party is no slip of the pen.

    4 queries at most.
    """
    return (
        Duty.objects.filter(contract=contract, phase__in=JUDGED).exists()
        or Miss.objects.filter(duty__contract=contract).exists()
        or Decision.objects.filter(contract=contract).exists()
        or Signature.objects.filter(contract=contract).exists()
    )


def _apply(
    contract: Contract,
    actor: Actor,
    now: datetime,
    what: str,
    values: Mapping[str, Any],
    reason: str,
    *,
    looks_only: bool,
) -> Outcome:
    """What time alone brings comes first, so that the change is named as the cause of nothing else."""
    lock(contract, now)
    contract = Contract.objects.select_related("authority", "supplier").get(pk=contract.pk)
    if contract.closed_at is not None:
        raise Refused("", closed_words(contract))
    after = _CHECKS[what](contract, dict(values), actor, now)
    changed = tuple(
        Changed(field, _stored(getattr(contract, field)), _stored(after[field]))
        for field in FIELDS[what]
        if _stored(getattr(contract, field)) != _stored(after[field])
    )
    if not changed:
        raise Refused("", "This is what the contract says already. Change something, or leave it.")
    reconcile(contract, now, CLOCK, because=TIME_PASSED)
    began = beginning(contract)
    for one in changed:
        setattr(contract, one.field, after[one.field])
    _save(contract, [one.field for one in changed])
    _move_beginning(contract, began, changed)
    payload = {
        "what": what,
        "changes": [{"field": one.field, "before": one.before, "after": one.after} for one in changed],
        "reason": reason,
        "side": actor.side,
    }
    ledger.record(contract, actor, CHANGED, payload, now)
    fit_to_the_words(contract)
    because = f"{actor.name} corrected the contract: {reason}"
    wrong = all(one.field != "end_date" for one in changed)  # an end put earlier undoes no miss (R49)
    return Outcome(
        changed, reconcile(contract, now, actor, because=because, shows_wrong=wrong, looks_only=looks_only)
    )


def beginning(contract: Contract) -> Day:
    """The day from which the words of the contract are in force."""
    return min(contract.agreement_date, contract.start_date)


def _save(contract: Contract, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            contract.save(update_fields=fields)
    except IntegrityError as error:  # somebody took the reference in this very moment
        raise Refused("reference", f"The reference {contract.reference} is in use; enter another.") from error


def _move_beginning(contract: Contract, began: Day, changed: tuple[Changed, ...]) -> None:
    """The first words of each paragraph begin with the contract. 2 queries, where its beginning moved."""
    begins = beginning(contract)
    if begins == began:
        return
    rows = list(ParagraphVersion.objects.filter(contract=contract, begun_by=None, in_force__startswith=began))
    ends = min((row.in_force.upper for row in rows if row.in_force.upper is not None), default=None)
    if ends is not None and ends <= begins:
        raise Refused(
            next((one.field for one in changed if one.field in ("agreement_date", "start_date")), ""),
            f"A variation is in force from {long_day(ends)}: the contract cannot begin on that day or later.",
        )
    for row in rows:
        row.in_force = DateRange(begins, row.in_force.upper)
    ParagraphVersion.objects.bulk_update(rows, ["in_force"], batch_size=1000)


def _stored(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) or value is None else str(value)


# What each change may be


def _name(contract: Contract, values: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    reference = required(
        "reference", clean_name(values["reference"]), "Enter the contract’s reference.", longest=60
    )
    if is_reference_taken(reference, own=contract.pk):
        raise Refused("reference", f"The reference {reference} is in use; enter another.")
    title = required("title", clean_name(values["title"]), "Enter the contract’s title.", longest=200)
    return {"reference": reference, "title": title}


def _words(contract: Contract, values: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    found = {
        field: required(field, clean_name(values[field]), "Enter a word for this party.", longest=40)
        for field in FIELDS["words"]
    }
    if found["authority_word"].lower() == found["supplier_word"].lower():
        raise Refused("supplier_word", "Enter another word: the two parties need different ones.")
    return found


def _parties(contract: Contract, values: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    if is_judged(contract):
        raise Refused(
            "",
            "A duty of this contract was met, missed or decided, or a variation signed: its parties stay."
            " Where another organisation takes a party’s place (a novation), make a contract for the"
            " new parties.",
        )
    found = {}
    for side in (Side.AUTHORITY, Side.SUPPLIER):
        try:
            found[str(side)] = party_called(values[side], actor, now)
        except Refused as refused:
            raise Refused(str(side), refused.message) from refused
    if found["authority"] == found["supplier"]:
        raise Refused("supplier", "Enter two different organisations: a contract has two parties.")
    return found


def _dates(contract: Contract, values: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    made, start, end = values["agreement_date"], values["start_date"], values["end_date"]
    if end is not None and end < start:
        raise Refused("end_date", f"Enter an end date on or after the start date, {long_day(start)}.")
    if end is not None and contract.tracked_from is not None and contract.tracked_from > end:
        kept = long_day(contract.tracked_from)
        raise Refused("end_date", f"Duly keeps the contract from {kept}: enter that day or a later one.")
    first = Signature.objects.filter(contract=contract).order_by("signed_on").first()
    if first is not None and first.signed_on < made:
        signed = long_day(first.signed_on)
        raise Refused("agreement_date", f"A variation was signed on {signed}: enter a day up to that.")
    return values


def _running(contract: Contract, values: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    tracked, end = values["tracked_from"], contract.end_date
    if tracked is not None and end is not None and tracked > end:
        raise Refused("tracked_from", f"Enter a day on or before the contract’s last, {long_day(end)}.")
    made = LedgerEntry.objects.filter(contract=contract, verb="contract_created").first()
    if tracked is not None and made is not None and tracked > london_day(made.moment):
        since = long_day(london_day(made.moment))
        raise Refused("tracked_from", f"Duly has had this contract since {since}: enter a day up to that.")
    return values


def _kept(contract: Contract, values: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """One party alone keeps it only while nobody of the other is on it: else it would decide for them."""
    values = _one_of("kept_by", list(KeptBy.values))(contract, values, actor, now)
    other = {KeptBy.SUPPLIER: Side.AUTHORITY, KeptBy.AUTHORITY: Side.SUPPLIER}.get(KeptBy(values["kept_by"]))
    if (
        other is not None
        and Membership.objects.filter(on_contract(now), contract=contract, side=other).exists()
    ):
        word = contract.word_for(other)
        raise Refused("kept_by", f"People of the {word} are on this contract, so both parties keep it.")
    return values


def _one_of(field: str, known: list[str]) -> Check:
    def check(contract: Contract, values: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
        if values[field] not in known:
            raise Refused(field, "Choose one of the answers that are offered.")
        return values

    return check


_CHECKS: Mapping[str, Check] = {
    "name": _name,
    "parties": _parties,
    "words": _words,
    "dates": _dates,
    "days": _one_of("division", list(Division.values)),
    "running": _running,
    "kept": _kept,
}
