"""Half a lease: the edge that keeps a slow worker from sending what another may already be sending."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.services import clock
from obligations.models import Notice
from obligations.services.notices import delivery
from obligations.services.notices.planning import plan
from tests.cast import NOON
from tests.support.duties import make_duty

LEASE = 100


class Hand:
    """A clock that is moved by hand: each letter takes ``each`` seconds to write."""

    def __init__(self, each: float) -> None:
        self.seconds, self.each, self._compose = 0.0, each, delivery.compose

    def monotonic(self) -> float:
        return self.seconds

    def compose(self, *args, **kwargs):
        self.seconds += self.each
        return self._compose(*args, **kwargs)


@pytest.mark.parametrize(
    ("each", "sent"),
    [
        (LEASE / 2, 2),  # the first letter took half the lease to the second: the next may still go
        (LEASE / 2 + 0.001, 1),  # a moment longer: the rest is left to whoever claims it next
    ],
)
def test_a_worker_that_has_used_half_its_lease_leaves_the_rest(cast, mail, settings, monkeypatch, each, sent):
    settings.NOTICE_LEASE_SECONDS = LEASE
    plan([make_duty(cast)], NOON)
    assert Notice.objects.filter(not_before__lte=NOON).count() == 2
    hand = Hand(each)
    monkeypatch.setattr(clock, "monotonic", hand.monotonic)
    monkeypatch.setattr(delivery, "compose", hand.compose)
    swept = delivery.sweep(NOON)
    assert (swept.sent, swept.failed, len(mail.box.messages)) == (sent, 0, sent)
    left = Notice.objects.filter(not_before__lte=NOON, sent_at=None)
    assert [notice.claimed_at for notice in left] == [None] * (2 - sent)
    hand.each = 0
    assert delivery.sweep(NOON + timedelta(seconds=LEASE)).sent == 2 - sent
    assert len(set(mail.box.ids)) == len(mail.box.messages) == 2
