"""The words of a notice: subject, lead, what the mail says in text and in HTML. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from contracts.models import Contract, Paragraph
from contracts.services.mailing import mail_domain
from contracts.terms.moments import Day, elapsed, end_of_day, london, london_day, long_day, weekday_day
from obligations.models import Claim, Decision, Duty, Evidence, Notice, Stage
from obligations.rules.time.derivation import date_stands, said_when
from obligations.rules.time.working_days import DIVISIONS, Calendar, load_calendar
from obligations.services.asking.explanation import SHORT, rulebook_of
from obligations.services.asking.vocabulary import label_of
from obligations.services.notices import entry_mail, lapsing_mail
from obligations.services.notices.claim_words import answer_lead, claim_facts, claim_lead, claim_starts

MOST_STEPS = 12
SUBJECT_LENGTH = 150


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is told the same thing."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a mail says besides the notice itself: who else is told, the evidence, the contract's calendar,
    the notice that could not be sent, and the claim, where it is about one."""

    also_told: Sequence[Told] = ()
    evidence: Evidence | None = None
    decision: Decision | None = None
    calendar: Calendar | None = None
    given_up: Notice | None = None
    claim: Claim | None = None


LATE = timedelta(hours=2)
"""From how long after its time a mail says that it comes late."""


def late(due: datetime, now: datetime) -> str:
    """That a mail comes late, where it does: who reads it knows why nothing came before."""
    if elapsed(due, now) < LATE:
        return ""
    at = london(due)
    return (
        f"This mail comes late. It was to come at {at:%H:%M} on {weekday_day(at.date())}, and could not be"
        " sent until now."
    )


def compose(
    notice: Notice, around: Circumstances, now: datetime, due: datetime | None = None
) -> EmailMultiAlternatives:
    """The mail for a notice. ``due``: when it should have come, if that is known.

    ``notice`` comes with its recipient, contract and duty, and that with obligation, paragraph and schedule.
    The Message-ID belongs to the notice, so a mail sent twice after an accident can be recognised as one.
    """
    context = (
        _plainly(notice, around, now) if notice.stage == Stage.GIVEN_UP else content(notice, around, now)
    )
    context["late"] = late(due or now, now)
    thread = f"duty-{notice.duty_id}" if notice.duty is not None else f"fact-{notice.fact_id}"
    if notice.entry is not None:
        thread = entry_mail.thread(notice)
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string("mail/notice.txt", context),
        to=[notice.recipient.email],
        headers={
            "Message-ID": message_id(notice),
            "References": f"<{thread}@{mail_domain()}>",
            "Auto-Submitted": "auto-generated",
            "X-Duly-Notice": str(notice.pk),
        },
    )
    message.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
    return message


def message_id(notice: Notice) -> str:
    """The same for every attempt to send this notice, and never that of another."""
    return f"<notice-{notice.pk}-{int(notice.created_at.timestamp())}@{mail_domain()}>"


def duty_url(duty: Duty) -> str:
    """The full address of a duty's page."""
    return settings.SITE_URL + reverse("duty", args=[duty.contract_id, duty.pk])


def url(notice: Notice) -> str:
    """The full address of the page of what a notice is about."""
    if notice.duty is not None:
        return duty_url(notice.duty)
    return entry_mail.url(notice) if notice.entry is not None else lapsing_mail.url(notice)


def content(notice: Notice, around: Circumstances, now: datetime) -> dict[str, Any]:
    """Every word of the mail, for both templates."""
    contract = notice.contract
    common = {
        "subject": subject(notice, around, now),
        "lead": lead(notice, around, now),
        "ask": notice.rule.ask,
        "also_told": around.also_told,
        "recipient": notice.recipient,
        "contract": contract,
        "site_url": settings.SITE_URL,
    }
    if notice.entry is not None:
        words = entry_mail.words(notice)
        return common | {"facts": words.shown, "url": entry_mail.url(notice)}
    if notice.duty is None:
        return common | {"facts": lapsing_mail.facts(notice), "url": lapsing_mail.url(notice)}
    duty = notice.duty
    derivation = duty.derivation or {}
    steps = derivation.get("steps", [])
    return common | {
        "facts": list(_facts(duty, contract, around)),
        "began": _began(duty),
        "steps": [_step(step) for step in steps[:MOST_STEPS]],
        "versions": _versions(duty),
        "more_steps": max(0, len(steps) - MOST_STEPS),
        "readings": [_reading(reading) for reading in derivation.get("readings", [])],
        "flagged": duty.flagged,
        "provisional": duty.provisional,
        "url": duty_url(duty),
    }


