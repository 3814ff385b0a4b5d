"""What the pages of rulebook versions and engine editions say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from contracts.access import Access
from contracts.terms.moments import london_day, long_day
from contracts.web.text.presenters import paragraph_href, place
from contracts.web.words import count, due_words
from obligations.models import Adoption, Becomes, EditionAdoption, Offer, OfferedChange, OfferState
from obligations.rules.engine.edition import EDITIONS
from obligations.rules.register.changed_rules import ChangedRule
from obligations.services.reconciling.changes import Changes

NOTHING_MOVES = "Nothing moves until it is taken over."
BEING_WORKED_OUT = "What it would change is being worked out."
MOST = 200
"""Duties listed under one heading before "and more"."""

HEADINGS = {
    Becomes.RAISED: "Duties that would be raised",
    Becomes.REDATED: "Duties that would have another date",
    Becomes.ENDED: "Duties that would end",
    Becomes.REOPENED: "Duties that would be owed again",
    Becomes.CLOSED: "Duties that would be closed",
    Becomes.ALTERED: "Duties that would be asked for otherwise",
    Becomes.STAYS: "Missed or closed duties, which keep the date they were judged by",
}


@dataclass(frozen=True)
class InUse:
    """A rulebook, or the engine, as the contract goes by it."""

    title: str
    version: str
    since: str
    digest: str
    history: list[str]


@dataclass(frozen=True)
class OfferRow:
    """Something later that is offered."""

    title: str
    href: str
    about: str


@dataclass(frozen=True)
class RuleRow:
    """What a later version says otherwise of one paragraph."""

    title: str
    paragraph: str
    href: str
    what: list[str]


@dataclass(frozen=True)
class DutyRow:
    """One duty that an offer changes: its date now and then."""

    title: str
    subject: str
    paragraph: str
    href: str
    before: str
    after: str


@dataclass(frozen=True)
class DutyList:
    """The duties to which the same would happen."""

    key: str
    title: str
    rows: list[DutyRow]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def in_use(adoptions: Iterable[Adoption], editions: Iterable[EditionAdoption]) -> list[InUse]:
    """The versions a contract goes by, each with those before it, and the edition of the engine."""
    by_key: dict[str, list[Adoption]] = defaultdict(list)
    for one in adoptions:
        by_key[one.version.key].append(one)
    found = [_book_in_use(ones) for ones in by_key.values()]
    kept = list(editions)
    if kept:
        last = kept[-1]
        found.append(
            InUse("The engine that works out dates", f"Edition {last.edition}", _since(last), "",
                  [_adopted(one, f"Edition {one.edition}") for one in reversed(kept)])
        )  # fmt: skip
    return found


def _book_in_use(ones: list[Adoption]) -> InUse:
    last = ones[-1]
    return InUse(
        last.version.title,
        f"Version {last.version.number}",
        _since(last),
        last.version.digest[:12],
        [_adopted(one, f"Version {one.version.number}", _did(one)) for one in reversed(ones)],
    )


def _since(one: Adoption | EditionAdoption) -> str:
    return f"for duties that begin on or after {long_day(one.from_day)}" if one.from_day else ""


def _did(one: Adoption) -> str:
    """What people did with it: a contract's own rulebook is decided by themselves."""
    return "taken over" if one.version.contract_id is None else "put in force"


def _adopted(one: Adoption | EditionAdoption, what: str, did: str = "taken over") -> str:
    since = f", {_since(one)}" if one.from_day else ""
    reason = f": {one.reason}" if one.reason else ""
    on = long_day(london_day(one.adopted_at))
    return f"{what}, {did} by {one.adopted_by_name} on {on}{since}{reason}"


def title_of(offer: Offer) -> str:
    """What is offered, in words."""
    if offer.version is not None:
        return f"Version {offer.version.number} of {offer.version.title}"
    return f"Edition {offer.edition} of the engine"


def offers(access: Access, rows: Iterable[Offer]) -> list[OfferRow]:
    """What is offered and not taken over."""
    return [
        OfferRow(
            title_of(one),
            reverse("offer", args=[access.contract.pk, one.pk]),
            BEING_WORKED_OUT if one.state == OfferState.WAITING else NOTHING_MOVES,
        )
        for one in rows
    ]  # fmt: skip


def what_edition_changed(offer: Offer, before: int) -> list[str]:
    """What the editions after the one in use read otherwise."""
    between = [number for number in sorted(EDITIONS) if before < number <= (offer.edition or 0)]
    return [sentence for number in between for sentence in EDITIONS[number]]


def rule_rows(access: Access, changed: Iterable[ChangedRule]) -> list[RuleRow]:
    """The rules that a version adds, changes or leaves out."""
    return [
        RuleRow(
            one.rule.title,
            place(one.rule.part, one.rule.paragraph),
            paragraph_href(access.contract, one.rule.citation),
            one.what,
        )
        for one in changed
    ]  # fmt: skip


def duty_lists(access: Access, rows: Iterable[OfferedChange]) -> list[DutyList]:
    """The duties that would change, by what would happen to them; one heading each, in a fixed order."""
    found: dict[str, list[OfferedChange]] = defaultdict(list)
    for row in rows:
        found[row.becomes].append(row)
    return [
        DutyList(str(becomes), title, [_duty_row(access, row) for row in found[becomes][:MOST]],
                 len(found[becomes]))
        for becomes, title in HEADINGS.items()
        if becomes in (Becomes.RAISED, Becomes.REDATED, Becomes.ENDED) or found[becomes]
    ]  # fmt: skip


def _duty_row(access: Access, row: OfferedChange) -> DutyRow:
    path = row.citation.partition("/")[2]
    href = reverse("duty", args=[access.contract.pk, row.duty_id]) if row.duty_id else ""
    ends = row.becomes == Becomes.ENDED
    return DutyRow(
        row.title,
        row.subject,
        place(*path.split("/", 1)),
        href,
        "" if row.becomes == Becomes.RAISED else _due(row.old_due_at),
        "ends" if ends else _due(row.due_at),
    )


def _due(when: datetime | None) -> str:
    return due_words(when) if when else "no date"


def taken(changes: Changes) -> str:
    """What came of taking an offer over, in a sentence."""
    number = len({id(duty) for duty in changes.every})
    return f"It counts from now on. {count(number, 'duty', 'duties')} changed."


def from_words(offer: Offer) -> str:
    """From when it is to count."""
    if offer.from_day is None:
        return "Counted from the beginning: open duties get their new dates."
    return f"Counted from {long_day(offer.from_day)}: duties that begin before that day stay as they are."


def state_words(offer: Offer) -> str:
    """Why it can no longer be taken over; "" where it can."""
    return {
        OfferState.TAKEN_OVER: "This was taken over.",
        OfferState.SUPERSEDED: "A later one has taken the place of this.",
    }.get(OfferState(offer.state), "")
