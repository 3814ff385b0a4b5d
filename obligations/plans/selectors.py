"""Questions about plans. Each takes a constant number of queries; what is not there raises NotThere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, QuerySet

from contracts.absence import NotThere
from contracts.access import Access
from contracts.models import Contract, Paragraph, ParagraphVersion, Schedule, Variation, VariationState
from contracts.terms.moments import Day, london_day
from obligations.models import Duty, FactRecord, Phase
from obligations.plans.kinds import PlanKind, kinds, of_own_book
from obligations.plans.models import PlanAct, PlanChange, PlanRequirement, PlanReview, PlanState, PlanVersion
from obligations.selectors import duties_of
from obligations.services.asking.versions import adopted_by


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan with everything its page shows. ``versions`` and ``duties`` are the newest and nearest first."""

    kind: PlanKind
    in_force: bool
    versions: list[PlanVersion]
    duties: list[Duty]
    reviews: list[PlanReview]
    changes: list[PlanChange]
    facts: list[FactRecord]
    last: PlanAct | None = None
    """The last thing done with a version, which alone may be taken back."""

    @property
    def latest(self) -> PlanVersion | None:
        """The latest version that was not discarded."""
        return next((one for one in self.versions if one.state != PlanState.DISCARDED), None)

    @property
    def sent(self) -> PlanVersion | None:
        """The latest version that was submitted: a draft after it decides nothing."""
        return next((one for one in self.versions if one.submitted_on), None)

    @property
    def adopted(self) -> PlanVersion | None:
        """The version in use."""
        return next((one for one in self.versions if one.state == PlanState.ADOPTED), None)

    @property
    def round_began(self) -> Day | None:
        """The day of the first submission of the latest round."""
        latest = self.latest
        days = [
            one.submitted_on
            for one in self.versions
            if latest is not None and one.round == latest.round and one.submitted_on
        ]
        return min(days, default=None)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan of a contract with all its versions, the newest first."""

    kind: PlanKind
    in_force: bool
    versions: list[PlanVersion]

    @property
    def latest(self) -> PlanVersion | None:
        """The latest version that was not discarded."""
        return next((one for one in self.versions if one.state != PlanState.DISCARDED), None)

    @property
    def adopted(self) -> PlanVersion | None:
        """The version in use."""
        return next((one for one in self.versions if one.state == PlanState.ADOPTED), None)


def plans_of(contract: Contract, now: datetime) -> list[PlanRow]:
    """The plans that the contract's schedules ask for. 3 queries at most, and 1 for each plan."""
    versions = list(_versions(contract))
    return [
        PlanRow(
            kind,
            in_force(contract, kind, london_day(now)),
            [one for one in versions if one.plan == key],
        )
        for key, kind in kinds_of(contract).items()
    ]


def kinds_of(contract: Contract) -> dict[str, PlanKind]:
    """The kinds of plan that the contract's schedules ask for, by key: those of the schedules that ship, and
    those of which the rulebook of an own schedule speaks, as it does. 1 query, and 1 where it has own ones.
    """
    schedules = dict(Schedule.objects.filter(contract=contract).values_list("outline_key", "own"))
    found = {key: kind for key, kind in kinds().items() if kind.outline in schedules}
    if any(schedules.values()):
        own = [ones[-1].book for key, ones in adopted_by(contract).items() if schedules.get(key)]
        for key, kind in kinds().items():
            spoken_of = next((made for book in own if (made := of_own_book(kind, book))), None)
            if key not in found and spoken_of is not None:
                found[key] = spoken_of
    return found


def kind_at(contract: Contract, key: str) -> PlanKind:
    """The kind of plan, where a schedule of the contract asks for it. Raises NotThere. 2 queries at most."""
    kind = kinds_of(contract).get(key) if key in kinds() else None
    if kind is None:
        raise NotThere("no such plan")
    return kind


def kind_recording(contract: Contract, fact_kind: str) -> PlanKind:
    """The plan of the contract whose events record this kind of fact. Raises NotThere. 1 query at most."""
    for key, kind in kinds().items():
        if any(fact_kind in names for names in kind.facts.values()):
            return kind_at(contract, key)
    raise NotThere("no such plan")


def in_force(contract: Contract, kind: PlanKind, day: Day) -> bool:
    """Whether the contract has the paragraph of this plan and it is used on the day (R28). 1 query."""
    return ParagraphVersion.objects.filter(
        contract=contract,
        paragraph__schedule__outline_key=kind.outline,
        paragraph__path=kind.in_force,
        in_force__contains=day,
        used=True,
    ).exists()


