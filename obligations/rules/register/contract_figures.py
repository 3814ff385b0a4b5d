"""The contract's own figures: limits that the signed document states otherwise than the standard form (R34).

They are how the contract has always read, so they count from its beginning. They are laid over the rulebook
and never edited into it; what variations change is laid over them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

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

    ``decided_on`` is a London day; ``decision`` names the record of the decision.
    """

    key: str
    path: str
    period: Period
    standard: Period
    decided_by: str
    decided_on: Day
    decision: str


def extension_key(path: str) -> str:
    """The key of the figure of an extension that a paragraph grants."""
    return f"{EXTENSION}{path}"


def with_contract_figures(book: Rulebook, own: Iterable[ContractFigure]) -> Rulebook:
    """The rulebook with the contract's own figures in it."""
    figures = {one.key: one.period for one in own}
    if not figures:
        return book
    return replace(book, rules=tuple(_with(rule, figures) for rule in book.rules))


def _with(rule: Rule, figures: dict[str, Period]) -> Rule:
    if (period := figures.get(rule.key)) is not None:
        others = tuple(one for one in rule.readings if one.unit is not period.unit)
        rule = replace(rule, amount=period.amount, unit=period.unit, readings=others)
    if rule.extension and (more := figures.get(extension_key(rule.extension.path))) is not None:
        rule = replace(rule, extension=_longer(rule.extension, more))
    return rule


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
        found.append(replace(one, standard=rule.period or one.standard) if rule is not None else one)
    if rule is not None and rule.extension:
        more = figures.get(extension_key(rule.extension.path))
        granted = f"{rule.rulebook}/{rule.extension.path}"
        if more is not None and any(step.citation == granted for step in duty.deadline.steps):
            found.append(replace(more, standard=rule.extension.period))
    if not found:
        return duty
    steps = tuple(_step(one, book=duty.citation.partition("/")[0]) for one in found)
    return replace(duty, deadline=replace(duty.deadline, steps=(*steps, *duty.deadline.steps)))


def _step(one: ContractFigure, book: str) -> Step:
    text = (
        f"The signed contract says {one.period} where the standard form says {one.standard}: "
        f"adopted by {one.decided_by} on {said(one.decided_on)}"
    )
    return Step("R34", text, f"{book}/{one.path}", decision=one.decision)
