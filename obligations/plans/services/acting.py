"""What every act on a plan asks first: may this person do it, in this state, with this day (states.toml)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.access import on_contract
from contracts.models import Contract, KeptBy, Membership, Person
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import When, first_moment, is_moment, london_day, long_day
from obligations.models import FactRecord
from obligations.plans.kinds import PlanKind, kinds, machines, number, why_not
from obligations.plans.models import PlanAct, PlanVersion
from obligations.plans.selectors import kinds_of
from obligations.services.asking import calendars
from obligations.services.recording.facts import record_on_page


def allowed(
    kind: PlanKind, machine: str, event: str, state: str, contract: Contract, actor: Actor, now: datetime
) -> tuple[Person, str]:
    """The person who acts, and the state that follows. Raises Refused with the reason."""
    if actor.person is None:
        raise Refused("", "Only a person does this.")
    alone, role = contract.kept_by != KeptBy.BOTH, role_of(contract, actor.person, now)
    if why := why_not(kind, machine, event, state, role, alone=alone):
        raise Refused("", why)
    return actor.person, machines()[machine].after(event, state)


def role_of(contract: Contract, person: Person, now: datetime) -> str:
    """The person's role on the contract today, "stranger" where they have none."""
    member = Membership.objects.filter(on_contract(now), contract=contract, person=person).first()
    return member.role if member is not None and person.is_active else "stranger"


def kind_of(contract: Contract, key: str) -> PlanKind:
    """The kind of plan, as a schedule of the contract has it. Raises Refused. 2 queries at most."""
    kind = kinds_of(contract).get(key)
    if kind is None:
        raise Refused("plan", "There is no such plan.")
    return kind


def moment_of(on: When | None, now: datetime, field: str) -> When:
    """When it happened: now unless said; today without a time is this moment. Raises Refused."""
    if on is None or (not is_moment(on) and on == london_day(now)):
        return now
    if first_moment(on) > now:
        raise Refused(field, "This is in the future; enter the day on which it happened.")
    calendars.within(on, field)
    return on


def not_before(when: When, earlier: When | None, field: str, what: str) -> None:
    """Refuse a day before another one, and the same day where the order of the two cannot be told."""
    if earlier is None:
        return
    day, before = london_day(when), london_day(earlier)
    if day < before or (is_moment(when) and is_moment(earlier) and when < earlier):
        raise Refused(field, f"This is before {what}, {long_day(before)}; check the day.")


def lines_up(when: When, earlier: When | None, field: str, what: str) -> None:
    """As ``not_before``; on the same day both need a time of day, which tells their order."""
    not_before(when, earlier, field, what)
    if earlier is None or london_day(when) != london_day(earlier):
        return
    if not (is_moment(when) and is_moment(earlier)):
        raise Refused(field, f"{what[:1].upper()}{what[1:]} was on the same day: enter a later day.")


def record(
    kind: PlanKind,
    contract: Contract,
    actor: Actor,
    now: datetime,
    event: str,
    when: When,
    *,
    subject: str = "",
    field: str = "on",
    **details: Any,
) -> list[FactRecord]:
    """Record the facts of an event, so that the engine makes its duties. Raises Refused."""
    found = []
    for name in kind.facts.get(event, ()):
        known = {"subject": subject or kind.subject, **details}
        recorded = record_on_page(contract, actor, now, kind=name, happened=when, details=known)
        if not recorded.created:
            raise Refused(field, "This is on the record already for that day; enter another day.")
        found.append(recorded.fact)
    return found


def keep(
    version: PlanVersion,
    person: Person,
    actor: Actor,
    event: str,
    before: str,
    when: When,
    facts: list[FactRecord],
    *,
    replaced: PlanVersion | None = None,
) -> None:
    """Keep what was done with a version, so that it may be taken back while nothing follows."""
    row = PlanAct.objects.create(
        contract=version.contract,
        version=version,
        event=event,
        before=before,
        done_on=london_day(when),
        done_at=when if is_moment(when) else None,
        by=person,
        side=actor.side,
        replaced=replaced,
    )
    row.facts.set(facts)


def put_in_ledger(
    version: PlanVersion, actor: Actor, now: datetime, event: str, more: Mapping[str, Any] | None = None
) -> None:
    """Put what was done with a version into the ledger, with the hash of its file."""
    table = machines()["version"]
    payload = {
        "plan_version": version.pk,
        "plan": version.plan,
        "plan_title": kinds()[version.plan].title,
        "version": version.name,
        "number": version.number,
        "event": event,
        "label": table.events[event].label,
        "state": version.state,
        "file": version.file_name,
        "sha256": version.sha256,
        **(more or {}),
    }
    ledger.record(version.contract, actor, "plan_version_moved", payload, now)


def requirement_words(kind: PlanKind, wanted: list[str], field: str) -> list[str]:
    """The requirements named, in the contract's order. Raises Refused for one the plan does not have."""
    unknown = sorted(set(wanted) - set(kind.requirements))
    if unknown:
        names = ", ".join(number(path) for path in unknown)
        raise Refused(field, f"The {kind.short} has no such requirement: {names}.")
    return [path for path in kind.requirements if path in wanted]
