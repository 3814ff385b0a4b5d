"""The vocabulary of facts as a value: kinds, what follows from what, who rates, what ends a contract.

``shipped_vocabulary`` is the one that comes with the product; a rulebook carries the part of it that it uses,
and a contract may have kinds of its own beside it.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from obligations.rules.register.kinds import (
    Derivation,
    DetailField,
    FactError,
    FactKind,
    Lapse,
    RatingSource,
    Round,
)
from obligations.rules.register.vocabulary_form import check_whole, read_form, written

FILE = Path(__file__).resolve().parents[2] / "rulebooks" / "facts.toml"

DONE = "duty_done"
"""The fact that says of any duty that it was done. The algebra knows it by name, and two more."""

PUT_OFF, IN_PART = "agreement_extended", "agreement_partly_terminated"
"""The end of the contract was put off; a part of it was terminated (R37). Any contract may have these."""


@dataclass(frozen=True)
class Vocabulary:
    """Every kind of fact that may be spoken of, in the order of forms, and what the engine makes of them."""

    listed: tuple[FactKind, ...]
    derivations: tuple[Derivation, ...] = ()
    sources: tuple[RatingSource, ...] = ()

    # The kinds

    @cached_property
    def kinds(self) -> Mapping[str, FactKind]:
        """Every kind by its name."""
        return {kind.name: kind for kind in self.listed}

    def __contains__(self, name: object) -> bool:
        return name in self.kinds

    def kind(self, name: str) -> FactKind:
        """The kind of this name. Raises FactError with the nearest names for one that is not known."""
        if name in self.kinds:
            return self.kinds[name]
        near = difflib.get_close_matches(name, self.kinds, n=3, cutoff=0.6)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise FactError(f"unknown kind of fact {name!r}{hint}")

    @cached_property
    def wide(self) -> frozenset[str]:
        """The kinds that are about the contract whatever their subject."""
        return frozenset(kind.name for kind in self.listed if kind.contract_wide)

    @cached_property
    def ends(self) -> frozenset[str]:
        """The kinds with which the service ends."""
        return frozenset(kind.name for kind in self.listed if kind.ends_contract)

    def kinds_with(self, detail: str) -> tuple[str, ...]:
        """The kinds of fact about one subject that have this detail."""
        return tuple(
            kind.name for kind in self.listed if not kind.contract_wide and kind.detail(detail) is not None
        )

    def detail(self, name: str) -> DetailField | None:
        """The detail of this name, which means the same for every kind that has it."""
        return self._details.get(name)

    @cached_property
    def _details(self) -> Mapping[str, DetailField]:
        return {field.name: field for kind in self.listed for field in kind.details}

    def clock(self, name: str) -> str | None:
        """The kind that stands for a day of the contract's own (``CLOCKS``), None where none does."""
        return next((kind.name for kind in self.listed if name and kind.clock == name), None)

    # What is said of how bad a thing is

    @cached_property
    def rated(self) -> DetailField | None:
        """The detail whose value is worked out from what everybody said (R20), if there is one."""
        return next((field for field in self._details.values() if field.rated), None)

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories of the rated detail, the strictest first."""
        return self.rated.choices if self.rated is not None else ()

    @cached_property
    def rating_kinds(self) -> tuple[str, ...]:
        """The kinds that pass on a rating or decide a category."""
        return tuple(kind.name for kind in self.listed if kind.rates or kind.decides)

    def source(self, name: str) -> RatingSource | None:
        """The source of ratings of this name."""
        return next((source for source in self.sources if source.name == name), None)

    # What follows from what

    def touches(self, kind: str) -> frozenset[str]:
        """The kinds worked out from facts of this one, directly or by way of others."""
        return self._touched.get(kind, frozenset())

    @cached_property
    def _touched(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for kind in {name for rule in self.derivations for name in rule.kinds}:
            reached: set[str] = {kind}
            while more := self._reached(reached) - reached:
                reached |= more
            found[kind] = frozenset(reached - {kind})
        return found

    def _reached(self, kinds: Iterable[str]) -> set[str]:
        return {to for kind in kinds for rule in self.derivations for to in rule.reached_from(kind)}

    def sources_of(self, kind: str) -> frozenset[str]:
        """The kinds that facts of this one are worked out from."""
        return frozenset(
            name
            for rule in self.derivations
            if rule.makes == kind
            for name in rule.kinds
            if kind in rule.reached_from(name) and name != kind
        )

    @cached_property
    def lapses(self) -> Mapping[str, Lapse]:
        """What lapses by itself, by the kind that lapses."""
        return {rule.of: rule for rule in self.derivations if isinstance(rule, Lapse)}

    @cached_property
    def ceased(self) -> frozenset[str]:
        """The kinds that lapses make: each fact of such a kind has duties of its own."""
        return frozenset(rule.makes for rule in self.lapses.values())

    def round_of(self, kind: str | None) -> Round | None:
        """The rounds of submission and approval that facts of this kind belong to."""
        return next(
            (rule for rule in self.derivations if isinstance(rule, Round) and kind in rule.family), None
        )

    # Other vocabularies made from this one

    def only(self, names: Iterable[str]) -> Vocabulary:
        """The part with these kinds, all that is worked out from or into them, and what any contract needs.

        That is: what says that a duty was done, what ends a contract, the contract's own days. Raises
        FactError for a name that is not known.
        """
        always = {k.name for k in self.listed if k.name == DONE or k.clock or k.ends_contract}
        kept = self._with_what_hangs_together(always | {self.kind(name).name for name in names})
        return replace(
            self,
            listed=tuple(kind for kind in self.listed if kind.name in kept),
            derivations=tuple(rule for rule in self.derivations if rule.kinds <= kept),
        )

    def _with_what_hangs_together(self, names: set[str]) -> set[str]:
        """These kinds, those they are worked out from or into, and so on."""
        kept = set(names)
        for rule in self.derivations:
            if rule.kinds & kept:
                kept |= rule.kinds
        return kept if kept == names else self._with_what_hangs_together(kept)

    def with_kinds(
        self,
        kinds: Iterable[FactKind],
        derivations: Iterable[Derivation] = (),
        sources: Iterable[RatingSource] = (),
    ) -> Vocabulary:
        """This vocabulary with a contract's own kinds after it. Raises FactError, also for a name it has."""
        return _checked(
            Vocabulary((*self.listed, *kinds), (*self.derivations, *derivations), (*self.sources, *sources)),
            "the contract's own facts",
        )

    def with_own(self, data: Mapping[str, Any], where: str = "the contract's own facts") -> Vocabulary:
        """As ``with_kinds``, from the form that ``as_json`` gives; it may use the details here."""
        kinds, derivations, sources = read_form(data, where, self._details)
        whole = Vocabulary(
            (*self.listed, *kinds), (*self.derivations, *derivations), (*self.sources, *sources)
        )
        return _checked(whole, where)

    def joined(self, other: Vocabulary) -> Vocabulary:
        """Both together, for what may be recorded where both are spoken of. Wherever they differ about a
        kind, a detail, a source, a derivation or a day of the contract's own, what counts is the other's.

        They may well differ: a book keeps its vocabulary as it was when it was read.
        """
        theirs = {source.name for source in other.sources}
        return Vocabulary(
            (*(other._over(kind) for kind in self.listed if kind.name not in other), *other.listed),
            (*(rule for rule in self.derivations if not other._derives(rule)), *other.derivations),
            (*(source for source in self.sources if source.name not in theirs), *other.sources),
        )

    def _over(self, kind: FactKind) -> FactKind:
        """A kind of another vocabulary, with this one's details, rated detail and clocks for its own."""
        details = tuple(self._details.get(field.name, field) for field in kind.details)
        if self.rated is not None:
            details = tuple(replace(one, rated=one.name == self.rated.name) for one in details)
        return replace(
            kind,
            details=details,
            clock="" if self.clock(kind.clock) else kind.clock,
            decides=kind.decides and any(one.rated for one in details),
        )

    def _derives(self, rule: Derivation) -> bool:
        """Whether this vocabulary says itself what a derivation of another is about."""
        if isinstance(rule, Round):
            return any(self.round_of(kind) is not None for kind in rule.family)
        if isinstance(rule, Lapse):
            return rule.of in self.lapses
        return rule in self.derivations

    # As data

    def as_json(self) -> dict[str, Any]:
        """All of it as a JSON value, in lists, so that no order is lost; ``from_json`` reads it back."""
        return written(self.listed, self.derivations, self.sources)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], where: str = "facts") -> Vocabulary:
        """Read the form of ``as_json``, or the tables of ``facts.toml``.

        Raises FactError with ``where``, the kind and the key of whatever does not fit.
        """
        kinds, derivations, sources = read_form(data, where)
        return _checked(cls(kinds, derivations, sources), where)


def _checked(vocabulary: Vocabulary, where: str) -> Vocabulary:
    check_whole(vocabulary.listed, vocabulary.derivations, vocabulary.sources, where)
    return vocabulary


@cache
def shipped_vocabulary() -> Vocabulary:
    """The vocabulary that comes with the product: the one place that reads ``facts.toml``."""
    return Vocabulary.from_json(tomllib.loads(FILE.read_text(encoding="utf-8")), FILE.name)
