"""The words of the page of webhooks, and of what is on the ledger of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.models import Contract
from contracts.web.ledger.presenters import Payload, Sentence
from contracts.web.words import moment_words
from obligations import subjects
from obligations.models import Webhook, WebhookDelivery, WebhookKind
from obligations.services.webhooks.sending import label_of

MOST_SHOWN = 50
"""Messages on the page: so many that were given up and can be sent again, and of the others the newest."""


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook. ``told``: what of."""

    pk: int
    host: str
    kind: str
    told: str
    made: str
    ended: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A message. ``again``: whether it may be sent again."""

    pk: int
    what: str
    host: str
    became: str
    tag: str
    again: bool


def webhook_row(webhook: Webhook) -> WebhookRow:
    """One webhook in words."""
    stages = subjects.stages()
    labels = [stages[name].label for name in webhook.stages if name in stages]
    every = len(labels) == len(stages)
    ended = (
        f"Stopped by {webhook.ended_by_name}, {moment_words(webhook.ended_at)}" if webhook.ended_at else ""
    )
    return WebhookRow(
        pk=webhook.pk,
        host=webhook.host,
        kind=WebhookKind(webhook.kind).label,
        told="Everything" if every else ", ".join(labels),
        made=f"Made by {webhook.made_by_name}, {moment_words(webhook.made_at)}",
        ended=ended,
    )


def delivery_row(one: WebhookDelivery) -> DeliveryRow:
    """One message in words."""
    about = one.citation or one.about
    tries = "1 try" if one.attempts == 1 else f"{one.attempts} tries"
    if one.sent_at:
        became, tag = f"Sent {moment_words(one.sent_at)}. Answer: {one.answer}", "Sent"
    elif one.given_up_at:
        became, tag = f"Given up after {tries}, {moment_words(one.given_up_at)}: {one.answer}", "Given up"
    elif one.attempts:
        became, tag = f"Next try {moment_words(one.not_before)}. After {tries}: {one.answer}", "Waits"
    else:
        became, tag = f"Written {moment_words(one.made_at)}", "Waits"
    return DeliveryRow(
        pk=one.pk,
        what=f"{label_of(one.stage)}{f', {about}' if about else ''}",
        host=one.webhook.host,
        became=became,
        tag=tag,
        again=bool(one.given_up_at) and one.webhook.ended_at is None,
    )


def choices() -> Sequence[tuple[str, str]]:
    """The stages, the most pressing first."""
    return [(one.name, one.label) for one in sorted(subjects.stages().values(), key=lambda one: one.rank)]


def _made(contract: Contract, payload: Payload) -> str:
    stages = payload.get("stages")
    number = len(stages) if isinstance(stages, list) else 0
    news = f"{number} kind{'' if number == 1 else 's'} of news"
    return f"Set up a webhook to {payload.get('host')}, told of {news}"


def _ended(contract: Contract, payload: Payload) -> str:
    return f"Stopped the webhook to {payload.get('host')}"


SENTENCES: dict[str, Sentence] = {"webhook_made": _made, "webhook_ended": _ended}
