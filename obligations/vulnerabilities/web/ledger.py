"""What is done about vulnerabilities, in the sentences of the ledger."""

from __future__ import annotations

from contracts.models import Contract
from contracts.web.ledger.presenters import Payload, Sentence
from contracts.web.words import count, listed


def _kept(contract: Contract, payload: Payload) -> str:
    word = contract.word_for(str(payload.get("side", "")))
    return f"Kept findings of the {word}’s own, which are on the record once they are submitted"


def _submitted(contract: Contract, payload: Payload) -> str:
    number = int(payload.get("vulnerabilities", 0))
    named = [str(one) for one in payload.get("subjects", ())]
    more = f" and {number - len(named):,} more" if number > len(named) else ""
    said = f"{listed(named)}{more}" if not more else f"{', '.join(named)}{more}"
    many = count(number, "vulnerability", "vulnerabilities")
    return f"Put {many} on the record ({said}): {payload.get('because')}"


SENTENCES: dict[str, Sentence] = {
    "vulnerabilities_kept": _kept,
    "vulnerabilities_submitted": _submitted,
}
