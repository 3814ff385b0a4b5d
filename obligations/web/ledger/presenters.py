"""The ledger told in sentences: duties, facts, evidence, signatures, notices, beside those of contracts."""

from __future__ import annotations

from collections import ChainMap, Counter
from typing import Any

from django.urls import reverse

from contracts.models import Contract, LedgerEntry
from contracts.terms.moments import WhenError, is_moment, parse_when, weekday_day
from contracts.web.ledger import presenters as base
from contracts.web.ledger.presenters import LedgerRow, Payload, Sentence, cited, name, when
from contracts.web.words import count, due_words, listed
from obligations import subjects
from obligations.web.ending import presenters as ending
from obligations.web.ledger import entries
from obligations.web.manage.presenters import contract_changed
from obligations.web.questions.presenters import question_answered
from obligations.web.webhooks import presenters as webhooks

NO_DATE = "no date"


def _about(payload: Payload) -> str:
    """The duty an entry is about; "this duty" on that duty's own page."""
    if payload.get("here"):
        return "this duty"
    subject = f" ({payload['subject']})" if payload.get("subject") else ""
    return f"“{payload.get('title')}”{subject}, {cited(payload.get('citation', ''))}"


def _due(payload: Payload, name_of: str = "due_at") -> str:
    """By when, as a page says it."""
    text = payload.get(name_of) or (payload.get("due_date") if name_of == "due_at" else None)
    if not text and payload.get("careful_at") and name_of == "due_at":
        return f"with care {_due(payload, 'careful_at')}, which is no limit yet"
    if not text:
        return f"“{payload['word']}”" if payload.get("word") and name_of == "due_at" else NO_DATE
    try:
        found = parse_when(str(text))
    except WhenError:
        return str(text)
    return due_words(found) if is_moment(found) else weekday_day(found)


def _by_when(payload: Payload) -> str:
    found = _due(payload)
    return ", with no date" if found == NO_DATE else f", due {found}"


def _fact(payload: Payload) -> str:
    subject = f" ({payload['subject']})" if payload.get("subject") else ""
    return f"“{payload.get('label', payload.get('kind'))}”{subject}, {when(payload, 'happened')}"


def _fact_recorded(contract: Contract, payload: Payload) -> str:
    letter = ", from the other side’s letters" if payload.get("from_letter") else ""
    return f"Recorded that this happened{letter}: {_fact(payload)}"


def _fact_withdrawn(contract: Contract, payload: Payload) -> str:
    return f"Withdrew what was recorded: {_fact(payload)}. {payload.get('reason', '')}"


def _raised(contract: Contract, payload: Payload) -> str:
    owes = contract.word_for(payload.get("party", ""))
    return f"The {owes} came to owe {_about(payload)}{_by_when(payload)}"


def _redated(contract: Contract, payload: Payload) -> str:
    return f"The date of {_about(payload)} went from {_due(payload, 'due_at_before')} to {_due(payload)}"


def _dated(contract: Contract, payload: Payload) -> str:
    return f"{_about(payload)} got a date: {_due(payload)}"


def _suspended(contract: Contract, payload: Payload) -> str:
    return f"{_about(payload)} was suspended"


def _closed(contract: Contract, payload: Payload) -> str:
    how = "met late" if payload.get("phase") == "met_late" else "met on time"
    done = f", done {when(payload, 'done')}" if payload.get("done") else ""
    return f"{_about(payload)} was {how}{done}"


def _ended(contract: Contract, payload: Payload) -> str:
    return f"{_about(payload)} ended. It was due {_due(payload)}"


def _withdrawn(contract: Contract, payload: Payload) -> str:
    return f"{_about(payload)} was withdrawn: nothing calls for it any more"


def _reopened(contract: Contract, payload: Payload) -> str:
    return f"{_about(payload)} is owed again{_by_when(payload)}"


def _altered(contract: Contract, payload: Payload) -> str:
    owes = contract.word_for(payload.get("party", ""))
    return f"{_about(payload)} is asked for otherwise: it is owed by the {owes}"


def _date_stands(contract: Contract, payload: Payload) -> str:
    return f"{_about(payload)} keeps the date it was judged by: {_due(payload)}"


def _no_miss(contract: Contract, payload: Payload) -> str:
    limit = _due(payload, "limit")
    said = f"Accepted that missing {limit} was no miss of {_about(payload)}"
    return f"{said}: {payload['reason']}" if payload.get("reason") else said


def _from_when(payload: Payload) -> str:
    day = payload.get("from_day")
    return (
        f"for duties that begin on or after {when(payload, 'from_day')[3:]}" if day else "from the beginning"
    )


def _version_taken_over(contract: Contract, payload: Payload) -> str:
    return (
        f"Took over version {payload.get('after')} of the rulebook {payload.get('title')} instead of version"
        f" {payload.get('before')}, {_from_when(payload)}: {payload.get('reason')}"
    )


def _edition_taken_over(contract: Contract, payload: Payload) -> str:
    return (
        f"Took over edition {payload.get('after')} of the engine instead of edition {payload.get('before')},"
        f" {_from_when(payload)}: {payload.get('reason')}"
    )


def _evidence(payload: Payload) -> str:
    proof = {"file": f"the file “{payload.get('file')}”", "link": "a link", "note": "a note"}
    return proof.get(payload.get("kind", ""), "evidence")


