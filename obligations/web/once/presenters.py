"""What the pages of *Record once* show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from contracts.web.words import moment_words
from obligations.models import OnceOnContract, RecordedOnce
from obligations.services.once import Share
from obligations.web.ledger.presenters import row as entry_row

OWN = ("csrfmiddlewaretoken", "step", "contracts", "seen")
"""What of a form is not what was entered."""


@dataclass(frozen=True)
class ShareRow:
    """One contract with what it would get, sentence by sentence, or why it cannot."""

    number: int
    reference: str
    title: str
    parties: str
    says: list[str]
    why_not: str
    chosen: bool


@dataclass(frozen=True)
class OnceRow:
    """Something that was recorded once, with the contracts of the person that it is on."""

    title: str
    kind: str
    who: str
    said: Sequence[tuple[str, str]]
    places: list[tuple[str, str]]


def share_row(share: Share, chosen: Iterable[int]) -> ShareRow:
    """One contract on the page that shows what each would get."""
    contract = share.access.contract
    return ShareRow(
        contract.pk,
        contract.reference,
        contract.title,
        f"{contract.authority.name} and {contract.supplier.name}",
        [entry_row(contract, one).says for one in share.entries],
        share.why_not,
        contract.pk in chosen,
    )


def once_row(once: RecordedOnce, kinds: dict[str, str]) -> OnceRow:
    """One line of the organisation's list."""
    return OnceRow(
        once.title,
        kinds.get(once.way, ""),
        f"Recorded at {moment_words(once.recorded_at)} by {once.recorded_by_name}",
        [(words, value) for words, value in once.said],
        [(share.contract.reference, _address(share)) for share in once.shares.all()],
    )


def _address(share: OnceOnContract) -> str:
    query = urlencode({"subject": share.subject})
    return f"{reverse('board', args=[share.contract_id])}?{query}"


def entered(data: QueryDict) -> list[tuple[str, str]]:
    """What was entered, as hidden fields: it is sent along until it is recorded."""
    return [(name, value) for name, values in data.lists() if name not in OWN for value in values]


def seen_in(texts: Iterable[str]) -> dict[int, str]:
    """The marks of what was shown, by contract: "12:abc"."""
    pairs = (text.partition(":") for text in texts)
    return {int(number): mark for number, _, mark in pairs if number.isdecimal()}
