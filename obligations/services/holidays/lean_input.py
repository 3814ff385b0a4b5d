"""What the engine needs for very many subjects of one contract, without what only writing them would need.

The same as ``engine_input.load`` gives it, but of the duties only what is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.models import Contract
from obligations.models import Duty, Evidence, Obligation
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.register.duty import Completion
from obligations.rules.register.facts import Fact
from obligations.services.asking import engine_input

COLUMNS = ("subject", "occurrence", "phase", "due_at", "date_stands", "deadline_version")


@dataclass(slots=True)
class Row:
    """What is compared of a duty's row: its number, contract and obligation, and ``COLUMNS``."""

    pk: int
    contract_id: int
    obligation: Obligation
    subject: str
    occurrence: str
    phase: str
    due_at: datetime | None
    date_stands: str
    deadline_version: int


@dataclass(slots=True)
class LeanInput:
    """What is known about some subjects of a contract, and the rows of their duties."""

    facts: list[Fact]
    rows: list[Row]
    completions: list[Completion]
    books: Mapping[str, ContractBook]


def load(contract: Contract, subjects: set[str], books: Mapping[str, ContractBook]) -> LeanInput:
    """Everything the engine needs for these subjects. 5 queries at most."""
    duties = Duty.objects.filter(contract=contract, subject__among=subjects).order_by()
    found = list(duties.values_list("pk", "obligation", *COLUMNS))
    obligations = Obligation.objects.select_related("paragraph__schedule").in_bulk({row[1] for row in found})
    rows = [Row(pk, contract.pk, obligations[one], *values) for pk, one, *values in found]
    evidence = Evidence.objects.filter(duty__in=duties.values("pk"))
    return LeanInput(
        engine_input.as_facts(engine_input.facts_about(contract, subjects, books)),
        rows,
        engine_input.completions_of(rows, evidence),
        books,
    )
