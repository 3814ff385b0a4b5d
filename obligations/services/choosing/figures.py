"""The figures of an uploaded document held against the register, and deciding which of two counts (R34)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.access import Access
from contracts.models import Document, FigureDecision, Paragraph, Side
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.limit import Limit
from contracts.terms.limit_words import in_words
from contracts.terms.moments import london_day
from contracts.terms.phrases import find_limits
from obligations.rules.engine.lifecycle import FINISHED
from obligations.rules.register.agreement import Expected, Row, agreement
from obligations.rules.register.contract_figures import ContractFigure
from obligations.rules.register.duty import Duty
from obligations.services.asking import calendars, engine_input
from obligations.services.asking.books import decided_limit
from obligations.services.asking.versions import adopted_by
from obligations.services.choosing.moves import as_it_stands, rows_by_name
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile


@dataclass(frozen=True, slots=True)
class Held:
    """One line of the agreement, and the decision in force on it, if there is one."""

    row: Row
    decision: FigureDecision | None = None

    @property
    def in_use(self) -> Limit | None:
        """The figure that duties are counted with; None where the register has no such limit."""
        if self.decision is not None and self.decision.own:
            return decided_limit(self.decision)
        return self.row.expected.limit if self.row.expected else None

    @property
    def counted_with(self) -> str:
        """The same in words."""
        return in_words(self.in_use) if self.in_use else ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A duty whose date would be another."""

    before: Duty
    after: Duty


def held(document: Document) -> list[Held] | None:
    """The document's time limits against the register of its schedule; None where there is no register.

    2 queries.
    """
    adopted = adopted_by(document.contract).get(document.schedule.outline_key) if document.schedule else None
    if adopted is None:
        return None
    book = adopted[-1].book
    decisions = {
        row.limit_key: row
        for row in FigureDecision.objects.filter(
            contract_id=document.contract_id, rulebook_key=book.key
        ).order_by("pk")
    }
    return [
        Held(row, decisions.get(row.expected.key) if row.expected else None)
        for row in agreement(book, limits_read(document.reading))
    ]


