"""Recording what happened, once, and withdrawing what was recorded in error (R11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from django.db import transaction

from contracts.models import Contract, KeptBy, Side
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import (
    When,
)
from obligations.models import FactRecord
from obligations.rules.register.facts import (
    FactKind,
    vocabulary,
)
from obligations.rules.register.vocabulary import IN_PART, Vocabulary
from obligations.services.asking.engine_input import touched, touched_together
from obligations.services.asking.vocabulary import vocabulary_of
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.recording import claims, early, names
from obligations.services.recording.at_the_end import AgainstTheEnd
from obligations.services.recording.claims import Given, Prepared, prepared
from obligations.services.recording.evidence_from_facts import add_evidence_for_facts
from obligations.services.recording.extensions import refuse_extensions
from obligations.services.recording.fact_row import cleaned, row_of
from obligations.subjects import FactPage, fact_page

BATCH = 1000
Same: TypeAlias = "tuple[str, str, date, datetime | None]"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact on the record; ``created`` is False where it was there already. ``ignored``: unused details."""

    fact: FactRecord
    created: bool
    changes: Changes
    ignored: tuple[str, ...] = ()


def record_fact(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    kind: str,
    happened: When,
    details: Mapping[str, Any] | None = None,
    claim: Given | None = None,
    asks: bool = False,
) -> Recorded:
    """Record that something happened, and make the duties that follow.

    ``happened`` is a London day or a moment. ``claim``: what it is made with, where what this side records is
    a claim or a proposal (R46); until the other side accepts, it counts for nothing. The same fact sent again
    is the same fact: nothing changes. Raises Refused naming the field: an unknown kind, one that is recorded
    on a page of its own, a detail of the wrong form, a day in the future or before the calendars begin, a
    fact that is the other side's to record, the same fact with other details, or a claim without a reason or
    evidence or that the words do not give, or more time that they give once or to other duties. With
    ``asks``, as a page does, also on ``done_before_owed`` where it would meet a duty that began later and the
    details do not say whether it counts; without, it is then kept and meets nothing (R36).
    """
    about = vocabulary().get(kind)
    if about is not None and (page := fact_page(about.page)):
        raise Refused("kind", f"Record this under “{page.title}”. {page.note}.")
    clean = cleaned(details or {})
    with prepared(contract, actor, now, kind, clean, claim) as made, transaction.atomic():
        claimed = [made] if made is not None else []
        return _together(contract, actor, now, [(kind, happened, clean)], claimed, asks=asks)[0]


def record_on_page(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    kind: str,
    happened: When,
    details: Mapping[str, Any] | None = None,
) -> Recorded:
    """As ``record_fact``, for the subjects whose pages record facts with what belongs to them.

    A subject calls it once it has kept its own part: the version of a plan, the breach. Raises Refused.
    """
    return record_together(contract, actor, now, [(kind, happened, details or {})])[0]


@transaction.atomic
def record_together(
    contract: Contract,
    actor: Actor,
    now: datetime,
    what: Sequence[tuple[str, When, Mapping[str, Any]]],
    *,
    asks: bool = False,
) -> list[Recorded]:
    """Record several things that are told at once: kind, when it happened and the details of each.

    The duties are worked out once, from all of them: else the first alone would give them dates that the
    second moves, and those would be on the record and in the mail. ``changes`` is the same for all. Raises
    Refused; nothing is kept then.
    """
    claims.refuse_claims(contract, actor, what)
    return _together(contract, actor, now, what, [], asks=asks)


@transaction.atomic
def claim_together(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    kind: str,
    what: Sequence[tuple[When, Mapping[str, Any]]],
    link: str,
) -> list[Recorded]:
    """Record facts of one kind, each when it happened and with its details, that are claims shown by one link
    where what this side records is a claim (R46); established facts where it is none.

    The number of queries does not depend on how many there are. Raises Refused; nothing is kept then.
    """
    clean = [cleaned(details) for _, details in what]
    made = claims.prepared_by_link(contract, actor, now, kind, clean, link)
    facts = [(kind, happened, details) for (happened, _), details in zip(what, clean, strict=True)]
    return _together(contract, actor, now, facts, made, asks=False)


def _together(
    contract: Contract,
    actor: Actor,
    now: datetime,
    what: Sequence[tuple[str, When, Mapping[str, Any]]],
    made: Sequence[Prepared],
    *,
    asks: bool,
) -> list[Recorded]:
    """As ``record_together``, in the caller's transaction. ``made``: the claim of each (R46), or none."""
    lock(contract, now)
    refuse_extensions(contract, what)
    known = vocabulary_of(contract)
    put = _put(contract, actor, now, known, what, made)
    new = [one for one in put if one.created]
    if not new:
        return put
    changes = _follow(contract, actor, now, known, new)
    if asks:
        early.ask_about_facts(contract, [one.fact for one in new])
    add_evidence_for_facts(contract, now)
    if made or changes.raised:  # a claim that came before its duty is told with it
        claims.tell(contract, now, {one.fact.subject for one in new})
    return [replace(one, changes=changes) if one.created else one for one in put]


