"""Questions about breaches. Each takes a constant number of queries. What is not there raises NotThere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from contracts.absence import NotThere
from contracts.access import Access
from contracts.models import Contract, DistributionList, LedgerEntry
from contracts.selectors import distribution_list
from contracts.terms.moments import Moment, When, first_moment
from contracts.terms.restricted import is_reserved
from obligations.breaches.data_protection import LawClock, clocks, when_aware
from obligations.breaches.limbs import limbs_of
from obligations.breaches.models import (
    Breach,
    BreachOutcome,
    BreachState,
    BreachStep,
    ClosingReport,
    Limb,
    TimeKnown,
)
from obligations.breaches.steps import Step, steps_for
from obligations.models import ACTIVE_PHASES, Duty, FactRecord, Phase
from obligations.rules.register.facts import vocabulary
from obligations.selectors import all_duties
from obligations.services.asking.versions import adopted_by, rule_of

AWARE = "breach_of_security_aware"
ONLY_POTENTIAL = {
    "breach_of_security_occurred": "A breach of security may have happened",
    AWARE: "A party became aware that a breach of security may have happened",
}
"""What these facts say of a breach that only might have happened."""

LISTS = ("distribution_list_made", "distribution_list_changed", "distribution_list_lifted")
DETAILS = {"breach_details_provided", "root_cause_analysis_provided"}
STILL_TO_DO = (Phase.OPEN, Phase.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Ticked:
    """An immediate step, and who ticked it off, if anybody did."""

    step: Step
    row: BreachStep | None


@dataclass(frozen=True, slots=True)
class Remaining:
    """What a breach still waits for: the duties that are owed and the steps that nobody ticked off."""

    duties: list[Duty]
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the time line: when, what, and who put it on the record."""

    when: When
    says: str
    by: str
    recorded: Moment


@dataclass(frozen=True, slots=True)
class BreachPage:
    """A breach with everything its page and its closing report show. ``kept``: to whom, if not everybody."""

    breach: Breach
    duties: list[Duty]
    steps: list[Ticked]
    clocks: list[LawClock]
    line: list[Happening]
    reports: list[ClosingReport]
    kept: DistributionList | None = None
    unfounded: bool = False
    """The facts of the report were withdrawn by themselves, so that no clock runs from it any more."""


def breaches_of(access: Access) -> QuerySet[Breach]:
    """Every breach of a contract that this person may know of, the last reported first. 1 query.

    ``kept`` says of each whether it is kept to a distribution list.
    """
    lists = DistributionList.objects.filter(contract=access.contract, lifted_at=None)
    rows = Breach.objects.filter(contract=access.contract).select_related("reported_by")
    rows = rows.annotate(kept=Exists(lists.filter(subject=OuterRef("reference"))))
    return access.only_seen(rows, "reference")


def breach_at(access: Access, breach_id: int) -> Breach:
    """One breach. Raises NotThere. 1 query."""
    found = breaches_of(access).filter(pk=breach_id).first()
    if found is None:
        raise NotThere("no such breach")
    found.contract = access.contract
    return found


def steps_of(breach: Breach) -> list[Step]:
    """The immediate steps of this breach. 1 query."""
    schedules = set(breach.contract.schedules.values_list("outline_key", flat=True))
    controller = breach.contract.terms_settings.controller
    return steps_for(schedules, breach.outcome, controller, sensitive=is_reserved(breach.reference))


def limbs_for(contract: Contract) -> list[Limb]:
    """The limbs of the definition under the contract's schedules. 1 query."""
    return limbs_of(set(contract.schedules.values_list("outline_key", flat=True)))


def spoken_of(contract: Contract) -> set[str]:
    """The kinds of fact that the contract's schedules speak of. 1 query."""
    return {kind for ones in adopted_by(contract).values() for one in ones for kind in one.book.kinds}


def remaining(breach: Breach, met: Collection[str] = ()) -> Remaining:
    """What is still owed and not ticked off, without what facts of the kinds ``met`` are about to meet.

    3 queries.
    """
    owed = [duty for duty in duties_about(breach) if duty.phase in ACTIVE_PHASES]
    duties = [duty for duty in owed if not _rule(duty, "met_by") & set(met)]
    ticked = set(breach.steps.values_list("key", flat=True))
    return Remaining(duties, [step for step in steps_of(breach) if step.key not in ticked])


def duties_about(breach: Breach) -> QuerySet[Duty]:
    """The duties that follow from a breach, by their dates. 1 query, where they are looked at."""
    rows = all_duties(breach.contract).filter(subject=breach.reference)
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


def asking_for_details(duties: Iterable[Duty]) -> list[Duty]:
    """Those of these duties that are owed and ask for details of the breach or for its cause."""
    return [duty for duty in duties if duty.phase in STILL_TO_DO and _rule(duty, "met_by") & DETAILS]


