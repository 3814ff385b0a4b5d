"""A plan in words: where it stands, what remains to each side, its clocks, reviews and changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from contracts.access import Access
from contracts.models import Contract, Paragraph
from contracts.web.variations.presenters import Tag
from contracts.web.words import short_day
from obligations.models import ACTIVE_PHASES, Duty
from obligations.plans.kinds import PlanKind, kinds, number
from obligations.plans.models import PlanChange, PlanReview, PlanState
from obligations.plans.selectors import PlanPage, PlanRow, began, closed_by_refusal, of_this_round
from obligations.plans.services.upkeep import HEAD_WORDS, HEADS
from obligations.plans.web.picture import ended_on, timescale_of
from obligations.plans.web.version_presenters import Act, tag_of, version_acts, why_not
from obligations.rules.engine.standing import Standing
from obligations.rules.register.facts import vocabulary
from obligations.web.lines import DutyLine, due, line


@dataclass(frozen=True)
class Remaining:
    """What remains to one side: a sentence from the state, and the clocks it owes."""

    title: str
    says: str
    lines: list[DutyLine]


@dataclass(frozen=True)
class ClockRow:
    """One clock in the table behind the picture."""

    title: str
    href: str
    whose: str
    began: str
    due: str
    tag: Tag
    note: str


def overview(contract: Contract, row: PlanRow) -> dict[str, Any]:
    """A plan in the list of plans."""
    latest, adopted = row.latest, row.adopted
    return {
        "title": row.kind.title,
        "href": reverse("plan", args=[contract.pk, row.kind.key]),
        "tag": tag_of("version", latest.state) if latest else Tag("No version yet", "grey"),
        "latest": f"Latest version: {latest.name}" if latest else "",
        "adopted": f"Adopted: version {adopted.name}" if adopted else "No version is adopted",
    }


def acts_at_hand(access: Access, page: PlanPage, now: datetime) -> list[Act]:
    """What may be done now with the latest version, and with the one sent last where a draft follows it."""
    found = version_acts(access, page.latest, page, now) if page.latest else []
    if page.sent is not None and page.sent is not page.latest:
        found += version_acts(access, page.sent, page, now)
    return found


def plan_acts(access: Access, page: PlanPage) -> list[Act]:
    """What this person may do on the plan's page besides what each version offers."""
    place = [access.contract.pk, page.kind.key]
    open_draft = any(one.state == PlanState.DRAFT for one in page.versions)
    found = []
    if page.in_force and not open_draft and not why_not(access, page.kind, "version", "upload", "new"):
        next_in_turn = page.latest is None or page.latest.state == PlanState.NOT_APPROVED
        found.append(Act("Upload a version", reverse("plan_upload", args=place), not next_in_turn))
    if page.kind.has_reviews and page.adopted:
        if not why_not(access, page.kind, "review", "complete", "new"):
            found.append(Act("Record a yearly review", reverse("plan_annual_review", args=place), True))
        if change_events(access, page.kind):
            found.append(Act("Add a change", reverse("plan_change_new", args=place), True))
    return found


def change_events(access: Access, kind: PlanKind) -> list[tuple[str, str]]:
    """The kinds of change this person may raise."""
    words = {
        "propose": "A change that we propose: it goes through the variation procedure (4.4.3)",
        "require": "A change required early: put in place first, formalised afterwards (4.4.4)",
    }
    return [
        (event, text) for event, text in words.items() if not why_not(access, kind, "change", event, "new")
    ]


def remaining(contract: Contract, page: PlanPage, now: datetime) -> list[Remaining]:
    """What remains to each side."""
    latest = page.latest
    found = []
    for side in ("supplier", "authority"):
        says = page.kind.state(latest.state).next[side] if latest else ""
        if latest is None:
            says = "Upload the first version." if side == "supplier" else "Wait for the first version."
        owed = [
            _line(contract, page, duty, now)
            for duty in page.duties
            if duty.phase in ACTIVE_PHASES and duty.party in (side, "both")
        ]
        found.append(Remaining(f"The {contract.word_for(side)}", says if page.in_force else "", owed))
    return found


def _line(contract: Contract, page: PlanPage, duty: Duty, now: datetime) -> DutyLine:
    """As lists show it, by when in the words of this plan."""
    shown = line(contract, duty, now)
    asked = timescale_of(page, duty)
    return replace(shown, due=asked) if asked else shown


def clocks(contract: Contract, page: PlanPage, now: datetime) -> list[ClockRow]:
    """Every clock of the plan, those of both sides together."""
    return [_clock(contract, page, duty, now) for duty in page.duties]


def _clock(contract: Contract, page: PlanPage, duty: Duty, now: datetime) -> ClockRow:
    shown = line(contract, duty, now)
    tag = shown.tag
    note = f"Done {short_day(duty.done_on)}" if duty.done_on else shown.left
    if stopped := ended_on(page, duty):
        note = f"Ended {short_day(stopped)}"
        if closed_by_refusal(page, duty):
            note = f"By the second refusal, {short_day(stopped)}, with nothing approved"
            tag = Tag("Closed", "grey")
    return ClockRow(
        title=duty.title,
        href=shown.href,
        whose=shown.party,
        began=short_day(began(duty)),
        due=short_day(duty.due_date) if duty.due_date else timescale_of(page, duty) or due(duty),
        tag=tag,
        note=note,
    )


