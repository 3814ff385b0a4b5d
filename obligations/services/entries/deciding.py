"""A person decides what a paragraph asks. Nothing counts before it is put in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from django.db import transaction

from contracts.models import Paragraph
from contracts.services import ledger, locks
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import london
from obligations.models import EntryDecision, EntryOutcome
from obligations.rules.register.entry import FILE, EntryError, entry_rule, key_for, tidy_entry
from obligations.rules.register.rule import Rule
from obligations.rules.register.rule_form import RulebookError
from obligations.services.entries.book import book_content
from obligations.services.entries.proposing import Prefilled
from obligations.services.entries.standing import Standing, standing_of

LONGEST_WHY = 2000
ASKS = (EntryOutcome.ACCEPTED, EntryOutcome.CORRECTED, EntryOutcome.ADDED)


class EntryRefused(Refused):
    """As Refused; ``entry`` is the place, from 0, of the entry at fault among those of the paragraph."""

    def __init__(self, field: str, message: str, entry: int = 0) -> None:
        super().__init__(field, message)
        self.entry = entry


@transaction.atomic
def decide(
    paragraph: Paragraph,
    actor: Actor,
    now: datetime,
    *,
    number: int,
    outcome: str,
    entries: Sequence[Mapping[str, Any]] = (),
    why: str = "",
    rests_on: Mapping[str, Any] | None = None,
    proposed: Sequence[Prefilled] = (),
    goes_on: bool = True,
) -> EntryDecision:
    """Keep what a person decided about a paragraph of an own schedule.

    ``number``: which decision of this paragraph it is meant to be, counted from 1. ``entries``: everything
    the paragraph asks, as tables of a rulebook without path; one that goes on from an earlier decision has
    its ``key``, and where none has a key they go on in their order, unless ``goes_on`` is False.
    ``rests_on``: by the entry's place ("0") and its field the words, as ``Words.as_json``. ``proposed``: what
    was proposed; what was accepted and differs from it is kept as corrected.

    Raises EntryRefused on the field of the entry at fault, on "number" where somebody decided in between, on
    "why" for nothing without a reason, on "outcome" for one that is not known.
    """
    locks.lock(paragraph.contract)
    standing = standing_of(paragraph.contract, paragraph.schedule)
    row = new_row(standing, paragraph, actor, now, number, outcome)
    row.proposed = [one.as_json() for one in proposed] or None
    if outcome == EntryOutcome.NONE:
        row.why = required("why", why, "Say why it asks for nothing.", longest=LONGEST_WHY)
    elif outcome in ASKS:
        row.entries = _checked(standing, paragraph, entries, goes_on)
        row.rests_on = _by_key(row.entries, rests_on or {})
        if outcome == EntryOutcome.ACCEPTED and not as_proposed(row.entries, proposed):
            row.outcome = EntryOutcome.CORRECTED
    keep(standing, [row], actor, now)
    return row


def keep(standing: Standing, rows: Sequence[EntryDecision], actor: Actor, now: datetime) -> None:
    """Write decisions, whose book is read as a whole before, with an entry in the ledger for each."""
    check_book(standing.after(rows), rows)
    EntryDecision.objects.bulk_create(rows)
    told = [
        (
            "entry_decided",
            {
                "citation": row.paragraph.citation,
                "number": row.number,
                "outcome": row.outcome,
                "entries": [entry["title"] for entry in row.entries],
                "why": row.why,
                "side": actor.side,
            },
        )
        for row in rows
    ]
    ledger.record_many(standing.contract, actor, told, now)


def new_row(
    standing: Standing, paragraph: Paragraph, actor: Actor, now: datetime, number: int, outcome: str
) -> EntryDecision:
    """A decision that says nothing yet. Raises EntryRefused on "outcome" and "number"."""
    if actor.person is None:
        raise EntryRefused("", "Only a person decides what a paragraph asks.")
    if outcome not in EntryOutcome.values:
        raise EntryRefused("outcome", "Choose: it asks for something, for nothing, or later.")
    check_number(standing, paragraph, number)
    return EntryDecision(
        contract=standing.contract,
        schedule=standing.schedule,
        paragraph=standing.by_path[paragraph.path],
        number=number,
        outcome=outcome,
        decided_by=actor.person,
        decided_by_name=actor.name,
        decided_side=actor.side,
        decided_at=now,
    )


def check_number(standing: Standing, paragraph: Paragraph, number: int) -> None:
    """Refuse a decision by somebody who has not seen the last one."""
    last = standing.last(paragraph)
    if last is not None and number <= last.number:
        when = f"{london(last.decided_at):%H:%M on %-d %B %Y}"
        raise EntryRefused(
            "number",
            f"{last.decided_by_name} decided paragraph {paragraph.number} at {when}, after you opened it."
            " Look at that decision, then decide again if you read it otherwise.",
        )
    if number != (last.number if last else 0) + 1:
        raise EntryRefused("number", "Open the paragraph again: it has no decision of this number to follow.")


def _checked(
    standing: Standing, paragraph: Paragraph, entries: Sequence[Mapping[str, Any]], goes_on: bool
) -> list[dict[str, Any]]:
    """The entries with key and path, each read by the strict reader. Raises EntryRefused."""
    if not entries:
        raise EntryRefused("title", "Say what it asks for, or say that it asks for nothing.")
    found: list[dict[str, Any]] = []
    for entry in with_keys(standing, paragraph, entries, goes_on=goes_on):
        try:
            rule = entry_rule(entry, standing.known)
        except EntryError as error:
            raise EntryRefused(error.field, str(error), len(found)) from error
        _check_met(rule, len(found))
        found.append(entry)
    return found


def _check_met(rule: Rule, place: int) -> None:
    if rule.met_by and rule.all_of:
        raise EntryRefused(
            "all_of", "Choose what meets it together, or what meets it alone: one of them.", place
        )


def with_keys(
    standing: Standing, paragraph: Paragraph, entries: Sequence[Mapping[str, Any]], *, goes_on: bool = True
) -> list[dict[str, Any]]:
    """The entries, tidied, with their path and a key each. A key that was used keeps its duties."""
    going_on = standing.last_keys(paragraph) if goes_on else []
    if any(entry.get("key") for entry in entries):
        going_on = []
        _check_keys(standing, paragraph, entries)
    taken = {entry["key"] for made in standing.every for entry in made.entries}
    found: list[dict[str, Any]] = []
    for entry, before in zip_longest(entries, going_on[: len(entries)]):
        key = entry.get("key") or before or key_for(paragraph.path, standing.known.scopes, taken)
        taken.add(key)
        found.append(tidy_entry({**entry, "key": key, "path": paragraph.path}))
    return found


def _check_keys(standing: Standing, paragraph: Paragraph, entries: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a key that the paragraph never had, or that is there twice."""
    used = {entry["key"] for made in standing.decisions.get(paragraph.pk, ()) for entry in made.entries}
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if key := entry.get("key"):
            if key not in used:
                raise EntryRefused(
                    "key", f"This paragraph never had the entry {key}: leave its key out.", place
                )
            if key in seen:
                raise EntryRefused("key", f"The entry {key} is there twice.", place)
            seen.add(key)


