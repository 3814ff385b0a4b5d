"""What is done about breaches, in the sentences of the ledger."""

from __future__ import annotations

from contracts.models import Contract
from contracts.web.ledger.presenters import Payload, Sentence, when
from contracts.web.words import listed
from obligations.breaches.models import BreachState


def _breach(payload: Payload) -> str:
    return f"breach {payload.get('subject')} (“{payload.get('what')}”)"


def _reported(contract: Contract, payload: Payload) -> str:
    return f"Reported {_breach(payload)}"


def _dated(contract: Contract, payload: Payload) -> str:
    return f"Said when {_breach(payload)} happened: {when(payload, 'happened')}"


def _step(contract: Contract, payload: Payload) -> str:
    done = f"done {when(payload, 'done')} by {payload.get('done_by')}"
    return f"Ticked off “{payload.get('step')}” for {_breach(payload)}, {done}"


def _written(contract: Contract, payload: Payload) -> str:
    names = sorted(str(one).replace("_", " ") for one in payload.get("changed", {}))
    return f"Wrote about {_breach(payload)}: {listed(names)}"


def _moved(contract: Contract, payload: Payload) -> str:
    to = payload.get("to", "")
    label = BreachState(to).label.lower() if to in BreachState.values else to
    reason = f": {payload['reason']}" if payload.get("reason") else ""
    return f"B{_breach(payload)[1:]} is now {label}{reason}"


def _report_made(contract: Contract, payload: Payload) -> str:
    return f"Made the closing report of {_breach(payload)}, SHA-256 {str(payload.get('sha256'))[:12]}"


SENTENCES: dict[str, Sentence] = {
    "breach_reported": _reported,
    "breach_dated": _dated,
    "breach_step": _step,
    "breach_written": _written,
    "breach_moved": _moved,
    "breach_report_made": _report_made,
}
