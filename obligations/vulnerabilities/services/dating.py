"""The dates that vulnerabilities would have if they were on the record: asked of the engine, nothing kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.models import Contract
from contracts.terms.moments import Day
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.register.duty import Duty
from obligations.rules.register.facts import Fact
from obligations.rules.register.names import folded
from obligations.services.asking import calendars
from obligations.services.asking.books import books_of
from obligations.services.asking.engine_input import WHOLE, as_facts, facts_about
from obligations.vulnerabilities.models import Vulnerability
from obligations.vulnerabilities.rules import IDENTIFIED, RELEASED, patch_rules


@dataclass(frozen=True)
class Dating:
    """A contract's rules and calendar with what is on the record of the contract as a whole."""

    contract: Contract
    books: Mapping[str, ContractBook]
    whole: Sequence[Fact]
    now: datetime

    @classmethod
    def of(cls, contract: Contract, now: datetime) -> Dating:
        """Asked once for however many. 8 queries at most."""
        books = books_of(contract)
        return cls(contract, books, as_facts(facts_about(contract, {WHOLE}, books)), now)

    def duties(self, facts: Iterable[Fact]) -> dict[str, Duty]:
        """The duty to patch of each subject of these facts, by its name as names are compared."""
        rules, calendar = patch_rules(self.books), calendars.load().of(self.contract.division)
        if not rules:
            return {}
        every = [*self.whole, *facts]
        return {
            folded(duty.subject): duty
            for key, book in self.books.items()
            for duty in book.derive(every, [], calendar, self.now)
            if duty.subject and (key, duty.rule_key) in rules
        }


def facts_of(row: Vulnerability, released: Day | None) -> list[Fact]:
    """What would be on the record of a vulnerability whose patch was released on this day."""
    identified = Fact(IDENTIFIED, row.found_on, row.recorded_at, identified_details(row), f"{row.folded} 1")
    if released is None:
        return [identified]
    details = {"subject": row.subject}
    return [identified, Fact(RELEASED, released, row.recorded_at, details, f"{row.folded} 2")]


def identified_details(row: Vulnerability) -> dict[str, Any]:
    """The details of the fact that it was identified."""
    found: dict[str, Any] = {"subject": row.subject}
    if row.said:
        found["category"] = row.said
    if row.ratings:
        found["ratings"] = [{"source": one["source"], "value": one["value"]} for one in row.ratings]
    if row.software:
        found["software"] = row.software
    return found | (fix_details(row) if row.fixed_version and row.fix_seen_on is None else {})


def fix_details(row: Vulnerability) -> dict[str, Any]:
    """The details of a fact by which a fixed version is known (R48)."""
    since = {"fixed_version_since": row.earliest_on.isoformat()} if row.earliest_on else {}
    return {"subject": row.subject, "fixed_version": row.fixed_version, **since}
