"""A duty's page in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from contracts.access import Access, Act
from contracts.models import Contract, Side
from contracts.terms.moments import london_day, long_day, parse_when
from contracts.web.ledger.presenters import LedgerRow
from contracts.web.text.presenters import paragraph_href, place
from contracts.web.variations.presenters import Tag
from contracts.web.words import due_words, ends_a_day, moment_words, on_or_at, size_words, when_words
from obligations.models import Decision, Duty, Evidence, Notice, Outcome, Phase
from obligations.rules.engine.standing import Standing
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import RulebookError
from obligations.rules.time.deadlines import DEFAULT_READING
from obligations.selectors import DutyPage
from obligations.services.absences import absence_of, unconfirmed
from obligations.services.asking import versions
from obligations.services.choosing.readings import DEFAULTS, chosen_for
from obligations.services.recording.early import key_of, waiting
from obligations.services.recording.no_miss import why_not_accept
from obligations.web.duties import claims, open_answers
from obligations.web.duties.acts import why_not_decide, why_not_log
from obligations.web.duties.derivation import Workings, steps_of, workings
from obligations.web.duties.happenings import Happenings, happenings
from obligations.web.duties.open_answers import OpenLine
from obligations.web.facts.presenters import Row
from obligations.web.facts.presenters import label as fact_label
from obligations.web.facts.whole import of_duty
from obligations.web.ledger import presenters as ledger
from obligations.web.lines import DutyLine, absent, claimed, due, left, line, marks, missed_words
from obligations.web.standing import OPEN, tag

ACCEPTED = "The evidence is accepted."
REJECTED = "The evidence is rejected. The duty is owed again, with the same date."
LOOKS = {
    Standing.OVERDUE: "late",
    Standing.OWED_NOW: "late",
    Standing.DUE_TODAY: "soon",
    Standing.DUE_THIS_WEEK: "soon",
    Standing.MET: "done",
    Standing.MET_LATE: "done",
}


@dataclass(frozen=True)
class DueBox:
    """The date in large letters."""

    label: str
    day: str
    note: str
    look: str
    tags: list[Tag]
    claimed: str = ""


@dataclass(frozen=True)
class CauseRow:
    """The fact that made the duty."""

    label: str
    happened: str
    recorded: str
    href: str


@dataclass(frozen=True)
class EvidenceRow:
    """One piece of evidence and what was decided on it."""

    number: int
    what: str
    href: str
    download: bool
    note: str
    done: str
    logged: str
    tag: Tag
    decided: str
    reason: str
    decide_href: str
    why_not: str


@dataclass(frozen=True)
class EarlyRow:
    """Something done before the duty began, and the way to confirm that it counts, "" where one may not."""

    text: str
    href: str


@dataclass(frozen=True)
class AbsentRow:
    """What was not there, and the steps that say why."""

    says: str
    workings: Workings


@dataclass(frozen=True)
class Page:
    """Everything a duty's page places."""

    title: str
    caption: str
    subject: str
    asks: str
    box: DueBox
    rows: list[Row]
    cause: CauseRow | None
    workings: Workings
    open_answers: list[OpenLine]
    claims: list[claims.ClaimRow]
    evidence: list[EvidenceRow]
    log_href: str
    why_not_log: str
    no_miss_href: str
    early: list[EarlyRow]
    happenings: Happenings
    history: list[LedgerRow]
    sent: list[str]
    absent: AbsentRow | None
    unconfirmed: list[DutyLine]


def page(access: Access, found: DutyPage, now: datetime) -> Page:
    """The page of one duty."""
    contract, duty = access.contract, found.duty
    rule = rule_of(duty)
    why_not = why_not_log(access, duty)
    paragraph = duty.obligation.paragraph
    return Page(
        title=duty.title,
        caption=f"{paragraph.schedule.title}, paragraph {place(paragraph.scope, paragraph.number)}",
        subject=duty.subject,
        asks=rule.summary if rule else paragraph.summary,
        box=due_box(duty, now),
        rows=list(_rows(contract, duty, rule)),
        cause=_cause(contract, duty),
        workings=_with_choices(access, duty, rule, workings(contract, duty)),
        open_answers=open_answers.lines(access, duty, rule, now),
        claims=claims.rows(access, duty, rule, found.claims),
        evidence=[evidence_row(access, duty, one) for one in found.evidence],
        log_href="" if why_not else reverse("log_evidence", args=[contract.pk, duty.pk]),
        why_not_log=why_not,
        no_miss_href=_no_miss_href(access, duty),
        early=_early(access, duty, why_not),
        happenings=happenings(access, duty, rule),
        history=[ledger.row(contract, entry, of_duty=duty.pk) for entry in found.ledger],
        sent=[_sent(notice) for notice in found.notices],
        absent=_absent(contract, duty, now),
        unconfirmed=_unconfirmed(access, duty, rule, now),
    )