def _plainly(notice: Notice, around: Circumstances, now: datetime) -> dict[str, Any]:
    """Only what is needed to find it: what made another letter about it impossible is left out."""
    duty = notice.duty
    return {
        "subject": subject(notice, around, now),
        "lead": lead(notice, around, now),
        "facts": [("Contract", f"{notice.contract.reference}, {notice.contract.title}")],
        "url": url(notice),
        "ask": notice.rule.ask if duty is not None else "See what it is about",
        "contract": notice.contract,
        "site_url": settings.SITE_URL,
    }


ABOUT_THE_DATE = (Stage.RAISED, Stage.DUE_SOON, Stage.DUE_TODAY, Stage.REDATED)


def subject(notice: Notice, around: Circumstances, now: datetime) -> str:
    """One line: why, what, about what. Never longer than a mail program shows."""
    duty, about = notice.duty, notice.subject
    if duty is not None:
        about = f"{duty.title} ({about})" if about else duty.title
        start = _subject_start(notice, around, now)
    elif notice.entry is None:
        start = lapsing_mail.starts(notice, now)
    elif notice.stage == Stage.GIVEN_UP:
        start, about = notice.rule.label, about or notice.contract.reference
    else:
        words = entry_mail.words(notice)
        start, about = words.starts, words.what
    line = " ".join(f"{start}: {about}".split())
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"


def _subject_start(notice: Notice, around: Circumstances, now: datetime) -> str:
    duty = notice.told_duty
    match notice.stage:
        case Stage.RAISED:
            return "Owed now" if duty.word or duty.careful else "To do"
        case Stage.DUE_SOON | Stage.DUE_TODAY if duty.careful:
            return f"With care by {_weekday(duty.due_date)}"
        case Stage.DUE_SOON:
            return f"Due {_weekday(duty.due_date)}"
        case Stage.DUE_TODAY:
            return "Due today" if duty.due_date == london_day(now) else f"Due {_weekday(duty.due_date)}"
        case Stage.OVERDUE:
            return "Overdue"
        case Stage.STILL_OVERDUE | Stage.ESCALATED:
            return f"Still overdue, {_late(duty, around, now)}"
        case Stage.SUBMITTED:
            return "Evidence to decide on" if duty.approver else "Evidence logged"
        case Stage.DECIDED:
            return f"Evidence {around.decision.outcome}" if around.decision else "Evidence decided"
        case Stage.REDATED:
            known = duty.due_date is not None and not duty.careful
            return f"New date, {_weekday(duty.due_date)}" if known else "Date changed"
        case Stage.GIVEN_UP:
            return "Could not be sent"
        case Stage.CLAIMED | Stage.ANSWERED:
            return claim_starts(around.claim)
        case _:
            return "No longer owed"


def lead(notice: Notice, around: Circumstances, now: datetime) -> str:
    """The first sentences: why this mail was sent."""
    if notice.stage == Stage.GIVEN_UP:
        return _not_sent(around.given_up)
    if notice.entry is not None:
        return entry_mail.words(notice).lead
    if notice.duty is None:
        return lapsing_mail.lead(notice, now)
    return _lead(notice, around, now)


def _lead(notice: Notice, around: Circumstances, now: datetime) -> str:
    """The same, of a notice about a duty."""
    duty, contract = notice.told_duty, notice.contract
    owing = contract.word_for(duty.party)
    if duty.careful and notice.stage in ABOUT_THE_DATE:
        return _to_be_found(duty, owing)
    match notice.stage:
        case Stage.RAISED:
            return _owed_now(duty, owing)
        case Stage.DUE_SOON:
            return f"The {owing} must do this by {when(duty)}."
        case Stage.DUE_TODAY:
            return _last_call(duty, contract, around.calendar or load_calendar(contract.division), now)
        case Stage.OVERDUE | Stage.STILL_OVERDUE | Stage.ESCALATED:
            return _overdue(notice, owing, around, now)
        case Stage.SUBMITTED:
            by = around.evidence.submitted_by.name if around.evidence else "The other side"
            what = "It waits for a decision by your side." if duty.approver else "Your side may challenge it."
            return f"{by} has logged evidence that this was done. {what}"
        case Stage.DECIDED:
            return _decided(around)
        case Stage.CLAIMED:
            return claim_lead(around.claim, duty, contract)
        case Stage.ANSWERED:
            return answer_lead(around.claim, contract)
        case Stage.REDATED:
            return f"The date of this duty has changed. The {owing} now has until {when(duty)}."
        case _:
            by_what = f" by {duty.ended_by}" if duty.ended_by else ""
            return f"This duty has ended{by_what}. Nothing more is owed; its record is kept."


