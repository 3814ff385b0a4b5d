"""What is done about vulnerabilities, in the sentences of the ledger."""

from __future__ import annotations

from contracts.models import Contract
from contracts.web.ledger.presenters import Payload, Sentence
from contracts.web.words import count, listed

WHAT = {
    "patched": "the patches are in place",
    "released": "the patches are released",
    "not_exploitable": "they cannot be exploited in the service",
}
"""What was recorded of many at once, by the act."""


def _kept(contract: Contract, payload: Payload) -> str:
    word = contract.word_for(str(payload.get("side", "")))
    return f"Kept findings of the {word}’s own, which are on the record once they are submitted"


def _submitted(contract: Contract, payload: Payload) -> str:
    many = count(int(payload.get("vulnerabilities", 0)), "vulnerability", "vulnerabilities")
    return f"Put {many} on the record ({_named(payload)}): {payload.get('because')}"


def _places(contract: Contract, payload: Payload) -> str:
    done, left = int(payload.get("places", 0)), int(payload.get("left", 0))
    return f"Patched {payload.get('subject')} in {count(done, 'place')}; {count(left, 'place')} left"


def _together(contract: Contract, payload: Payload) -> str:
    number = int(payload.get("vulnerabilities", 0))
    many = count(number, "vulnerability", "vulnerabilities")
    return f"Recorded together of {many} ({_named(payload)}) that {_what(payload)}"


def _undone(contract: Contract, payload: Payload) -> str:
    many = count(int(payload.get("vulnerabilities", 0)), "vulnerability", "vulnerabilities")
    what = f"Took back of {many} that {_what(payload)}"
    return f"{what} (entry {payload.get('entry')}): {payload.get('reason')}"


def _what(payload: Payload) -> str:
    return WHAT.get(str(payload.get("act")), "")


def _named(payload: Payload) -> str:
    """The first of them by their names, and how many more there are."""
    named = [str(one) for one in payload.get("subjects", ())]
    number = int(payload.get("vulnerabilities", 0))
    if number <= len(named):
        return listed(named)
    return f"{', '.join(named)} and {number - len(named):,} more"


def _again(contract: Contract, payload: Payload) -> str:
    places, many = count(int(payload.get("places", 0)), "place"), _named(payload)
    if payload.get("undone"):
        return f"Took back that {places} of {many} were open again: they stand as patched, as before"
    return f"Found {many} again in {places} after they were patched there: they are open again"


def _affected(contract: Contract, payload: Payload) -> str:
    return f"Decided that {payload.get('subject')} is affected, though a file said that it is not"


SENTENCES: dict[str, Sentence] = {
    "vulnerabilities_kept": _kept,
    "vulnerabilities_submitted": _submitted,
    "vulnerability_places_patched": _places,
    "vulnerabilities_together": _together,
    "vulnerability_affected": _affected,
    "vulnerabilities_undone": _undone,
    "vulnerability_places_again": _again,
}
