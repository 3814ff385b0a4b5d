"""The words of a reminder that something ends by itself (R26). Nothing is sent from here."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from contracts.terms.moments import Day, london_day, long_day, weekday_day
from obligations.models import Notice
from obligations.rules.notices.lapsing import last_day_of, over
from obligations.services.asking.vocabulary import label_of
from obligations.subjects import Renewed, renewed_at

BY_NOBODY = Renewed(address="fact")
"""What is said of what no subject renews."""


def starts(notice: Notice, now: datetime) -> str:
    """How the subject begins; of a notice about a mail that was given up it says that."""
    last = last_day_of(notice.about)
    return f"Ends {weekday_day(last)}, {_away(last, now)}" if last is not None else "Could not be sent"


def lead(notice: Notice, now: datetime) -> str:
    """The first sentences: what ends when, and what comes of it."""
    last = last_day_of(notice.about)
    if last is None:
        return ""
    what = notice.subject or label_of(notice.contract_id, notice.told_fact.kind)
    after = long_day(london_day(over(last)))
    renewed = renewed_at(notice.told_fact.kind) or BY_NOBODY
    return (
        f"{what} {renewed.holds} through {weekday_day(last)}, {_away(last, now)}. Nothing on the record takes"
        f" over from it. At 00:00 on {after} {renewed.then}."
    )


def facts(notice: Notice) -> list[tuple[str, str]]:
    """What stands in the table of the mail."""
    fact, contract, last = notice.told_fact, notice.contract, last_day_of(notice.about)
    rows = [
        ("What ends", fact.subject),
        ("On record", f"{label_of(contract.pk, fact.kind)}, {long_day(fact.happened_on)}"),
        ("Scheme", str(fact.details.get("scheme") or "")),
        ("Last day", weekday_day(last) if last is not None else ""),
        ("Contract", f"{contract.reference}, {contract.title}"),
    ]
    return [(label, value) for label, value in rows if value]


def url(notice: Notice) -> str:
    """The full address of the page where it is renewed; of the fact where there is none."""
    fact = notice.told_fact
    there = renewed_at(fact.kind)
    if there is None:
        return settings.SITE_URL + reverse("fact", args=[notice.contract_id, fact.pk])
    among = {name: value.format(fact.subject) for name, value in there.among.items()}
    return settings.SITE_URL + reverse(there.address, args=[notice.contract_id], query=among or None)


def _away(last: Day, now: datetime) -> str:
    days = (last - london_day(now)).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
