"""The engine: a rulebook, a contract's terms and what is known, in; duties with their deadlines, out.

One pure function for the product and for what-ifs. It looks at nothing but its arguments and asks no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from contracts.terms.moments import Moment
from obligations.rules.engine.cycle_duties import cycle_duties
from obligations.rules.engine.each_day import each_day
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.event_duties import event_duties
from obligations.rules.engine.patches import patch_duties
from obligations.rules.engine.plan import beside
from obligations.rules.engine.scheduled_duties import continuous_duty, scheduled_duties
from obligations.rules.engine.silence import with_silence
from obligations.rules.register.duty import Completion, Duty
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import CAUSED, Every, Rule, Shape
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.register.terms import ContractTerms, SignedVariation
from obligations.rules.time.working_days import Calendar

__all__ = ["Completion", "ContractTerms", "Duty", "Fact", "SignedVariation", "derive"]


def derive(
    rulebook: Rulebook,
    terms: ContractTerms,
    facts: Iterable[Fact],
    completions: Iterable[Completion],
    calendar: Calendar,
    as_at: Moment,
    *,
    continuous: bool = False,
) -> list[Duty]:
    """Every duty under the rulebook as at a moment, in the order of the rulebook, then of subject and
    occurrence.

    Facts and signatures after ``as_at`` are not yet known; the order of the facts makes no difference and the
    same fact twice is one fact. A duty depends on the terms, on the facts of its own subject and on those of
    contract-wide kinds (``facts.toml``), so a caller may pass a slice. ``continuous`` adds duties that hold
    all the time. Raises LimitError and CalendarError for dates that cannot be counted.
    """
    evaluation = with_silence(Evaluation.of(rulebook, terms, facts, completions, calendar, as_at))
    rules = [rule for rule in rulebook.duties if evaluation.applies(rule)]
    order = {rule.key: place for place, rule in enumerate(rules)}
    duties = [duty for rule_duties in _each(evaluation, rules, continuous) for duty in rule_duties]
    duties.sort(key=lambda duty: (order[duty.rule_key], duty.subject or "", duty.owed_from, duty.occurrence))
    return beside(evaluation, duties)


def _each(evaluation: Evaluation, rules: Sequence[Rule], continuous: bool) -> Iterator[Iterable[Duty]]:
    for category, group in groupby(rules, key=lambda rule: rule.path if rule.category else ""):
        if category:
            yield patch_duties(evaluation, list(group))
            continue
        for rule in group:
            if rule.each_day_until is not None:
                yield each_day(evaluation, rule)
            elif rule.shape in CAUSED:
                yield event_duties(evaluation, rule)
            elif rule.every is Every.CYCLE:
                yield cycle_duties(evaluation, rule)
            elif rule.shape in (Shape.RECURRING, Shape.ONE_OFF):
                yield scheduled_duties(evaluation, rule)
            elif rule.shape is Shape.CONTINUOUS and continuous:
                yield [continuous_duty(evaluation, rule)]
