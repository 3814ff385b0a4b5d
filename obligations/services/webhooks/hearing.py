"""What programs are told of: written down in the transaction of its cause, by who listens to the ledger.

The same stages as people are told of (``rules/notices/stages.py``). What an entry raises is heard at once;
what is told of a duty or a fact by its dates is heard as it is told to people (``notices_sent``), once a day
however many they are. Only the chain that everybody on the contract reads is heard: what is kept to a list
goes nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from contracts.services.actors import Actor
from contracts.services.ledger import Written
from contracts.terms.moments import london_day
from obligations import subjects
from obligations.models import Webhook, WebhookDelivery


class _Heard(NamedTuple):
    contract: int
    entry: int
    stage: str
    about: str
    citation: str
    key: str


def hear(written: Sequence[Written], actor: Actor, now: datetime) -> None:
    """Write down what of these entries goes to webhooks. In the caller's transaction; 2 queries at most."""
    heard = [one for entry in written if not entry.kept_to for one in _heard(entry, now)]
    if not heard:
        return
    there: dict[int, list[Webhook]] = {}
    for webhook in Webhook.objects.filter(contract__in={one.contract for one in heard}, ended_at=None):
        there.setdefault(webhook.contract_id, []).append(webhook)
    rows = [
        WebhookDelivery(
            contract_id=one.contract,
            webhook=webhook,
            entry_id=one.entry,
            stage=one.stage,
            about=one.about,
            citation=one.citation,
            key=one.key,
            made_at=now,
            not_before=now,
        )
        for one in heard
        for webhook in there.get(one.contract, ())
        if one.stage in webhook.stages
    ]
    if rows:
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)


def _heard(entry: Written, now: datetime) -> Iterator[_Heard]:
    if entry.verb == "notices_sent":
        yield from _told_by_date(entry, now)
        return
    for rule in subjects.stages_of(entry.verb):
        if rule.raised_as(entry.verb, entry.payload):
            citation = str(entry.payload.get("citation") or "")[:200]
            about, key = rule.about(entry.payload), f"entry {entry.pk}"
            yield _Heard(entry.contract, entry.pk, rule.name, about, citation, key)


def _told_by_date(entry: Written, now: datetime) -> Iterator[_Heard]:
    """What people were told of duties and facts; what is about an entry was heard with it."""
    day = london_day(now).isoformat()
    for told in entry.payload.get("notices", ()):
        what = next((name for name in ("duty", "fact") if told.get(name)), None)
        if what is not None:
            about = f"{what} {told[what]}"
            citation = str(told.get("citation") or "")[:200]
            yield _Heard(entry.contract, entry.pk, told["stage"], about, citation, f"{about} {day}")
