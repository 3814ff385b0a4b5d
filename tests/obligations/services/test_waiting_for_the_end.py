"""What was asked for while the contract ran, and is owed once it has ended, comes by the clock (R44)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from obligations.models import Duty, WakeUp
from obligations.services.reconciling.recurring import raise_recurring
from obligations.services.reconciling.sweep import sweep
from tests.cast import happened, play

pytestmark = pytest.mark.django_db

LAST = datetime(2029, 3, 31, 22, 59, 59, tzinfo=UTC)
"""The last second of 31 March 2029, the contract's last day, in summer time."""

OVER = datetime(2029, 3, 31, 23, 0, tzinfo=UTC)
"""00:00 of 1 April 2029."""


def owed(cast):
    return Duty.objects.filter(contract=cast.contract, obligation__rule_key="11.1.1")


def test_data_demanded_before_the_end_are_owed_when_the_contract_has_run_out():
    cast = play()
    happened(cast, "data_return_demanded", date(2026, 3, 16), "Demand 1", by="ada")
    assert not owed(cast)
    assert WakeUp.objects.get(contract=cast.contract, subject="Demand 1").at == OVER
    raise_recurring(LAST)
    assert not owed(cast)
    raise_recurring(OVER)
    duty = owed(cast).get()
    assert (duty.subject, duty.word, duty.owed_from) == ("Demand 1", "on demand", OVER)
    assert sweep(OVER) == []


def test_where_the_end_was_put_off_it_is_owed_after_the_new_one():
    cast = play()
    happened(cast, "data_return_demanded", date(2026, 3, 16), "Demand 1", by="ada")
    happened(cast, "agreement_extended", date(2026, 3, 17), until="2029-09-30")
    raise_recurring(OVER)
    assert not owed(cast)
    after = datetime(2029, 9, 30, 23, 0, tzinfo=UTC)
    raise_recurring(after)
    assert owed(cast).get().owed_from == after
