"""The contract's own figures: limits that the signed document states otherwise than the standard form (R34).

They are how the contract has always read, so they count from its beginning. They are laid over the rulebook
and never edited into it; what variations change is laid over them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from contracts.terms.limit import Limit
from contracts.terms.limit_words import in_words
from contracts.terms.moments import Day
from contracts.terms.periods import Period
from obligations.rules.register.duty import Duty
from obligations.rules.register.rule import Extension, Rule
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.time.derivation import Step, said

EXTENSION = "extension "
"""How the key of an extension's figure begins; its paragraph follows. All other keys are those of rules."""


@dataclass(frozen=True, slots=True)
class ContractFigure:
    """One figure adopted for a contract. ``key``: of the rule, or ``extension PATH``.

    ``limit`` is the contract's own and ``standard`` the standard form's, each with all that its words say:
    direction, hour, both lengths. ``decided_on`` is a London day; ``decision`` names the record of it.
    """

    key: str
    path: str
    limit: Limit
    standard: Limit
    decided_by: str
    decided_on: Day
    decision: str


def extension_key(path: str) -> str:
    """The key of the figure of an extension that a paragraph grants."""
    return f"{EXTENSION}{path}"


def with_contract_figures(book: Rulebook, own: Iterable[ContractFigure]) -> Rulebook:
    """The rulebook with the contract's own figures in it."""
    figures = {one.key: one.limit for one in own}
    if not figures:
        return book
    return replace(book, rules=tuple(_with(rule, figures) for rule in book.rules))


def _with(rule: Rule, figures: dict[str, Limit]) -> Rule:
    if (limit := figures.get(rule.key)) is not None:
        rule = laid_over(rule, limit)
    if rule.extension and (more := figures.get(extension_key(rule.extension.path))) is not None:
        assert more.period is not None
        rule = replace(rule, extension=_longer(rule.extension, more.period))
    return rule


def laid_over(rule: Rule, limit: Limit) -> Rule:
    """The rule with the limit in place of its own: direction, hour and both lengths with it.

    Its other readings stay, but for one in the same unit. What the limit does not say is not taken from the
    standard form; its qualifier, which makes a retention of a duty, stays the rule's.
    """
    period = limit.period
    assert period is not None
    return replace(
        rule,
        amount=period.amount,
        unit=period.unit,
        readings=tuple(one for one in rule.readings if one.unit is not period.unit and not limit.joined),
        others=limit.lengths[1:],
        joined=limit.joined,
        hour=limit.hour,
        before=limit.before,
        inclusive=limit.inclusive,
        standstill=limit.standstill,
    )


def _longer(extension: Extension, period: Period) -> Extension:
    other = None if extension.other_unit is period.unit else extension.other_unit
    return replace(extension, period=period, other_unit=other)


def with_figures_noted(duties: Iterable[Duty], book: Rulebook, own: Iterable[ContractFigure]) -> list[Duty]:
    """The duties, those under an own figure with the step that says whose it is and who decided it.

    ``book`` is the version without the figures: what it says is the standard form's.
    """
    figures = {one.key: one for one in own}
    return [_noted(duty, book.by_key.get(duty.rule_key), figures) for duty in duties]


def _noted(duty: Duty, rule: Rule | None, figures: dict[str, ContractFigure]) -> Duty:
    found = []
    if duty.rule_key in figures:
        one = figures[duty.rule_key]
        standard = None if rule is None else rule.limit
        found.append(replace(one, standard=standard or one.standard))
    if rule is not None and rule.extension:
        more = figures.get(extension_key(rule.extension.path))
        granted = f"{rule.rulebook}/{rule.extension.path}"
        if more is not None and any(step.citation == granted for step in duty.deadline.steps):
            found.append(replace(more, standard=Limit((rule.extension.period,))))
    if not found:
        return duty
    steps = tuple(_step(one, book=duty.citation.partition("/")[0]) for one in found)
    return replace(duty, deadline=replace(duty.deadline, steps=(*steps, *duty.deadline.steps)))


def _step(one: ContractFigure, book: str) -> Step:
    own = in_words(one.limit)
    text = (
        f"The signed contract says {own}{',' if ',' in own else ''} where the standard form says "
        f"{in_words(one.standard)}: "
        f"adopted by {one.decided_by} on {said(one.decided_on)}"
    )
    return Step("R34", text, f"{book}/{one.path}", decision=one.decision)
