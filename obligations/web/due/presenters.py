"""The groups of *What is due*, each with its words, and the picture of the next weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.access import Access
from contracts.models import Side
from contracts.web.words import moment_words
from obligations import selectors
from obligations.models import Claim
from obligations.selectors import ACTIVE_GROUPS, Board
from obligations.web.duties.claims import address
from obligations.web.facts.presenters import label
from obligations.web.lines import DutyLine, line

SHOWN = 10
"""Duties of a group shown before "see all"."""

TITLES = {
    "overdue": "Overdue",
    "owed_now": "Owed now",
    "this_week": "Today and this week",
    "later": "Later than this week",
    "to_decide": "For you to decide",
    "waiting": "Waiting for the other side",
    "suspended": "Suspended",
    "met": "Met",
    "ended": "Ended",
    "before_duly": "Before Duly",
    "withdrawn": "Withdrawn",
}
NOTES = {
    "owed_now": (
        "For these the contract says a word such as “promptly”, or a day is to be found. A date beside the"
        " word is the last limit; one with care is none."
    ),
    "to_decide": "Done by the other side, and waiting for your side to accept or reject.",
    "suspended": "The contract stops the clock of these while something holds.",
    "before_duly": "Due before Duly kept this contract, so not called overdue unless somebody records them.",
    "withdrawn": "They followed from something that was recorded in error.",
}


@dataclass(frozen=True)
class Group:
    """One group with its first duties."""

    key: str
    title: str
    note: str
    total: int
    lines: list[DutyLine]
    more: int


def title(key: str, side: str) -> str:
    """The heading of a group, as the person's side sees it."""
    if key == "waiting" and side == Side.NEITHER:
        return "Waiting for a decision"
    return TITLES[key]


@dataclass(frozen=True)
class ClaimLine:
    """A claim that waits for the person's side."""

    title: str
    href: str
    says: str


def claims(access: Access) -> list[ClaimLine]:
    """The claims that wait for an answer of the person's side. 1 query."""
    return [_claim(access, one) for one in selectors.claims_to_answer(access)[:SHOWN]]


def _claim(access: Access, one: Claim) -> ClaimLine:
    made = f"{'Proposed' if one.agreement else 'Claimed'} by the {access.contract.word_for(one.made_side)}"
    return ClaimLine(
        f"{label(one.contract_id, one.fact.kind)}{f' ({one.subject})' if one.subject else ''}",
        address(access.contract.pk, one.pk),
        f"{made} at {moment_words(one.made_at)}. Until your side accepts it, the date without it counts.",
    )


def groups(access: Access, board: Board, now: datetime) -> list[Group]:
    """The active groups that hold anything. 1 query for each of them."""
    order = ("overdue", "owed_now", "to_decide", *(key for key in ACTIVE_GROUPS if key not in TOP))
    return [_group(access, board, key, now) for key in order if board.counts[key]]


TOP = ("overdue", "owed_now", "to_decide")


def _group(access: Access, board: Board, key: str, now: datetime) -> Group:
    total = board.counts[key]
    rows = board.groups[key][:SHOWN]
    return Group(
        key=key,
        title=title(key, access.side),
        note=NOTES.get(key, ""),
        total=total,
        lines=[line(access.contract, duty, now) for duty in rows],
        more=max(0, total - SHOWN),
    )


def narrowed(wanted: selectors.DutyFilter) -> bool:
    """Whether anything is left out by a filter."""
    return bool(wanted.party or wanted.paragraph or wanted.subject)
