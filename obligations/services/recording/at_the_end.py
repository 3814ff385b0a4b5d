"""What is recorded, held against the end of the contract (R37): nothing begins after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from contracts.models import Contract
from contracts.services.errors import Refused
from contracts.terms.moments import Day, When, london_day, long_day
from obligations.models import FactRecord
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.engine.contract_end import ContractEnd, Ending, contract_end, path_of
from obligations.rules.register.facts import Fact, detail_when
from obligations.rules.register.rule import Rule, Survives
from obligations.rules.register.rule_form import kinds_in
from obligations.rules.register.vocabulary import IN_PART, PUT_OFF, shipped_vocabulary
from obligations.services.asking.books import books_of
from obligations.services.asking.engine_input import as_fact

FOR_EXAMPLE = "Enter the paragraphs that end with it, for example 7, or Annex 1/5."
GONE_ON = (Survives.ALWAYS, Survives.BREACH_BEFORE_END)


class AgainstTheEnd:
    """What is known of the end of a contract, asked once for however many facts. 6 queries at most."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    @cached_property
    def _facts(self) -> list[Fact]:
        ends = shipped_vocabulary().ends
        rows = FactRecord.objects.filter(
            contract=self._contract, kind__in=[*ends, IN_PART, PUT_OFF], withdrawn_at=None
        ).order_by("happened_on", "happened_at", "pk")
        return [as_fact(row) for row in rows]

    @cached_property
    def _ended(self) -> list[tuple[ContractBook, ContractEnd]]:
        books = books_of(self._contract).values()
        return [(book, _end(self._contract, self._facts, book)) for book in books]

    def check(self, kind: str, happened: When, details: Mapping[str, Any]) -> None:
        """Refuse what cannot be because the contract, or a part of it, had ended.

        Raises Refused on "happened", "until" or "paragraphs".
        """
        day, last = london_day(happened), self._contract.end_date
        in_time = last is None or day <= last
        if not self._facts and in_time and kind not in (PUT_OFF, IN_PART):
            return
        whole = next((end.whole for _, end in self._ended), None)
        if kind == IN_PART:
            _names_paragraphs(details, [book for book, _ in self._ended])
        if kind == PUT_OFF:
            _is_put_off(whole, details)
        elif kind in {*shipped_vocabulary().ends, IN_PART}:
            _is_not_over(whole, day)
        else:
            _may_begin(kind, day, self._ended)


def _is_not_over(whole: Ending | None, day: Day) -> None:
    if whole is not None and day > whole.day:
        raise Refused("happened", f"{whole.says}, before this. If that was put off, record it first.")


def _end(contract: Contract, facts: list[Fact], book: ContractBook) -> ContractEnd:
    return contract_end(contract.end_date, facts, shipped_vocabulary().ends, book.version)


def _names_paragraphs(details: Mapping[str, Any], books: Iterable[ContractBook]) -> None:
    versions = [book.version for book in books]
    for name in map(str, details.get("paragraphs") or ()):
        if all(path_of(name, book) is None for book in versions):
            raise Refused("paragraphs", f"This contract has no paragraph {name}. {FOR_EXAMPLE}")
    if not details.get("paragraphs"):
        raise Refused("paragraphs", FOR_EXAMPLE)


def _is_put_off(whole: Ending | None, details: Mapping[str, Any]) -> None:
    until = detail_when(details.get("until"))
    if until is None:
        raise Refused("until", "Enter the new last day of the contract.")
    if whole is None:
        raise Refused("until", "This contract has no last day that could be put off.")
    if london_day(until) <= whole.day:
        raise Refused("until", f"Enter a day after the contract’s last, {long_day(whole.day)}.")


def _may_begin(kind: str, day: Day, books: Iterable[tuple[ContractBook, ContractEnd]]) -> None:
    """Refuse what would only start duties that do not begin after the end. What may meet one is kept."""
    over: list[tuple[Rule, Ending]] = []
    for book, end in books:
        for rule, ending in _looking(kind, book, end):
            starts_only = kind in (*rule.on, rule.anchor) and kind not in (*rule.met_by, *rule.aware_by)
            gone_on = rule.survives in GONE_ON or not book.version.says_what_survives
            if not starts_only or gone_on or ending is None or day <= ending.day:
                return
            over.append((rule, ending))
    if over:
        paragraphs = ", ".join(dict.fromkeys(rule.paragraph for rule, _ in over))
        raise Refused(
            "happened",
            f"{over[0][1].says}: nothing begins under {paragraphs} after that. Check the day; if the end"
            " was put off, record that first.",
        )


def _looking(kind: str, book: ContractBook, end: ContractEnd) -> Iterator[tuple[Rule, Ending | None]]:
    for rule in book.book.duties:
        if kind in kinds_in(rule):
            yield rule, end.of(rule.path)
