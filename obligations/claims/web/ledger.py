"""What is done about claims, in the sentences of the ledger."""

from __future__ import annotations

from contracts.models import Contract
from contracts.web.ledger.presenters import Payload, Sentence, cited
from obligations.web.facts.presenters import label


def _what(contract: Contract, payload: Payload) -> str:
    subject = f" ({payload['subject']})" if payload.get("subject") else ""
    said = label(contract.pk, str(payload.get("kind", "")))
    return f"“{said}”{subject}, {cited(str(payload.get('citation', '')))}"


def _noun(payload: Payload) -> str:
    return "proposal" if payload.get("agreement") else "claim"


def _made(contract: Contract, payload: Payload) -> str:
    if payload.get("from_letter"):
        word = contract.word_for(str(payload.get("waits_for", "")))
        return f"Recorded what the {word} agreed, from its letter: {_what(contract, payload)}"
    word = contract.word_for(str(payload.get("waits_for", "")))
    what = f"{_what(contract, payload)}. {payload.get('reason', '')}"
    return f"Made a {_noun(payload)}, which waits for the {word}: {what}"


def _answered(did: str) -> Sentence:
    def sentence(contract: Contract, payload: Payload) -> str:
        word = contract.word_for(str(payload.get("made_side", "")))
        letter = ", from the other side’s letter" if payload.get("from_letter") else ""
        said = f". {payload['answer']}" if payload.get("answer") else ""
        return f"{did} the {_noun(payload)} of the {word}{letter}: {_what(contract, payload)}{said}"

    return sentence


def _withdrawn(contract: Contract, payload: Payload) -> str:
    return f"Withdrew a {_noun(payload)}: {_what(contract, payload)}. {payload.get('reason', '')}"


SENTENCES: dict[str, Sentence] = {
    "claim_made": _made,
    "claim_accepted": _answered("Accepted"),
    "claim_refused": _answered("Refused"),
    "claim_withdrawn": _withdrawn,
}
