"""One question to the engine: terms, what is known by a moment, and the calendar to count with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from contracts.terms.moments import Day, Moment, When, first_moment, last_moment, london_day
from contracts.terms.settings import ContractSettings
from obligations.rules.engine.contract_end import ContractEnd, contract_end
from obligations.rules.engine.derived_facts import complete, ended
from obligations.rules.engine.limits import clock
from obligations.rules.register.conditions import setting_holds
from obligations.rules.register.duty import Completion, Duty
from obligations.rules.register.facts import Fact, distinct
from obligations.rules.register.kinds import FactKind
from obligations.rules.register.names import folded
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.register.terms import ContractTerms
from obligations.rules.register.vocabulary import DONE, IN_PART, PUT_OFF, Vocabulary
from obligations.rules.time.deadlines import Calendar, Choose, Start
from obligations.rules.time.derivation import Step, said_when
from obligations.rules.time.notices_given import notice_day

RELEASED = "released"
"""The other reading of what was running when a variation switched its paragraph off (R28) or the contract
ended (R37)."""

Placed: TypeAlias = list[tuple[int, Fact]]


@dataclass(frozen=True)
class Evaluation:
    """What ``derive`` was asked. ``facts`` are complete: known by ``as_at``, each once, with what follows of
    them.
    """

    rulebook: Rulebook
    terms: ContractTerms
    facts: Sequence[Fact]
    completions: Sequence[Completion]
    calendar: Calendar
    as_at: Moment

    @classmethod
    def of(
        cls,
        rulebook: Rulebook,
        terms: ContractTerms,
        facts: Iterable[Fact],
        completions: Iterable[Completion],
        calendar: Calendar,
        as_at: Moment,
    ) -> Evaluation:
        """Leave out what was not known by ``as_at``, or was claimed and not accepted (R46), and add what
        follows from the rest.

        Raises SettingsError where an answer that the rulebook asks for is not of its type.
        """
        settings = terms.settings.asked_by(rulebook.key, rulebook.settings)
        terms = terms if settings is terms.settings else replace(terms, settings=settings)
        counting = [one for fact in facts if (one := fact.as_it_counts(as_at)) is not None]
        told = complete(counting, as_at, rulebook.vocabulary)
        names = {folded(fact.subject): fact.subject for fact in told if fact.subject is not None}
        known = [_named(one, names) for one in completions if first_moment(one.done) <= as_at]
        made = cls(rulebook, terms, told, known, calendar, as_at)
        end = ended(told, made.service_end, rulebook.vocabulary, as_at)
        return replace(made, facts=distinct([*told, end])) if end is not None else made

    @property
    def settings(self) -> ContractSettings:
        """What the contract answered."""
        return self.terms.settings

    @property
    def commencement(self) -> Day:
        """The day from which contract years run."""
        return self.terms.commencement

    @property
    def vocabulary(self) -> Vocabulary:
        """The kinds of fact that the rulebook speaks of."""
        return self.rulebook.vocabulary

    def kind(self, fact: Fact) -> FactKind:
        """What the vocabulary says of a fact's kind."""
        return self.vocabulary.kind(fact.kind)

    @cached_property
    def formers(self) -> dict[str, dict[tuple[str | None, str], Duty]]:
        """The duties of rules that others follow, by rule, subject and occurrence, once asked (R44)."""
        return {}

    @cached_property
    def _kinds(self) -> dict[str, Placed]:
        """The facts of each kind with their place in the order of time."""
        found: dict[str, Placed] = defaultdict(list)
        for place, fact in enumerate(self.facts):
            found[fact.kind].append((place, fact))
        return found

    @cached_property
    def _subjects(self) -> dict[tuple[str, str | None], Placed]:
        """The facts of each kind and subject with their place in the order of time."""
        found: dict[tuple[str, str | None], Placed] = defaultdict(list)
        for place, fact in enumerate(self.facts):
            found[fact.kind, fact.subject].append((place, fact))
        return found

    @cached_property
    def _sources(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            found[fact.source].append(fact)
        return found

    @cached_property
    def _completions(self) -> dict[str, list[Completion]]:
        found: dict[str, list[Completion]] = defaultdict(list)
        for completion in self.completions:
            found[completion.citation].append(completion)
        return found

    def of_kinds(self, kinds: Iterable[str]) -> list[Fact]:
        """The facts of these kinds, in order of time."""
        return _in_order([self._kinds.get(kind, ()) for kind in dict.fromkeys(kinds)])

    def about(self, subject: str | None, kinds: Iterable[str]) -> list[Fact]:
        """The facts of these kinds on one subject, in order of time; of a contract-wide kind all of them."""
        return _in_order(
            [
                self._kinds.get(kind, ())
                if kind in self.vocabulary.wide
                else self._subjects.get((kind, subject), ())
                for kind in dict.fromkeys(kinds)
            ]
        )

    def said_done(self, subject: str | None) -> list[Fact]:
        """What was recorded as done about one subject, whatever the duty."""
        return _in_order([self._subjects.get((DONE, subject), ())])

    def completions_under(self, citation: str) -> list[Completion]:
        """Everything handed in under one paragraph."""
        return self._completions.get(citation, [])

    def fact_from(self, source: str | None, *kinds: str | None) -> Fact | None:
        """The fact of this key and one of these kinds, if it is known."""
        return next((fact for fact in self._sources.get(source or "", ()) if fact.kind in kinds), None)

    @cached_property
    def service_end(self) -> Day | None:
        """The last day of the service: the contract's end, its termination, or the day it was put off to."""
        return self.end.whole.day if self.end.whole is not None else None

    @cached_property
    def end(self) -> ContractEnd:
        """The end of the contract, and of the parts of it that were terminated before (R37)."""
        facts = self.of_kinds((*self.vocabulary.ends, PUT_OFF, IN_PART))
        return contract_end(self.terms.end_date, facts, self.vocabulary.ends, self.rulebook)

    def applies(self, rule: Rule) -> bool:
        """Whether the conditions of the order that the rule depends on hold (R30)."""
        return all(setting_holds(condition, self.terms.settings) for condition in rule.conditions)

    def chosen(self, rule: Rule) -> str | None:
        """The name of the reading chosen for this contract, or None for the default (R12)."""
        return self.terms.chosen_reading(*rule.names)

    def choice(self, rule: Rule) -> list[Choose]:
        """The reading chosen for this contract, as a deadline event; what a variation releases is none."""
        name = self.chosen(rule)
        return [Choose(name, reason="chosen for this contract")] if name and name != RELEASED else []

    def given(self, fact: Fact) -> tuple[When, tuple[Step, ...], bool]:
        """When a fact starts a clock: its own time, or for a notice the day it counts (R14).

        With the steps that say so, and whether the day is provisional.
        """
        cutoff = self.terms.settings.notice_cutoff
        if cutoff is None or not self.kind(fact).notice:
            return fact.at, (), False
        counted = notice_day(fact.at, cutoff, self.calendar)
        if counted.day == london_day(fact.at):
            return fact.at, (), False
        return counted.day, counted.steps, counted.provisional


def _named(one: Completion, names: Mapping[str, str]) -> Completion:
    """A completion under the name that the facts give its subject."""
    name = names.get(folded(one.subject)) if one.subject is not None else None
    return one if name in (None, one.subject) else replace(one, subject=name)


def _in_order(groups: Sequence[Sequence[tuple[int, Fact]]]) -> list[Fact]:
    """Facts of several groups in order of time."""
    if len(groups) == 1:
        return [fact for _, fact in groups[0]]
    return [fact for _, fact in sorted(placed for group in groups for placed in group)]


def what_happened(evaluation: Evaluation, fact: Fact) -> Step:
    """The step that names the fact, when it happened, and when it was recorded where that was later (R11)."""
    text = f"{evaluation.kind(fact).label}: {said_when(fact.at)}"
    if last_moment(fact.learned) > last_moment(fact.at):
        text += f", recorded {said_when(fact.learned)}"
    if fact.recorded_by:
        text += f" by {fact.recorded_by}"
    return Step("R11", text)


def later(one: When, other: When) -> When:
    """The later of two times; a bare day begins at its first moment."""
    return one if first_moment(one) >= first_moment(other) else other


def started(evaluation: Evaluation, rule: Rule, cause: Fact, first_bit: When) -> Start:
    """The start of a caused duty's clock, with the fact, the notice's day and the duty's first bite.

    A word without a number has no clock: it is owed from when the duty first bit (R9).
    """
    at, notes, provisional = evaluation.given(cause)
    return clock(
        evaluation,
        rule,
        at if rule.limit is not None else first_bit,
        first_bit=first_bit,
        word=rule.word,
        repeated_hour=cause.repeated_hour and at == cause.at,
        notes=(what_happened(evaluation, cause), *notes),
        provisional=provisional,
        citation=rule.citation,
    )
