"""Taking back what was done with a version by mistake, while nothing later was done (states.toml)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.models import KeptBy
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.locks import lock
from contracts.terms.moments import london_day
from obligations.models import FactRecord
from obligations.plans.kinds import PlanKind, machines, number, take_back_of
from obligations.plans.models import PlanAct, PlanState, PlanVersion
from obligations.plans.selectors import in_force, last_act
from obligations.plans.services import acting
from obligations.rules.register.facts import vocabulary
from obligations.services.recording.facts import withdraw_on_page

DECISIONS = ("refuse", "refuse_again")


@transaction.atomic
def take_back(version: PlanVersion, actor: Actor, now: datetime, *, act: int, reason: str) -> PlanVersion:
    """Take back the last thing done with a version: a submission, a decision, a referral.

    The version goes back to the state before, what was recorded of the act is withdrawn with it, and an
    approval gives the version it replaced its place back. ``act`` is the act that was seen. Raises Refused
    for no reason given, the other side's act, and where something was done since.
    """
    lock(version.contract)
    version = PlanVersion.objects.select_related("contract").get(pk=version.pk)
    kind = acting.kind_of(version.contract, version.plan)
    last = last_act(version.contract, version.plan)
    if last is None or last.pk != act or last.version_id != version.pk:
        raise Refused("", "This was taken back already, or something was done since. Look at it again.")
    event = take_back_of(version.state, last.before)
    if not event:
        raise Refused("", f"What was done with version {version.name} cannot be taken back.")
    person, state = acting.allowed(kind, "version", event, version.state, version.contract, actor, now)
    reason = required("reason", reason, "Say why it is taken back: it stays on the record.", longest=2000)
    _by_the_side_that_did_it(last, actor)
    if last.event == "submit" and not in_force(version.contract, kind, london_day(now)):
        raise Refused("", stays_submitted(kind))
    _nothing_since(kind, version, last)
    _undo(version, last, state)
    last.taken_back_at, last.taken_back_by, last.taken_back_reason = now, person, reason
    last.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_reason"])
    acting.put_in_ledger(version, actor, now, event, {"reason": reason})
    if last.replaced is not None:
        _give_back(last.replaced, version, actor, now)
    for fact in last.facts.filter(withdrawn_at=None).select_related("contract").order_by("-pk"):
        withdraw_on_page(fact, actor, now, reason=reason)
    return version


def stays_submitted(kind: PlanKind) -> str:
    """Why a submission is not taken back while the paragraph is not in force.

    It could not be submitted again, and what it left owed would go with it (R28 b).
    """
    return (
        f"Paragraph {number(kind.in_force)} is not in force, so this could not be submitted again and what is"
        f" still owed for it would be lost. It stays, and may still be decided on."
    )


def _by_the_side_that_did_it(act: PlanAct, actor: Actor) -> None:
    contract = act.contract
    if contract.kept_by == KeptBy.BOTH and act.side != actor.side:
        raise Refused("", f"Only the {contract.word_for(act.side)}, whose act it was, can take it back.")


def _nothing_since(kind: PlanKind, version: PlanVersion, act: PlanAct) -> None:
    """Refuse where the act has been built upon: a review of the version, a yearly review, a change."""
    contract = version.contract
    if act.event == "submit":
        if any(row.verdict or row.comment for row in version.checklist.all()):
            word = contract.word_for("authority")
            raise Refused("", f"The {word} has begun to review this version, so it decides on it.")
        drafts = PlanVersion.objects.filter(contract=contract, plan=version.plan, state=PlanState.DRAFT)
        if draft := drafts.first():
            raise Refused("", f"Version {draft.name} is still a draft: discard it first.")
    names = {name for facts in kind.facts.values() for name in facts}
    newest = max((fact.pk for fact in act.facts.all()), default=None)
    if newest is None:
        return
    later = FactRecord.objects.filter(contract=contract, kind__in=names, pk__gt=newest, withdrawn_at=None)
    if since := later.exclude(made_on="").first():
        label = vocabulary()[since.kind].label
        raise Refused("", f"Recorded since: “{label}”. Withdraw that first, if it is wrong too.")


def _undo(version: PlanVersion, act: PlanAct, state: str) -> None:
    """Put the version back as it was before the act."""
    version.state = state
    if act.event == "submit":
        version.submitted_by = version.submitted_on = version.submitted_at = None
    elif act.event == "approve":
        version.approved_sha256 = version.approval_reason = ""
        _decided_as_before(version, act)
    elif act.event in DECISIONS:
        version.grounds, version.reason = [], ""
        _decided_as_before(version, act)
    version.save(
        update_fields=[
            *("state", "submitted_by", "submitted_on", "submitted_at", "approved_sha256", "approval_reason"),
            *("decided_by", "decided_on", "decided_at", "grounds", "reason"),
        ]
    )


def _decided_as_before(version: PlanVersion, act: PlanAct) -> None:
    """The refusal that stood before the act, or no decision."""
    before = version.acts.filter(event__in=DECISIONS, taken_back_at=None, pk__lt=act.pk).last()
    version.decided_by = before.by if before else None
    version.decided_on = before.done_on if before else None
    version.decided_at = before.done_at if before else None


def _give_back(former: PlanVersion, version: PlanVersion, actor: Actor, now: datetime) -> None:
    """The version that was replaced is in use again."""
    former.contract = version.contract
    former.state = machines()["version"].after("give_back", former.state)
    former.save(update_fields=["state"])
    acting.put_in_ledger(former, actor, now, "give_back", {"by": version.name})
