"""Breaches in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from contracts.access import Access
from contracts.models import Contract, Side
from contracts.services.distribution import unable
from contracts.terms.moments import elapsed
from contracts.web.variations.presenters import Tag
from contracts.web.words import length, moment_words, on_or_at, time_left, when_words
from contracts.web.words import listed as listed_words
from obligations.breaches import selectors
from obligations.breaches.data_protection import LawClock
from obligations.breaches.limbs import paragraphs_of
from obligations.breaches.models import Breach, BreachState, ClosingReport, CostBearer, ReportState, TimeKnown
from obligations.breaches.selectors import BreachPage, Ticked, duties_about, spoken_of
from obligations.breaches.services.allowed import ASKS, alone, why_not_now
from obligations.breaches.services.work import RECORDS
from obligations.breaches.states import machine, possible
from obligations.breaches.steps import Step, sides_of
from obligations.rules.machine import Event
from obligations.web.facts.presenters import Row
from obligations.web.lines import DutyLine, line

COLOURS = {
    BreachState.REPORTED: "red",
    BreachState.REOPENED: "red",
    BreachState.CONTAINED: "orange",
    BreachState.DETAILS_FIRST: "orange",
    BreachState.DETAILS_GIVEN: "blue",
    BreachState.CLOSED: "green",
    BreachState.WITHDRAWN: "grey",
}
ELSEWHERE = ("report", "tick", "write", "ask_report", "change_list")
"""Events with a place of their own on the page; the others are buttons."""

TOLD = "breach_notified"
"""The fact that a step to tell the other party records."""

WARNINGS = {
    "withdraw": "The facts of this report are withdrawn with it, and the duties that follow from nothing "
    "else. All of it stays on the record.",
    "open_up": "Everybody on this contract will see this breach and everything recorded about it so far. "
    "That cannot be taken back.",
}
"""What to think of before an event, by its name."""


@dataclass(frozen=True)
class StepLine:
    """One immediate step as a line."""

    label: str
    place: str
    hint: str
    done: str
    note: str
    href: str
    whose: str


@dataclass(frozen=True)
class ClockLine:
    """One clock of the law."""

    title: str
    says: str
    late: bool


@dataclass(frozen=True)
class Button:
    """Something that may be done now."""

    text: str
    href: str
    warning: bool


@dataclass(frozen=True)
class Readers:
    """Who alone may know of a breach; ``missing``: the parties that nobody among them can act for."""

    names: str
    missing: str


@dataclass(frozen=True)
class Happening:
    """One line of the time line."""

    when: str
    says: str
    by: str


@dataclass(frozen=True)
class Listed:
    """One breach in the list."""

    title: str
    href: str
    tag: Tag
    says: str
    kept: bool


def tag(breach: Breach) -> Tag:
    """Its state."""
    return Tag(breach.get_state_display(), COLOURS[BreachState(breach.state)])


def listed(contract: Contract, breach: Breach) -> Listed:
    """One line of the list."""
    href = reverse("breach", args=[contract.pk, breach.pk])
    says = f"Noticed {on_or_at(breach.noticed)}, reported by {breach.reported_by.name}"
    kept: bool = breach.kept  # type: ignore[attr-defined]  # the selector's annotation
    return Listed(f"{breach.reference}: {breach.what}", href, tag(breach), says, kept)


def rows(breach: Breach) -> list[Row]:
    """What was reported."""
    aware = {"both": "Both parties"}.get(breach.aware_party) or breach.contract.word_for(breach.aware_party)
    found = [
        Row("When it happened", happened(breach)),
        Row("When it was noticed", f"{when_words(breach.noticed)}, by {breach.noticed_by} ({aware})"),
        Row("Did it succeed?", breach.get_outcome_display()),
        Row("Kind", breach.get_limb_display()),
        Row("Reported", f"{moment_words(breach.reported_at)} by {breach.reported_by.name}"),
    ]
    if breach.withdrawn_reason:
        found.append(Row("Why it was withdrawn", breach.withdrawn_reason))
    if breach.closing_note:
        found.append(Row("Why it was closed", breach.closing_note))
    return found


def happened(breach: Breach) -> str:
    """When it happened, as far as that is known."""
    if breach.happened is None:
        return "Not known yet"
    words = when_words(breach.happened)
    known = breach.time_known == TimeKnown.KNOWN
    return words if known else f"Not known yet; at the earliest {words}"


def texts(breach: Breach, schedules: Collection[str]) -> list[Row]:
    """What is written about it, with the paragraphs of these schedules that it falls under."""

    def under(words: str, what: str) -> str:
        paragraphs = paragraphs_of(schedules, what)
        return f"{words} ({paragraphs})" if paragraphs else words

    return [
        Row("What happened, in full", breach.account or "Nothing yet"),
        Row("Root cause", breach.root_cause or "Nothing yet"),
        Row(under("Relief", "relief"), breach.relief or "None recorded"),
        Row(under("Cost", "cost"), cost(breach)),
    ]


def cost(breach: Breach) -> str:
    """Who bears the cost and why."""
    contract = breach.contract
    bearers: dict[str, str] = {
        CostBearer.SUPPLIER: f"Borne by the {contract.supplier_word}",
        CostBearer.AUTHORITY: f"Borne by the {contract.authority_word}",
        CostBearer.EACH: "Each party bears its own",
    }
    bearer = bearers.get(breach.cost_bearer, "Not decided yet")
    return f"{bearer}\n{breach.cost_note}" if breach.cost_note else bearer


def duty_lines(breach: Breach, page: BreachPage, now: datetime) -> list[DutyLine]:
    """The contract's clocks."""
    return [line(breach.contract, duty, now) for duty in page.duties]


