"""A plan in words: where it stands, what remains to each side, its clocks, versions, reviews and changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from contracts.access import Access
from contracts.models import Contract, KeptBy, Paragraph
from contracts.terms.moments import When
from contracts.web.variations.presenters import Tag
from contracts.web.words import moment_words, on_or_at, short_day, size_words, when_words
from obligations.models import (
    ACTIVE_PHASES,
    Duty,
    PlanAct,
    PlanChange,
    PlanRequirement,
    PlanReview,
    PlanState,
    PlanVersion,
    Verdict,
)
from obligations.plans.kinds import PlanKind, machines, number, take_back_of
from obligations.plans.selectors import PlanPage, PlanRow, began, of_this_round
from obligations.plans.services.decisions import why_not_undecided
from obligations.plans.services.upkeep import HEADS
from obligations.rules.facts import vocabulary
from obligations.rules.standing import Standing
from obligations.web.lines import DutyLine, due, line

COLOURS = {
    "draft": "grey",
    "submitted": "purple",
    "not_approved": "orange",
    "refused_again": "red",
    "in_dispute": "red",
    "adopted": "green",
    "replaced": "grey",
    "discarded": "grey",
    "completed": "yellow",
    "provided": "green",
    "proposed": "yellow",
    "required": "orange",
    "implemented": "yellow",
    "formalised": "green",
}
VERDICTS = {Verdict.MET: Tag("Met", "green"), Verdict.NOT_MET: Tag("Not met", "red")}


@dataclass(frozen=True)
class Row:
    """A key and its value in a summary list."""

    key: str
    value: str
    value_href: str = ""


@dataclass(frozen=True)
class Act:
    """Something that this person may do now."""

    text: str
    href: str
    secondary: bool = False


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


@dataclass(frozen=True)
class VersionRow:
    """One version in the list."""

    name: str
    href: str
    tag: Tag
    says: str


def tag_of(machine: str, state: str) -> Tag:
    """The tag of a state, in the words of the data."""
    return Tag(machines()[machine].label(state), COLOURS.get(state, ""))


def why_not(access: Access, machine: str, event: str, state: str) -> str:
    """Why this person cannot do this now, "" where they can. The services have the last word."""
    alone = access.contract.kept_by != KeptBy.BOTH
    return machines()[machine].why_not(event, state, str(access.role), alone=alone)


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


def version_row(contract: Contract, version: PlanVersion) -> VersionRow:
    """One version: its name, state, and what was done with it."""
    said = [f"uploaded {moment_words(version.uploaded_at)} by {version.uploaded_by.name}"]
    if version.submitted and version.submitted_by:
        said.append(f"submitted {_at(version.submitted)} by {version.submitted_by.name}")
    if version.decided and version.decided_by:
        word = "approved" if version.approved_sha256 else "not approved"
        said.append(f"{word} {_at(version.decided)} by {version.decided_by.name}")
    text = "; ".join(said)
    return VersionRow(
        name=f"Version {version.name}",
        href=reverse("plan_version", args=[contract.pk, version.pk]),
        tag=tag_of("version", version.state),
        says=text[:1].upper() + text[1:],
    )


def version_rows(version: PlanVersion) -> list[Row]:
    """The facts of one version."""
    contract = version.contract
    rows = [
        Row(
            "File",
            f"{version.file_name}, {size_words(version.size)}",
            reverse("plan_file", args=[contract.pk, version.pk]),
        ),
        Row("Hash (SHA-256)", version.sha256),
        Row("Uploaded", f"{moment_words(version.uploaded_at)} by {version.uploaded_by.name}"),
    ]
    if version.submitted and version.submitted_by:
        rows.append(Row("Submitted", f"{when_words(version.submitted)} by {version.submitted_by.name}"))
    if version.decided and version.decided_by:
        word = "Approved" if version.approved_sha256 else "Not approved"
        rows.append(Row(word, f"{when_words(version.decided)} by {version.decided_by.name}"))
    if version.approved_sha256:
        rows.append(Row("The approval binds to", f"the file with the hash {version.approved_sha256}"))
    return rows


def checklist(version: PlanVersion, headings: dict[str, Paragraph]) -> list[dict[str, Any]]:
    """Each requirement: where it is met and what the reviewer says."""
    return [_requirement(version.contract, row, headings) for row in version.checklist.all()]


def _requirement(contract: Contract, row: PlanRequirement, headings: dict[str, Paragraph]) -> dict[str, Any]:
    found = headings.get(row.path)
    by = (
        f"{row.reviewed_by.name}, {moment_words(row.reviewed_at)}"
        if row.reviewed_by and row.reviewed_at
        else ""
    )
    return {
        "number": number(row.path),
        "heading": found.heading if found else "",
        "href": reverse("paragraph", args=[contract.pk, found.citation]) if found else "",
        "place": row.place or "Not said yet",
        "tag": VERDICTS.get(Verdict(row.verdict)) if row.verdict else Tag("Not reviewed", "grey"),
        "comment": row.comment,
        "by": by,
    }


def refusal(version: PlanVersion, kind: PlanKind, headings: dict[str, Paragraph]) -> dict[str, Any] | None:
    """The grounds of a refusal, with whether they are reasonable by definition (A 4.3.3)."""
    if version.approved_sha256 or not version.decided_on:
        return None
    named = [
        f"{number(path)} {headings[path].heading}" if path in headings else number(path)
        for path in version.grounds
    ]
    note = ""
    if kind.reasonable_by and named:
        note = f"A refusal on these grounds is reasonable by definition ({number(kind.reasonable_by)})."
    elif kind.reasonable_by:
        note = "No content requirement is named, so whether the refusal is reasonable is open (4.3.3)."
    return {"grounds": named, "reason": version.reason, "note": note}


def version_acts(access: Access, version: PlanVersion, page: PlanPage, now: datetime) -> list[Act]:
    """What this person may do with a version of the plan now."""
    latest, last = page.sent is not None and page.sent.pk == version.pk, page.last
    place = [access.contract.pk, version.pk]
    found = []
    own = version.submitted_by_id == access.person.pk

    def may(event: str) -> bool:
        return not why_not(access, "version", event, version.state)

    if may("place"):
        found.append(Act("Fill in the checklist", reverse("plan_checklist", args=place), True))
    if may("submit"):
        found.append(Act("Submit for approval", reverse("plan_act", args=[*place, "submit"])))
    if may("discard"):
        found.append(Act("Discard the draft", reverse("plan_act", args=[*place, "discard"]), True))
    if latest and not own and may("review"):
        found.append(Act("Review by requirement", reverse("plan_review", args=place), True))
    if latest and not own and (may("approve") or may("refuse")):
        found.append(Act("Decide", reverse("plan_decide", args=place)))
    if latest and (may("refer") or (may("refer_undecided") and not why_not_undecided(page, now))):
        found.append(Act("Refer to dispute resolution", reverse("plan_act", args=[*place, "refer"])))
    if last is not None and last.version_id == version.pk and not why_not_take_back(access, version, last):
        label = machines()["version"].events[take_back_of(version.state, last.before)].label
        found.append(Act(label, reverse("plan_take_back", args=place), True))
    return found


def acts_at_hand(access: Access, page: PlanPage, now: datetime) -> list[Act]:
    """What may be done now with the latest version, and with the one sent last where a draft follows it."""
    found = version_acts(access, page.latest, page, now) if page.latest else []
    if page.sent is not None and page.sent is not page.latest:
        found += version_acts(access, page.sent, page, now)
    return found


def why_not_take_back(access: Access, version: PlanVersion, last: PlanAct | None) -> str:
    """Why this person cannot take back what was last done with a version, "" where they can."""
    event = take_back_of(version.state, last.before) if last and last.version_id == version.pk else ""
    if last is None or not event:
        return "Nothing was done with this version that could be taken back now."
    contract = access.contract
    if contract.kept_by == KeptBy.BOTH and last.side != access.side:
        return f"Only the {contract.word_for(last.side)}, whose act it was, can take it back."
    return why_not(access, "version", event, version.state)


def referring(version: PlanVersion) -> str:
    """What referring an undecided version rests on (R27); "" for one that was refused a second time."""
    if version.state != PlanState.SUBMITTED:
        return ""
    return (
        "The limit has passed without a decision. That either party may then refer a resubmitted plan is one"
        " reading of the words (R27). It approves nothing: the plan stays overdue for both sides."
    )


def taking_back(version: PlanVersion, last: PlanAct) -> str:
    """What taking the last act back does, in words."""
    table = machines()["version"]
    did = f"“{table.events[last.event].label}” was done {on_or_at(last.done)} by {last.by.name}"
    back = f"The version goes back to “{table.label(last.before)}”"
    place = f" and version {last.replaced.name} is in use again" if last.replaced else ""
    return f"{did}. {back}{place}; what was recorded of it is withdrawn, and all of it stays on the record."


def plan_acts(access: Access, page: PlanPage) -> list[Act]:
    """What this person may do on the plan's page besides what each version offers."""
    place = [access.contract.pk, page.kind.key]
    open_draft = any(one.state == PlanState.DRAFT for one in page.versions)
    found = []
    if page.in_force and not open_draft and not why_not(access, "version", "upload", "new"):
        found.append(Act("Upload a version", reverse("plan_upload", args=place), bool(page.adopted)))
    if page.kind.has_reviews and page.adopted:
        if not why_not(access, "review", "complete", "new"):
            found.append(Act("Record a yearly review", reverse("plan_annual_review", args=place), True))
        if change_events(access):
            found.append(Act("Add a change", reverse("plan_change_new", args=place), True))
    return found


