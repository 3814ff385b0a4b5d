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
from contracts.services.distribution import may_name
from contracts.services.errors import Refused, required
from contracts.terms.moments import (
    LONDON,
    When,
    first_moment,
    is_moment,
    london,
    london_day,
    place_in_london,
)
from contracts.terms.restricted import RESERVED, is_reserved, key_for
from obligations.models import FactRecord
from obligations.rules.register.facts import (
    Fact,
    FactError,
    FactKind,
    check,
    detail_when,
    vocabulary,
)
from obligations.rules.register.names import tidy
from obligations.rules.register.vocabulary import DONE, IN_PART, Vocabulary
from obligations.services.asking import calendars
from obligations.services.asking.engine_input import touched, touched_together
from obligations.services.asking.vocabulary import vocabulary_of
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.recording import claims, early, names
from obligations.services.recording.at_the_end import AgainstTheEnd
from obligations.services.recording.claims import Given, Prepared, prepared
from obligations.services.recording.evidence_from_facts import add_evidence_for_facts
from obligations.subjects import FactPage, fact_page

BATCH = 1000
Same: TypeAlias = "tuple[str, str, date, datetime | None]"
FIELDS = {"at": "happened"}
"""What the vocabulary calls a field, and what the service does; other fields keep their name."""


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
    evidence or that the words do not give. With ``asks``, as a page does, also on ``done_before_owed`` where
    it would meet a duty that began later and the details do not say whether it counts; without, it is then
    kept and meets nothing (R36).
    """
    about = vocabulary().get(kind)
    if about is not None and (page := fact_page(about.page)):
        raise Refused("kind", f"Record this under “{page.title}”. {page.note}.")
    clean = _clean(details or {})
    with prepared(contract, actor, now, kind, clean, claim) as made, transaction.atomic():
        return _together(contract, actor, now, [(kind, happened, clean)], made, asks=asks)[0]


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
    return _together(contract, actor, now, what, None, asks=asks)


def _together(
    contract: Contract,
    actor: Actor,
    now: datetime,
    what: Sequence[tuple[str, When, Mapping[str, Any]]],
    made: Prepared | None,
    *,
    asks: bool,
) -> list[Recorded]:
    """As ``record_together``, in the caller's transaction. ``made``: the claim that it is (R46)."""
    lock(contract, now)
    known = vocabulary_of(contract)
    put = _put(contract, actor, now, known, what, made)
    new = [one for one in put if one.created]
    if not new:
        return put
    changes = _follow(contract, actor, now, known, new)
    if asks:
        early.ask_about_facts(contract, [one.fact for one in new])
    add_evidence_for_facts(contract, now)
    if made is not None or changes.raised:  # a claim that came before its duty is told with it
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
        subjects=_touched(contract, new),
        because=f"Recorded: {labels}",
        shows_wrong=any(_ends(known, one.fact.kind) for one in new),
    )


def _ends(known: Vocabulary, kind: str) -> bool:
    """Whether what began after it never did: the contract, or a part of it, had ended by then (R37)."""
    return kind == IN_PART or known.kind(kind).ends_contract


def _touched(contract: Contract, new: Iterable[Recorded]) -> set[str] | None:
    """The subjects that the facts touch together; None for the whole contract."""
    return _all_touched(contract, [one.fact for one in new])


def _all_touched(contract: Contract, facts: Iterable[FactRecord]) -> set[str] | None:
    return touched_together(contract, {(one.kind, one.subject) for one in facts})


def _put(
    contract: Contract,
    actor: Actor,
    now: datetime,
    known: Vocabulary,
    what: Sequence[tuple[str, When, Mapping[str, Any]]],
    made: Prepared | None = None,
) -> list[Recorded]:
    """The facts put on the record, in their order; their duties are not worked out yet.

    The number of queries does not depend on how many there are.
    """
    spelt = names.Spelt(contract, [str(details.get("subject") or "") for _, _, details in what])
    end = AgainstTheEnd(contract)
    made_of = [_row(contract, actor, now, known, one, spelt, end, established=made is None) for one in what]
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
        if made is not None:
            claims.keep(made, new[0], actor)
    return put


def _save(
    contract: Contract, actor: Actor, now: datetime, known: Vocabulary, new: Sequence[FactRecord]
) -> None:
    FactRecord.objects.bulk_create(new, batch_size=BATCH)
    names.remember(contract, [row.subject for row in new])
    told = [("fact_recorded", _ledger_payload(row, known.kind(row.kind))) for row in new]
    ledger.record_many(contract, actor, told, now)


