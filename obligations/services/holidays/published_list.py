"""Looking at the published list of bank holidays by the clock, where the network allows (R4).

What comes is only proposed (``propose_fetched``). Where nothing comes, the calendars in use stay in
use: the shipped list with what was applied. One line in the log says why, and one row keeps it.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import logging
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from contracts.services import long_work
from contracts.services.errors import Refused
from contracts.terms.moments import london_day
from obligations.models import CalendarChange, CalendarCheck, ChangeKind, ChangeState
from obligations.rules.time.published import Published, PublishedError, compare, read_published
from obligations.services.asking import calendars
from obligations.services.holidays.applying import CLOCK, ask_for_redating, ask_to_apply
from obligations.services.holidays.previewing import ask_for_preview
from obligations.services.holidays.proposing import digest_of, put_forward

log = logging.getLogger(__name__)
SECONDS = 5
MOST_BYTES = 2_000_000
KEPT_CHECKS = 100


class NoList(Exception):
    """No list came, with the reason in one line."""


def refresh(now: datetime) -> CalendarChange | None:
    """Fetch the published list and propose what it changes; None where it changes nothing or did not come.

    Never raises for the network, the server or what it sent.
    """
    address = settings.BANK_HOLIDAYS_URL
    if not address:
        return None
    try:
        content = fetch(address)
        published = read_published(json.loads(content.decode("utf-8-sig")))
    except (NoList, PublishedError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        log.warning("bank holidays: no list from %s (%s); the calendars stay as they are", address, why)
        _keep(now, False, f"No list came: {why}")
        return None
    change = propose_fetched(published, address, hashlib.sha256(content).hexdigest(), now)
    if change is None:
        _keep(now, True, "The list came and says nothing new.")
    elif change.state == ChangeState.APPLIED:
        _keep(now, True, "The list came with new years. No date moved, so they were added.")
    else:
        _keep(now, True, "The list came with changes. They wait for an administrator.")
    return change


def propose_fetched(published: Published, source: str, sha256: str, now: datetime) -> CalendarChange | None:
    """Propose what the list fetched by the clock changes; None where it says nothing new or was turned down.

    New years alone, with no date moving, are applied at once; everything else waits for an administrator.
    """
    known = calendars.load().lists
    change = compare(known, published)
    if not change or CalendarChange.objects.filter(digest=digest_of(change)).exists():
        return None
    change = replace(change, published=london_day(now))
    proposed = put_forward(CLOCK, now, change, ChangeKind.PUBLISHED, source, sha256=sha256)
    long_work.run(ask_for_preview(proposed, CLOCK, now), now)
    proposed.refresh_from_db()
    if proposed.change.only_extends(known.edge) and proposed.previewed_moves == 0:
        try:
            ask_to_apply(proposed, CLOCK, now)
        except Refused:
            return proposed
        long_work.run(ask_for_redating(proposed, CLOCK, now), now)
    return proposed


def fetch(address: str) -> bytes:
    """What is at the address. Raises NoList, in one line, where that cannot be had within seconds."""
    if urlsplit(address).scheme not in ("http", "https"):
        raise NoList("the address must begin with https://")
    request = urllib.request.Request(address, headers={"User-Agent": "Duly", "Accept": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - http or https, as checked
            content: bytes = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        raise NoList(f"the server answered {error.code}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoList(str(getattr(error, "reason", error)) or type(error).__name__) from error
    if len(content) > MOST_BYTES:
        raise NoList("the answer is too long to be the list")
    return content


def _keep(now: datetime, answered: bool, note: str) -> None:
    CalendarCheck.objects.create(at=now, answered=answered, note=note[:300])
    old = list(CalendarCheck.objects.values_list("pk", flat=True)[KEPT_CHECKS:])
    CalendarCheck.objects.filter(pk__in=old).delete()
