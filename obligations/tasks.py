"""What the clock starts. Celery is another interface: each task takes the time once and calls one service."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from contracts.sealing_key import BadKey
from contracts.services import deciding_uploads, distribution, long_work, uploads
from contracts.services.errors import Refused
from contracts.services.seals import mail, making, stamps
from contracts.services.sign_in import mail as sign_in_mail
from contracts.services.sign_in import sessions
from obligations.services.ending import erasing, handing_over
from obligations.services.holidays import applying, published_list, shipped_list
from obligations.services.notices import delivery, joining
from obligations.services.reconciling import recurring
from obligations.services.versions import offers
from obligations.services.webhooks import sending as webhooks

log = logging.getLogger(__name__)

LONG_WORK_LIVES_IN = (uploads, deciding_uploads, erasing, handing_over)
"""Imported here, so that a worker knows the kinds of long work that are said there."""


@shared_task
def sweep_notices() -> None:
    """Send the notices whose moment has come."""
    delivery.sweep(timezone.now())


@shared_task
def send_webhooks() -> None:
    """Tell programs what they are to be told of contracts."""
    webhooks.sweep(timezone.now())


@shared_task
def plan_notices_ahead() -> None:
    """Plan again what people are told where somebody joined since, or may be told from today on."""
    joining.plan_ahead(timezone.now())


@shared_task
def raise_recurring() -> None:
    """Raise what comes round with time alone: recurring duties, anniversaries, lapsed certificates."""
    recurring.raise_recurring(timezone.now())


@shared_task
def refresh_bank_holidays() -> None:
    """Look whether bank holidays were published that the calendars do not hold."""
    published_list.refresh(timezone.now())


@shared_task
def offer_versions() -> None:
    """Offer what this release brought to the contracts that go by something earlier."""
    offers.offer_everything(timezone.now())


@shared_task
def do_long_work() -> None:
    """Do what people have asked for and wait for on its page."""
    long_work.run_waiting(timezone.now())


@shared_task
def work_on_bank_holidays() -> None:
    """Propose what a list that came with a release changes, and go on with what nobody has asked for."""
    now = timezone.now()
    shipped_list.offer(now)
    applying.work(now)


@shared_task
def sweep_uploads() -> None:
    """Throw away uploaded files that will be no document."""
    uploads.sweep(timezone.now())


@shared_task
def sweep_records() -> None:
    """Throw away archives of records that have waited long enough to be fetched."""
    handing_over.sweep(timezone.now())


@shared_task
def send_sign_in_mails() -> None:
    """Hand over what was asked to be mailed about signing in."""
    sign_in_mail.deliver(timezone.now())


@shared_task
def sweep_sessions() -> None:
    """Throw away sessions that ended by themselves."""
    sessions.sweep(timezone.now())


@shared_task
def seal_ledgers() -> None:
    """Seal what was written since the last seal, where anything was; ask for time stamps that are missing."""
    try:
        making.seal(timezone.now())
    except (Refused, BadKey) as error:
        log.error("the ledgers were not sealed: %s", error)
    stamps.stamp_waiting()


@shared_task
def mail_heads() -> None:
    """Mail where ledgers end to those who want it, once a day."""
    now = timezone.now()
    mail.plan(now)
    mail.sweep(now)


@shared_task
def look_at_distribution_lists() -> None:
    """Say in the log which lists nobody can act on any more for a side; who runs Duly puts somebody on."""
    for row, sides in distribution.lists_in_need(timezone.now()):
        log.error(
            "%s on %s: nobody on its list can act for the %s (script/manage distribution_lists)",
            row.subject, row.contract.reference, " and the ".join(sides),
        )  # fmt: skip
