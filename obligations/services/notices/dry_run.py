"""Who would get which mail at a moment: worked out as the sweep does it, and nothing is claimed or sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from obligations.models import Notice
from obligations.services.notices import delivery
from obligations.services.notices.recheck import prepare

TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Mails:
    """What one person would get: notices in the mail of the day, notices at once, and what would not go."""

    name: str
    email: str
    daily: int
    at_once: int
    not_sent: int


def mails_at(moment: datetime) -> list[Mails]:
    """What every person would get by this moment of what is planned now, by name."""
    counts: dict[tuple[str, str], list[int]] = {}
    for notices in _waiting(moment):
        batch = prepare(notices, moment)
        days = delivery.mails_of_the_day(batch)
        for notice in notices:
            if days.get(notice.pk, moment) > moment:
                continue
            place = 2 if notice.pk in batch.why_not else 0 if notice.pk in days else 1
            counts.setdefault((notice.recipient.name, notice.recipient.email), [0, 0, 0])[place] += 1
    return [Mails(*who, *numbers) for who, numbers in sorted(counts.items())]


def _waiting(moment: datetime) -> Iterator[list[Notice]]:
    waiting = Notice.objects.filter(sent_at=None, cancelled_at=None, goes_at__lte=moment)
    numbers = list(waiting.order_by("recipient", "pk").values_list("pk", flat=True))
    for start in range(0, len(numbers), TOGETHER):
        yield delivery.with_what_they_say(numbers[start : start + TOGETHER])
