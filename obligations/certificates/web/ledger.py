"""What is done about certificates, in the sentences of the ledger."""

from __future__ import annotations

from contracts.models import Contract
from contracts.terms.moments import WhenError, long_day, parse_when
from contracts.web.ledger.presenters import Payload, Sentence, when
from contracts.web.words import listed

FIELDS = {
    "number": "number",
    "scope": "scope",
    "level": "level",
    "body": "issuing body",
    "account_on": "day of the account",
    "scheme": "scheme",
    "issued": "day of issue",
    "last_day": "last day",
    "sha256": "file",
}


def _which(payload: Payload) -> str:
    return f"{payload.get('subject')} (number {payload.get('number_printed')})"


def _recorded(contract: Contract, payload: Payload) -> str:
    through = f", in force through {_day(payload, 'last_day')}" if payload.get("last_day") else ""
    issued = f"issued {when(payload, 'issued')}"
    return f"Recorded the certificate {_which(payload)}, {issued}{through}{_file(payload)}"


def _described(contract: Contract, payload: Payload) -> str:
    return f"Added what is printed on the certificate {_which(payload)}{_file(payload)}"


def _corrected(contract: Contract, payload: Payload) -> str:
    names = listed([FIELDS.get(one, one) for one in payload.get("changed", {})])
    return f"Corrected the certificate {_which(payload)}: {names}. {payload.get('reason', '')}"


def _withdrawn(contract: Contract, payload: Payload) -> str:
    return f"Withdrew the certificate {_which(payload)}: {payload.get('reason', '')}"


def _day(payload: Payload, name: str) -> str:
    text = str(payload.get(name) or "")
    try:
        found = parse_when(text)
    except WhenError:
        return text
    return long_day(found)


def _file(payload: Payload) -> str:
    return f". Its file has the SHA-256 {str(payload['sha256'])[:12]}" if payload.get("sha256") else ""


SENTENCES: dict[str, Sentence] = {
    "certificate_recorded": _recorded,
    "certificate_described": _described,
    "certificate_corrected": _corrected,
    "certificate_withdrawn": _withdrawn,
}
