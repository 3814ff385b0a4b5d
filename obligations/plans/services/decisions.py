"""Reviewing a submitted version, approving or refusing it, and dispute resolution (A 4.3.2, 4.3.3; R27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.access import open_contract
from contracts.models import Person
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.locks import lock
from contracts.terms.moments import When, is_moment, london_day, long_day
from obligations.models import ACTIVE_PHASES
from obligations.plans.kinds import PlanKind, number
from obligations.plans.models import PlanRequirement, PlanState, PlanVersion, Verdict
from obligations.plans.selectors import PlanPage, of_this_round, plan_page, resubmitted
from obligations.plans.services import acting


@transaction.atomic
def review_requirements(
    version: PlanVersion, actor: Actor, now: datetime, *, marks: Mapping[str, tuple[str, str]]
) -> PlanVersion:
    """Say of requirements whether they are met. ``marks``: (verdict, comment) by paragraph path.

    Raises Refused on the path of a requirement that is not met without a word on why.
    """
    kind, version = _locked(version)
    person, _ = acting.allowed(kind, "version", "review", version.state, version.contract, actor, now)
    _not_ones_own(version, person)
    acting.requirement_words(kind, list(marks), "marks")
    rows = {row.path: row for row in version.checklist.all()}
    changed = []
    for path, (verdict, comment) in marks.items():
        row, comment = rows[path], comment.strip()
        if verdict and verdict not in Verdict.values:
            raise Refused(path, "Choose whether the requirement is met.")
        if verdict == Verdict.NOT_MET and not comment:
            raise Refused(path, f"Say what is missing for requirement {number(path)}.")
        if (row.verdict, row.comment) != (verdict, comment):
            row.verdict, row.comment, row.reviewed_by, row.reviewed_at = verdict, comment, person, now
            changed.append(row)
    if changed:
        PlanRequirement.objects.bulk_update(changed, ["verdict", "comment", "reviewed_by", "reviewed_at"])
        said = {number(row.path): [row.verdict, row.comment] for row in changed}
        acting.put_in_ledger(version, actor, now, "review", {"marks": said})
    return version


@transaction.atomic
def approve_version(
    version: PlanVersion,
    actor: Actor,
    now: datetime,
    *,
    sha256: str,
    reason: str = "",
    seen: str = "",
    on: When | None = None,
) -> PlanVersion:
    """Approve a version: it is adopted at once and replaces the one before.

    ``sha256`` is the hash of the file that was read; the approval binds to it. ``seen`` is the state in which
    the decider saw the version: where somebody decided meanwhile they are told. The first decision follows
    the review; after a second refusal or in dispute resolution (A 4.3.2) an approval may go against its
    marks, and says why in ``reason``. Raises Refused.
    """
    kind, version = _locked(version, seen)
    person, when, state = _deciding(kind, version, "approve", actor, now, on, sha256)
    version.approval_reason = _reason_to_approve(kind, version, reason)
    former, before = _replaced(version, actor, now), version.state
    version.approved_sha256 = version.sha256
    _decide(version, person, when, state)
    said = {"approved_sha256": version.approved_sha256, "reason": version.approval_reason}
    acting.put_in_ledger(version, actor, now, "approve", {"on": when, **said})
    facts = acting.record(kind, version.contract, actor, now, "approve", when, version=version.name)
    acting.keep(version, person, actor, "approve", before, when, facts, replaced=former)
    return version


@transaction.atomic
def refuse_version(
    version: PlanVersion,
    actor: Actor,
    now: datetime,
    *,
    sha256: str,
    grounds: Sequence[str],
    reason: str = "",
    seen: str = "",
    on: When | None = None,
) -> PlanVersion:
    """Do not approve a version. After a resubmission this is the second refusal, where there is one (R27).

    ``grounds`` are paths of content requirements; for them a refusal is reasonable by definition. Raises
    Refused on ``grounds`` or ``reason``.
    """
    kind, version = _locked(version, seen)
    chosen = acting.requirement_words(kind, list(grounds), "grounds")
    reason = reason.strip()
    if not chosen and not reason:
        if not kind.requirements:
            raise Refused("reason", "Give the reason why it is refused.")
        raise Refused("grounds", "Choose the requirements it fails, or give another reason below.")
    event = "refuse_again" if second_refusal_next(kind, version) else "refuse"
    person, when, state = _deciding(kind, version, event, actor, now, on, sha256)
    before, version.grounds, version.reason = version.state, chosen, reason
    _decide(version, person, when, state)
    said = [number(path) for path in chosen]
    acting.put_in_ledger(version, actor, now, event, {"on": when, "grounds": said, "reason": reason})
    details: dict[str, Any] = {"version": version.name, "grounds": said, "reason": reason}
    known = {name: value for name, value in details.items() if value}
    if not kind.reasonable_by:
        known = {"version": version.name}
    facts = acting.record(kind, version.contract, actor, now, event, when, **known)
    acting.keep(version, person, actor, event, before, when, facts)
    return version


@transaction.atomic
def refer_version(
    version: PlanVersion, actor: Actor, now: datetime, *, on: When | None = None, reason: str = ""
) -> PlanVersion:
    """Refer a version to dispute resolution: refused a second time or, after a resubmission, left undecided.

    That an undecided one may be referred once the limit to finish has passed is a flagged reading (R27).
    Raises Refused.
    """
    kind, version = _locked(version, PlanState.REFUSED_AGAIN)
    event, before = referral_of(version), version.state
    person, version.state = acting.allowed(kind, "version", event, before, version.contract, actor, now)
    when = acting.moment_of(on, now, "on")
    acting.not_before(when, version.decided, "on", "the second refusal")
    if event == "refer_undecided":
        acting.not_before(when, version.submitted, "on", "the day it was submitted")
        access = open_contract(person, version.contract_id, now)
        if why := why_not_undecided(plan_page(access, version.plan, now), when):
            raise Refused("on", why)
    version.save(update_fields=["state"])
    acting.put_in_ledger(version, actor, now, event, {"on": when, "reason": reason.strip()})
    details = {"reason": reason.strip()} if reason.strip() else {}
    facts = acting.record(kind, version.contract, actor, now, event, when, **details)
    acting.keep(version, person, actor, event, before, when, facts)
    return version


def referral_of(version: PlanVersion) -> str:
    """The event that refers a version to dispute resolution from the state it is in."""
    return "refer_undecided" if version.state == PlanState.SUBMITTED else "refer"


def why_not_undecided(page: PlanPage, when: When) -> str:
    """Why the version sent last cannot be referred undecided then, "" where it can (R27).

    It must have been resubmitted, and the limit to finish must have passed: on its last day it has not.
    """
    if not resubmitted(page):
        return "Silence refers nothing but a version that was submitted again after a refusal."
    finish = of_this_round(page, page.kind.finish)
    if finish is None or finish.due_date is None or finish.phase not in ACTIVE_PHASES:
        return f"No limit runs by which the approval of the {page.kind.short} is to be finished."
    if london_day(when) <= finish.due_date:
        last = long_day(finish.due_date)
        return f"The limit to finish the approval has not passed then: its last day is {last}."
    return ""


def second_refusal_next(kind: PlanKind, version: PlanVersion) -> bool:
    """Whether refusing it would be the second refusal: one of its round was refused before it (R27)."""
    return kind.disputes and (
        PlanVersion.objects.filter(
            contract=version.contract_id,
            plan=version.plan,
            round=version.round,
            number__lt=version.number,
            decided_on__isnull=False,
        )
        .exclude(state__in=[PlanState.ADOPTED, PlanState.REPLACED])
        .exists()
    )


def _reason_to_approve(kind: PlanKind, version: PlanVersion, reason: str) -> str:
    """Why it is approved after all, "" for the first decision, which follows the review. Raises Refused."""
    if version.state != PlanState.SUBMITTED:
        says = "Say why it is approved after all, for example what was agreed: it stays on the record."
        return required("reason", reason, says, longest=5000)
    if reason.strip():
        raise Refused("reason", "A reason goes with a refusal: empty this, or choose not to approve.")
    if failed := [row for row in version.checklist.all() if row.verdict == Verdict.NOT_MET]:
        names = ", ".join(number(row.path) for row in failed)
        raise Refused("outcome", f"Marked as not met: {names}. Change the review or refuse the {kind.short}.")
    return ""


def _replaced(version: PlanVersion, actor: Actor, now: datetime) -> PlanVersion | None:
    """The version that was in use until now, which this one takes the place of."""
    former = PlanVersion.objects.filter(
        contract=version.contract, plan=version.plan, state=PlanState.ADOPTED
    ).first()
    if former is not None:
        former.contract, former.state = version.contract, PlanState.REPLACED
        former.save(update_fields=["state"])
        acting.put_in_ledger(former, actor, now, "replace", {"by": version.name})
    return former


def _deciding(
    kind: PlanKind,
    version: PlanVersion,
    event: str,
    actor: Actor,
    now: datetime,
    on: When | None,
    sha256: str,
) -> tuple[Person, When, str]:
    person, state = acting.allowed(kind, "version", event, version.state, version.contract, actor, now)
    _not_ones_own(version, person)
    if sha256 != version.sha256:
        raise Refused("", "This is not the file of this version: read it again, then decide.")
    when = acting.moment_of(on, now, "on")
    acting.not_before(when, version.submitted, "on", "the day it was submitted")
    return person, when, state


def _decide(version: PlanVersion, person: Person, when: When, state: str) -> None:
    version.state, version.decided_by = state, person
    version.decided_on, version.decided_at = london_day(when), when if is_moment(when) else None
    fields = ["state", "decided_by", "decided_on", "decided_at", "grounds", "reason", "approved_sha256"]
    version.save(update_fields=[*fields, "approval_reason"])


def _not_ones_own(version: PlanVersion, person: Person) -> None:
    if version.submitted_by_id == person.pk:
        raise Refused("", "You submitted this version yourself, so somebody else decides on it.")


def _locked(version: PlanVersion, seen: str = "") -> tuple[PlanKind, PlanVersion]:
    """The version as it is now, the latest that was sent. Who decided meanwhile is said. Raises Refused."""
    lock(version.contract)
    fresh = PlanVersion.objects.select_related("contract", "decided_by").get(pk=version.pk)
    later = (
        PlanVersion.objects.filter(
            contract=fresh.contract_id,
            plan=fresh.plan,
            number__gt=fresh.number,
            submitted_on__isnull=False,
        )
        .order_by("-number")
        .first()
    )
    if later is not None:
        raise Refused("", f"Version {fresh.name} is no longer the latest: decide on version {later.name}.")
    wanted = seen or PlanState.SUBMITTED
    if fresh.decided_by is not None and fresh.decided_on is not None and fresh.state != wanted:
        raise Refused(
            "",
            f"{fresh.decided_by.name} decided on this version already, on {long_day(fresh.decided_on)}: "
            f"“{fresh.get_state_display()}”. Nothing of yours was saved.",
        )
    return acting.kind_of(fresh.contract, fresh.plan), fresh
