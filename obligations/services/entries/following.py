"""What people decided about an own schedule, brought in line with a later edition of its text.

A decision is about a paragraph. Where the edition gives that another number, the decision goes with it: it is
written anew with the new number, and where it is in force, so is that, in the book's next version. A rule
keeps its key, and so its duties.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.models import Schedule
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.models import EntryDecision
from obligations.services.asking.versions import is_shipped
from obligations.services.entries.deciding import check_book
from obligations.services.entries.in_force import put_in_force
from obligations.services.entries.standing import Standing, standing_of
from obligations.services.reconciling.adopt import fit_to_the_words
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile


def follow_edition(schedule: Schedule, renumbered: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Bring decisions, the book in force and duties in line with the new numbers of a schedule's paragraphs.

    In the transaction in which the edition is taken. Raises Refused where decisions that would move are
    mixed with some that are not in force yet: those are not put in force by the way.
    """
    if not schedule.own or is_shipped(schedule.outline_key):
        return
    contract = schedule.contract
    lock(contract, now)
    standing = standing_of(contract, schedule)
    rows = _renumbered(standing, renumbered, actor, now)
    if rows and standing.version is not None:
        _refuse_what_waits(standing, renumbered)
    if rows:
        check_book(standing.after(rows))
        EntryDecision.objects.bulk_create(rows)
        moved = {
            old: new for old, new in renumbered.items() if any(one.paragraph.path == new for one in rows)
        }
        payload = {
            "schedule": schedule.outline_key,
            "title": schedule.title,
            "renumbered": moved,
            "decisions": len(rows),
        }
        ledger.record(contract, actor, "entries_renumbered", payload, now)
    if standing.version is None:
        return
    because = f"A later edition of {schedule.title} was taken"
    if rows:
        put_in_force(contract, schedule, actor, now, reason=f"{because}, with other numbers")
        return
    fit_to_the_words(contract)
    reconcile(contract, now, actor, because=because)


def _renumbered(
    standing: Standing, moved: Mapping[str, str], actor: Actor, now: datetime
) -> list[EntryDecision]:
    """The decisions that name a paragraph with another number now, written anew; not saved."""
    assert actor.person is not None
    rows = []
    for made in standing.counting:
        entries, rests_on = _moved(made.entries, moved), _moved(made.rests_on, moved)
        if entries == made.entries and rests_on == made.rests_on:
            continue
        last = standing.last(made.paragraph)
        rows.append(
            EntryDecision(
                contract=made.contract,
                schedule=made.schedule,
                paragraph=made.paragraph,
                number=(last or made).number + 1,
                outcome=made.outcome,
                entries=entries,
                why=made.why,
                rests_on=rests_on,
                proposed=made.proposed,
                decided_by=actor.person,
                decided_by_name=actor.name,
                decided_side=actor.side,
                decided_at=now,
            )
        )
    return rows


def _moved(value: Any, moved: Mapping[str, str]) -> Any:
    """The same JSON value with new paths for old, also in a text that lists paths."""
    if isinstance(value, dict):
        return {name: _moved(one, moved) for name, one in value.items()}
    if isinstance(value, list):
        return [_moved(one, moved) for one in value]
    if isinstance(value, str) and any(part in moved for part in value.split(", ")):
        return ", ".join(moved.get(part, part) for part in value.split(", "))
    return value


def _refuse_what_waits(standing: Standing, moved: Mapping[str, str]) -> None:
    before = {new: old for old, new in moved.items()}
    waiting = [
        made
        for made in standing.counting
        if standing.in_force.get(before.get(made.paragraph.path, made.paragraph.path))
        != (tuple(made.entries), made.why)
    ]
    if waiting:
        several = "1 paragraph is" if len(waiting) == 1 else f"{len(waiting)} paragraphs are"
        raise Refused(
            "",
            f"{several} decided and not in force yet. Put that in force, or decide otherwise, then take this"
            " edition: it gives paragraphs other numbers.",
        )
