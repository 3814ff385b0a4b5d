"""The words of the pages about the end of a contract, and of what is left of it on the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.access import Access
from contracts.models import Contract, Ending, EndingAsked, HandOver, KeepingHold
from contracts.services.actors import Actor
from contracts.terms.keeping import KeptUntil
from contracts.terms.moments import london_day, long_day
from contracts.web.ledger.presenters import Payload, Sentence, when
from contracts.web.words import moment_words
from obligations.services.ending.closing import may_agree
from obligations.services.ending.keeping import kept, waiting, why_not_erased

HEADINGS = {
    Ending.CLOSE: "Close this contract",
    Ending.OPEN_AGAIN: "Open this contract again",
    Ending.ERASE: "Erase this contract",
}
ASKED = {
    Ending.CLOSE: "asks that this contract be closed",
    Ending.OPEN_AGAIN: "asks that this contract be opened again",
    Ending.ERASE: "asks that this contract be erased",
}
DONE = {
    Ending.CLOSE: "The contract is closed.",
    Ending.OPEN_AGAIN: "The contract is open again.",
    Ending.ERASE: "It is being erased. Its certificate will be with both organisations.",
}


@dataclass(frozen=True)
class Waiting:
    """What somebody asked for. ``why_not``: why this person cannot agree, "" where they can."""

    row: EndingAsked
    says: str
    asked: str
    why_not: str
    own: bool


@dataclass(frozen=True)
class Page:
    """What the page of the end shows."""

    closed: str
    waiting: Waiting | None
    keeping: KeptUntil | None
    kept_day: str
    holds: list[KeepingHold]
    why_not_erased: str
    archives: list[HandOver]


def page(access: Access, now: datetime) -> Page:
    """The page for this person. At most 7 queries."""
    contract = access.contract
    asked = waiting(contract)
    return Page(
        closed=long_day(london_day(contract.closed_at)) if contract.closed_at else "",
        waiting=_waiting(asked, access) if asked else None,
        keeping=kept(contract),
        kept_day=long_day(contract.kept_until) if contract.kept_until else "",
        holds=list(contract.holds.order_by("set_at")) if contract.closed_at else [],
        why_not_erased=why_not_erased(contract, now) if contract.closed_at else "",
        archives=list(
            contract.hand_overs.filter(asked_by=access.person, made_at__isnull=False).exclude(file="")
        ),
    )


def _waiting(row: EndingAsked, access: Access) -> Waiting:
    actor = Actor.of(access.person, access.side)
    return Waiting(
        row=row,
        says=f"{row.asked_by_name} {ASKED[Ending(row.what)]}",
        asked=moment_words(row.asked_at),
        why_not=may_agree(row, access.contract, actor),
        own=row.asked_by_id == access.person.pk,
    )


def _what(payload: Payload) -> str:
    words = {"close": "closed", "open_again": "opened again", "erase": "erased"}
    return words.get(str(payload.get("what")), "ended")


def _asked(contract: Contract, payload: Payload) -> str:
    return f"Asked that the contract be {_what(payload)}: {payload.get('reason')}"


def _withdrawn(contract: Contract, payload: Payload) -> str:
    asked = payload.get("asked_by")
    return f"Put aside what {asked} asked, that the contract be {_what(payload)}: {payload.get('reason')}"


def _closed(contract: Contract, payload: Payload) -> str:
    until = when(payload, "kept_until").removeprefix("on ")
    return f"Closed the contract, as {payload.get('asked_by')} asked. It is kept until {until}"


def _opened_again(contract: Contract, payload: Payload) -> str:
    return f"Opened the contract again, as {payload.get('asked_by')} asked: {payload.get('reason')}"


def _lengthened(contract: Contract, payload: Payload) -> str:
    after = when(payload, "after").removeprefix("on ")
    before = when(payload, "before").removeprefix("on ")
    return f"The record is kept until {after} instead of {before}: {payload.get('reason')}"


def _hold_set(contract: Contract, payload: Payload) -> str:
    return f"Nothing may be erased until further notice: {payload.get('reason')}"


def _hold_lifted(contract: Contract, payload: Payload) -> str:
    return f"Lifted a hold on erasing: {payload.get('reason')}"


def _handed_over(contract: Contract, payload: Payload) -> str:
    return f"Put the whole record together to hand it over. SHA-256 of the archive: {payload.get('sha256')}"


SENTENCES: dict[str, Sentence] = {
    "ending_asked": _asked,
    "ending_withdrawn": _withdrawn,
    "contract_closed": _closed,
    "contract_opened_again": _opened_again,
    "keeping_lengthened": _lengthened,
    "hold_set": _hold_set,
    "hold_lifted": _hold_lifted,
    "record_handed_over": _handed_over,
}