def _absent(contract: Contract, duty: Duty, now: datetime) -> AbsentRow | None:
    """What was not there in its period, and why the record says so (R16)."""
    found = absence_of(duty, now)
    if found is None:
        return None
    says = f"{absent(found)}. That has been so since {moment_words(found.since)}"
    if found.found is not None:
        says = f"{absent(found)}. It was not there until {long_day(found.found)}, when it was done late"
    return AbsentRow(says, steps_of(contract, found.steps(duty.obligation.paragraph.citation)))


def _unconfirmed(access: Access, duty: Duty, rule: Rule | None, now: datetime) -> list[DutyLine]:
    """What its act confirms that was done, and the record does not show for the whole year before."""
    found = unconfirmed(access, duty, rule, now) if rule is not None else []
    lines = [(line(access.contract, one.duty, now), one.absence) for one in found]
    return [replace(row, absent=absent(absence)) for row, absence in lines]


def _early(access: Access, duty: Duty, why_not: str) -> list[EarlyRow]:
    """What was done before the duty began and waits for somebody to confirm it (R36)."""
    address = {
        key: "" if why_not else reverse("confirm_early", args=[access.contract.pk, duty.pk, key])
        for key in waiting(duty)
    }
    return [EarlyRow(text, address[key]) for key, text in waiting(duty).items()]


def _no_miss_href(access: Access, duty: Duty) -> str:
    """The way to accept that what was missed was none, where one stands and it is theirs to accept (R49)."""
    stands = getattr(duty, "missed_by", None) is not None
    if not stands or not access.may(Act.DECIDE) or why_not_accept(duty, access.side):
        return ""
    return reverse("accept_no_miss", args=[access.contract.pk, duty.pk])


def _with_choices(access: Access, duty: Duty, rule: Rule | None, found: Workings) -> Workings:
    """The workings with the reading chosen for the contract, and the way to another one (R12)."""
    if rule is None:
        return found
    chosen = chosen_for(access.contract, rule)
    others = [one for one in found.readings if one.reading not in (chosen, *DEFAULTS)]
    if not access.may(Act.CHOOSE_READING) or access.side == Side.NEITHER:
        return replace(found, chosen=chosen)
    address = reverse("choose_reading", args=[access.contract.pk, duty.pk])
    offered = {one.reading: f"{address}?{urlencode({'reading': one.reading})}" for one in others}
    rows = [replace(one, choose_href=offered.get(one.reading, "")) for one in found.readings]
    undo = f"{address}?{urlencode({'reading': DEFAULT_READING})}" if chosen else ""
    return replace(found, readings=rows, chosen=chosen, undo_href=undo)


def rule_of(duty: Duty) -> Rule | None:
    """The rule behind a duty; None where its rulebook no longer has it."""
    try:
        return versions.rule_of(duty.obligation)
    except RulebookError:
        return None


def due_box(duty: Duty, now: datetime) -> DueBox:
    stands = duty.standing_at(now)
    return DueBox(
        label=_box_label(duty, stands),
        day=due_words(duty.due_at) if duty.careful and duty.due_at else due(duty),
        note=f"{_box_note(duty, stands, now)} {_gone(duty)}".strip(),
        look=LOOKS.get(stands, "calm"),
        tags=[tag(duty, now), *marks(duty)],
        claimed=claimed(duty.contract, duty),
    )


def _box_label(duty: Duty, stands: Standing) -> str:
    if duty.retention:
        return "Keep at least until the end of"
    if duty.due_at is None:
        return "Due, in the contract’s own word" if duty.word else "Due"
    if duty.careful:
        return "Owed now; with care, by the end of" if stands in OPEN else "With care, by the end of"
    if duty.literal_limit and not ends_a_day(duty.due_at):
        return "Due at once: the limit had gone when the duty began"
    return "Due by the end of" if stands in OPEN and ends_a_day(duty.due_at) else "Due by"


def _box_note(duty: Duty, stands: Standing, now: datetime) -> str:
    done = duty.done_at or duty.done_on
    if duty.phase in (Phase.MET, Phase.MET_LATE) and done:
        return f"Done {on_or_at(done)}"
    if duty.phase == Phase.ENDED and duty.ended_by:
        return f"Ended by {duty.ended_by}. The date is kept for the record."
    if duty.phase == Phase.ENDED:
        return "Ended with the contract. The date is kept for the record."
    if duty.phase == Phase.WITHDRAWN:
        return "It followed from something recorded in error."
    if duty.phase == Phase.BEFORE:
        return "It was due before Duly kept this contract, so it is not called overdue."
    return _why_no_date(duty, stands) or left(duty, stands, now)


TO_BE_FOUND = (
    "The day from which the limit runs is to be found: record when the patch was first released."
    " Until then this is the date if it was released on the earliest day that is known. It is no"
    " limit: nobody is late by it."
)


def _gone(duty: Duty) -> str:
    """Since when its limit was gone already when it came to be known, "" where it was not (R10)."""
    if duty.limit_at is None or duty.phase == Phase.BEFORE:
        return ""
    if duty.literal_limit:
        return f"The limit, {when_words(parse_when(duty.literal_limit))}, had gone by then."
    if duty.cause is not None and duty.limit_at < duty.cause.recorded_at:
        return (
            f"That had passed already when this was recorded, {on_or_at(london_day(duty.cause.recorded_at))}."
        )
    return ""