def plan_page(access: Access, key: str, now: datetime) -> PlanPage:
    """One plan. Raises NotThere. 8 queries."""
    contract = access.contract
    kind = kind_at(contract, key)
    duties = (
        duties_of(access)
        .select_related("obligation__paragraph__schedule", "ended_by", "cause")
        .filter(obligation__rulebook_key=kind.outline, obligation__rule_key__in=kind.clocks)
    )
    return PlanPage(
        kind=kind,
        in_force=in_force(contract, kind, london_day(now)),
        versions=list(_versions(contract).filter(plan=key)),
        duties=list(duties.exclude(phase=Phase.WITHDRAWN).order_by(F("due_at").asc(nulls_last=True), "pk")),
        reviews=list(
            PlanReview.objects.filter(contract=contract, version__plan=key).select_related(
                "version", "completed_by", "provided_by"
            )
        ),
        changes=list(
            PlanChange.objects.filter(contract=contract, plan=key).select_related("variation", "raised_by")
        ),
        facts=list(
            FactRecord.objects.filter(contract=contract, kind__in=_sent_and_decided(kind), withdrawn_at=None)
        ),
        last=last_act(contract, key),
    )


def last_act(contract: Contract, plan: str) -> PlanAct | None:
    """The last thing done with a version of the plan that was not taken back. 1 query."""
    rows = PlanAct.objects.filter(contract=contract, version__plan=plan, taken_back_at=None)
    found = rows.select_related("by", "replaced").order_by("pk").last()
    if found is not None:
        found.contract = contract
    return found


def began(duty: Duty) -> Day:
    """The London day from which a clock runs: that of its cause, where it has one."""
    return duty.cause.happened_on if duty.cause is not None else london_day(duty.owed_from)


def of_this_round(page: PlanPage, rule: str) -> Duty | None:
    """The duty of a rule that began last within the latest round."""
    since = page.round_began
    found = [
        duty
        for duty in page.duties
        if duty.obligation.rule_key == rule and since is not None and began(duty) >= since
    ]
    return max(found, key=lambda duty: (began(duty), duty.pk), default=None)


def closed_by_refusal(page: PlanPage, duty: Duty) -> bool:
    """Whether the limit to finish was met by a second refusal, with nothing approved (R27, decision 0008)."""
    facts = page.kind.facts
    if not page.kind.finish or duty.obligation.rule_key != page.kind.finish or duty.done_on is None:
        return False
    that_day = {fact.kind for fact in page.facts if fact.happened_on == duty.done_on}
    return that_day.isdisjoint(facts["approve"]) and not that_day.isdisjoint(facts["refuse_again"])


def resubmitted(page: PlanPage) -> bool:
    """Whether the version sent last was sent after a refusal of the same round."""
    sent = page.sent
    return sent is not None and any(
        one.round == sent.round and one.number < sent.number and one.refused for one in page.versions
    )


def settled_by(version: PlanVersion, versions: Sequence[PlanVersion]) -> PlanVersion | None:
    """The version of the same round that was approved after this one went to dispute resolution, if any."""
    if version.state not in (PlanState.REFUSED_AGAIN, PlanState.IN_DISPUTE):
        return None
    later = (one for one in versions if one.round == version.round and one.number > version.number)
    return next((one for one in later if one.approved_sha256), None)


def version_at(contract: Contract, version_id: int) -> PlanVersion:
    """One version with its checklist. Raises NotThere. 2 queries."""
    checklist = PlanRequirement.objects.select_related("reviewed_by").order_by("pk")
    found = (
        _versions(contract)
        .filter(pk=version_id)
        .prefetch_related(Prefetch("checklist", queryset=checklist))
        .first()
    )
    if found is None:
        raise NotThere("no such version")
    found.contract = contract
    return found


def review_at(contract: Contract, review_id: int) -> PlanReview:
    """One review. Raises NotThere. 1 query."""
    found = PlanReview.objects.filter(contract=contract, pk=review_id).select_related("version").first()
    if found is None:
        raise NotThere("no such review")
    found.contract = contract
    return found


def change_at(contract: Contract, change_id: int) -> PlanChange:
    """One change. Raises NotThere. 1 query."""
    found = PlanChange.objects.filter(contract=contract, pk=change_id).first()
    if found is None:
        raise NotThere("no such change")
    found.contract = contract
    return found


def variations_for(contract: Contract) -> list[Variation]:
    """The variations that a change may be put through: shared, signed or in force. 1 query."""
    rows = Variation.objects.filter(contract=contract)
    return list(
        rows.exclude(state__in=[VariationState.WITHDRAWN, VariationState.DRAFT]).order_by("number", "pk")
    )


def headings(contract: Contract, kind: PlanKind, paths: Sequence[str]) -> dict[str, Paragraph]:
    """The contract's paragraphs by path: what each requirement or result head is called. 1 query."""
    rows = Paragraph.objects.filter(
        contract=contract, schedule__outline_key=kind.outline, path__in=list(paths)
    )
    return {row.path: row for row in rows.select_related("schedule")}


def _sent_and_decided(kind: PlanKind) -> list[str]:
    return [name for event in ("submit", "approve", "refuse") for name in kind.facts[event]]


def _versions(contract: Contract) -> QuerySet[PlanVersion]:
    return (
        PlanVersion.objects.filter(contract=contract)
        .select_related("uploaded_by", "submitted_by", "decided_by")
        .order_by("-number")
    )
