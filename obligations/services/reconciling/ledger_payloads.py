"""What the ledger says of duties: enough to tell the story in plain words without looking anything up."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from contracts.terms.moments import Day
from obligations.models import Duty, Evidence, Phase
from obligations.rules.engine.edition import this_edition
from obligations.rules.time.derivation import iso
from obligations.services.reconciling.changes import Changes


class Told(Protocol):
    """What is read of a duty for the ledger: a row, or what a statement gave back of one."""

    pk: Any
    obligation: Any
    title: str
    subject: str
    party: str
    due_date: Day | None
    due_at: datetime | None
    careful: bool
    word: str
    phase: str
    done_on: Day | None
    done_at: datetime | None
    ended_by_id: int | None


Entry = tuple[str, dict[str, Any]]


def of_changes(changes: Changes, because: str) -> list[Entry]:
    """An entry for everything that happened, duties in the order they are due within each kind.

    A duty that the engine's offered edition judged as well has both named as the cause.
    """
    entries: list[Entry] = []
    both = {id(duty) for duty in changes.by_both}

    def why(duty: Duty) -> dict[str, Any]:
        edition = f". Judged by edition {this_edition()} of the engine, which also reads it otherwise"
        return {"because": because + edition if id(duty) in both else because}

    for duty in _by_date(changes.redated):
        before = iso(changes.due[id(duty)][0])
        entries.append((_redated(duty, before), of_duty(duty) | {"due_at_before": before} | why(duty)))
    raised = [("duty_raised", of_duty(duty) | why(duty)) for duty in _by_date(changes.raised)]
    for verb, duties in (
        ("duty_closed", changes.closed),
        ("duty_ended", changes.ended),
        ("duty_withdrawn", changes.withdrawn),
        ("duty_reopened", changes.reopened),
        ("duty_altered", changes.altered),
        ("duty_date_stands", changes.stays),
    ):
        entries += [(verb, of_duty(duty) | why(duty)) for duty in _by_date(duties)]
    return raised + entries


def of_duty(duty: Told) -> dict[str, Any]:
    """The duty as a reader of the ledger needs it. Needs the obligation's paragraph and schedule fetched."""
    told: dict[str, Any] = {
        "duty": duty.pk,
        "title": duty.title,
        "citation": duty.obligation.paragraph.citation,
        "subject": duty.subject,
        "party": duty.party,
        "due_date": iso(duty.due_date),
        "due_at": iso(duty.due_at),
        "word": duty.word,
        "phase": str(duty.phase),
    }
    if duty.careful:
        told |= {"due_date": None, "due_at": None, "careful_at": iso(duty.due_at)}
    if duty.done_on:
        told["done"] = iso(duty.done_at or duty.done_on)
    if duty.phase == Phase.ENDED and duty.ended_by_id:
        told["ended_by"] = duty.ended_by_id
    return told


def of_evidence(evidence: Evidence, duty: Duty) -> dict[str, Any]:
    """A piece of evidence and the duty it proves."""
    return {
        "evidence": evidence.pk,
        "duty": duty.pk,
        "title": duty.title,
        "citation": duty.obligation.paragraph.citation,
        "subject": duty.subject,
        "due_date": iso(duty.due_date),
        "kind": evidence.kind,
        "file": evidence.file_name,
        "sha256": evidence.sha256,
        "link": evidence.link,
        "done": iso(evidence.done),
        "done_by": evidence.done_by,
    }


def _redated(duty: Duty, before: str | None) -> str:
    if duty.phase == Phase.SUSPENDED:
        return "duty_suspended"
    return "duty_redated" if before else "duty_dated"


def _by_date(duties: list[Duty]) -> list[Duty]:
    return sorted(duties, key=lambda duty: (iso(duty.due_date) or "", duty.title, duty.pk))
