"""What one version of a rulebook says otherwise than another, rule by rule, in plain words."""

from __future__ import annotations

from dataclasses import dataclass, fields

from contracts.terms.limit_words import in_words
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import Rulebook

WORDS = {
    "path": "the paragraph it cites",
    "party": "who owes it",
    "title": "its title",
    "shape": "what kind of duty it is",
    "on": "what starts it",
    "conditions": "on which conditions",
    "every": "how it comes round",
    "word": "the contract’s own word",
    "met_by": "what meets it",
    "approver": "who decides on it",
    "confirms": "of what it confirms that it was done",
    "readings": "the other readings of its words",
    "anchor": "from when it comes round",
    "aware_by": "what says that a party became aware",
    "needs": "what must have happened as well",
    "runs_from": "from what its clock runs",
    "agreed_date": "which agreed day it is due by",
    "suspension": "what suspends it",
    "extension": "what extends it",
    "agreement": "by what another period is agreed",
    "awaited": "what is owed while the day that its clock runs from is to be found",
    "prior": "whether an act before it counts",
    "fresh": "whether it asks for an act of its own each time",
    "undone_by": "what undoes an act before it",
    "in_place": "what must be in place",
    "claim": "whether it is claimed from the other side",
    "consequence": "what a miss leads to",
    "notice": "whether it is a notice",
    "once_per": "what makes a duty of its own",
    "until_service_end": "whether it lasts until the service has ended",
    "survives": "what of it survives the end of the contract",
    "moved": "whether its end is moved to a Working Day",
    "calendar": "by which calendar it counts",
    "hours": "by which hours of work it counts",
    "periods_from": "from when its Quarters run",
    "start": "from which of several facts it runs",
    "former": "what it follows",
    "event_day": "from the day of which event it counts",
    "all_of": "which acts meet it together",
    "each_day_until": "until when it is owed each day",
    "deemed": "what silence amounts to",
}
"""What changes of a field are called; the limit is told with its figures, the rest is left unsaid."""

UNSAID = frozenset({"key", "rulebook", "summary", "amount", "unit", "evidence", "why", "subject"}) | {
    *("before", "inclusive", "standstill", "hour", "others", "joined", "cycle"),
}
"""Fields that say nothing of a duty, or are told elsewhere."""


@dataclass(frozen=True, slots=True)
class ChangedRule:
    """One rule that is new, gone or says something else; ``what`` tells how, a line each."""

    rule: Rule
    what: list[str]


def changed_rules(before: Rulebook, after: Rulebook) -> list[ChangedRule]:
    """Every rule that makes duties in one of the two and is not the same in both, in their order."""
    old = {rule.key: rule for rule in before.duties}
    new = {rule.key: rule for rule in after.duties}
    found = [
        ChangedRule(rule, _between(old.get(rule.key), rule) + _ends(before, after, old.get(rule.key), rule))
        for rule in after.duties
    ]
    found += [ChangedRule(rule, ["It is left out."]) for key, rule in old.items() if key not in new]
    return [one for one in found if one.what]


def _ends(before: Rulebook, after: Rulebook, old: Rule | None, new: Rule) -> list[str]:
    """What of that which must be in place rests on something else only in the version after."""
    if old is None or new.in_place is None:
        return []
    was, lapse = (book.vocabulary.lapses.get(new.in_place.fact) for book in (before, after))
    if was is None or lapse is None:
        return []
    resting = [pair for pair in lapse.rests if pair not in was.rests]
    return [f"{name} counts only while {on} is in force, and ends with it." for name, on in resting]


def _limit(rule: Rule) -> str:
    return in_words(rule.limit) if rule.limit is not None else "none"


def _between(old: Rule | None, new: Rule) -> list[str]:
    if old is None:
        limit = f" Limit: {_limit(new)}." if new.limit else ""
        return [f"It is new.{limit}"]
    found = []
    if old.limit != new.limit:
        found.append(f"Its limit: {_limit(new)} instead of {_limit(old)}.")
    differing = [
        one.name
        for one in fields(Rule)
        if one.name not in UNSAID and getattr(old, one.name) != getattr(new, one.name)
    ]
    found += [f"Another answer to: {WORDS.get(name, name.replace('_', ' '))}." for name in differing]
    return found
