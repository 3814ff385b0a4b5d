"""What of a plan is told, and to whom (``rules/notices/stages.py``)."""

from __future__ import annotations

from obligations.rules.notices.stages import BOTH, DECIDING_ROLES, EVERYBODY, On, Rule


def _moved(*events: str) -> tuple[On, ...]:
    return (On("plan_version_moved", only={"event": frozenset(events)}),)


def _changed(*events: str) -> tuple[On, ...]:
    return (On("plan_change_moved", only={"event": frozenset(events)}),)


APPROVED, REFUSED, REFERRED = ("approve",), ("refuse", "refuse_again"), ("refer", "refer_undecided")
TAKEN_BACK = (
    "take_back_refusal",
    "take_back_approval",
    "take_back_late_approval",
    "take_back_approval_in_dispute",
    "take_back_referral",
    "take_back_undecided_referral",
)

STAGES: tuple[Rule, ...] = (
    Rule(
        name="plan_submitted",
        label="Plan to decide on",
        rank=405,
        ask="Read the plan and decide",
        raised_by=_moved("submit"),
        settled_by=_moved(*APPROVED, *REFUSED, *REFERRED, "take_back_submission"),
        key="plan_version",
        roles=DECIDING_ROLES,
        waits=True,
    ),
    Rule(
        name="plan_approved",
        label="Plan approved",
        rank=802,
        ask="See the plan",
        raised_by=_moved(*APPROVED),
        settled_by=_moved(*TAKEN_BACK),
        key="plan_version",
        roles=EVERYBODY,
    ),
    Rule(
        name="plan_refused",
        label="Plan refused",
        rank=406,
        ask="See why, and what is owed now",
        raised_by=_moved(*REFUSED),
        settled_by=_moved(*TAKEN_BACK),
        key="plan_version",
        roles=EVERYBODY,
        waits=True,
    ),
    Rule(
        name="plan_referred",
        label="Plan referred to dispute resolution",
        rank=407,
        ask="See the plan",
        raised_by=_moved(*REFERRED),
        settled_by=_moved(*TAKEN_BACK),
        key="plan_version",
        side=BOTH,
        roles=EVERYBODY,
    ),
    Rule(
        name="plan_taken_back",
        label="Decision on a plan taken back",
        rank=803,
        ask="See the plan",
        raised_by=_moved("take_back_submission", *TAKEN_BACK),
        key="plan_version",
        roles=EVERYBODY,
    ),
    Rule(
        name="plan_reviewed",
        label="Yearly review of a plan",
        rank=804,
        ask="See the review",
        raised_by=(On("plan_review_moved", only={"event": frozenset({"provide"})}),),
        key="review",
    ),
    Rule(
        name="plan_change",
        label="Change of a plan",
        rank=408,
        ask="See the change",
        raised_by=_changed("propose", "require", "implement", "formalise"),
        settled_by=_changed("formalise"),
        key="change",
    ),
)
