"""The words of the pages on which a contract is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from contracts.access import ALLOWED, Act
from contracts.models import Division, Role, Side
from contracts.outlines import load_outline, outline_keys
from contracts.terms.moments import long_day
from contracts.web.words import listed
from obligations.rules.register.rulebook import load_rulebook
from obligations.services.asking.versions import is_shipped
from obligations.services.making.answers import BOTH, OURS, OWN

if TYPE_CHECKING:
    from obligations.web.making.step import Known

SIDES = [
    (Side.AUTHORITY.value, "The buyer: a public body that buys"),
    (Side.SUPPLIER.value, "The supplier: who delivers"),
]
SIDE_HINTS = {
    Side.AUTHORITY.value: "Contracts call it the Authority, the Client, the Buyer or the Council.",
    Side.SUPPLIER.value: "Contracts call it the Supplier, the Agency, the Contractor or the Provider.",
}
SCHEDULES_LEAD = (
    "Duly comes with what each paragraph of these schedules asks, of whom and by when. Of any other schedule"
    " you upload the document, and decide with Duly what it asks."
)
WORDS_LEAD = "The word that the contract uses, without “the”. Duly uses it on every page."
DAYS_LEAD = (
    "A Working Day is a day from Monday to Friday that is no public holiday. Holidays differ across the"
    " United Kingdom. Where the contract does not say whose count, go by the law that governs it."
)
DIVISION_HINTS = {
    Division.ENGLAND_AND_WALES.value: "Good Friday and Easter Monday, the last Monday in August.",
    Division.SCOTLAND.value: (
        "2 January, the first Monday in August and St Andrew’s Day as well; not Easter Monday, nor the last"
        " Monday in August."
    ),
    Division.NORTHERN_IRELAND.value: "As England and Wales, with St Patrick’s Day and 12 July as well.",
    Division.ALL.value: "A day that is a holiday in any of the three is no Working Day: limits are longest.",
}
KEPT_HINTS = {
    BOTH: "People of both record what happened, and each side decides what the contract gives it to decide.",
    OURS: "What the other party did is recorded from its letters, and marked so. It can join later.",
}
KEPT_LEAD = (
    "Where one party keeps it alone, the acts of the other are recorded from its letters, and marked so."
)
DATES_LEAD = (
    "Limits run from these days. Put right what was entered wrongly; what the parties agreed later is a"
    " variation."
)
NOVATION = (
    "Put right which organisation is meant, by its full name. Where another organisation takes a party’s"
    " place (a novation), that is no correction: make a contract for the new parties."
)
RUNNING_LEAD = (
    "What was due before Duly keeps the contract counts as before Duly: it is not overdue and nobody gets"
    " mail about it. You can say afterwards what was done already; you need not."
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A schedule that can be chosen."""

    key: str
    title: str
    hint: str


def schedules() -> list[Offered]:
    """The schedules that ship with their rules, and a document of the contract's own."""
    own = Offered(
        OWN,
        "A document of our own",
        "Any other schedule, as Word, PDF or text. You upload it once the contract is made.",
    )
    return [_shipped(key) for key in outline_keys() if is_shipped(key)] + [own]


def _shipped(key: str) -> Offered:
    outline, book = load_outline(key), load_rulebook(key)
    says = outline.version if outline.version.endswith(".") else f"{outline.version}."
    number = sum(1 for rule in book.rules if rule.makes_duties)
    return Offered(
        key,
        outline.title,
        f"{says} {len(outline.paragraphs)} paragraphs, {number} rules that make duties. Version"
        f" {book.version} of its rulebook, for the text dated {_dated(book.dated)}.",
    )


def _dated(text: str) -> str:
    """The day of a book's text, or its year where that is all there is."""
    return long_day(date.fromisoformat(text)) if len(text) == len("2019-04-30") else text


def party_names(known: Known) -> dict[Side, str]:
    """The name of the organisation on each side, as far as it is known."""
    side = known.answers.side
    if side is None:
        return {Side.AUTHORITY: "The buyer", Side.SUPPLIER: "The supplier"}
    other = known.answers.text("parties", "other")
    return {side: known.ours() or "Your organisation", side.other: other or "The other party"}


def role_hints(roles: Iterable[Role]) -> dict[str, str]:
    """What each role may do, in words."""
    return {role.value: _may(role) for role in roles}


def _may(role: Role) -> str:
    acts = [act.value for act in Act if act in ALLOWED[role] and act != Act.VIEW]
    said = f"May {listed(acts)}." if acts else "May see everything and change nothing."
    return f"{said} Acts for neither side." if role is Role.ADMINISTRATOR else said


def lines(text: Sequence[str]) -> str:
    """Several answers, one below the other."""
    return "\n".join(text)