def _owed_now(duty: Duty, owing: str) -> str:
    if not duty.word:
        return f"The {owing} owes this. The contract gives no time for it."
    words = f"The {owing} owes this now. The contract says “{duty.word}”"
    return f"{words} and gives {when(duty)} as the last moment." if duty.due_at else f"{words}."


def _to_be_found(duty: Duty, owing: str) -> str:
    """What is owed while the day that the limit runs from is not known (R48)."""
    return (
        f"The {owing} owes this now: the day from which the limit runs is to be found. If it is the earliest"
        f" day that is known, the limit is {when(duty)}. Until it is found nobody is late by that."
    )


def _had_until(duty: Duty, owing: str, now: datetime) -> str:
    """By when it was to be done; where that had gone when it was recorded, how late it is by that (R10)."""
    gone = duty.limit_gone
    if gone is None:
        return f"The {owing} had until {when(duty)}."
    days = (london_day(now) - london_day(gone)).days
    late = f" It is {days} day{'' if days == 1 else 's'} late by it." if days > 0 else ""
    limit = f"The limit, {said_when(gone)}, had gone when this was recorded"
    return f"{limit}, so the {owing} owed it at once.{late}"


def _overdue(notice: Notice, owing: str, around: Circumstances, now: datetime) -> str:
    duty = notice.told_duty
    until = _had_until(duty, owing, now)
    if notice.stage == Stage.OVERDUE:
        return f"{until} Nothing on the record meets this duty yet."
    ago = f"That is {_late(duty, around, now)} ago, and nothing on the record meets this duty yet."
    if duty.limit_gone is not None:
        ago = "Nothing on the record meets this duty yet."
    if notice.stage == Stage.STILL_OVERDUE:
        return f"{until} {ago} You are reminded of it again until something does."
    return f"{until} {ago} You are told so that you can step in."


def _late(duty: Duty, around: Circumstances, now: datetime) -> str:
    """How many Working Days have gone by since the day of the limit, today included.

    Of one that had gone when it was recorded, since that (R10).
    """
    calendar = around.calendar or load_calendar(duty.contract.division)
    since = duty.due_date if duty.limit_gone is None else london_day(duty.limit_gone)
    assert since is not None
    days = calendar.working_days_between(since, london_day(now))
    return f"{days} Working Day{'' if days == 1 else 's'}"


def _last_call(duty: Duty, contract: Contract, calendar: Calendar, now: datetime) -> str:
    owing = contract.word_for(duty.party)
    if duty.due_date is None or duty.due_date <= london_day(now):
        return f"The {owing} must do this today: by {when(duty)}."
    why = calendar.why_not_working(duty.due_date)
    aside = f" That day is not a Working Day ({why})." if why else ""
    return f"The {owing} must do this by {when(duty)}.{aside} This is the last reminder before it."


def _decided(around: Circumstances) -> str:
    decision = around.decision
    if decision is None:
        return "The evidence has been decided on."
    if decision.outcome == "accepted":
        return f"{decision.decided_by.name} has accepted the evidence."
    return f"{decision.decided_by.name} has rejected the evidence: {decision.reason}"


def _not_sent(notice: Notice | None) -> str:
    if notice is None:
        return "A mail about this could not be sent, and Duly has given it up."
    label, who = notice.get_stage_display().lower(), notice.recipient
    return (
        f"Duly has given up sending “{label}” to {who.name} ({who.email}) after {notice.attempts} tries:"
        f" {notice.answer}. Tell them in another way; where the address is wrong, have it put right."
    )


