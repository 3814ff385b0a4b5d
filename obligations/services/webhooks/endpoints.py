"""The webhooks of a contract: made and stopped by who manages it; a test; what was given up, sent again."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from django.db import transaction

from contracts.models import Contract
from contracts.row_security import asking, writes
from contracts.services import ledger, locks, sealing
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations import subjects
from obligations.models import Webhook, WebhookDelivery
from obligations.services.webhooks.posting import BadAddress, NotSent, addresses_of, parts_of

PURPOSE = "webhook"
TEST = "test"
"""The stage of a message that somebody asked for to see whether it arrives."""

MOST = 10
"""Webhooks of one contract that are told at a time."""

STOPPED = "the webhook was stopped"


class Made(NamedTuple):
    """A webhook with its secret, which is shown this once."""

    webhook: Webhook
    secret: str


@transaction.atomic
def make(
    contract: Contract, actor: Actor, now: datetime, *, kind: str, url: str, stages: Sequence[str]
) -> Made:
    """A webhook for these stages. Raises Refused: an address that is not asked, a stage that is none."""
    if actor.person is None:
        raise ValueError("a webhook is made by somebody")
    host = _host(url)
    if not stages or not set(stages) <= subjects.stages().keys():
        raise Refused("stages", "Choose what it is told of.")
    locks.locked(contract, "pk")
    if Webhook.objects.filter(contract=contract, ended_at=None).count() >= MOST:
        raise Refused("", f"This contract has {MOST} webhooks. Stop one of them first.")
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with asking.job(writes.WEBHOOKS, contract.pk):
        webhook = Webhook.objects.create(
            contract=contract,
            kind=kind,
            host=host,
            sealed_url=sealing.seal(PURPOSE, url),
            sealed_secret=sealing.seal(PURPOSE, secret),
            stages=sorted(stages),
            made_at=now,
            made_by=actor.person,
            made_by_name=actor.name,
        )
    payload = {"webhook": webhook.pk, "host": host, "kind": kind, "stages": webhook.stages}
    ledger.record(contract, actor, "webhook_made", payload, now)
    return Made(webhook, secret)


def _host(url: str) -> str:
    try:
        parts = parts_of(url)
        addresses_of(parts)
    except BadAddress as bad:
        raise Refused("url", f"Duly does not send there: {bad}.") from None
    except NotSent as failed:
        raise Refused("url", f"Check the address: {failed}.") from None
    return parts.hostname or ""


@transaction.atomic
def end(webhook: Webhook, actor: Actor, now: datetime) -> None:
    """Nothing is sent there any more, what waits included. Raises Refused where it was stopped already."""
    locks.locked(webhook.contract, "pk")
    with asking.job(writes.WEBHOOKS, webhook.contract_id):
        fresh = Webhook.objects.get(pk=webhook.pk)
        if fresh.ended_at is not None:
            raise Refused("", "It was stopped already.")
        fresh.ended_at, fresh.ended_by_name = now, actor.name
        fresh.save(update_fields=["ended_at", "ended_by_name"])
        waiting = WebhookDelivery.objects.filter(webhook=webhook, sent_at=None, given_up_at=None)
        waiting.update(given_up_at=now, claimed_at=None, answer=STOPPED)
    payload = {"webhook": webhook.pk, "host": webhook.host}
    ledger.record(webhook.contract, actor, "webhook_ended", payload, now)


def send_test(webhook: Webhook, now: datetime) -> None:
    """Have a test go there with the next messages. Raises Refused where one waits, or it was stopped."""
    _require_works(webhook)
    waiting = webhook.deliveries.filter(stage=TEST, sent_at=None, given_up_at=None)
    if waiting.exists():
        raise Refused("", "A test is on its way already.")
    webhook.deliveries.create(
        contract_id=webhook.contract_id, stage=TEST, key=uuid4().hex, made_at=now, not_before=now
    )


def send_again(delivery: WebhookDelivery, now: datetime) -> None:
    """Try what was given up anew, with as many tries. Raises Refused where it was not, or cannot go."""
    _require_works(delivery.webhook)
    with asking.job(writes.WEBHOOKS, delivery.contract_id):
        dead = WebhookDelivery.objects.filter(pk=delivery.pk, sent_at=None, given_up_at__isnull=False)
        if not dead.update(given_up_at=None, attempts=0, not_before=now, claimed_at=None):
            raise Refused("", "It is on its way already.")


def _require_works(webhook: Webhook) -> None:
    if webhook.ended_at is not None:
        raise Refused("", "This webhook was stopped. Make a new one.")
