"""What one version of a rulebook says otherwise than another, rule by rule, in plain words."""

from __future__ import annotations

from dataclasses import dataclass, fields

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
    "readings": "the other readings of its words",
    "anchor": "from when it comes round",
    "aware_by": "what says that a party became aware",
    "needs": "what must have happened as well",
    "runs_from": "from what its clock runs",
    "agreed_date": "which agreed day it is due by",
    "suspension": "what suspends it",
    "extension": "what extends it",
    "agreement": "by what another period is agreed",
    "survives": "what of it survives the end of the contract",
}
"""What changes of a field are called; the limit is told with its figures, the rest is left unsaid."""

UNSAID = frozenset({"key", "rulebook", "summary", "amount", "unit", "evidence", "why", "subject"})
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
    found = [ChangedRule(rule, _between(old.get(rule.key), rule)) for rule in after.duties]
    found += [ChangedRule(rule, ["It is left out."]) for key, rule in old.items() if key not in new]
    return [one for one in found if one.what]


def _between(old: Rule | None, new: Rule) -> list[str]:
    if old is None:
        limit = f" Limit: {new.period}." if new.period else ""
        return [f"It is new.{limit}"]
    found = []
    if old.period != new.period:
        found.append(f"Its limit: {new.period or 'none'} instead of {old.period or 'none'}.")
    differing = [
        one.name
        for one in fields(Rule)
        if one.name not in UNSAID and getattr(old, one.name) != getattr(new, one.name)
    ]
    found += [f"Another answer to: {WORDS.get(name, name.replace('_', ' '))}." for name in differing]
    return found