def _why_no_date(duty: Duty, stands: Standing) -> str:
    """Why a duty has no date, or a careful one only: a gate stands still, hours are not set, a day is to be
    found (R35, R41, R48).
    """
    if duty.careful:
        return TO_BE_FOUND if stands in OPEN else ""
    if duty.due_at is not None:
        return ""
    if opens := duty.derivation.get("opens_at"):
        return f"It may not be done before {when_words(parse_when(opens))}."
    if any(step["rule"] == "R41" for step in duty.derivation.get("steps", [])):
        return "It has no date until the hours of work are set on the page Settings. It is owed now."
    if stands is Standing.OWED_NOW:
        return "The contract gives no number, so no date is invented. It is owed now."
    return ""


def _rows(contract: Contract, duty: Duty, rule: Rule | None) -> Iterator[Row]:
    paragraph = duty.obligation.paragraph
    day = london_day(duty.owed_from)
    owes = contract.word_for(duty.party)
    yield Row("Owed by", owes)
    yield Row("Owed from", moment_words(duty.owed_from))
    yield Row(
        "Paragraph",
        f"{place(paragraph.scope, paragraph.number)} {paragraph.heading}".strip()
        + ", as it stood when it began",
        paragraph_href(contract, paragraph.citation, day),
    )
    if duty.subject:
        yield Row("What it is about", duty.subject)
    if whole := of_duty(contract, duty, rule):
        yield Row("Part of", whole.text, whole.href)
    if duty.approver:
        yield Row("Who accepts it", f"The {contract.word_for(duty.approver)}")
    if rule and rule.evidence:
        yield Row("What proves it", rule.evidence)
    if rule and rule.consequence:
        yield Row("If it is missed", f"See paragraph {rule.consequence}")
    for miss in duty.misses.all():
        yield Row("Missed" if miss.until is None else "No longer counted as missed", missed_words(miss))


def _cause(contract: Contract, duty: Duty) -> CauseRow | None:
    fact = duty.cause
    if fact is None:
        return None
    by = f"{fact.recorded_by_name}, {contract.word_for(fact.recorded_side)}"
    return CauseRow(
        label=fact_label(contract.pk, fact.kind),
        happened=when_words(fact.happened),
        recorded=f"Recorded at {moment_words(fact.recorded_at)} by {by}",
        href=reverse("fact", args=[contract.pk, fact.pk]),
    )


def evidence_row(access: Access, duty: Duty, one: Evidence) -> EvidenceRow:
    contract = access.contract
    decision: Decision | None = getattr(one, "decision", None)
    why_not = "" if decision else why_not_decide(access, duty, one)
    offer = decision is None and not why_not
    return EvidenceRow(
        number=one.pk,
        what=_what(one),
        href=_proof_href(contract, one),
        download=one.kind == "file",
        note=one.note,
        done=f"Done {on_or_at(one.done)} by {one.done_by}",
        logged=f"Logged at {moment_words(one.submitted_at)} by {one.submitted_by.name}, "
        f"{contract.word_for(one.submitted_side)}",
        tag=WAITS if key_of(one) in waiting(duty) else _decision_tag(duty, decision),
        decided=_decided(contract, decision),
        reason=decision.reason if decision else "",
        decide_href=reverse("decide", args=[contract.pk, one.pk]) if offer else "",
        why_not=why_not,
    )


WAITS = Tag("Does not count yet", "yellow")
"""Evidence of what was done before its duty began, which nobody confirmed (R36)."""


def _what(one: Evidence) -> str:
    if one.kind == "file":
        return f"{one.file_name} ({size_words(one.size)})"
    return one.link if one.kind == "link" else "A note"


def _proof_href(contract: Contract, one: Evidence) -> str:
    if one.kind == "file":
        return reverse("evidence_file", args=[contract.pk, one.pk])
    return one.link if one.kind == "link" else ""


def _decision_tag(duty: Duty, decision: Decision | None) -> Tag:
    if decision is None:
        return Tag("Awaiting decision", "purple") if duty.approver else Tag("On the record", "blue")
    return Tag("Accepted", "green") if decision.outcome == Outcome.ACCEPTED else Tag("Rejected", "red")


def _decided(contract: Contract, decision: Decision | None) -> str:
    if decision is None:
        return ""
    by = f"{decision.decided_by.name}, {contract.word_for(decision.decided_side)}"
    if decision.from_letter:
        side = contract.word_for(decision.decided_side)
        by = f"the {side}, recorded from its letter by {decision.decided_by.name}"
    return f"{decision.get_outcome_display()} at {moment_words(decision.decided_at)} by {by}"


def _sent(notice: Notice) -> str:
    assert notice.sent_at is not None
    stage = notice.get_stage_display()
    said = f"; the mail server answered: {notice.answer}" if notice.answer else ""
    return f"“{stage}” to {notice.recipient.name} at {moment_words(notice.sent_at)}{said}"