def _evidence_logged(contract: Contract, payload: Payload) -> str:
    done = f"done {when(payload, 'done')} by {payload.get('done_by')}"
    return f"Logged {_evidence(payload)} as evidence for {_about(payload)}, {done}"


def _evidence_confirmed_early(contract: Contract, payload: Payload) -> str:
    done = f"done {when(payload, 'done')}, before that was owed"
    return f"Confirmed that {_evidence(payload)} counts for {_about(payload)}: {done}"


def _evidence_accepted(contract: Contract, payload: Payload) -> str:
    return f"Accepted {_evidence(payload)} as evidence for {_about(payload)}"


def _evidence_rejected(contract: Contract, payload: Payload) -> str:
    return f"Rejected {_evidence(payload)} as evidence for {_about(payload)}: {payload.get('reason')}"


def _rulebook_adopted(contract: Contract, payload: Payload) -> str:
    made = count(int(payload.get("obligations", 0)), "obligation")
    return f"The rulebook of {payload.get('title')} was adopted, with {made}"


def _signed(contract: Contract, payload: Payload) -> str:
    side = contract.word_for(payload.get("side", ""))
    signer = f"{payload.get('name')}, {payload.get('job_title')}"
    return f"{signer}, signed {name(payload)} for the {side} {when(payload, 'signed_on')}"


def _in_force(contract: Contract, payload: Payload) -> str:
    return f"{name(payload)} took effect {when(payload, 'effective_day')}: {base.effects(payload)}"


def _notices_sent(contract: Contract, payload: Payload) -> str:
    told = Counter(_notice(notice) for notice in payload.get("notices", []))
    said = [f"{words} ({number})" if number > 1 else words for words, number in told.items()]
    left_out = sum(list(told.values())[5:])
    return f"Sent {count(told.total(), 'message')}: {listed(said[:5] + _more(left_out))}"


def _more(number: int) -> list[str]:
    return [f"{number} more"] if number > 0 else []


def _notice(notice: dict[str, Any]) -> str:
    stage = str(notice.get("stage") or "")
    known = subjects.stages().get(stage)
    label = known.label.lower() if known is not None else stage
    return f"“{label}” to {notice.get('to')}"


def _notice_given_up(contract: Contract, payload: Payload) -> str:
    return f"Gave up sending {_notice(dict(payload))}: {payload.get('answer', payload.get('why', ''))}"


def _figure_decided(contract: Contract, payload: Payload) -> str:
    which = "The contract’s own figure" if payload.get("own") else "The standard form’s figure"
    figures = f"{payload.get('after')} instead of {payload.get('before')}"
    place = cited(str(payload.get("citation", "")))
    return f"{which} counts for “{payload.get('title')}”, {place}: {figures}. {payload.get('reason')}"


def _reading_chosen(contract: Contract, payload: Payload) -> str:
    which = f"“{payload.get('after')}” instead of “{payload.get('before')}”"
    place = cited(str(payload.get("citation", "")))
    return f"Chose a reading of “{payload.get('title')}”, {place}: {which}. {payload.get('reason')}"


def _setting_changed(contract: Contract, payload: Payload) -> str:
    place = f", {cited(str(payload['citation']))}" if payload.get("citation") else ""
    which = f"“{payload.get('after_words')}” instead of “{payload.get('before_words')}”"
    return f"Answered “{payload.get('question')}”{place}: {which}. {payload.get('reason')}"


OWN: dict[str, Sentence] = base.SENTENCES | {
    "fact_recorded": _fact_recorded,
    "fact_withdrawn": _fact_withdrawn,
    "duty_raised": _raised,
    "duty_redated": _redated,
    "duty_dated": _dated,
    "duty_suspended": _suspended,
    "duty_closed": _closed,
    "duty_ended": _ended,
    "duty_withdrawn": _withdrawn,
    "duty_reopened": _reopened,
    "duty_altered": _altered,
    "duty_date_stands": _date_stands,
    "miss_accepted_as_none": _no_miss,
    "evidence_logged": _evidence_logged,
    "evidence_confirmed_early": _evidence_confirmed_early,
    "evidence_accepted": _evidence_accepted,
    "evidence_rejected": _evidence_rejected,
    "rulebook_adopted": _rulebook_adopted,
    "rulebook_version_taken_over": _version_taken_over,
    "edition_taken_over": _edition_taken_over,
    "figure_decided": _figure_decided,
    "reading_chosen": _reading_chosen,
    "setting_changed": _setting_changed,
    "variation_signed": _signed,
    "variation_in_force": _in_force,
    "contract_changed": contract_changed,
    "question_answered": question_answered,
    "notices_sent": _notices_sent,
    "notice_given_up": _notice_given_up,
    **entries.SENTENCES,
    **ending.SENTENCES,
    **webhooks.SENTENCES,
}
LINKS = {key: key for key in ("duty", "fact", "variation", "document")}


def row(contract: Contract, entry: LedgerEntry, of_duty: int | None = None) -> LedgerRow:
    """One entry in words. ``of_duty``: the duty on whose own page it is told."""
    if of_duty is not None and entry.payload.get("duty") == of_duty:
        entry.payload = entry.payload | {"here": True}
    return base.row(contract, entry, ChainMap(OWN, subjects.sentences()), address)


def address(contract: Contract, payload: Payload) -> str:
    """The page of what an entry is about, where it has one."""
    for key, name_of in {**LINKS, **subjects.links()}.items():
        number = payload.get(key)
        if isinstance(number, int):
            return reverse(name_of, args=[contract.pk, number])
    return ""
