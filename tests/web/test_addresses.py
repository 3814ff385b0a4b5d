"""What addresses name and is not there. Who gets in where is asked in tests/access."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from obligations.breaches.models import Breach
from tests.cast import play
from tests.support.addresses import (
    Things,
    parameters,
    things,
)
from tests.web.conftest import words

pytestmark = pytest.mark.django_db


def read(response):
    """Reads a download to its end, so that its file is closed."""
    response.content_read = b"".join(response.streaming_content) if response.streaming else response.content
    return response


@pytest.fixture
def here(cast, uploads) -> Things:
    return things(cast)


@pytest.fixture
def elsewhere(here) -> Things:
    """Another contract, whose people are the same but for Priya."""
    other = play(reference="WF-2026-099")
    found = things(other)
    other.contract.memberships.filter(person=other.priya).delete()
    return found


def test_a_paragraph_that_the_contract_does_not_have_is_not_there(here, browse):
    for citation in (
        "order_schedule_9/Part A/4.3.1",
        "main/99",
        "../../etc/passwd",
        "dmp_schedule_23/main/10.3/",
        "x",
    ):
        address = reverse("paragraph", args=[here.cast.contract.pk, citation])
        assert browse(here.cast.priya).get(address).status_code == 404


def test_a_breach_or_a_plan_that_the_contract_does_not_have_is_not_there(here, elsewhere, browse):
    """The same reference on two contracts leads to each contract's own breach, and else nowhere."""
    cast = here.cast
    for one in (cast, elsewhere.cast):
        breach = Breach.objects.get(contract=one.contract)
        address = reverse("breach_called", args=[one.contract.pk, breach.reference])
        assert browse(cast.ada).get(address).url == reverse("breach", args=[one.contract.pk, breach.pk])
        assert browse(cast.zed).get(address).status_code == 404
    there = reverse("breach_called", args=[elsewhere.cast.contract.pk, breach.reference])
    assert browse(cast.priya).get(there).status_code == 404
    for reference in ("B-2026-099", "B-2026-001/", "../1", "x" * 300):
        gone = reverse("breach_called", args=[cast.contract.pk, reference])
        assert browse(cast.priya).get(gone).status_code == 404, reference
    for kind in ("smp_submitted", "patch_publicly_released", "no_such_kind"):
        gone = reverse("plan_called", args=[cast.contract.pk, kind])
        assert browse(cast.priya).get(gone).status_code == 404, kind


def test_numbers_too_large_for_the_database_are_not_there(here, browse):
    huge = 10**30
    for name in ("duty", "fact", "variation", "document"):
        [key] = parameters(name) - {"contract_id"}
        assert browse(here.cast.priya).get(here.address(name, **{key: huge})).status_code == 404
    assert browse(here.cast.priya).get(reverse("board", args=[huge])).status_code == 404


def test_not_found_says_so_in_plain_words(here, browse):
    response = browse(here.cast.zed).get(here.address("duty"))
    assert "There is no such page, or it belongs to a contract that you are not on." in words(response)


def test_who_left_the_contract_yesterday_is_not_let_in(here, browse):
    here.cast.contract.memberships.filter(person=here.cast.tom).update(to_day=date(2026, 3, 16))
    assert browse(here.cast.tom).get(here.address("board")).status_code == 404
    here.cast.contract.memberships.filter(person=here.cast.tom).update(to_day=date(2026, 3, 17))
    assert browse(here.cast.tom).get(here.address("board")).status_code == 200
