"""Looking at claimed notices again before they go: does each still make sense, and what does it say?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from contracts.access import on_contract
from contracts.models import Membership
from contracts.services.distribution import readers
from contracts.services.ledger import Chain
from obligations.models import Claim, ClaimState, Decision, Evidence, FactRecord, Notice, Phase, Stage
from obligations.rules.notices import lapsing, stages, windows
from obligations.rules.time.working_days import Calendar
from obligations.services.asking import calendars
from obligations.services.notices.notice_mail import Circumstances, Told
from obligations.services.notices.planning import ABOUT_CLAIMS, ABOUT_EVIDENCE, owed


@dataclass
class Batch:
    """Claimed notices with everything their mails need, fetched in a constant number of queries."""

    notices: list[Notice]
    why_not: Mapping[int, str] = field(default_factory=dict)
    around: Mapping[int, Circumstances] = field(default_factory=dict)


def prepare(claimed: Sequence[Notice], now: datetime) -> Batch:
    """Look at claimed notices again, and fetch what their mails say. A constant number of queries."""
    evidence = _evidence(claimed)
    given_up = _given_up(claimed)
    claims = _claims(claimed)
    members = _members(claimed, now)
    told = _told(claimed)
    settled = _settled(claimed)
    kept = readers({notice.contract_id for notice in claimed})
    known = calendars.load()
    why_not, around = {}, {}
    for notice in claimed:
        proof = evidence.get(notice.about)
        decision = getattr(proof, "decision", None)
        claim = claims.get(notice.about)
        why = _why_not_recipient(notice, members, kept, proof or claim)
        why = why or settled.get(notice.pk) or _why_not_claim(notice, claim, now)
        why = why or _why_not_now(notice, proof, decision, known, now)
        if why:
            why_not[notice.pk] = why
        others = told[_group(notice)]
        around[notice.pk] = Circumstances(
            [person for pk, person in others.items() if pk != notice.recipient_id],
            proof,
            decision,
            known.of(notice.contract.division),
            given_up.get(notice.about),
            claim,
        )
    return Batch(list(claimed), why_not, around)


def _settled(claimed: Iterable[Notice]) -> Mapping[int, str]:
    """Why those about entries were cancelled since they were claimed, by their number."""
    numbers = [notice.pk for notice in claimed if notice.entry_id is not None]
    found = Notice.objects.filter(pk__in=numbers, cancelled_at__isnull=False)
    return dict(found.values_list("pk", "cancelled_why")) if numbers else {}


def _evidence(claimed: Iterable[Notice]) -> Mapping[str, Evidence]:
    numbers = {int(notice.about.split()[-1]) for notice in claimed if notice.stage in ABOUT_EVIDENCE}
    found = Evidence.objects.filter(pk__in=numbers).select_related("decision__decided_by", "submitted_by")
    return {f"evidence {proof.pk}": proof for proof in found}


def _given_up(claimed: Iterable[Notice]) -> Mapping[str, Notice]:
    numbers = {int(notice.about.split()[-1]) for notice in claimed if notice.stage == Stage.GIVEN_UP}
    found = Notice.objects.filter(pk__in=numbers).select_related("recipient", "contract", "duty")
    return {f"notice {notice.pk}": notice for notice in found} if numbers else {}


def _claims(claimed: Iterable[Notice]) -> Mapping[str, Claim]:
    numbers = {int(notice.about.split()[-1]) for notice in claimed if notice.stage in ABOUT_CLAIMS}
    found = Claim.objects.filter(pk__in=numbers).select_related("fact", "made_by", "decided_by")
    return {f"claim {claim.pk}": claim for claim in found} if numbers else {}


def _members(claimed: Iterable[Notice], now: datetime) -> Mapping[tuple[int, int], Membership]:
    current = Membership.objects.filter(
        on_contract(now),
        contract_id__in={notice.contract_id for notice in claimed},
        person_id__in={notice.recipient_id for notice in claimed},
    )
    return {(membership.contract_id, membership.person_id): membership for membership in current}


Group = tuple[int | None, int | None, int | None, str, int, str]


def _group(notice: Notice) -> Group:
    about = notice.duty_id, notice.fact_id, notice.entry_id
    return *about, notice.stage, notice.deadline_version, notice.about


def _told(claimed: Iterable[Notice]) -> Mapping[Group, dict[int, Told]]:
    groups = {_group(notice) for notice in claimed}
    same = Notice.objects.filter(
        Q(duty_id__in={group[0] for group in groups})
        | Q(fact_id__in={group[1] for group in groups})
        | Q(entry_id__in={group[2] for group in groups}),
        stage__in={group[3] for group in groups},
        cancelled_at__isnull=True,
    ).select_related("recipient")
    notices = [notice for notice in same if _group(notice) in groups]
    roles = {
        (contract_id, person_id): Membership(role=role).get_role_display()
        for contract_id, person_id, role in Membership.objects.filter(
            contract_id__in={notice.contract_id for notice in notices},
            person_id__in={notice.recipient_id for notice in notices},
        ).values_list("contract_id", "person_id", "role")
    }
    told: defaultdict[Group, dict[int, Told]] = defaultdict(dict)
    for notice in notices:
        role = roles.get((notice.contract_id, notice.recipient_id), "no longer a member")
        told[_group(notice)][notice.recipient_id] = Told(notice.recipient.name, role.lower())
    return told


def _why_not_recipient(
    notice: Notice,
    members: Mapping[tuple[int, int], Membership],
    kept: Mapping[Chain, frozenset[int]],
    about: Evidence | Claim | None,
) -> str | None:
    membership = members.get((notice.contract_id, notice.recipient_id))
    if membership is None or not notice.recipient.is_active:
        return "the recipient is no longer a member of the contract"
    if notice.recipient_id not in kept.get((notice.contract_id, notice.subject), {notice.recipient_id}):
        return "the recipient is not on the distribution list"
    party = notice.duty.party if notice.duty is not None and about is None else membership.side
    theirs = {membership.role, stages.MANAGES} if membership.manages else {membership.role}
    told = (
        notice.rule.told_on(membership.side)
        if notice.rule.raised_by
        else stages.roles_told(notice.stage, party)
    )
    if not theirs & told:
        return "the recipient now has another role"
    return None


def _why_not_now(
    notice: Notice,
    evidence: Evidence | None,
    decision: Decision | None,
    known: calendars.Calendars,
    now: datetime,
) -> str | None:
    if notice.contract.closed_at is not None and notice.entry is None and notice.stage != Stage.GIVEN_UP:
        return windows.CLOSED
    if notice.stage in ABOUT_CLAIMS:
        return None
    if notice.stage in ABOUT_EVIDENCE:
        return _why_not_about(notice, evidence, decision, now)
    if notice.entry is not None:
        waits = notice.rule.waits or notice.stage == Stage.GIVEN_UP
        return windows.OLD_NEWS if not waits and windows.stale(notice.entry.moment, now) else None
    calendar = known.of(notice.contract.division)
    if notice.fact is not None:
        return _why_no_reminder(notice, notice.fact, calendar, now)
    duty = owed(notice.told_duty, notice.contract)
    return windows.why_not(notice.stage, notice.deadline_version, duty, calendar, now)


def _why_no_reminder(notice: Notice, fact: FactRecord, calendar: Calendar, now: datetime) -> str | None:
    """Why nobody is told any more that what a fact says ends; that somebody was not told stays so.

    Whether another took over from it was looked at when that was recorded.
    """
    if notice.stage == Stage.GIVEN_UP:
        return None
    if fact.withdrawn_at is not None:
        return "what it is about was withdrawn"
    return lapsing.why_not(notice.about, calendar, now)


def _why_not_claim(notice: Notice, claim: Claim | None, now: datetime) -> str | None:
    """Why nobody is told of a claim any more; of one that waits they are, however late."""
    if notice.stage not in ABOUT_CLAIMS:
        return None
    if claim is None:
        return "the claim is not there"
    if notice.stage == Stage.CLAIMED:
        return None if claim.state == ClaimState.OPEN else "the claim has been decided on"
    return windows.OLD_NEWS if windows.stale(claim.decided_at or now, now) else None


def _why_not_about(
    notice: Notice, evidence: Evidence | None, decision: Decision | None, now: datetime
) -> str | None:
    if evidence is None:
        return "the evidence is not there"
    if notice.stage == Stage.DECIDED:
        if decision is None:
            return "there is no decision"
        return windows.OLD_NEWS if windows.stale(decision.decided_at, now) else None
    if decision is not None:
        return "the evidence has been decided on"
    duty = notice.told_duty
    if duty.phase == Phase.WITHDRAWN:
        return windows.WHY_NOT_OPEN[Phase.WITHDRAWN]
    waits = duty.approver
    return None if waits or not windows.stale(evidence.submitted_at, now) else windows.OLD_NEWS