def steps(access: Access, breach: Breach, page: BreachPage) -> list[StepLine]:
    """The immediate steps, ticked or with a link to tick them where this person may."""
    may = any(one.key == "tick" for one in events(access, breach))
    return [_step(access, breach, one, may) for one in page.steps]


def _step(access: Access, breach: Breach, one: Ticked, may: bool) -> StepLine:
    contract, step = breach.contract, one.step
    sides = sides_of(step, breach.aware_party, contract.terms_settings.controller)
    theirs = ticks(access, breach, step)
    whose = contract.word_for(next(iter(sides))) if len(sides) == 1 else "either party"
    done = f"Done {on_or_at(one.row.done)} by {one.row.done_by}" if one.row else ""
    href = (
        ""
        if one.row or not may or not theirs
        else reverse("breach_step", args=[contract.pk, breach.pk, step.key])
    )
    number = step.path.rpartition("/")[2] if step.schedule else step.path
    scope = "Part A, " if step.path.startswith("Part A") else ""
    place = f"Paragraph {scope}{number}" if step.schedule else number
    return StepLine(step.label, place, step.help, done, one.row.note if one.row else "", href, whose)


def clock_lines(access: Access, page: BreachPage, now: datetime) -> list[ClockLine]:
    """The law's clocks, in words for whoever reads them."""
    return [_clock(access, page, one, now) for one in page.clocks]


def _clock(access: Access, page: BreachPage, clock: LawClock, now: datetime) -> ClockLine:
    contract = page.breach.contract
    party = contract.word_for(clock.party)
    if clock.article == "33(2)":
        other = contract.word_for(Side(clock.party).other)
        says = f"The {party} tells the {other} without undue delay. The law gives no number of hours."
        return ClockLine("UK GDPR, Article 33(2): the processor tells the controller", says, False)
    title = f"UK GDPR, Article 33(1): the {party} tells the ICO within 72 hours of becoming aware"
    if clock.due_at is None:
        return ClockLine(title, _not_begun(access, page, clock), False)
    ends = f"The 72 hours end at {moment_words(clock.due_at)}"
    whole = " They are counted from the start of the day: the hour is not known." if clock.whole_day else ""
    if any(one.row for one in page.steps if one.step.key == "ico"):
        return ClockLine(title, f"{ends}. What was decided is in the steps above.{whole}", False)
    if page.breach.state == BreachState.CLOSED and clock.due_at < now:
        ago = length(elapsed(clock.due_at, now))
        ended = f"The 72 hours ended at {moment_words(clock.due_at)}, {ago} ago; no decision is noted here."
        return ClockLine(title, f"{ended}{whole}", False)
    return ClockLine(title, f"{ends}: {time_left(clock.due_at, now)}.{whole}", clock.due_at < now)


def _not_begun(access: Access, page: BreachPage, clock: LawClock) -> str:
    party = page.breach.contract.word_for(clock.party)
    if access.side != clock.party:
        return f"Not begun: the {party} is not on the record as aware of it yet."
    says = (
        f"The record does not say when the {party} became aware, but you know of it now: the 72 hours count"
        f" from when the {party} became aware."
    )
    tell = next((one for one in page.steps if one.step.fact == TOLD and one.row is None), None)
    if tell is None:
        return says
    if ticks(access, page.breach, tell.step):
        return f"{says} Tick off “{tell.step.label}” with that time."
    other = page.breach.contract.word_for(Side(clock.party).other)
    return f"{says} Ask the {other} to tick off “{tell.step.label}” with that time."


def ticks(access: Access, breach: Breach, step: Step) -> bool:
    """Whether a step is this person's side's."""
    sides = sides_of(step, breach.aware_party, breach.contract.terms_settings.controller)
    return access.side in sides or alone(breach.contract, access.side)


