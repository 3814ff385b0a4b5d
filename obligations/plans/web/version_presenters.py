"""A version of a plan in words: its facts, its checklist, its refusal, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from contracts.access import Access
from contracts.models import Contract, KeptBy, Paragraph
from contracts.web.variations.presenters import Tag
from contracts.web.words import moment_words, on_or_at, size_words, when_words
from obligations.plans import kinds
from obligations.plans.kinds import PlanKind, machines, number, take_back_of
from obligations.plans.models import PlanAct, PlanRequirement, PlanState, PlanVersion, Verdict
from obligations.plans.selectors import PlanPage, settled_by
from obligations.plans.services.decisions import why_not_undecided
from obligations.plans.services.taking_back import stays_submitted

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
class VersionRow:
    """One version in the list."""

    name: str
    href: str
    tag: Tag
    says: str


def tag_of(machine: str, state: str) -> Tag:
    """The tag of a state, in the words of the data."""
    return Tag(machines()[machine].label(state), COLOURS.get(state, ""))


def why_not(access: Access, kind: PlanKind, machine: str, event: str, state: str) -> str:
    """Why this person cannot do this now, "" where they can. The services have the last word."""
    alone = access.contract.kept_by != KeptBy.BOTH
    return kinds.why_not(kind, machine, event, state, str(access.role), alone=alone)


def not_theirs(access: Access, machine: str, *events: str) -> str:
    """Why this person's role does none of these, in whatever state the thing is; "" where it does one."""
    alone = access.contract.kept_by != KeptBy.BOTH
    reasons = [machines()[machine].not_theirs(one, str(access.role), alone=alone) for one in events]
    return reasons[0] if all(reasons) else ""


def version_row(contract: Contract, version: PlanVersion, versions: Sequence[PlanVersion]) -> VersionRow:
    """One version: its name, state, what was done with it, and which of ``versions`` settled it."""
    said = [f"uploaded {moment_words(version.uploaded_at)} by {version.uploaded_by.name}"]
    if version.submitted and version.submitted_by:
        said.append(f"submitted {on_or_at(version.submitted)} by {version.submitted_by.name}")
    if version.decided and version.decided_by:
        word = "approved" if version.approved_sha256 else "not approved"
        said.append(f"{word} {on_or_at(version.decided)} by {version.decided_by.name}")
    tag, by = tag_of("version", version.state), settled_by(version, versions)
    if by is not None and by.decided:
        said.append(f"settled by version {by.name}, approved {on_or_at(by.decided)}")
        tag = Tag(f"{tag.text}; settled", "grey")
    text = "; ".join(said)
    return VersionRow(
        name=f"Version {version.name}",
        href=reverse("plan_version", args=[contract.pk, version.pk]),
        tag=tag,
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
    if version.approval_reason:
        rows.append(Row("Why it was approved after all", version.approval_reason))
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
    place = [access.contract.pk, version.pk]

    def may(event: str) -> bool:
        return not why_not(access, page.kind, "version", event, version.state)

    found = list(_acts_on_a_draft(may, place, page))
    if page.sent is not None and page.sent.pk == version.pk:
        own = version.submitted_by_id == access.person.pk
        found += _acts_on_what_was_sent(may, place, page, own, now)
    last = page.last
    if last is not None and last.version_id == version.pk and not why_not_take_back(access, page, version):
        label = machines()["version"].events[take_back_of(version.state, last.before)].label
        found.append(Act(label, reverse("plan_take_back", args=place), True))
    return found


May = Callable[[str], bool]


def _acts_on_a_draft(may: May, place: list[int], page: PlanPage) -> Iterator[Act]:
    if may("place"):
        yield Act("Fill in the checklist", reverse("plan_checklist", args=place), True)
    if may("submit") and page.in_force:
        yield Act("Submit for approval", reverse("plan_act", args=[*place, "submit"]))
    if may("discard"):
        yield Act("Discard the draft", reverse("plan_act", args=[*place, "discard"]), True)


def _acts_on_what_was_sent(
    may: May, place: list[int], page: PlanPage, own: bool, now: datetime
) -> Iterator[Act]:
    """Reviewing and deciding, for others than who submitted it (``own``); referring it, for both sides."""
    if not own and may("review"):
        yield Act("Review by requirement", reverse("plan_review", args=place), True)
    if not own and (may("approve") or may("refuse")):
        yield Act("Decide", reverse("plan_decide", args=place))
    if may("refer") or (may("refer_undecided") and not why_not_undecided(page, now)):
        yield Act("Refer to dispute resolution", reverse("plan_act", args=[*place, "refer"]))


def why_not_take_back(access: Access, page: PlanPage, version: PlanVersion) -> str:
    """Why this person cannot take back what was last done with a version, "" where they can."""
    last = page.last
    event = take_back_of(version.state, last.before) if last and last.version_id == version.pk else ""
    if last is None or not event:
        return "Nothing was done with this version that could be taken back now."
    contract = access.contract
    if contract.kept_by == KeptBy.BOTH and last.side != access.side:
        return f"Only the {contract.word_for(last.side)}, whose act it was, can take it back."
    if last.event == "submit" and not page.in_force:
        return stays_submitted(page.kind)
    return why_not(access, page.kind, "version", event, version.state)


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
