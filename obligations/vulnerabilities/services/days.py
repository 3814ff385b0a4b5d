"""The days that people and files give, held against the contract and against today."""

from __future__ import annotations

from datetime import datetime

from contracts.models import Contract
from contracts.services.errors import Refused
from contracts.terms.moments import Day, london_day, long_day
from obligations.services.asking import calendars


def happened_on(
    contract: Contract, day: Day, field: str, now: datetime, what: str = "the day on which it happened"
) -> None:
    """Refuse a day on which nothing about this contract can have happened. Raises Refused on the field.

    ``what``: what the field asks for.
    """
    calendars.within(day, field)
    if day > london_day(now):
        raise Refused(field, f"This is in the future; enter {what}.")
    if day < contract.agreement_date:
        made = long_day(contract.agreement_date)
        raise Refused(field, f"This is before the contract was made, on {made}; check the day.")


def released_on(day: Day, now: datetime) -> None:
    """Refuse a day on which no patch can have been released, before the contract or not. Raises Refused."""
    calendars.within(day, "released")
    if day > london_day(now):
        raise Refused("released", "This is in the future; enter when the patch was released to the public.")
