"""The rules of one contract: the adopted versions of a rulebook with all that is laid over them, once.

Over the version come the contract's own figures (R34), what variations changed (R28), and the readings that
were chosen (R12, in the terms). Nothing else in Duly puts these together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from contracts.terms.moments import Day, Moment, end_of_day, london_day
from obligations.rules.engine.claims import with_claims
from obligations.rules.engine.under_variations import amended, derive_amended
from obligations.rules.register.amendments import Amendments, Figure
from obligations.rules.register.contract_figures import with_contract_figures, with_figures_noted
from obligations.rules.register.duty import Completion, Duty
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.register.terms import ContractTerms
from obligations.rules.time.working_days import Calendar


@dataclass(frozen=True, slots=True)
class AdoptedVersion:
    """A version of the book, and the day from which duties that begin follow it; None: from the beginning."""

    book: Rulebook
    from_day: Day | None = None


@dataclass(frozen=True)
class ContractBook:
    """A rulebook as one contract goes by it. ``adopted``: its versions in the order they were taken over."""

    adopted: tuple[AdoptedVersion, ...]
    terms: ContractTerms
    amendments: Amendments = field(default_factory=Amendments)

    @property
    def version(self) -> Rulebook:
        """The version in use, as it was adopted."""
        return self.adopted[-1].book

    @cached_property
    def book(self) -> Rulebook:
        """The version in use with the contract's own figures and the rules that variations brought."""
        return amended(self._own[self.version.digest], self.amendments)

    @cached_property
    def of_the_whole(self) -> frozenset[str]:
        """The keys of the rules that time raises for the contract as a whole."""
        return frozenset(rule.key for rule in self._duties if rule.is_of_the_whole)

    def looking_at(self, kinds: Collection[str]) -> frozenset[str]:
        """The keys of the rules whose duties a fact of these kinds may start, date, meet or end."""
        wanted, found, before = set(kinds), set[str](), -1
        while before < len(found):
            before = len(found)
            rules = [rule for rule in self._duties if wanted & _looked_at(rule) or rule.former in found]
            found |= {rule.key for rule in rules}
            wanted |= {rule.deemed.fact for rule in rules if rule.deemed is not None}
        return frozenset(found)

    def version_of(self, duty: Duty) -> Rulebook:
        """The version that a duty follows, by the day on which it began."""
        return next(
            (book for book, first, until in counting(self.adopted) if _begins(duty, first, until)),
            self.version,
        )

    @property
    def _duties(self) -> list[Rule]:
        """The rules of every version that counts, and of variations."""
        versions = [self._own[book.digest] for book, _, _ in counting(self.adopted)]
        rules = [rule for book in versions for rule in book.duties]
        return [*rules, *(one.rule for one in self.amendments.new)]

    def rule_behind(self, duty: Duty) -> Rule | None:
        """The rule that a duty follows, by the version of the day on which it began."""
        own = self._own[self.version_of(duty).digest]
        return own.by_key.get(duty.rule_key) or self.rule(duty.rule_key)

    def rule(self, key: str) -> Rule | None:
        """A rule that the contract goes by, or went by under an earlier version; None where it never did."""
        books = [self.book, *(self._own[one.book.digest] for one in reversed(self.adopted[:-1]))]
        return next((book.by_key[key] for book in books if key in book.by_key), None)

    def figures(self, day: Day) -> list[Figure]:
        """The figures that variations changed by a day, in the order they were."""
        return list(self.amendments.by(end_of_day(day)).figures)

    def narrowed(self, keys: Collection[str]) -> ContractBook:
        """The same contract, asked about these rules and what they are read with only."""
        return replace(
            self, adopted=tuple(replace(one, book=narrowed(one.book, keys)) for one in self.adopted)
        )

    def derive(
        self, facts: Iterable[Fact], completions: Iterable[Completion], calendar: Calendar, as_at: Moment
    ) -> list[Duty]:
        """Every duty as at a moment. Raises LimitError and CalendarError, as ``engine.derive``."""
        completions = list(completions)

        def ask(known: Sequence[Fact]) -> list[Duty]:
            found: list[Duty] = []
            for book, first, until in counting(self.adopted):
                duties = self._derived(book, known, completions, calendar, as_at)
                found += [duty for duty in duties if _begins(duty, first, until)]
            return found

        return with_claims(ask, list(facts), as_at)

    def _derived(
        self,
        book: Rulebook,
        facts: Sequence[Fact],
        completions: Sequence[Completion],
        calendar: Calendar,
        as_at: Moment,
    ) -> list[Duty]:
        own, figures = self._own[book.digest], self.terms.contract_figures
        duties = derive_amended(own, self.terms, self.amendments, facts, completions, calendar, as_at)
        return with_figures_noted(duties, book, figures) if figures else duties

    @cached_property
    def _own(self) -> dict[str, Rulebook]:
        """Each version with the contract's own figures in it, by its digest."""
        figures = self.terms.contract_figures
        return {one.book.digest: with_contract_figures(one.book, figures) for one in self.adopted}


def _looked_at(rule: Rule) -> set[str | None]:
    """The kinds of fact that may start, date, meet or end the duties of a rule."""
    kinds = (
        *rule.on,
        *rule.met_by,
        *rule.aware_by,
        *rule.ends_on,
        *rule.needs,
        *rule.runs_from,
        *rule.undone_by,
        *rule.all_of,
        *(rule.awaited.known_by if rule.awaited else ()),
    )
    return {*kinds, rule.anchor, rule.agreed_date, rule.each_day_until}


def narrowed(book: Rulebook, keys: Collection[str]) -> Rulebook:
    """The rulebook with only these rules and what they are read with: one paragraph's rules stay together,
    and so do limits that run beside each other (R20, R27), what follows a former, and what silence answers
    (R43, R44).
    """
    paths = _paths(book, {*keys, *_read_with(book, keys)})
    pairs = [(rule.key, rule.beside) for rule in book.duties if rule.beside]
    beside = {key for pair in pairs for key in pair}
    if paths & _paths(book, beside):
        paths |= _paths(book, beside)
    return replace(book, rules=tuple(rule for rule in book.rules if rule.path in paths))


def _read_with(book: Rulebook, keys: Collection[str]) -> set[str]:
    """The rules that these follow as the former, and every one whose silence answers something."""
    formers = {rule.former for rule in book.duties if rule.former and rule.key in keys}
    return formers | {rule.key for rule in book.duties if rule.deemed is not None}


def _paths(book: Rulebook, keys: Collection[str]) -> set[str]:
    return {rule.path for rule in book.duties if rule.key in keys}


def counting(adopted: Sequence[AdoptedVersion]) -> list[tuple[Rulebook, Day | None, Day | None]]:
    """The versions that still count, each with the first day of what follows it and the day after the last.

    One taken over from the beginning replaces all before it; one from a day replaces what was to follow from
    that day or later.
    """
    found: list[AdoptedVersion] = []
    for one in adopted:
        day = one.from_day
        found = [] if day is None else [was for was in found if was.from_day is None or was.from_day < day]
        found.append(one)
    ends = [*(one.from_day for one in found[1:]), None]
    return [(one.book, one.from_day, until) for one, until in zip(found, ends, strict=True)] if found else []


def _begins(duty: Duty, first: Day | None, until: Day | None) -> bool:
    day = london_day(duty.owed_from)
    return (first is None or day >= first) and (until is None or day < until)