def warnings(page: PlanPage, now: datetime) -> list[str]:
    """What the page says before all else: limits that pull apart, silence, a paragraph not in force (R27)."""
    found = []
    if not page.in_force:
        found.append(
            f"Paragraph {number(page.kind.in_force)} is not in force today, so no further version is"
            " submitted. What was sent before stays here, and may still be decided on."
        )
    return found + _conflict(page) + _silence(page, now) + _apart(page)


def _apart(page: PlanPage) -> list[str]:
    """Where the record and the versions disagree: a fact of no version, a version of a withdrawn fact."""
    facts = page.kind.facts
    acts = set()
    for one in page.versions:
        decided = "approve" if one.approved_sha256 else "refuse"
        acts |= {(name, one.submitted_on) for name in facts["submit"] if one.submitted_on}
        acts |= {(name, one.decided_on) for name in facts[decided] if one.decided_on}
    recorded = {(fact.kind, fact.happened_on) for fact in page.facts}
    found = [
        f"On the record without a version here: {vocabulary()[name].label} ({short_day(day)}). It binds to no"
        " file; the clocks count it."
        for name, day in sorted(recorded - acts)
    ]
    return found + [
        f"Withdrawn from the record, while the version stays as it is: {vocabulary()[name].label}"
        f" ({short_day(day)}). The clocks no longer count it."
        for name, day in sorted(acts - recorded)
    ]


def _conflict(page: PlanPage) -> list[str]:
    """Where the limit to amend runs and falls after the ceiling for both sides."""
    amend = of_this_round(page, page.kind.amend)
    finish = of_this_round(page, page.kind.finish)
    if amend is None or finish is None or not amend.due_date or not finish.due_date:
        return []
    if amend.phase not in ACTIVE_PHASES:  # met by a resubmission, or ended
        return []
    if amend.due_date <= finish.due_date:
        return []
    steps = [
        step["text"] for step in amend.derivation.get("steps", []) if "nor extends the other" in step["text"]
    ]
    says = steps[-1] if steps else "Neither limit shortens nor extends the other"
    return [
        f"Two limits pull apart. “{amend.title}” may take until {short_day(amend.due_date)}, and both sides"
        f" use all reasonable endeavours to finish by {short_day(finish.due_date)}. {says}."
    ]


def _silence(page: PlanPage, now: datetime) -> list[str]:
    sent, finish = page.sent, of_this_round(page, page.kind.finish)
    if sent is None or sent.state != PlanState.SUBMITTED or finish is None:
        return []
    if finish.standing_at(now) is not Standing.OVERDUE:
        return []
    readings = [one["reading"] for one in finish.derivation.get("readings", [])]
    also = f" Another reading: {readings[0]}." if readings else ""
    return [f"The limit has passed without a decision. Silence approves nothing: version {sent.name} is"
            f" undecided, and finishing is overdue for both sides.{also}"]  # fmt: skip


def review_row(access: Access, review: PlanReview, headings: dict[str, Paragraph]) -> dict[str, Any]:
    """One yearly review with its three heads."""
    kind_heads = list(headings.values())
    titles = [one.heading for one in kind_heads] or list(HEAD_WORDS.values())
    texts = [getattr(review, name) for name in HEADS]
    provided = f"Results provided {short_day(review.provided_on)}" if review.provided_on else ""
    href = ""
    if not why_not(access, kinds()[review.version.plan], "review", "provide", review.state):
        href = reverse("plan_provide", args=[access.contract.pk, review.pk])
    return {
        "title": f"Review of version {review.version.name}, completed {short_day(review.completed_on)}",
        "tag": tag_of("review", review.state),
        "heads": list(zip(titles, texts, strict=False)),
        "provided": provided,
        "href": href,
    }


def change_row(access: Access, change: PlanChange) -> dict[str, Any]:
    """One change and what is next for it."""
    contract = access.contract
    said = [f"raised {short_day(change.raised_on)} by {change.raised_by.name}"]
    if change.timescale:
        said.append(f"required {change.timescale}")
    if change.implemented_on:
        said.append(f"in place {short_day(change.implemented_on)}")
    acts = [
        Act(text, reverse("plan_change_act", args=[contract.pk, change.pk, event]), True)
        for event, text in (
            ("implement", "Record that it is in place"),
            ("formalise", "Link the variation that records it"),
        )
        if not why_not(access, kinds()[change.plan], "change", event, change.state)
    ]
    variation = change.variation
    return {
        "title": change.reference,
        "tag": tag_of("change", change.state),
        "text": change.description,
        "says": "; ".join(said)[:1].upper() + "; ".join(said)[1:],
        "variation": f"Variation {variation.number}" if variation else "",
        "variation_href": reverse("variation", args=[contract.pk, variation.pk]) if variation else "",
        "acts": acts,
    }
