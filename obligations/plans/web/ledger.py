"""What is done with plans, in the sentences of the ledger."""

from __future__ import annotations

from contracts.models import Contract
from contracts.web.ledger.presenters import Payload, Sentence
from contracts.web.words import listed
from obligations.plans.kinds import machines


def _version(contract: Contract, payload: Payload) -> str:
    state, machine = str(payload.get("state")), machines()["version"]
    state = machine.label(state) if state in machine.states else state
    text = (
        f"{payload.get('label')}: version {payload.get('version')} of the {payload.get('plan_title')}"
        f" (file “{payload.get('file')}”, hash {str(payload.get('sha256'))[:12]}…). It is now “{state}”"
    )
    grounds = payload.get("grounds")
    reason = f". {payload['reason']}" if payload.get("reason") else ""
    return text + (f", on the grounds of {listed(list(grounds))}" if grounds else "") + reason


def _review(contract: Contract, payload: Payload) -> str:
    plan = f"the {payload.get('plan_title')}, version {payload.get('version')}"
    return f"{payload.get('label')}: yearly review of {plan}"


def _change(contract: Contract, payload: Payload) -> str:
    number = payload.get("variation_number")
    by = f", recorded by variation {number}" if number else ""
    return f"{payload.get('label')}: {payload.get('reference')} to the {payload.get('plan_title')}{by}"


SENTENCES: dict[str, Sentence] = {
    "plan_version_moved": _version,
    "plan_review_moved": _review,
    "plan_change_moved": _change,
}
