"""How far the ledger of a contract is sealed, in words for its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from contracts import sealing_key
from contracts.access import Access
from contracts.services.seals import wishes
from contracts.services.seals.heads import ChainEnd, ends_of
from contracts.web.words import count, moment_words

MAILED = "You get a mail once a day, where something was sealed, with where this ledger ends."
NOT_MAILED = "You get no more daily mails of where this ledger ends."


@dataclass(frozen=True)
class SealedPart:
    """What the page says of seals: a sentence for each chain, the key, whether this person is mailed."""

    lines: list[str]
    fingerprint: str
    mailed: bool


def page(access: Access) -> SealedPart:
    """How far this person's part of the ledger is sealed. 3 queries."""
    key = sealing_key.fingerprint(sealing_key.load(settings.SEAL_KEY).public)
    return SealedPart([line(end) for end in ends_of(access)], key, wishes.wanted(access))


def line(end: ChainEnd) -> str:
    """How far one chain is sealed, and how long its tail is."""
    of = f"{end.kept_to}: " if end.kept_to else ""
    if end.sealed_at is None:
        return f"{of}not sealed yet: {count(end.number, 'entry', 'entries')}"
    tail = (
        f"{count(end.tail, 'entry', 'entries')} since then not sealed yet"
        if end.tail
        else "that is all of it"
    )
    return f"{of}sealed up to entry {end.sealed} by seal {end.seal} at {moment_words(end.sealed_at)}; {tail}"
