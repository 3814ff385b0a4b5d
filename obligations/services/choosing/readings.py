"""Choosing another reading of a rule for one contract, with a reason, on the record (R12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from contracts.access import Access
from contracts.models import Contract, LedgerEntry, Side
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.restricted import is_reserved
from obligations.models import Duty
from obligations.rules.engine.after_the_end import ACCRUED
from obligations.rules.engine.disapplication import STILL_OWED
from obligations.rules.engine.used_again import ANEW
from obligations.rules.register.duty import Duty as Derived
from obligations.rules.register.rule import Rule
from obligations.rules.register.terms import ContractTerms
from obligations.rules.time.deadlines import DEFAULT_READING
from obligations.services.asking import calendars, engine_input
from obligations.services.choosing.moves import ByName, Moved, moves, rows_by_name
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile

CHOSEN = "reading_chosen"
"""The verb of the ledger's entry."""

DEFAULTS = (DEFAULT_READING, STILL_OWED, ACCRUED, ANEW)
"""What the engine calls the default reading, beside one that was chosen."""


KEPT = (
    "A reading counts for the whole contract, and everybody reads on the record that it was chosen. Choose it"
    " on the page of a duty that is not kept to a distribution list."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A reading that can be chosen: of which rule, instead of which, and what would move."""

    rule: Rule
    before: str
    reading: str
    moves: tuple[Moved, ...]


def chosen_for(contract: Contract, rule: Rule) -> str:
    """The reading chosen for this contract, or "" where the default counts."""
    terms = ContractTerms(contract.start_date, settings=contract.terms_settings)
    return terms.chosen_reading(*rule.names) or ""


def preview(duty: Duty, now: datetime, *, reading: str, seen_by: Access | None = None) -> Choice:
    """What choosing a reading of this duty's rule would do to the contract. Writes nothing.

    What it would do to duties kept from ``seen_by`` is left out.

    Raises Refused where the rule has no such reading, where it counts already, where the duty is kept to a
    list (a choice is everybody's to read), and where the engine cannot
    count with it. A constant number of queries.
    """
    if is_reserved(duty.subject):
        raise Refused("reading", KEPT)
    contract, book = duty.contract, duty.obligation.rulebook_key
    part = engine_input.load(contract, None, seen_by=seen_by)
    rule = part.books[book].rule(duty.obligation.rule_key) if book in part.books else None
    if rule is None:
        raise Refused("reading", "This contract has no such rule any more.")
    before = chosen_for(contract, rule)
    wanted = "" if reading in DEFAULTS else reading
    _refuse_the_same(before, wanted)
    calendar = calendars.load().of(contract.division)
    was = _under(rule, part.derive(book, calendar, now))
    if wanted and wanted not in _known(rule, was.values()):
        raise Refused(
            "reading", f"This rule has no reading called “{wanted}”. Choose one that its page names."
        )
    there = part.books[book]
    settings = replace(there.terms.settings, readings=_with(contract, rule, wanted))
    changed = replace(there, terms=replace(there.terms, settings=settings))
    becomes = _under(rule, replace(part, books={**part.books, book: changed}).derive(book, calendar, now))
    if wanted and not _counts(wanted, was, becomes):
        raise Refused("reading", f"Duly names the reading “{wanted}” but cannot count with it.")
    found = moves(was, becomes, rows_by_name(part.rows, book), missed_at=now)
    return Choice(rule, before, wanted, tuple(found))


def _refuse_the_same(before: str, wanted: str) -> None:
    if wanted == before:
        counts = f"The reading “{before}”" if before else "The default reading"
        raise Refused("reading", f"{counts} counts already.")


def _known(rule: Rule, duties: Iterable[Derived]) -> set[str]:
    """The readings that the rule declares, and those that counting its duties brought up."""
    declared = {one.name for one in rule.readings}
    return declared | {one.reading for duty in duties for one in duty.deadline.readings}


@transaction.atomic
def choose_reading(duty: Duty, actor: Actor, now: datetime, *, reading: str, reason: str) -> Changes:
    """Count this duty's rule by another reading in the whole contract from now on.

    Open duties are redated and their notices planned anew; what is closed keeps the date it was judged by.
    The default reading chosen again undoes a choice. Raises Refused on "reading" or "reason".
    """
    if actor.person is None or actor.side == Side.NEITHER:
        raise Refused("", "Only a person of one of the two parties chooses a reading.")
    reason = required("reason", reason, "Say why this reading counts for the contract.", longest=2000)
    lock(duty.contract, now)
    contract = Contract.objects.get(pk=duty.contract_id)
    duty = Duty.objects.select_related("obligation__paragraph__schedule").get(pk=duty.pk)
    duty.contract = contract
    choice = preview(duty, now, reading=reading)
    contract.settings = dict(contract.settings) | {"readings": _with(contract, choice.rule, choice.reading)}
    contract.save(update_fields=["settings"])
    after = choice.reading or DEFAULT_READING
    payload = {
        "duty": duty.pk,
        "rule": name_of(choice.rule),
        "citation": choice.rule.citation,
        "title": choice.rule.title,
        "before": choice.before or DEFAULT_READING,
        "after": after,
        "reason": reason,
        "side": actor.side,
    }
    ledger.record(contract, actor, CHOSEN, payload, now)
    because = f"{actor.name} chose the reading “{after}”: {reason}"
    return reconcile(contract, now, actor, because=because)


def name_of(rule: Rule) -> str:
    """The name under which a choice is stored: no other rule of any rulebook has it."""
    return rule.names[0]


def known_at(contract: Contract, moment: datetime) -> dict[str, str]:
    """The readings that had been chosen by a moment: later choices are taken back. 1 query."""
    readings = dict(contract.terms_settings.readings)
    later = LedgerEntry.objects.filter(contract=contract, verb=CHOSEN, moment__gt=moment)
    for entry in later.order_by("-number"):
        readings.pop(entry.payload["rule"], None)
        if entry.payload["before"] != DEFAULT_READING:
            readings[entry.payload["rule"]] = entry.payload["before"]
    return readings


def _with(contract: Contract, rule: Rule, reading: str) -> dict[str, str]:
    """The contract's readings with this one; under the one name of its rule, whichever it had before."""
    there = contract.terms_settings.readings
    kept = {name: chosen for name, chosen in there.items() if name not in rule.names}
    return kept | ({name_of(rule): reading} if reading else {})


def _under(rule: Rule, duties: list[Derived]) -> ByName:
    return {duty.identity: duty for duty in duties if duty.rule_key == rule.key}


def _counts(
    reading: str,
    before: ByName,
    after: ByName,
) -> bool:
    """Whether the engine lets the reading count where it arises; where it arises nowhere yet it may."""
    named = [key for key, duty in before.items() if any(r.reading == reading for r in duty.deadline.readings)]
    still = [
        key
        for key in named
        if key in after and any(one.reading == reading for one in after[key].deadline.readings)
    ]
    return not named or len(still) < len(named)
