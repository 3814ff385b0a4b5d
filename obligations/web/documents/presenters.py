"""A document's time limits beside the register's, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from contracts.access import Access, Act
from contracts.models import Contract, Document
from contracts.terms.limit_words import in_words
from contracts.web.text.presenters import paragraph_href, place
from contracts.web.variations.presenters import Tag
from contracts.web.words import count, listed
from obligations.models import EntryDecision
from obligations.rules.register.agreement import Result
from obligations.rules.register.duty import Duty
from obligations.services.choosing.figures import Held, Moved, why_not
from obligations.web.lines import dated

TAGS = {
    Result.AGREES: Tag("Agrees", "green"),
    Result.DIFFERS: Tag("Differs", "orange"),
    Result.NOT_FOUND: Tag("Not found", "yellow"),
    Result.EXTRA: Tag("Extra", "blue"),
}
ORDER = (Result.DIFFERS, Result.NOT_FOUND, Result.EXTRA, Result.AGREES)
WORDS = {
    Result.AGREES: ("agrees", "agree"),
    Result.DIFFERS: ("differs", "differ"),
    Result.NOT_FOUND: ("is not found", "are not found"),
    Result.EXTRA: ("is extra", "are extra"),
}
NOTHING = "None"


@dataclass(frozen=True)
class AgreementRow:
    """One limit: what the register says, what the document says, what came of it and what to do."""

    place: str
    href: str
    title: str
    standard: str
    document: str
    words: str
    tag: Tag
    says: str
    decide: str
    decide_href: str


@dataclass(frozen=True)
class Agreement:
    """The table, and how many of each there are."""

    summary: str
    rows: list[AgreementRow]


@dataclass(frozen=True)
class Again:
    """A paragraph whose decision rests on other words than it has now."""

    place: str
    asks: str
    href: str


@dataclass(frozen=True)
class Decide:
    """The page of one decision."""

    title: str
    place: str
    says: str
    words: str
    button: str
    moves: list[str]
    more: int


def agreement(access: Access, document: Document, found: list[Held]) -> Agreement:
    """The agreement of one document with the register of its schedule."""
    numbers = Counter(one.row.result for one in found)
    parts = [_number(result, numbers[result]) for result in ORDER if numbers[result]]
    rows = [_row(access, document, one) for one in found]
    return Agreement(f"{count(len(found), 'time limit')}: {listed(parts)}." if found else "", rows)


def to_decide_again(decisions: Iterable[EntryDecision]) -> list[Again]:
    """Decisions that rest on words which are others now."""
    return [
        Again(
            _place(one.paragraph.path),
            listed([f"“{entry['title']}”" for entry in one.entries]) or one.why,
            reverse("entry_paragraph", args=[one.contract_id, one.paragraph_id]),
        )
        for one in decisions
    ]


def _number(result: Result, number: int) -> str:
    """How many came out this way: "1 differs", "13 are not found"."""
    one, many = WORDS[result]
    return f"{number} {one if number == 1 else many}"


def _row(access: Access, document: Document, one: Held) -> AgreementRow:
    expected, found = one.row.expected, one.row.found
    own = not (one.decision is not None and one.decision.own)
    offer = expected is not None and access.may(Act.DECIDE_FIGURE) and not why_not(one, own=own)
    assert document.schedule is not None
    known = expected is not None or one.row.path not in document.reading.get("extra", ())
    citation = f"{document.schedule.outline_key}/{one.row.path}"
    return AgreementRow(
        place=_place(one.row.path),
        href=paragraph_href(access.contract, citation) if known else "",
        title=expected.title if expected else "In this document only",
        standard=in_words(expected.limit) if expected else NOTHING,
        document=_figure(one),
        words=found.phrase if found else "",
        tag=TAGS[one.row.result],
        says=_says(access.contract, one),
        decide=_button(own) if offer else "",
        decide_href=_decide_href(document, expected.key, own) if offer and expected else "",
    )


def _figure(one: Held) -> str:
    if one.row.found is None:
        return NOTHING
    return in_words(one.row.found.limit) if one.row.found.limit else "No figure that can be counted"


def _place(path: str) -> str:
    scope, _, number = path.partition("/")
    return place(scope, number)


def _button(own: bool) -> str:
    return "Adopt the contract’s own figure" if own else "Use the standard form’s figure again"


def _decide_href(document: Document, limit: str, own: bool) -> str:
    address = reverse("decide_figure", args=[document.contract_id, document.pk, limit])
    return address if own else f"{address}?standard=1"


def _says(contract: Contract, one: Held) -> str:
    """What comes of it, and who decided what."""
    row = one.row
    said = []
    if row.result is Result.DIFFERS and row.expected is not None:
        said.append(both(one))
        if row.why_not:
            said.append(row.why_not)
    if row.expected is not None and row.found is not None and row.found.path != row.expected.path:
        said.append(f"Found in {_place(row.found.path)}.")
    if one.decision is not None:
        by = f"{one.decision.decided_by_name}, {contract.word_for(one.decision.decided_side)}"
        said.append(f"Duties are counted with {one.counted_with}: decided by {by}.")
    elif row.result is Result.DIFFERS:
        said.append(f"Duties are counted with {one.counted_with}.")
    return " ".join(said)


def both(one: Held) -> str:
    """Both figures: "14 days in this contract against 7 days in the standard form"."""
    row = one.row
    figure = in_words(row.found.limit) if row.found and row.found.limit else "No figure"
    standard = in_words(row.expected.limit) if row.expected else "none"
    return f"{figure} in this contract against {standard} in the standard form."


def decide(one: Held, own: bool, moved: list[Moved]) -> Decide:
    """What a decision would do."""
    expected, found = one.row.expected, one.row.found
    assert expected is not None
    shown = [_moved(each.before, each.after) for each in moved[:MOST]]
    return Decide(
        title=_button(own),
        place=f"{_place(expected.path)}: {expected.title}",
        says=both(one) if found is not None else f"{in_words(expected.limit)} in the standard form.",
        words=found.phrase if found else "",
        button="Adopt it" if own else "Use it again",
        moves=shown,
        more=max(0, len(moved) - MOST),
    )


MOST = 20
"""Duties named before "and more"."""


def _moved(before: Duty, after: Duty) -> str:
    subject = f" ({after.subject})" if after.subject else ""
    return f"{after.title}{subject}: from {_due(before)} to {_due(after)}"


def _due(duty: Duty) -> str:
    return dated(duty.deadline, "no date")
