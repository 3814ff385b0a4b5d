"""What the subjects are told when the duties of a contract were brought in line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.models import Contract
from obligations.models import Duty
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.register.facts import Fact


@dataclass(frozen=True, slots=True)
class Followed:
    """The part of a contract that was looked at: the facts that count, and the duties as they are now.

    A subject that shows dates or states of duties in tables of its own brings them in line with this, in the
    same transaction and under the same lock. It records no facts then.
    """

    contract: Contract
    now: datetime
    books: Mapping[str, ContractBook]
    facts: Sequence[Fact]
    duties: Sequence[Duty]