def asked_for(duties: Iterable[Duty], kind: str) -> list[Duty]:
    """Those of these duties, met ones too, that follow because a fact of this kind asked for them."""
    gone = (Phase.ENDED, Phase.WITHDRAWN)
    return [duty for duty in duties if duty.phase not in gone and kind in _rule(duty, "on")]


def _rule(duty: Duty, kinds: str) -> set[str]:
    """The kinds of fact that meet a duty's rule, or on which it follows; none for a variation's own rule."""
    rule = rule_of(duty.obligation)
    return set(getattr(rule, kinds)) if rule is not None else set()


def breach_page(breach: Breach) -> BreachPage:
    """Everything about a breach, for whoever may know of it. 7 queries, 8 where it is kept to a list."""
    contract = breach.contract
    facts = list(FactRecord.objects.filter(contract=contract, subject=breach.reference, withdrawn_at=None))
    ticked = {row.key: row for row in breach.steps.select_related("ticked_by")}
    steps = steps_of(breach)
    told = [fact.happened for fact in facts if fact.kind == "breach_notified"]
    first_told = min(told, key=first_moment, default=None)
    reported = (breach.reported_side, breach.reported_at)
    aware = when_aware(breach.aware_party, breach.noticed, first_told, reported)
    moves = LedgerEntry.objects.filter(
        Q(payload__breach=breach.pk) | Q(verb__in=LISTS, payload__subject=breach.reference), contract=contract
    ).order_by("pk")
    over = breach.state == BreachState.WITHDRAWN
    return BreachPage(
        breach=breach,
        duties=list(duties_about(breach)),
        steps=[Ticked(one, ticked.get(one.key)) for one in steps if one.key in ticked or not over],
        clocks=[] if over else clocks(contract.terms_settings.controller, aware),
        line=sorted(
            _line(breach, steps, facts, ticked.values(), moves), key=lambda one: first_moment(one.when)
        ),
        reports=list(breach.reports.select_related("asked_by")),
        kept=distribution_list(contract, breach.reference),
        unfounded=not over and not any(fact.kind == AWARE for fact in facts),
    )


def report_at(breach: Breach, report_id: int) -> ClosingReport:
    """One closing report. Raises NotThere. 1 query."""
    found = breach.reports.filter(pk=report_id).first()
    if found is None:
        raise NotThere("no such report")
    return found


def _line(
    breach: Breach,
    steps: Iterable[Step],
    facts: Iterable[FactRecord],
    ticked: Iterable[BreachStep],
    moves: Iterable[LedgerEntry],
) -> Iterable[Happening]:
    labels = {one.key: one.label for one in steps}
    steps_facts = {one.fact for one in steps if one.fact}
    if breach.time_known == TimeKnown.PLAUSIBLE and breach.happened:
        yield Happening(
            breach.happened,
            "The earliest at which it may have happened",
            _reporter(breach),
            breach.reported_at,
        )
    for fact in facts:
        if fact.kind not in steps_facts:
            label = _label(breach, fact.kind)
            yield Happening(fact.happened, label, fact.recorded_by_name, fact.recorded_at)
    for row in ticked:
        says = f"{labels.get(row.key, row.key)}: {row.done_by}"
        yield Happening(row.done, says, row.ticked_by.name, row.ticked_at)
    for entry in moves:
        if says := _move(entry):
            yield Happening(entry.moment, says, entry.actor_name, entry.moment)


def _label(breach: Breach, kind: str) -> str:
    """What a fact of a breach is called; of one that was only possible it is said so."""
    known = vocabulary()
    label = known[kind].label if kind in known else kind
    return ONLY_POTENTIAL.get(kind, label) if breach.outcome == BreachOutcome.POTENTIAL else label


def _reporter(breach: Breach) -> str:
    return breach.reported_by.name


def _move(entry: LedgerEntry) -> str:
    """A change of state in words; what the facts tell already is left out."""
    reason = entry.payload.get("reason", "")
    said = {"close": "Closed", "reopen": "Reopened", "withdraw": "Report withdrawn"}
    if entry.verb == "breach_reported":
        return "Reported in Duly"
    if entry.verb in LISTS:
        return _list_words(entry)
    event = said.get(str(entry.payload.get("event", "")))
    return f"{event}: {reason}" if entry.verb == "breach_moved" and event else ""


def _list_words(entry: LedgerEntry) -> str:
    """What was done with the list of a breach that is kept to one."""
    told = entry.payload
    if entry.verb == "distribution_list_made":
        return f"Kept to a distribution list: {', '.join(told['people'])}"
    if entry.verb == "distribution_list_lifted":
        return f"Everybody on the contract may know of it: {told['reason']}"
    changes = [("put on", told.get("added")), ("taken off", told.get("removed"))]
    said = "; ".join(f"{words} {', '.join(names)}" for words, names in changes if names)
    return f"Distribution list changed: {said}"