def _row(
    contract: Contract,
    actor: Actor,
    now: datetime,
    known: Vocabulary,
    what: tuple[str, When, Mapping[str, Any]],
    spelt: names.Spelt,
    end: AgainstTheEnd,
    *,
    established: bool,
) -> tuple[FactRecord, FactKind, tuple[str, ...]]:
    """One fact as it would be kept, its kind, and the details nobody uses. Raises Refused."""
    kind, happened, details = what
    clean = _clean(details)
    if not tidy(str(clean.get("subject", ""))):
        clean.pop("subject", None)
    about, ignored = _checked(known, kind, happened, clean, now)
    end.check(kind, happened, clean)
    if established:
        _for_this_side(contract, about, actor)
    subject = _called(contract, actor, about, clean, spelt)
    row = FactRecord(
        pk=key_for(subject),
        contract=contract,
        kind=kind,
        subject=subject,
        happened_on=london_day(happened),
        happened_at=happened if is_moment(happened) else None,
        stamped=_stamp(happened),
        repeated_hour=_in_the_repeated_hour(happened),
        details=_stored(clean),
        made_on=about.page if fact_page(about.page) is not None else "",
        recorded_at=now,
        recorded_by=actor.person,
        recorded_by_name=actor.name,
        recorded_side=actor.side,
    )
    return row, about, ignored


def _called(
    contract: Contract, actor: Actor, about: FactKind, clean: dict[str, Any], spelt: names.Spelt
) -> str:
    """The name under which the contract keeps what it is about, put into its details. Raises Refused."""
    typed = str(clean.get("subject", ""))
    _may_be_called(contract, actor, about, typed)
    subject = spelt.kept_under(typed)
    if subject != typed:
        _may_be_called(contract, actor, about, subject)
        clean["subject"] = subject
    return subject


def _clean(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details that say something, without the blanks around texts."""
    said = {name: value for name, value in details.items() if value not in (None, "")}
    return {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}


def _may_be_called(contract: Contract, actor: Actor, about: FactKind, subject: str) -> None:
    """Refuse the name of what is kept to a distribution list where it would tell on it (Appendix 1, 1.2)."""
    if not may_name(contract, actor.person, subject):
        raise Refused("subject", f"Choose another name: only Duly gives names with {RESERVED} in them.")
    if is_reserved(subject) and (about.contract_wide or about.name == DONE):
        raise Refused("subject", f"This is about the whole contract: choose another name than {subject}.")


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
        subjects=_all_touched(contract, [fact, new.fact]),
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
    claims.withdrawn_with(fact, actor, now, reason)
    payload = _ledger_payload(fact, about) | {"reason": reason}
    ledger.record(fact.contract, actor, "fact_withdrawn", payload, now)
    return about, reason


def _checked(
    known: Vocabulary, kind: str, happened: When, details: Mapping[str, Any], now: datetime
) -> tuple[FactKind, tuple[str, ...]]:
    """The kind of the fact and the details nobody uses."""
    try:
        about = known.kind(kind)
        ignored = check(Fact(kind, happened, now, details), now=now, known=known)
    except FactError as error:
        raise Refused(FIELDS.get(error.field, error.field), str(error)) from error
    _is_about_something(about, str(details.get("subject") or ""))
    if first_moment(happened) > now:
        raise Refused("happened", "This is in the future; enter when it happened.")
    calendars.within(happened, "happened")
    for detail in about.details:
        if detail.type in ("day", "when") and (when := detail_when(details.get(detail.name))):
            calendars.within(when, detail.name)
    return about, tuple(ignored)


def _is_about_something(about: FactKind, subject: str) -> None:
    if about.subject and not about.contract_wide and about.name != DONE and not subject:
        example = f", for example {about.example}" if about.example else ""
        raise Refused("subject", f"Enter what it is about: {about.subject}{example}.")
    if len(subject) > 200:
        raise Refused("subject", "Shorten this to 200 characters.")


def _for_this_side(contract: Contract, about: FactKind, actor: Actor) -> None:
    """Where both parties keep the contract each records its own acts; one alone records both (R33)."""
    if contract.kept_by != KeptBy.BOTH or actor.person is None or about.side == "either":
        return
    if actor.side != about.side:
        word = contract.word_for(about.side)
        raise Refused("kind", f"Ask the {word} to record this: it is theirs to record.")


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


def _stamp(happened: When) -> str:
    """A moment with an offset that is not London's, as it was written: its own day may count (R13)."""
    if not is_moment(happened) or happened.utcoffset() == london(happened).utcoffset():
        return ""
    return happened.isoformat()


def _in_the_repeated_hour(happened: When) -> bool:
    """Whether a London time was given without saying which of October's two hours it means (R13)."""
    if not is_moment(happened) or happened.tzinfo is not LONDON or happened.fold:
        return False
    return place_in_london(happened.replace(tzinfo=None))[1]


def _stored(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details as JSON keeps them: days and moments in ISO 8601."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in details.items()}


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
