"""What the page of long work says."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.models import LongWork, WorkState
from contracts.web.variations.presenters import Tag
from contracts.web.words import moment_words

COLOURS = {
    WorkState.WAITING: "blue",
    WorkState.RUNNING: "blue",
    WorkState.DONE: "green",
    WorkState.REFUSED: "red",
    WorkState.FAILED: "red",
    WorkState.CANCELLED: "grey",
}


@dataclass(frozen=True)
class Fact:
    """A line of the summary."""

    key: str
    value: str
    value_href: str = ""


def tag(work: LongWork) -> Tag:
    return Tag(work.get_state_display(), COLOURS[WorkState(work.state)])


def summary(work: LongWork) -> list[Fact]:
    """Who asked for it and when, and when it was finished."""
    told = [Fact("Asked for", f"{moment_words(work.asked_at)} by {work.asked_by_name}")]
    if work.cancel_asked_at:
        told.append(Fact("Stopped", f"{moment_words(work.cancel_asked_at)} by {work.cancelled_by_name}"))
    if work.finished_at:
        told.append(Fact("Finished", moment_words(work.finished_at)))
    return told


def progress(work: LongWork) -> str:
    """How far it has come, in words."""
    if work.cancel_asked_at:
        return "It is being stopped."
    if work.state == WorkState.WAITING:
        return "It is tried again shortly." if work.attempts else "It begins within seconds."
    if not work.total:
        return work.step or "It has begun."
    return f"{work.step or 'Under way'}: {work.done:,} of {work.total:,} done."


def outcome(work: LongWork) -> str:
    """What came of finished work, in words."""
    if work.state == WorkState.CANCELLED:
        return "It was stopped before its end."
    return work.message or "It is done."