def change_events(access: Access) -> list[tuple[str, str]]:
    """The kinds of change this person may raise."""
    words = {
        "propose": "A change that we propose: it goes through the variation procedure (4.4.3)",
        "require": "A change required early: put in place first, formalised afterwards (4.4.4)",
    }
    return [(event, text) for event, text in words.items() if not why_not(access, "change", event, "new")]


def remaining(contract: Contract, page: PlanPage, now: datetime) -> list[Remaining]:
    """What remains to each side."""
    latest = page.latest
    table = machines()["version"]
    found = []
    for side in ("supplier", "authority"):
        says = table.states[latest.state].next[side] if latest else ""
        if latest is None:
            says = "Upload the first version." if side == "supplier" else "Wait for the first version."
        owed = [
            line(contract, duty, now)
            for duty in page.duties
            if duty.phase in ACTIVE_PHASES and duty.party in (side, "both")
        ]
        found.append(Remaining(f"The {contract.word_for(side)}", says if page.in_force else "", owed))
    return found


def clocks(contract: Contract, page: PlanPage, now: datetime) -> list[ClockRow]:
    """Every clock of the plan, those of both sides together."""
    return [_clock(contract, duty, now) for duty in page.duties]


def _clock(contract: Contract, duty: Duty, now: datetime) -> ClockRow:
    shown = line(contract, duty, now)
    note = f"Done {short_day(duty.done_on)}" if duty.done_on else shown.left
    return ClockRow(
        title=duty.title,
        href=shown.href,
        whose=shown.party,
        began=short_day(began(duty)),
        due=short_day(duty.due_date) if duty.due_date else due(duty),
        tag=shown.tag,
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
    """Where the limit to amend falls after the ceiling for both sides."""
    amend = of_this_round(page, page.kind.amend)
    finish = of_this_round(page, page.kind.finish)
    if amend is None or finish is None or not amend.due_date or not finish.due_date:
        return []
    if amend.phase not in ACTIVE_PHASES and finish.phase not in ACTIVE_PHASES:
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
    titles = [one.heading for one in kind_heads] or list(HEADS)
    texts = [getattr(review, name) for name in HEADS]
    provided = f"Results provided {short_day(review.provided_on)}" if review.provided_on else ""
    href = ""
    if not why_not(access, "review", "provide", review.state):
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
        for event, text in (("implement", "It is in place"), ("formalise", "Link the variation"))
        if not why_not(access, "change", event, change.state)
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


def _at(when: When) -> str:
    return on_or_at(when)
