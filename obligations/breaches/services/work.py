"""Working through a breach: its steps, what is written about it, and each change of state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import KeptBy, Side
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, one_line, required
from contracts.services.locks import lock
from contracts.terms.moments import When, first_moment, is_moment, london_day
from obligations.breaches.models import Breach, BreachState, BreachStep, CostBearer
from obligations.breaches.selectors import duties_about, spoken_of, steps_of
from obligations.breaches.services.allowed import ASKS, allowed, alone, ledger_payload, why_not_now
from obligations.breaches.services.seen import touched
from obligations.breaches.states import machine
from obligations.breaches.steps import Step, sides_of
from obligations.models import FactRecord
from obligations.services.recording.facts import record_on_page, withdraw_on_page

LONGEST = 20_000
SUPPLIERS = ("account", "root_cause")
EITHERS = ("relief", "cost_bearer", "cost_note")
RECORDS = ASKS | {
    "contain": "breach_contained",
    "contain_after_details": "breach_contained",
    "give_details": "breach_details_provided",
    "give_details_first": "breach_details_provided",
}
"""The events that record a fact with the moment at which the thing was done."""


ELSEWHERE = ("report", "say_when", "tick", "write", "withdraw", "ask_report", "change_list", "open_up")
"""The events that have a function of their own."""


@transaction.atomic
def tick(
    breach: Breach, actor: Actor, now: datetime, *, key: str, done: When, done_by: str, note: str = ""
) -> BreachStep:
    """Tick an immediate step off: when it was done and by whom. A step may record a fact, which meets a
    duty.

    Raises Refused: another side's step, one that is ticked already, a moment in the future or before the
    breach was noticed.
    """
    _hold(breach)
    person = allowed(breach, "tick", actor, now)
    step = next((one for one in steps_of(breach) if one.key == key), None)
    if step is None:
        raise Refused("", "There is no such step for this breach.")
    _its_side(breach, step, actor)
    if breach.steps.filter(key=key).exists():
        raise Refused("", "This step is ticked off already.")
    _done_when(breach, done, now)
    row = BreachStep.objects.create(
        contract=breach.contract,
        breach=breach,
        key=key,
        done_on=london_day(done),
        done_at=done if is_moment(done) else None,
        done_by=required("done_by", one_line(done_by), "Enter who did it.", longest=200),
        note=_text("note", note),
        ticked_at=now,
        ticked_by=person,
    )
    payload = ledger_payload(breach) | {
        "step": step.label,
        "path": step.path,
        "done": done,
        "done_by": row.done_by,
    }
    ledger.record(breach.contract, actor, "breach_step", payload, now)
    if step.fact:
        _record(breach, actor, now, step.fact, done)
    return row


@transaction.atomic
def write(
    breach: Breach, actor: Actor, now: datetime, *, seen: Mapping[str, str] | None = None, **texts: str
) -> Breach:
    """Write the account and its cause, the relief, and who bears the cost. Only what is given changes.

    ``seen``: the fingerprints of the texts that this person had before them (``seen.fingerprints``); what
    they left as they saw it stays as it is now. Raises Refused for the supplier's own text from the other
    side, for what is too long, and for a text that somebody else changed meanwhile.
    """
    _hold(breach)
    allowed(breach, "write", actor, now)
    changed: dict[str, str] = {}
    for name, value in texts.items():
        if name not in (*SUPPLIERS, *EITHERS):
            raise Refused(name, "This is not written about a breach.")
        if name == "cost_bearer" and value not in ("", *CostBearer.values):
            raise Refused(name, "Choose who bears the cost.")
        value = _text(name, value)
        if touched(breach, name, value, seen or {}):
            if name in SUPPLIERS:
                _suppliers(breach, actor, name)
            setattr(breach, name, value)
            changed[name] = value
    if changed:
        breach.save(update_fields=list(changed))
        ledger.record(
            breach.contract, actor, "breach_written", ledger_payload(breach) | {"changed": changed}, now
        )
    return breach


@transaction.atomic
def change_state(
    breach: Breach, actor: Actor, now: datetime, *, event: str, when: When | None = None, reason: str = ""
) -> Breach:
    """Contain, give details, ask for more, close, reopen: what the table of states allows, on the record.

    ``when`` the thing was done, for the events of ``RECORDS``; ``reason`` for closing and reopening. Raises
    Refused with the reason: no such change in this state or by this role, no account of the details yet.
    """
    _hold(breach)
    if event in ELSEWHERE:
        raise Refused("", "This is done on a page of its own.")
    allowed(breach, event, actor, now)
    if why_not := why_not_now(breach, event, duties_about(breach)):
        raise Refused("", why_not)
    before = breach.state
    if event in RECORDS:
        if when is None:
            raise Refused("when", "Enter when it was done.")
        _done_when(breach, when, now, "when")
        _may_be_recorded(breach, event)
    else:
        missing = "Say why, in a sentence: it stays on the record."
        reason = required("reason", reason, missing, longest=LONGEST)
    breach.state = machine().after(event, before)
    if event == "close":
        breach.closing_note = reason
    breach.save(update_fields=["state", "closing_note"])
    if breach.state != before:
        payload = ledger_payload(breach) | {
            "event": event,
            "from": before,
            "to": breach.state,
            "reason": reason,
        }
        ledger.record(breach.contract, actor, "breach_moved", payload, now)
    if event in RECORDS and when is not None:
        _record(breach, actor, now, RECORDS[event], when)
        # the root cause is part of the full details, so giving those gives it too
        if RECORDS[event] == "breach_details_provided" and breach.root_cause:
            _record(breach, actor, now, "root_cause_analysis_provided", when)
    return breach


def _may_be_recorded(breach: Breach, event: str) -> None:
    """Raises Refused for what no schedule of the contract speaks of, and for details nobody has written."""
    if event in ASKS and ASKS[event] not in spoken_of(breach.contract):
        raise Refused("", "The schedules of this contract do not know this.")
    if RECORDS[event] == "breach_details_provided" and not breach.account:
        raise Refused("", "Write the account of the breach first: there are no details to give yet.")


@transaction.atomic
def withdraw(breach: Breach, actor: Actor, now: datetime, *, reason: str) -> Breach:
    """Take back a report made in error. Its facts go with it, and the duties they made; all stays on record.

    Raises Refused for no reason given, the other side's report, and where the other side recorded something
    about this breach: that is theirs to withdraw first.
    """
    _hold(breach)
    allowed(breach, "withdraw", actor, now)
    reason = required("reason", reason, "Say why the report was wrong.", longest=LONGEST)
    both = breach.contract.kept_by == KeptBy.BOTH
    if both and breach.reported_side != actor.side:
        word = breach.contract.word_for(breach.reported_side)
        raise Refused("", f"Only the {word}, who reported this breach, can withdraw it.")
    facts = list(
        FactRecord.objects.filter(
            contract=breach.contract, subject=breach.reference, withdrawn_at=None
        ).select_related("contract")
    )
    theirs = [fact for fact in facts if fact.recorded_side not in (actor.side, Side.NEITHER)]
    if both and theirs:
        word = breach.contract.word_for(theirs[0].recorded_side)
        raise Refused(
            "", f"The {word} has recorded things about this breach. Ask them to withdraw those first."
        )
    before = breach.state
    breach.state, breach.withdrawn_reason = BreachState.WITHDRAWN, reason
    breach.save(update_fields=["state", "withdrawn_reason"])
    payload = ledger_payload(breach) | {
        "event": "withdraw",
        "from": before,
        "to": breach.state,
        "reason": reason,
    }
    ledger.record(breach.contract, actor, "breach_moved", payload, now)
    for fact in facts:
        withdraw_on_page(fact, actor, now, reason=reason)
    return breach


def _hold(breach: Breach) -> None:
    lock(breach.contract)
    breach.refresh_from_db()


def _record(breach: Breach, actor: Actor, now: datetime, kind: str, when: When) -> None:
    details: dict[str, Any] = {"subject": breach.reference}
    record_on_page(breach.contract, actor, now, kind=kind, happened=when, details=details)


def _its_side(breach: Breach, step: Step, actor: Actor) -> None:
    sides = sides_of(step, breach.aware_party, breach.contract.terms_settings.controller)
    if actor.side not in sides and not alone(breach.contract, actor.side):
        raise Refused("", f"This step is the {breach.contract.word_for(next(iter(sides)))}’s.")


def _suppliers(breach: Breach, actor: Actor, name: str) -> None:
    if actor.side != Side.SUPPLIER and not alone(breach.contract, actor.side):
        raise Refused(name, f"The {breach.contract.word_for(Side.SUPPLIER)} writes this.")


def _done_when(breach: Breach, done: When, now: datetime, field: str = "done") -> None:
    if first_moment(done) > now:
        raise Refused(field, "This is in the future; enter when it was done.")
    if london_day(done) < breach.noticed_on:
        raise Refused(field, "This is before the breach was noticed; check the day.")


def _text(name: str, value: str) -> str:
    value = value.strip().replace("\r\n", "\n")
    return required(name, value, "", longest=LONGEST) if value else ""
