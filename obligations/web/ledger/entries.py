"""What is decided about the paragraphs of a contract's own schedules, in the sentences of the ledger."""

from __future__ import annotations

from contracts.models import Contract
from contracts.web.ledger.presenters import Payload, Sentence, cited, when
from contracts.web.words import count, listed


def _kind_named(contract: Contract, payload: Payload) -> str:
    return f"Named a kind of fact of this contract’s own: “{payload.get('label')}”"


def _decided(contract: Contract, payload: Payload) -> str:
    place = cited(str(payload.get("citation", "")))
    outcome, asks = payload.get("outcome"), listed([f"“{one}”" for one in payload.get("entries", [])])
    if outcome == "skipped":
        return f"Left {place} for later"
    if outcome == "none":
        return f"Decided that {place} asks for nothing: {payload.get('why')}"
    how = {"accepted": ", as proposed", "corrected": ", which corrects what was proposed"}.get(
        str(outcome), ""
    )
    return f"Decided what {place} asks{how}: {asks}"


def _opinion(contract: Contract, payload: Payload) -> str:
    place = cited(str(payload.get("citation", "")))
    if payload.get("agrees"):
        return f"Agreed with what was decided about {place}"
    return f"Disagreed with what was decided about {place}: {payload.get('words')}"


def _put_in_force(contract: Contract, payload: Payload) -> str:
    day = payload.get("from_day")
    since = f"for duties that begin {when(payload, 'from_day')} or after" if day else "from the beginning"
    paragraphs = count(len(payload.get("paragraphs", [])), "paragraph")
    reason = f". {payload['reason']}" if payload.get("reason") else ""
    return (
        f"Put in force what {paragraphs} of “{payload.get('title')}” ask, {since}: version"
        f" {payload.get('version')} of this contract’s own rulebook{reason}"
    )


def _renumbered(contract: Contract, payload: Payload) -> str:
    moved = [
        f"{cited(f'x/{old}')} is {cited(f'x/{new}').removeprefix('paragraph ')} now"
        for old, new in payload.get("renumbered", {}).items()
    ]
    decisions = count(int(payload.get("decisions") or 0), "decision")
    return f"{decisions} on “{payload.get('title')}” went along with new numbers: {listed(moved)}"


def _template_kept(contract: Contract, payload: Payload) -> str:
    return f"Kept what was decided about a schedule as the template “{payload.get('title')}”"


def _template_used(contract: Contract, payload: Payload) -> str:
    number = count(len(payload.get("paragraphs", [])), "paragraph")
    return f"Took over {number} of “{payload.get('schedule')}” from the template “{payload.get('title')}”"


SENTENCES: dict[str, Sentence] = {
    "template_kept": _template_kept,
    "template_used": _template_used,
    "entries_renumbered": _renumbered,
    "kind_named": _kind_named,
    "entry_decided": _decided,
    "entry_opinion_given": _opinion,
    "own_book_put_in_force": _put_in_force,
}