def _follow(
    contract: Contract, actor: Actor, now: datetime, known: Vocabulary, new: Sequence[Recorded]
) -> Changes:
    """The duties brought in line with what was just recorded."""
    labels = "; ".join(known.kind(one.fact.kind).label for one in new)
    return reconcile(
        contract,
        now,
        actor,
        subjects=_touched(contract, [one.fact for one in new]),
        because=f"Recorded: {labels}",
        shows_wrong=any(_ends(known, one.fact.kind) for one in new),
    )


def _ends(known: Vocabulary, kind: str) -> bool:
    """Whether what began after it never did: the contract, or a part of it, had ended by then (R37)."""
    return kind == IN_PART or known.kind(kind).ends_contract


def _touched(contract: Contract, facts: Iterable[FactRecord]) -> set[str] | None:
    """The subjects that the facts touch together; None for the whole contract."""
    return touched_together(contract, {(one.kind, one.subject) for one in facts})


def _put(
    contract: Contract,
    actor: Actor,
    now: datetime,
    known: Vocabulary,
    what: Sequence[tuple[str, When, Mapping[str, Any]]],
    made: Sequence[Prepared] = (),
) -> list[Recorded]:
    """The facts put on the record, in their order; their duties are not worked out yet.

    The number of queries does not depend on how many there are.
    """
    spelt = names.Spelt(contract, [str(details.get("subject") or "") for _, _, details in what])
    end = AgainstTheEnd(contract)
    made_of = [row_of(contract, actor, now, known, one, spelt, end, established=not made) for one in what]
    there = _there_already(contract, [row for row, _, _ in made_of])
    put: list[Recorded] = []
    for row, about, ignored in made_of:
        before = there.setdefault(_key(row), row)
        if before is not row:
            claims.refuse_if_claimed_before(before, actor)
            put.append(Recorded(_agreeing(before, row, about), False, Changes(), ignored))
        else:
            put.append(Recorded(row, True, Changes(), ignored))
    new = [one.fact for one in put if one.created]
    if new:
        _save(contract, actor, now, known, new)
        pairs = zip(made, put, strict=False)
        claims.keep([(claim, one.fact) for claim, one in pairs if one.created], actor)
    return put


def _save(
    contract: Contract, actor: Actor, now: datetime, known: Vocabulary, new: Sequence[FactRecord]
) -> None:
    FactRecord.objects.bulk_create(new, batch_size=BATCH)
    names.remember(contract, [row.subject for row in new])
    told = [("fact_recorded", _ledger_payload(row, known.kind(row.kind))) for row in new]
    ledger.record_many(contract, actor, told, now)


def held_by(kind: str, made_on: str) -> FactPage | None:
    """The page that alone takes back a fact of this kind which was made on a page ("" where it was not)."""
    about = vocabulary().get(kind)
    return fact_page(about.page) if about is not None and made_on and not about.alone else None


def withdraw_fact(fact: FactRecord, actor: Actor, now: datetime, *, reason: str) -> Changes:
    """Take back a fact recorded in error. It stays on the record, withdrawn; what it caused follows.

    Raises Refused for no reason given, a fact withdrawn already, one that the other side recorded, or one
    that is taken back on the page of what it belongs to.
    """
    if page := held_by(fact.kind, fact.made_on):
        raise Refused("", f"Take this back under “{page.title}”, with what it belongs to.")
    return withdraw_on_page(fact, actor, now, reason=reason)


@transaction.atomic
def withdraw_on_page(fact: FactRecord, actor: Actor, now: datetime, *, reason: str) -> Changes:
    """As ``withdraw_fact``, for the subjects that take their own part back with it. Raises Refused."""
    about, reason = _take_back(fact, actor, now, reason)
    return reconcile(
        fact.contract,
        now,
        actor,
        subjects=touched(fact.contract, fact.kind, fact.subject),
        because=f"Withdrawn: {about.label}. {reason}",
        shows_wrong=True,
    )


