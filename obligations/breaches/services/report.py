"""Reporting a breach, and saying later when it happened (R11, R25)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from contracts.access import Access
from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.distribution import new_subject, restrict_to_list
from contracts.services.errors import Refused, one_line, required
from contracts.services.locks import lock
from contracts.terms.moments import When, first_moment, is_moment, last_moment, london_day, long_day
from contracts.terms.restricted import key_for
from obligations.breaches.models import Breach, BreachOutcome, BreachState, TimeKnown
from obligations.breaches.selectors import breaches_of, limbs_for
from obligations.breaches.services.allowed import access_of, allowed, ledger_payload, may_report
from obligations.models import FactRecord
from obligations.services.asking import calendars
from obligations.services.recording.facts import record_together

OCCURRED = "breach_of_security_occurred"
AWARE = "breach_of_security_aware"
PARTIES = ("supplier", "authority", "both")
AN_HOUR = timedelta(hours=1)
"""How long the same report by the same side is taken for the same breach."""


class Twice(Refused):
    """The same was reported by the same side a moment ago: ``breach`` is the one that there is."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(
            "what",
            f"Your side reported this as {breach.reference} already. If this is another one, say in a few"
            " words what is different.",
        )
        self.breach = breach


@transaction.atomic
def report_breach(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    what: str,
    outcome: str,
    limb: str,
    noticed: When,
    noticed_by: str,
    aware_party: str,
    time_known: str = TimeKnown.KNOWN,
    happened: When | None = None,
    readers: Collection[int] | None = None,
) -> Breach:
    """Put a breach on the record and start every clock that runs from it.

    ``happened`` is when it happened, or the earliest time that is plausible (``time_known``). Days and
    moments are London's. ``readers``: the people (by their numbers) to whom it is kept, beside who reports
    it (Appendix 1, 1.2); None for everybody on the contract. Raises Refused naming the field, and Twice for
    what the same side reported within the hour; nothing is kept then.
    """
    person = may_report(contract, actor, now)
    what = required("what", one_line(what), "Say in a few words what happened.", longest=200)
    noticed_by = required("noticed_by", one_line(noticed_by), "Enter who noticed it.", longest=200)
    _one_of("outcome", outcome, BreachOutcome.values, "Choose whether it succeeded.")
    _one_of("limb", limb, limbs_for(contract), "Choose what kind of breach it was.")
    _one_of("aware_party", aware_party, PARTIES, "Choose which party noticed it.")
    _one_of("time_known", time_known, TimeKnown.values, "Choose whether the time is known.")
    fitting(time_known, happened)
    _in_order(contract, happened, noticed, now)
    lock(contract)
    _not_twice(access_of(contract, actor, now), what, outcome, noticed, now)
    reference = _reference(contract, actor, now, readers)
    breach = Breach.objects.create(
        pk=key_for(reference),
        contract=contract,
        reference=reference,
        what=what,
        outcome=outcome,
        limb=limb,
        time_known=time_known,
        happened_on=london_day(happened) if happened else None,
        happened_at=happened if happened and is_moment(happened) else None,
        noticed_on=london_day(noticed),
        noticed_at=noticed if is_moment(noticed) else None,
        noticed_by=noticed_by,
        aware_party=aware_party,
        reported_at=now,
        reported_by=person,
        reported_side=actor.side,
    )
    ledger.record(
        contract, actor, "breach_reported", ledger_payload(breach) | {"outcome": outcome, "limb": limb}, now
    )
    _facts(breach, actor, now)
    return breach


@transaction.atomic
def say_when(breach: Breach, actor: Actor, now: datetime, *, happened: When) -> Breach:
    """The time of the breach is known now: what ran from awareness is redated (R25). Raises Refused."""
    lock(breach.contract)
    breach.refresh_from_db()
    allowed(breach, "say_when", actor, now)
    if breach.time_known == TimeKnown.KNOWN:
        raise Refused(
            "happened", "When it happened is on the record already. Withdraw the report if it is wrong."
        )
    _in_order(breach.contract, happened, breach.noticed, now)
    breach.time_known = TimeKnown.KNOWN
    breach.happened_on, breach.happened_at = london_day(happened), happened if is_moment(happened) else None
    breach.save(update_fields=["time_known", "happened_on", "happened_at"])
    ledger.record(
        breach.contract, actor, "breach_dated", ledger_payload(breach) | {"happened": happened}, now
    )
    record_together(breach.contract, actor, now, [_occurred(breach)])
    return breach