def reported_words(access: Access, breach: Breach) -> str:
    """What somebody is told who has just reported a breach: reporting it is not telling the other party."""
    runs = "The clocks below run." if selectors.duties_about(breach) else "No clock of the contract runs."
    says = [f"Reported as {breach.reference}. {runs}"]
    step = next((one for one in selectors.steps_of(breach) if one.fact == TOLD), None)
    if step is not None and access.side in (Side.SUPPLIER, Side.AUTHORITY):
        says.append(f"Duly has not told the {breach.contract.word_for(Side(access.side).other)}.")
        if ticks(access, breach, step):
            says.append("Tell them now, then tick that off.")
    return " ".join(says)


def events(access: Access, breach: Breach) -> list[Event]:
    """What this person may do about the breach now."""
    return possible(breach.state, str(access.role), alone=alone(breach.contract, access.side))


def why_not(access: Access, breach: Breach, event: str) -> str:
    """Why this person may not do something about the breach now, or "" where they may."""
    by_one = alone(access.contract, access.side)
    by_table = machine().why_not(event, breach.state, str(access.role), alone=by_one)
    return by_table or why_not_now(breach, event, duties_about(breach))


def not_theirs(access: Access, event: str) -> str:
    """Why this person's role does not do something about any breach, or "" where it does."""
    return machine().not_theirs(event, str(access.role), alone=alone(access.contract, access.side))


def why_not_tick(access: Access, breach: Breach, step: Step) -> str:
    """Why this person may not tick a step off now, or "" where they may."""
    if by_table := why_not(access, breach, "tick"):
        return by_table
    if not ticks(access, breach, step):
        other = breach.contract.word_for(Side(access.side).other)
        return f"This step is the {other}’s."
    there = breach.steps.filter(key=step.key).first()
    return (
        f"This step was ticked off already: done {on_or_at(there.done)} by {there.done_by}." if there else ""
    )


def readers(page: BreachPage, now: datetime) -> Readers | None:
    """Who may know of the breach; None where everybody on the contract may."""
    if page.kept is None:
        return None
    names = listed_words([one.person.name for one in page.kept.people.all()])
    words = [f"the {page.breach.contract.word_for(side)}" for side in unable(page.kept, now)]
    return Readers(names, listed_words(words))


def buttons(access: Access, page: BreachPage) -> list[Button]:
    """The changes of state that this person may make now."""
    found, breach = [], page.breach
    kinds = spoken_of(breach.contract)
    for one in events(access, breach):
        if one.key in ASKS and ASKS[one.key] not in kinds:
            continue
        known = one.key == "say_when" and breach.time_known == TimeKnown.KNOWN
        theirs = one.key == "withdraw" and access.side != breach.reported_side
        nobodys = one.key == "open_up" and page.kept is None
        not_now = known or theirs or nobodys or why_not_now(breach, one.key, page.duties)
        if one.key not in ELSEWHERE and not not_now:
            href = reverse("breach_event", args=[breach.contract_id, breach.pk, one.key])
            found.append(Button(one.label, href, one.key in WARNINGS))
    return found


def next_words(access: Access, breach: Breach) -> tuple[str, str]:
    """What the state means, and what this person's side does from here."""
    state = machine().states[breach.state]
    return state.says, state.next.get(str(access.side), "")


def time_line(page: BreachPage) -> list[Happening]:
    """Everything that happened, in order."""
    return [
        Happening(when_words(one.when), one.says, f"Recorded by {one.by} at {moment_words(one.recorded)}")
        for one in page.line
    ]


def remaining(breach: Breach, event: str, now: datetime) -> dict[str, object]:
    """What is still owed and not ticked off, where an event makes people think that all is done."""
    if event not in ("close", "contain", "contain_after_details"):
        return {}
    left = selectors.remaining(breach, [RECORDS[event]] if event in RECORDS else [])
    duties = [(duty.title, duty.standing_at(now).words) for duty in left.duties]
    return {"still_owed": duties, "not_ticked": [step.label for step in left.steps]}


def earlier(breach: Breach, page: BreachPage) -> list[ClosingReport]:
    """The reports that were made before, the newest first: each says how things stood then, and stays."""
    ready = [one for one in page.reports if one.state == ReportState.READY]
    current = breach.state == BreachState.CLOSED and page.reports[:1] == ready[:1]
    return ready[1:] if current else ready


def progress(report: ClosingReport) -> str:
    """How far a closing report has come."""
    if report.state == ReportState.WAITING:
        return "Waiting for a worker to take it up."
    return "Putting the report together." if report.stage < 2 else "Making the PDF."
