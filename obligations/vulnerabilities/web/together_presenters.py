"""What would be done to many at once, and what was, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.access import Access
from contracts.models import LedgerEntry, Side
from contracts.web.words import count, moment_words
from obligations.vulnerabilities.models import State
from obligations.vulnerabilities.services.together import Would
from obligations.vulnerabilities.web.presenters import due, left, standing


@dataclass(frozen=True)
class WouldRow:
    """What would become of one of many."""

    name: str
    before: str
    after: str
    left: str
    late: bool
    draft: bool


def would(one: Would, now: datetime) -> WouldRow:
    """One row of what would be done."""
    after = one.after
    return WouldRow(
        name=after.subject,
        before=due(one.before),
        after=_becomes(one, now),
        left=left(after, now),
        late=after.is_late_at(now),
        draft=after.draft,
    )


def _becomes(one: Would, now: datetime) -> str:
    """What it would be: patched, suspended, or due on a day; which a claim does not move yet."""
    after = one.after
    if after.state in (State.DONE, State.SUSPENDED):
        return standing(after, now).text
    return f"{due(after)}, until the claim is accepted" if one.claims and after.due_at else due(after)


def would_say(access: Access, found: Sequence[Would], now: datetime) -> list[str]:
    """What to know before it is done: what is past its date then, and what the other side comes to see."""
    other = access.contract.word_for(Side(access.side).other)
    late = [one for one in found if one.after.is_late_at(now)]
    drafts = [one for one in late if one.after.draft]
    says = list(_shown_to(other, found))
    if late:
        says.append(f"{_many(late)} past the date already then.")
    if drafts:
        says.append(
            f"{_many(drafts)} a draft past its date, which goes on the record by itself within a minute: the"
            f" {other} sees it then."
        )
    return says


def _shown_to(other: str, found: Sequence[Would]) -> Iterator[str]:
    """What the other side comes to see of it."""
    shown = [one for one in found if not one.after.draft]
    if claimed := sum(one.claims for one in shown):
        yield f"{claimed:,} to be claimed: the {other} is told of each and decides on it."
    elif shown:
        yield f"{_many(shown)} on the record: the {other} sees what is recorded of them."


def _many(found: Sequence[Would]) -> str:
    return f"{len(found):,} {'is' if len(found) == 1 else 'are'}"


def done_together(entry: LedgerEntry) -> str:
    """What was done to many at once, by whom and when."""
    number = int(entry.payload["vulnerabilities"])
    many = count(number, "vulnerability", "vulnerabilities")
    what = {
        "patched": "patched",
        "released": "fixed by a release whose day is known now",
        "not_exploitable": "said not to be exploitable here",
    }[entry.payload["act"]]
    return (
        f"{many} {'is' if number == 1 else 'are'} {what}. {entry.actor_name}, {moment_words(entry.moment)}."
    )
