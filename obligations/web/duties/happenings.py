"""What can happen to a duty, or to the thing it is about: the ways to record it, on the duty's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from contracts.access import Access, Act
from contracts.models import Contract
from obligations import subjects
from obligations.models import ACTIVE_PHASES, Duty, Phase
from obligations.rules.register.claims import Claimable
from obligations.rules.register.facts import FactKind
from obligations.rules.register.rule import Rule
from obligations.services.recording.claims import may_be_claimed
from obligations.services.recording.names import followed_by
from obligations.web.facts import kinds
from obligations.web.facts.whole import of_duty, recorded_at

TAKES = (*ACTIVE_PHASES, Phase.BEFORE)


@dataclass(frozen=True)
class Happening:
    """A kind of fact to record, with this duty's subject filled in. ``note``: what it does to the duty."""

    kind: str
    label: str
    href: str
    note: str


@dataclass(frozen=True)
class Happenings:
    """What can happen: to the duty itself, and what else may be recorded of the thing it is about."""

    duty: list[Happening] = field(default_factory=list)
    more: list[Happening] = field(default_factory=list)


def happenings(access: Access, duty: Duty, rule: Rule | None) -> Happenings:
    """What this person's side may record of the duty. 4 queries at most, none where it takes nothing."""
    if rule is None or duty.phase not in TAKES or not access.may(Act.RECORD_FACT):
        return Happenings()
    used = kinds.used_by(access.contract)
    able = may_be_claimed(access.contract, access.side)
    mine = [kind for kind in used.values() if kinds.may_record(access, kind, able)]
    words = _words(access.contract, duty, rule, able)
    own = [kind for kind in mine if kind.name in words]
    named = bool(duty.subject) and not rule.is_of_the_whole
    more = _about_the_same(rule, used, mine, able) if named else ()
    pages = _pages(access, duty)
    return Happenings(
        [_way(access, duty, rule, kind, words[kind.name], pages) for kind in own],
        [_way(access, duty, rule, kind, "", pages) for kind in more],
    )


def _pages(access: Access, duty: Duty) -> dict[str, str]:
    """Where the subjects record kinds of fact about what a duty is about with more than the fact."""
    return {kind: href for room in subjects.load("ways") for kind, href in room.ways(access, duty).items()}


def _words(contract: Contract, duty: Duty, rule: Rule, able: Mapping[str, Claimable]) -> dict[str, str]:
    """What each kind of fact does to a duty of this rule, by its name."""
    found = dict.fromkeys(followed_by(rule), "")
    found |= dict.fromkeys((name for name in found if name in rule.ends_on), "Ends it")
    found |= dict.fromkeys(rule.met_by, "It is done")
    found |= dict.fromkeys(rule.on if duty.careful else (), "The day is found: the limit runs from it")
    if rule.suspension is not None:
        found[rule.suspension.begins] = "No limit runs while that holds"
        found[rule.suspension.ends] = "The limit runs again"
        if duty.phase != Phase.SUSPENDED and not duty.derivation.get("claimed"):
            del found[rule.suspension.ends]  # the limit runs, and nothing else is claimed
    if rule.extension is not None:
        found[rule.extension.fact] = f"Gives {rule.extension.period} more"
    if rule.agreement is not None:
        found[rule.agreement.fact] = "Another period takes the place of the limit"
    return {name: _with_whose_word(contract, says, able.get(name)) for name, says in found.items()}


def _with_whose_word(contract: Contract, says: str, one: Claimable | None) -> str:
    """The same, with who has to say so too where that is needed (R46)."""
    if one is None:
        return says
    answers = "confirms it" if one.agreement else "accepts it"
    until = f"once the {contract.word_for(one.waits_for)} {answers} (paragraph {one.paragraph})"
    return f"{says}, {until}" if says else f"Counts {until}"


def _about_the_same(
    rule: Rule, used: Mapping[str, FactKind], mine: Iterable[FactKind], able: Mapping[str, Claimable]
) -> Iterator[FactKind]:
    """The other kinds about a thing of the same sort; not what would lengthen duties of other rules alone."""
    follows = followed_by(rule)
    sorts = {used[name].subject for name in (*rule.on, *follows) if name in used} - {""}
    for kind in mine:
        other = kind.name not in follows and kind.name not in rule.on and kind.name not in able
        if other and kind.subject in sorts:
            yield kind


def _way(
    access: Access, duty: Duty, rule: Rule, kind: FactKind, note: str, pages: Mapping[str, str]
) -> Happening:
    """The way to record it: on the page of what the duty is part of, where its kind is recorded there.

    ``pages``: where a subject records it with more than the fact.
    """
    if kind.name in pages:
        return Happening(kind.name, kind.label, pages[kind.name], note)
    if recorded_at(access.contract, kind):
        whole = of_duty(access.contract, duty, rule)
        href = whole.href if whole is not None else recorded_at(access.contract, kind)
        return Happening(kind.name, kind.label, href, note)
    form = reverse("record_kind", args=[access.contract.pk, kind.name])
    return Happening(kind.name, kind.label, f"{form}?{urlencode({'duty': duty.pk})}", note)
