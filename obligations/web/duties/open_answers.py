"""What a date rests on that the contract's words have not answered yet, in words, with the way to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from contracts.access import Access
from contracts.models import Contract
from contracts.terms.moments import weekday_day
from contracts.web.words import due_words
from obligations.models import Duty
from obligations.rules.register.rule import Rule
from obligations.services.choosing.careful import WORKING_DAY, RestsOn, rests_on
from obligations.web.questions.presenters import act_for


@dataclass(frozen=True)
class OpenLine:
    """One open question: what is taken meanwhile, the careful day, and where it is answered."""

    text: str
    asks: str
    href: str


def lines(access: Access, duty: Duty, rule: Rule | None, now: datetime) -> list[OpenLine]:
    """The open questions that the date rests on."""
    return [_line(access, duty, one) for one in rests_on(duty, rule, now)]


def _line(access: Access, duty: Duty, one: RestsOn) -> OpenLine:
    contract = access.contract
    said = _working_day(contract, duty, one) if one.question.name == WORKING_DAY else _notice(one)
    may = access.may(act_for(one.question))
    href = reverse("question", args=[contract.pk, one.question.name]) if may else ""
    return OpenLine(said, contract.in_its_words(one.question.asks), href)


def _working_day(contract: Contract, duty: Duty, one: RestsOn) -> str:
    said = f"The public holidays of {contract.get_division_display()} are left out."
    if one.careful is None:
        return f"{said} By those of another part of the United Kingdom it is no {_harder(duty)}."
    return f"{said} By those of another part it would be {due_words(one.careful)}: that is the careful day."


def _harder(duty: Duty) -> str:
    return "later" if duty.retention else "earlier"


def _notice(one: RestsOn) -> str:
    if one.give_by is None:
        return "The limit runs from the day the notice was given, whatever the hour: that is the careful day."
    return (
        "A notice counts on the day it is given, whatever the hour. The careful way is to give it in the"
        f" morning of {weekday_day(one.give_by)} at the latest."
    )