def check_book(standing: Standing, rows: Sequence[EntryDecision] = ()) -> None:
    """Refuse decisions with which the book could not be read: what an entry leans on is not there.

    ``rows``: those that are made now; the field and the entry are named where one of them is at fault.
    """
    try:
        book_content(standing, number=1, day=date.min)
    except RulebookError as error:
        key, _, says = _bare(error).partition(": ")
        name = says.split(" ", 1)[0]
        for entries in (row.entries for row in rows):
            for place, entry in enumerate(entries):
                if entry["key"] == key and name in entry:
                    raise EntryRefused(
                        name, f"This leans on an entry that is not there: {says}.", place
                    ) from error
        raise EntryRefused("", f"Another entry leans on what this changes: {key}: {says}.") from error


def _bare(error: RulebookError) -> str:
    """What is wrong, without the names of book and file."""
    return str(error).removeprefix(f"{str(error).partition(': ')[0]}: ").removeprefix(f"{FILE}: ")


def _by_key(entries: Sequence[Mapping[str, Any]], rests_on: Mapping[str, Any]) -> dict[str, Any]:
    """The words that each entry rests on, by its key."""
    places = {str(place): entry["key"] for place, entry in enumerate(entries)}
    return {key: rests_on[place] for place, key in places.items() if place in rests_on}


CHOSEN = {"key", "path", "on", "met_by", "once_per", "anchor"}
"""What a person has to choose of a proposal in any case; choosing it corrects nothing."""


def as_proposed(entries: Sequence[Mapping[str, Any]], proposed: Sequence[Prefilled]) -> bool:
    """Whether entries say what was proposed."""

    def says(entry: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in tidy_entry(entry).items() if name not in CHOSEN}

    return [says(entry) for entry in entries] == [says(one.entry) for one in proposed if one.entry]
