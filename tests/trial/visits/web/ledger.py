"""What is done about visits, in the sentences of the ledger."""

from __future__ import annotations

from contracts.models import Contract
from contracts.web.ledger.presenters import Payload, Sentence, when


def _noted(contract: Contract, payload: Payload) -> str:
    return f"Noted a visit to {payload.get('place')} {when(payload, 'on')}"


SENTENCES: dict[str, Sentence] = {"visit_noted": _noted}