def limits_read(reading: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The limits of a document as the words of each are read today.

    A reading from before directions, hours and second lengths were kept has lost them: its phrases are read
    again, so that no figure is offered that the words do not say (R34).
    """
    limits = list(reading.get("time_limits", ()))
    return limits if "unclaimed" in reading else [_read_again(one) for one in limits]


def _read_again(form: Mapping[str, Any]) -> Mapping[str, Any]:
    found = find_limits(str(form.get("phrase", "")))
    if not found:
        return form
    if len(found) > 1:
        return {**form, "problem": "words_unclear"}
    now = found[0].as_json()
    kind = now["kind"] if now["kind"] in ("interval", "standstill") else form["kind"]
    return {**form, **now, "phrase": form["phrase"], "kind": kind}


def held_at(document: Document, limit: str) -> Held:
    """One line of the agreement by the key of its limit. Raises Refused where there is none."""
    for one in held(document) or ():
        if one.row.expected is not None and one.row.expected.key == limit:
            return one
    raise Refused("", "The register of this document’s schedule has no such limit.")


def why_not(one: Held, *, own: bool) -> str:
    """Why a decision cannot be taken; empty where it can."""
    if not own:
        standing = one.decision is not None and one.decision.own
        return "" if standing else "The standard form’s figure counts already."
    if one.row.why_not:
        return one.row.why_not
    assert one.row.found is not None
    already = one.decision is not None and one.decision.own and one.in_use == one.row.found.limit
    return f"Duties are counted with {one.counted_with} already." if already else ""


@transaction.atomic
def decide_figure(
    document: Document, actor: Actor, now: datetime, *, limit: str, own: bool, reason: str
) -> Changes:
    """Count one limit with the document's ``own`` figure from now on, or with the standard form's again.

    The duties under it are redated; what is closed keeps the date it was judged by. The decision, its reason
    and both figures go on the record. Raises Refused on "reason" where none is given, and where there is
    nothing to decide.
    """
    if actor.person is None or actor.side == Side.NEITHER:
        raise Refused("", "Only a person of one of the two parties decides which figure counts.")
    reason = required("reason", reason, "Say why this figure counts.", longest=2000)
    contract = document.contract
    lock(contract, now)
    one = held_at(document, limit)
    if refusal := why_not(one, own=own):
        raise Refused("", refusal)
    expected = one.row.expected
    assert expected is not None
    row = _decision(document, actor, now, one, own=own, reason=reason)
    ledger.record(contract, actor, "figure_decided", _ledger_payload(row, one, document, expected), now)
    which = "the contract’s own figure" if own else "the standard form’s figure"
    because = f"{actor.name} adopted {which}: {in_words(decided_limit(row))} instead of {one.counted_with}"
    return reconcile(contract, now, actor, because=because, shows_wrong=True)


def _decision(
    document: Document, actor: Actor, now: datetime, one: Held, *, own: bool, reason: str
) -> FigureDecision:
    expected, found = one.row.expected, one.row.found
    assert expected is not None and document.schedule is not None and actor.person is not None
    limit = found.limit if own and found is not None and found.limit is not None else expected.limit
    period = limit.period
    assert period is not None
    return FigureDecision.objects.create(
        contract=document.contract,
        document=document,
        paragraph=Paragraph.objects.get(schedule=document.schedule, path=expected.path),
        rulebook_key=document.schedule.outline_key,
        limit_key=expected.key,
        own=own,
        amount=period.amount,
        unit=str(period.unit),
        limit=limit.as_json(),
        standard_limit=expected.limit.as_json(),
        standard_amount=expected.period.amount,
        standard_unit=str(expected.period.unit),
        words=found.phrase[:300] if own and found is not None else "",
        reason=reason,
        decided_by=actor.person,
        decided_by_name=actor.name,
        decided_side=actor.side,
        decided_at=now,
    )


def _ledger_payload(row: FigureDecision, one: Held, document: Document, expected: Expected) -> dict[str, Any]:
    return {
        "decision": row.pk,
        "document": document.pk,
        "name": document.name,
        "citation": f"{row.rulebook_key}/{expected.path}",
        "limit": expected.key,
        "title": expected.title,
        "own": row.own,
        "before": one.counted_with,
        "after": in_words(decided_limit(row)),
        "standard": in_words(expected.limit),
        "words": row.words,
        "reason": row.reason,
        "side": row.decided_side,
    }


def moves(
    document: Document,
    one: Held,
    actor: Actor,
    now: datetime,
    *,
    own: bool,
    seen_by: Access | None = None,
) -> list[Moved]:
    """The duties still to be done whose dates a decision would move, but for those kept from ``seen_by``.

    Writes nothing; a constant number of queries.
    """
    contract, expected = document.contract, one.row.expected
    assert expected is not None and document.schedule is not None
    book = document.schedule.outline_key
    part = engine_input.load(contract, None, seen_by=seen_by)
    if book not in part.books:
        return []
    there = [figure for figure in part.books[book].terms.contract_figures if figure.key != expected.key]
    changed = _with(part, book, [*there, *_would_be(one, actor, now, own=own)])
    calendar = calendars.load().of(contract.division)
    before = {duty.identity: duty for duty in part.derive(book, calendar, now)}
    found, there_now = [], rows_by_name(part.rows, book)
    for duty in changed.derive(book, calendar, now):
        was = before.get(duty.identity)
        if was is not None and was.state not in FINISHED and was.deadline.due_at != duty.deadline.due_at:
            found.append(Moved(as_it_stands(was, there_now.get(duty.identity)) or was, duty))
    return found


def _would_be(one: Held, actor: Actor, now: datetime, *, own: bool) -> list[ContractFigure]:
    expected, found = one.row.expected, one.row.found
    if not own or expected is None or found is None or found.limit is None:
        return []
    day = london_day(now)
    return [
        ContractFigure(
            expected.key, expected.path, found.limit, expected.limit, actor.name, day, "not decided"
        )
    ]


def _with(
    part: engine_input.EngineInput, book: str, figures: Iterable[ContractFigure]
) -> engine_input.EngineInput:
    there = part.books[book]
    changed = replace(there, terms=replace(there.terms, contract_figures=tuple(figures)))
    return replace(part, books={**part.books, book: changed})