@transaction.atomic
def withdraw_together(
    contract: Contract, keys: Iterable[int], actor: Actor, now: datetime, *, reason: str
) -> tuple[list[FactRecord], Changes]:
    """Take back several facts that were recorded in error, those of these numbers that still count.

    The duties are worked out once, from what is left; the number of queries does not depend on how many there
    are. Open claims are withdrawn with theirs. Raises Refused as ``withdraw_fact``; none is then.
    """
    reason = required("reason", reason, "Say why it is withdrawn, for example: the date was wrong.")
    lock(contract, now)
    rows = FactRecord.objects.filter(contract=contract, pk__in=list(keys), withdrawn_at=None)
    facts, known = list(rows.order_by("pk")), vocabulary_of(contract)
    if not facts:
        raise Refused("", "All of this was withdrawn already.")
    for fact in facts:
        fact.contract = contract
        if page := held_by(fact.kind, fact.made_on):
            raise Refused("", f"Take this back under “{page.title}”, with what it belongs to.")
        _by_the_side_that_recorded(fact, actor)
    withdrawn = {"withdrawn_at": now, "withdrawn_by": actor.person, "withdrawn_reason": reason}
    FactRecord.objects.filter(pk__in=[fact.pk for fact in facts]).update(**withdrawn)
    claims.withdrawn_with(contract, facts, actor, now, reason)
    told = [
        ("fact_withdrawn", _ledger_payload(fact, known.kind(fact.kind)) | {"reason": reason})
        for fact in facts
    ]
    ledger.record_many(contract, actor, told, now)
    changes = reconcile(
        contract,
        now,
        actor,
        subjects=_touched(contract, facts),
        because=f"Withdrawn together: {reason}",
        shows_wrong=True,
    )
    return facts, changes


@transaction.atomic
def correct_on_page(
    fact: FactRecord,
    actor: Actor,
    now: datetime,
    *,
    reason: str,
    happened: When,
    details: Mapping[str, Any],
) -> Recorded:
    """Take a fact back and record in its place what is right, of the same kind, with one reason for both.

    The duties are worked out once, from what is right: else taking back alone would make duties, and mails,
    that are never owed. Raises Refused; the fact stays as it was then.
    """
    contract = fact.contract
    about, reason = _take_back(fact, actor, now, reason)
    (new,) = _put(contract, actor, now, vocabulary_of(contract), [(fact.kind, happened, details)])
    changes = reconcile(
        contract,
        now,
        actor,
        subjects=_touched(contract, [fact, new.fact]),
        because=f"Corrected: {about.label}. {reason}",
        shows_wrong=True,
    )
    add_evidence_for_facts(contract, now)
    return replace(new, changes=changes)


def _take_back(fact: FactRecord, actor: Actor, now: datetime, reason: str) -> tuple[FactKind, str]:
    """The fact marked as withdrawn, on the record; its duties are not worked out yet. Raises Refused."""
    reason = required("reason", reason, "Say why it is withdrawn, for example: the date was wrong.")
    lock(fact.contract, now)
    fact.refresh_from_db()
    if fact.withdrawn_at is not None:
        raise Refused("", "This was withdrawn already.")
    _by_the_side_that_recorded(fact, actor)
    fact.withdrawn_at, fact.withdrawn_by, fact.withdrawn_reason = now, actor.person, reason
    fact.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    about = vocabulary_of(fact.contract).kind(fact.kind)
    claims.withdrawn_with(fact.contract, [fact], actor, now, reason)
    payload = _ledger_payload(fact, about) | {"reason": reason}
    ledger.record(fact.contract, actor, "fact_withdrawn", payload, now)
    return about, reason


def _by_the_side_that_recorded(fact: FactRecord, actor: Actor) -> None:
    theirs = fact.recorded_side in (Side.SUPPLIER, Side.AUTHORITY) and actor.side != fact.recorded_side
    if theirs and actor.person is not None and fact.contract.kept_by == KeptBy.BOTH:
        word = fact.contract.word_for(fact.recorded_side)
        raise Refused("", f"Only the {word}, who recorded this, can withdraw it.")


def _there_already(contract: Contract, rows: Sequence[FactRecord]) -> dict[Same, FactRecord]:
    """What is on the record already of these, by what makes it the same. 1 query."""
    found = FactRecord.objects.filter(
        contract=contract,
        kind__in={row.kind for row in rows},
        subject__among={row.subject for row in rows},
        happened_on__in={row.happened_on for row in rows},
        withdrawn_at=None,
    )
    return {_key(row): row for row in found.select_related("claim")}


def _key(row: FactRecord) -> Same:
    """What makes a fact the same; in UTC, for two zones never agree on a repeated hour."""
    at = row.happened_at
    return row.kind, row.subject, row.happened_on, at.astimezone(UTC) if at is not None else None


def _agreeing(there: FactRecord, row: FactRecord, about: FactKind) -> FactRecord:
    for name in sorted(set(there.details) | set(row.details)):
        if there.details.get(name) != row.details.get(name):
            raise Refused(
                name,
                f"This is recorded already ({about.label}) with another {name.replace('_', ' ')}. Withdraw"
                " that record first, with a reason, then record it anew.",
            )
    return there


def _ledger_payload(row: FactRecord, about: FactKind) -> dict[str, Any]:
    return {
        "fact": row.pk,
        "kind": row.kind,
        "label": about.label,
        "subject": row.subject,
        "happened": row.happened,
        "details": row.details,
        "from_letter": row.recorded_side != about.side
        and about.side != "either"
        and row.recorded_side != Side.NEITHER,
    }
