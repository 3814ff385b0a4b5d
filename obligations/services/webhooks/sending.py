"""Sending what webhooks are told: claim, look again, sign, post, write down what came of it.

As notices are sent: claimed in one short transaction with a lease, posted outside any. A worker that dies
keeps its claims only until the lease ends; then the message may go twice, with the same ``webhook-id``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from standardwebhooks.webhooks import Webhook as Signer

from contracts.services import ledger, sealing
from contracts.services.clock import Clock
from contracts.terms.moments import after, london_day
from obligations import subjects
from obligations.models import Duty, FactRecord, Notice, WebhookDelivery, WebhookKind
from obligations.services.notices import entry_mail
from obligations.services.notices.delivery import lease
from obligations.services.webhooks.endpoints import PURPOSE, TEST
from obligations.services.webhooks.posting import NotSent, post

log = logging.getLogger(__name__)

BATCH = 10
"""Claimed together: ten that do not answer take less than the lease."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""How long to wait after the first failure, the second and so on."""

PATIENCE = len(WAITS) + 1
"""A message is given up at this try."""

KEPT = "it is kept to a distribution list"


@dataclass
class Sent:
    """What one sweep did."""

    sent: int = 0
    failed: int = 0


def sweep(now: datetime, *, time_for: timedelta = timedelta(seconds=50)) -> Sent:
    """Send what waits, until nothing is left or the time is up. Several sweeps may run side by side."""
    clock, done = Clock(now), Sent()
    while clock.elapsed < time_for and (claimed := _claim(clock.now)):
        silent: set[int] = set()
        for row in claimed:
            if row.webhook_id not in silent and not _send(row, clock.now, done):
                silent.add(row.webhook_id)
                _hold_back(row, claimed, clock.now)
    return done


def _claim(now: datetime) -> list[WebhookDelivery]:
    free = Q(claimed_at=None) | Q(claimed_at__lte=after(now, -lease()))
    with transaction.atomic():
        waiting = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            free, sent_at=None, given_up_at=None, not_before__lte=now
        )
        claimed = list(waiting.order_by("not_before", "pk").values_list("pk", flat=True)[:BATCH])
        WebhookDelivery.objects.filter(pk__in=claimed).update(claimed_at=now)
    rows = WebhookDelivery.objects.filter(pk__in=claimed)
    return list(rows.select_related("webhook__contract", "entry").order_by("pk"))


def _hold_back(row: WebhookDelivery, claimed: Sequence[WebhookDelivery], now: datetime) -> None:
    """The rest of a webhook that does not answer waits with it, so that the others are not held up."""
    ours = Q(claimed_at=None) | Q(pk__in=[one.pk for one in claimed])
    rest = WebhookDelivery.objects.filter(ours, webhook=row.webhook_id, sent_at=None, given_up_at=None)
    later = after(now, WAITS[0])
    rest.filter(not_before__lt=later).update(not_before=later, claimed_at=None)


def _send(row: WebhookDelivery, now: datetime, done: Sent) -> bool:
    """Whether anything answered; what is not sent counts as answered."""
    fresh = WebhookDelivery.objects.filter(pk=row.pk, sent_at=None, given_up_at=None)
    if not fresh.filter(webhook__ended_at=None).exists():  # stopped since it was claimed
        return True
    try:
        if _is_kept(row):
            _give_up(row, KEPT, now)
            return True
        body = content(row)
        url = sealing.unseal(PURPOSE, row.webhook.sealed_url)
        answer = post(url, body.encode(), headers(row, body, now))
    except NotSent as failed:
        _failed(row, str(failed), now, done)
        return False
    except Exception as error:  # one message that cannot be written never holds up the others
        log.exception("webhook message %s could not be written", row.pk)
        _failed(row, f"it could not be written: {type(error).__name__}", now, done)
        return True
    said = f"{answer.status} {answer.begins}".strip()
    if not answer.is_taken:
        _failed(row, said, now, done)
        return True
    WebhookDelivery.objects.filter(pk=row.pk).update(
        sent_at=now, given_up_at=None, claimed_at=None, attempts=F("attempts") + 1, answer=said[:255]
    )
    done.sent += 1
    return True


def _failed(row: WebhookDelivery, words: str, now: datetime, done: Sent) -> None:
    done.failed += 1
    if row.attempts + 1 >= PATIENCE:
        _give_up(row, words, now)
        return
    log.warning("webhook message %s was not taken: %s", row.pk, words)
    WebhookDelivery.objects.filter(pk=row.pk, given_up_at=None).update(
        attempts=row.attempts + 1,
        claimed_at=None,
        answer=words[:255],
        not_before=after(now, WAITS[row.attempts]),
    )


def _give_up(row: WebhookDelivery, words: str, now: datetime) -> None:
    log.error("webhook message %s was given up: %s", row.pk, words)
    WebhookDelivery.objects.filter(pk=row.pk, given_up_at=None).update(
        given_up_at=now, attempts=row.attempts + 1, claimed_at=None, answer=words[:255]
    )


def _is_kept(row: WebhookDelivery) -> bool:
    """Whether what it is about is kept to a list by now. 2 queries at most."""
    what, _, number = row.about.partition(" ")
    subject = str(row.entry.payload.get("subject") or "") if row.entry is not None else ""
    if what in ("duty", "fact"):
        rows = (Duty if what == "duty" else FactRecord).objects.filter(pk=number)
        subject = str(rows.values_list("subject", flat=True).get())
    kept_to = row.entry is not None and bool(row.entry.kept_to)
    return kept_to or bool(ledger.kept([(row.contract_id, subject)]))


def headers(row: WebhookDelivery, body: str, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks, by which the receiver verifies it."""
    name = f"msg_{row.pk}"
    signer = Signer(sealing.unseal(PURPOSE, row.webhook.sealed_secret))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Duly",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signer.sign(name, now.astimezone(UTC), body),
    }


def content(row: WebhookDelivery) -> str:
    """What is sent: the stage, the contract's reference, what it is about, the day, the link; no content."""
    webhook = row.webhook
    told = {
        "stage": row.stage,
        "label": label_of(row.stage),
        "contract": webhook.contract.reference,
        "about": row.about,
        "citation": row.citation,
        "day": london_day(row.made_at).isoformat(),
        "link": settings.SITE_URL + _path(row),
    }
    if webhook.kind == WebhookKind.TEXT:
        about = row.citation or row.about
        words = ": ".join(one for one in (told["contract"], told["label"], about) if one)
        return _json({"text": f"{words}\n{told['link']}"})
    made = row.made_at.astimezone(UTC).isoformat(timespec="seconds")
    return _json({"type": f"duly.{row.stage}", "timestamp": made, "data": told})


def _json(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False)


def label_of(stage: str) -> str:
    """A stage in words."""
    return "Test" if stage == TEST else subjects.stages()[stage].label


def _path(row: WebhookDelivery) -> str:
    what, _, number = row.about.partition(" ")
    if row.entry is None:
        return reverse("webhooks", args=[row.contract_id])
    if what in ("duty", "fact"):
        return reverse(what, args=[row.contract_id, int(number)])
    return entry_mail.words(Notice(stage=row.stage, contract=row.webhook.contract, entry=row.entry)).path
