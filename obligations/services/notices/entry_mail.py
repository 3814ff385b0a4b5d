"""The words of a notice about what came onto the record. Nothing is sent from here.

What a stage says is in ``WORDS`` here, or in the ``telling`` of the subject whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from contracts.models import Contract
from contracts.terms.moments import Day, long_day
from obligations import subjects
from obligations.models import Notice, Stage

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail about an entry says.

    ``starts``: how its subject line begins, before ``what`` it is about. ``lead``: the first sentences.
    ``facts``: what stands in its table; empty ones are left out. ``path``: of the page it leads to.
    """

    starts: str
    what: str
    lead: str
    path: str
    facts: Sequence[tuple[str, str]] = ()

    @property
    def shown(self) -> list[tuple[str, str]]:
        return [(label, value) for label, value in self.facts if value]


Says = Callable[[Notice, Payload], Words]


def words(notice: Notice) -> Words:
    """What the mail about an entry says. Raises KeyError for a stage without words."""
    own = WORDS.get(notice.stage) or subjects.telling()[notice.stage]
    said: Words = own(notice, notice.told_entry.payload)
    return said


def url(notice: Notice) -> str:
    """The full address of the page that a notice about an entry leads to; of a mail given up, the board."""
    if notice.stage == Stage.GIVEN_UP:
        return settings.SITE_URL + reverse("board", args=[notice.contract_id])
    return settings.SITE_URL + words(notice).path


def thread(notice: Notice) -> str:
    """What mails about the same thing have in common."""
    return (notice.about or f"entry {notice.entry_id}").replace(" ", "-") + f"-{notice.contract_id}"


def who(notice: Notice) -> str:
    """Who did it, with their side's word where it is known."""
    return notice.told_entry.actor_name


def contract_facts(contract: Contract) -> tuple[str, str]:
    """The row that says which contract it is about."""
    return "Contract", f"{contract.reference}, {contract.title}"


def _variation(notice: Notice, payload: Payload, starts: str, lead: str) -> Words:
    return Words(
        starts=starts,
        what=f"Variation {payload.get('number', '')}, {payload.get('title', '')}".strip(", "),
        lead=lead,
        path=reverse("variation", args=[notice.contract_id, payload["variation"]]),
        facts=[
            ("What it changes", _places(payload)),
            contract_facts(notice.contract),
        ],
    )


def _places(payload: Payload) -> str:
    effects = payload.get("effects") or []
    if not effects:
        return ""
    number = len({one.get("citation") for one in effects})
    return f"{number} paragraph{'' if number == 1 else 's'}"


def _to_sign(notice: Notice, payload: Payload) -> Words:
    lead = (
        f"{who(notice)} has shared this variation. Its text is fixed, and it waits for your side’s signature."
        " It changes nothing until both sides have signed."
    )
    return _variation(notice, payload, "To sign", lead)


def _signed(notice: Notice, payload: Payload) -> Words:
    side = notice.contract.word_for(str(payload.get("side")))
    lead = (
        f"{payload.get('name')}, {payload.get('job_title')}, has signed this variation for the {side}. It"
        " waits for your side’s signature, and changes nothing until both sides have signed."
    )
    return _variation(notice, payload, f"Signed by the {side}", lead)


def _in_force(notice: Notice, payload: Payload) -> Words:
    day = long_day(Day.fromisoformat(str(payload["effective_day"])))
    lead = f"Both sides have signed this variation. It has effect from {day}."
    changed = int(payload.get("obligations_changed") or 0)
    if changed:
        lead += " Dates and duties follow it; a mail of its own tells who owes one whose date has changed."
    return _variation(notice, payload, "In force", lead)


def _withdrawn(notice: Notice, payload: Payload) -> Words:
    lead = f"{who(notice)} has withdrawn this variation: {payload.get('reason')}"
    return _variation(notice, payload, "Withdrawn", f"{lead.rstrip('.')}. Nobody need sign it any more.")


def _terms(notice: Notice, payload: Payload) -> Words:
    what = str(payload.get("title") or payload.get("question") or payload.get("citation") or "the contract")
    said = CHANGED[notice.told_entry.verb]
    return Words(
        starts=said,
        what=what,
        lead=f"{who(notice)} has changed how this contract is read: {said[:1].lower()}{said[1:]}, “{what}”."
        " Whoever owes a duty whose date moves by it is told so in another mail.",
        path=reverse("ledger", args=[notice.contract_id]),
        facts=[
            ("Reason given", str(payload.get("reason") or "")),
            contract_facts(notice.contract),
        ],
    )


CHANGED = {
    "rulebook_version_taken_over": "A later version of a rulebook was taken over",
    "edition_taken_over": "A later edition of the engine was taken over",
    "own_book_put_in_force": "What was decided about a schedule was put in force",
    "figure_decided": "It was decided which figure counts",
    "reading_chosen": "A reading of the words was chosen",
    "setting_changed": "A question about the contract was answered anew",
    "interpretation_recorded": "An interpretation was recorded",
}


def _ending(notice: Notice, payload: Payload) -> Words:
    what = ENDINGS.get(str(payload.get("what")), str(payload.get("what")))
    return Words(
        starts=f"To agree: {what}",
        what=notice.contract.reference,
        lead=f"{who(notice)} has asked to {what}. Nothing happens until somebody else who manages it agrees.",
        path=reverse("ending", args=[notice.contract_id]),
        facts=[
            ("Reason given", str(payload.get("reason") or "")),
            contract_facts(notice.contract),
        ],
    )


def _file_at_fault(notice: Notice, payload: Payload) -> Words:
    return Words(
        starts="A file is not as it was kept",
        what=str(payload.get("file") or "a file of the contract"),
        lead="Duly has held this file against the hash that was kept of it, and it is missing or another one."
        " It is not shown any more. Have it put back from a copy; the record says what was kept.",
        path=reverse("ledger", args=[notice.contract_id]),
        facts=[contract_facts(notice.contract)],
    )


ENDINGS = {
    "close": "close the contract",
    "open_again": "open the contract again",
    "erase": "erase the contract",
}


WORDS: Mapping[str, Says] = {
    Stage.TERMS_CHANGED: _terms,
    Stage.ENDING_ASKED: _ending,
    Stage.FILE_AT_FAULT: _file_at_fault,
    Stage.VARIATION_TO_SIGN: _to_sign,
    Stage.VARIATION_SIGNED: _signed,
    Stage.VARIATION_IN_FORCE: _in_force,
    Stage.VARIATION_WITHDRAWN: _withdrawn,
}