def fitting(time_known: str, happened: When | None) -> None:
    """Refuses a time where none is said to be known, and none where one is. Raises Refused on "happened"."""
    if time_known != TimeKnown.UNKNOWN and happened is None:
        raise Refused("happened", "Enter when it happened, or the earliest time that is plausible.")
    if time_known == TimeKnown.UNKNOWN and happened is not None:
        raise Refused(
            "happened",
            "You gave a day but said that you do not know when it happened. Choose that you know the earliest"
            " time that is plausible, or empty this.",
        )


def _facts(breach: Breach, actor: Actor, now: datetime) -> None:
    """The report as facts: that a party became aware and, where its time is known, that it happened."""
    details: dict[str, Any] = {
        "subject": breach.reference,
        "outcome": breach.outcome,
        "limb": breach.limb,
        "aware_party": breach.aware_party,
    }
    happened = breach.happened
    if breach.time_known == TimeKnown.PLAUSIBLE and happened:
        details["earliest_plausible"] = happened.isoformat()
    known = [_occurred(breach)] if breach.time_known == TimeKnown.KNOWN else []
    record_together(breach.contract, actor, now, [*known, (AWARE, breach.noticed, details)])


def _occurred(breach: Breach) -> tuple[str, When, dict[str, Any]]:
    assert breach.happened is not None
    details = {"subject": breach.reference, "outcome": breach.outcome, "limb": breach.limb}
    return OCCURRED, breach.happened, details


def _in_order(contract: Contract, happened: When | None, noticed: When, now: datetime) -> None:
    made = contract.agreement_date
    if london_day(noticed) < made:
        raise Refused("noticed", f"This is before the contract was made, on {long_day(made)}; check the day.")
    calendars.within(noticed, "noticed")
    if happened is not None:
        calendars.within(happened, "happened")
    if happened is not None and first_moment(happened) > now:
        raise Refused("happened", "This is in the future; enter when it happened.")
    if first_moment(noticed) > now:
        raise Refused("noticed", "This is in the future; enter when it was noticed.")
    if happened is not None and first_moment(happened) > last_moment(noticed):
        raise Refused("happened", "This is after it was noticed; check both.")


def _not_twice(access: Access, what: str, outcome: str, noticed: When, now: datetime) -> None:
    """Refuses what this side reported within the last hour, as far as this person may know. Raises Twice."""
    same = breaches_of(access).filter(
        what=what,
        outcome=outcome,
        noticed_on=london_day(noticed),
        noticed_at=noticed if is_moment(noticed) else None,
        reported_side=access.side,
        reported_at__gt=now - AN_HOUR,
    )
    if there := same.exclude(state=BreachState.WITHDRAWN).first():
        raise Twice(there)


def _reference(contract: Contract, actor: Actor, now: datetime, readers: Collection[int] | None) -> str:
    """What the breach is called; where it has readers their list is made first, so that nothing is seen."""
    if readers is None:
        return _next_reference(contract, now)
    subject = new_subject(contract, now)
    try:
        return restrict_to_list(contract, actor, now, subject=subject, people=readers).subject
    except Refused as refused:
        raise Refused("readers" if refused.field == "people" else "", refused.message) from refused


def _next_reference(contract: Contract, now: datetime) -> str:
    """B-2026-003: the year in London and the next number of this contract that no fact is about yet."""
    begins = f"B-{london_day(now).year}-"
    used = set(Breach.objects.filter(contract=contract).values_list("reference", flat=True))
    used |= set(
        FactRecord.objects.filter(contract=contract, subject__startswith=begins).values_list(
            "subject", flat=True
        )
    )
    number = 1
    while f"{begins}{number:03}" in used:
        number += 1
    return f"{begins}{number:03}"


def _one_of(field: str, value: str, known: Any, message: str) -> None:
    if value not in known:
        raise Refused(field, message)
