"""What was decided about an own schedule when its document is read otherwise: what follows, and what stays.

``contracts/services/rests.py`` asks, because the package below knows nothing of entries and duties.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from contracts.models import Schedule
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.rests import HeldWords, Holds
from contracts.terms.moments import london, long_day
from obligations.models import EntryDecision, Renumbering, RulebookVersion
from obligations.rules.register.entry import pointed_at
from obligations.rules.register.renumbered import renumbered
from obligations.services.asking.versions import is_shipped
from obligations.services.entries.standing import Standing, standing_of
from obligations.services.reconciling.adopt import fit_to_the_words
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile


def follow_numbers(schedule: Schedule, moved: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Let decisions, versions in force and duties follow paragraphs to new numbers.

    The rows of decisions and versions stay as they are: the renumbering is laid over them when they are read,
    so that nothing is decided or comes into force by the way. A rule keeps its key, and so its duties.
    """
    if not schedule.own or is_shipped(schedule.outline_key):
        return
    contract = schedule.contract
    lock(contract, now)
    standing = standing_of(contract, schedule)
    if moved:
        _keep(standing, moved, now)
        _tell(standing, moved, actor, now)
    if standing.version is not None:
        fit_to_the_words(contract)
        reconcile(contract, now, actor, because=f"{schedule.title} is read otherwise from now on")


def _keep(standing: Standing, moved: Mapping[str, str], now: datetime) -> None:
    schedule = standing.schedule
    versions = RulebookVersion.objects.filter(contract=schedule.contract_id, key=schedule.outline_key)
    last_decision = max((made.pk for made in standing.every), default=0)
    last_version = versions.order_by("-pk").values_list("pk", flat=True).first() or 0
    if last_decision or last_version:
        Renumbering.objects.create(
            contract_id=schedule.contract_id,
            schedule=schedule,
            moved=dict(moved),
            last_decision=last_decision,
            last_version=last_version,
            moved_at=now,
        )


def _tell(standing: Standing, moved: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """On the record: which numbers are others, of paragraphs that something decided is about or names."""
    new = {path: old for old, path in moved.items()}
    named = [made for made in standing.counting if made.paragraph.path in new or _names(made, moved)]
    if not named:
        return
    about = {new.get(made.paragraph.path, "") for made in named} | _pointed_at(named)
    payload = {
        "schedule": standing.schedule.outline_key,
        "title": standing.schedule.title,
        "renumbered": {old: path for old, path in moved.items() if old in about},
        "decisions": len(named),
    }
    ledger.record(standing.contract, actor, "entries_renumbered", payload, now)


def _pointed_at(decisions: Iterable[EntryDecision]) -> set[str]:
    return {path for made in decisions for entry in made.entries for path in pointed_at(entry)}


def _names(made: EntryDecision, moved: Mapping[str, str]) -> bool:
    """Whether a decision names a paragraph that has another number now."""
    said = [made.entries, made.rests_on]
    return bool(renumbered(said, moved) != said)


def holds(schedule: Schedule) -> Holds:
    """The paragraphs that something decided or in force rests on, and the words. 6 queries."""
    standing = standing_of(schedule.contract, schedule)
    found: dict[int, str] = {}
    for path, (entries, _) in standing.in_force.items():
        if entries and path in standing.by_path:
            there = standing.by_path[path]
            found[there.pk] = (
                f"What is in force rests on paragraph {there.number}. Decide that it asks for nothing, put"
                " that in force, then correct this."
            )
    for made in standing.counting:
        for path in (path for entry in made.entries for path in pointed_at(entry)):
            if (one := standing.by_path.get(path)) is not None:
                found.setdefault(one.pk, _named(made, one.number))
        if made.entries:
            found.setdefault(made.paragraph_id, _decided(made))
    return Holds(found, tuple(_words(standing)))


def _decided(made: EntryDecision) -> str:
    day = long_day(london(made.decided_at).date())
    return (
        f"{made.decided_by_name} decided on {day} what paragraph {made.paragraph.number} asks. Decide first"
        " that it asks for nothing, then correct this."
    )


def _named(made: EntryDecision, number: str) -> str:
    return (
        f"What was decided about paragraph {made.paragraph.number} names paragraph {number}. Decide"
        f" {made.paragraph.number} again without it, then correct this."
    )


def _words(standing: Standing) -> Iterator[HeldWords]:
    """The words that counting decisions with entries rest on."""
    for made in standing.counting:
        for fields in made.rests_on.values():
            for ones in fields.values():
                for words in ones if isinstance(ones, list) else [ones]:
                    yield HeldWords(
                        path=words["path"],
                        start=words["start"],
                        end=words["end"],
                        text=words["text"],
                        heading=bool(words.get("heading")),
                        by=made.paragraph.number,
                    )