def when(duty: Duty) -> str:
    """The last moment in time, in words: the weekday, the date and the time in London."""
    if duty.due_at is None or duty.due_date is None:
        return "no date"
    if duty.due_at == end_of_day(duty.due_date):
        return f"the end of {_weekday(duty.due_date)} (23:59:59, London time)"
    moment = london(duty.due_at)
    return f"{moment:%H:%M} on {_weekday(duty.due_date)} (London time)"


def _weekday(day: Day | None) -> str:
    return weekday_day(day) if day else "without a date"


def _facts(duty: Duty, contract: Contract, around: Circumstances) -> list[tuple[str, str]]:
    paragraph = duty.obligation.paragraph
    rows = [
        ("What is due", duty.title),
        ("About", duty.subject),
        ("Who owes it", f"{contract.word_for(duty.party)} ({_names(duty.party, contract)})"),
        ("The contract’s word", duty.word),
        (
            "The limit",
            f"{said_when(duty.limit_gone)}, gone when this was recorded" if duty.limit_gone else "",
        ),
        ("With care, by" if duty.careful else "When", _capital(when(duty)) if duty.due_at else ""),
        ("Where it says so", f"{paragraph.schedule.title}, {place(paragraph)}"),
        ("Contract", f"{contract.reference}, {contract.title}"),
    ]
    if around.evidence is not None:
        rows += _evidence_facts(around.evidence)
    if around.claim is not None:
        rows += claim_facts(around.claim)
    return [(label, value) for label, value in rows if value]


def place(paragraph: Paragraph) -> str:
    """paragraph 10.3; Part A, paragraph 4.3.1; Annex 1, paragraph 5."""
    part = "" if paragraph.scope == "main" else f"{paragraph.scope}, "
    return f"{part}paragraph {paragraph.number}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _evidence_facts(evidence: Evidence) -> list[tuple[str, str]]:
    done = f"{london(evidence.done_at):%H:%M} on " if evidence.done_at else ""
    return [
        ("Done", f"{done}{_weekday(evidence.done_on)}, by {evidence.done_by}"),
        ("Evidence", evidence.file_name or evidence.link or evidence.note),
    ]


def _names(party: str, contract: Contract) -> str:
    return {
        "authority": contract.authority.name,
        "supplier": contract.supplier.name,
    }.get(party, f"{contract.authority.name} and {contract.supplier.name}")


def _began(duty: Duty) -> str:
    """The fact it began with, when that was, and who recorded it."""
    fact = duty.cause
    if fact is None:
        return ""
    when, by = said_when(fact.happened), fact.recorded_by_name
    return f"It began with “{label_of(fact.contract_id, fact.kind)}”, {when}, recorded by {by}."


def _step(step: Mapping[str, Any]) -> dict[str, str]:
    """One step with the days it left out, by name; Saturdays and Sundays are counted."""
    skipped = step.get("skipped", ())
    weekend = sum(one["why"] in ("Saturday", "Sunday") for one in skipped)
    named = [
        f"{long_day(Day.fromisoformat(one['date']))} ({one['why']})"
        for one in skipped
        if one["why"] not in ("Saturday", "Sunday")
    ]
    named += [f"{weekend} Saturdays and Sundays"] if weekend else []
    left_out = f". Not counted: {', '.join(named)}" if named else ""
    return {"text": step["text"], "rule": step["rule"], "left_out": left_out}


def _versions(duty: Duty) -> str:
    """The rulebook and the calendar that the date was worked out by."""
    book = rulebook_of(duty)
    number = f"version {book['version']}, " if book.get("version") else ""
    told = f"Rulebook {book['key']}, {number}digest {book['digest'][:SHORT]}"
    if edition := duty.derivation.get("edition"):
        told += f"; edition {edition} of the engine"
    calendar = duty.derivation.get("calendar")
    if calendar is None or duty.due_at is None:
        return f"{told}."
    return f"{told}; calendar of {DIVISIONS[calendar['division']]}, version {calendar['version']}."


def _reading(reading: Mapping[str, Any]) -> str:
    due, asked = reading.get("due_date"), reading.get("asks")
    without = date_stands(asked) if asked else "nothing would be due"
    day = _weekday(Day.fromisoformat(due)) if due else without
    return f"{reading.get('reading', '')}: {day}"
