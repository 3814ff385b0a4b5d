"""Choosing a reading from a duty's page (R12)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from obligations.models import Duty
from tests.cast import Cast, happened
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
AWARE = {"reading": "from awareness"}


@pytest.fixture
def duty(cast: Cast) -> Duty:
    happened(cast, "breach_of_security_occurred", datetime(2026, 3, 12, 10, 0, tzinfo=UTC), "B-1")
    return Duty.objects.get(subject="B-1", obligation__paragraph__number="8.2.2")


def page_of(duty: Duty, name: str = "choose_reading") -> str:
    return reverse(name, args=[duty.contract_id, duty.pk])


def test_from_the_list_to_the_consequence_to_done_and_back(cast, browse, duty):
    browser = browse(cast.priya)
    listed = browser.get(page_of(duty, "duty"))
    assert f'href="{page_of(duty)}?reading=from+awareness"' in listed.content.decode()
    page = words(browser.get(page_of(duty), AWARE))
    assert "“from awareness” instead of “the default reading”" in page
    assert "(B-1): from" in page and "to Thursday 19 March 2026" in page
    response = browser.post(page_of(duty), AWARE | {"reason": "Agreed on 16 March."}, follow=True)
    page = words(response)
    assert "The reading is chosen for this contract." in page
    assert "For this contract the reading “from awareness” was chosen." in page
    assert "Due by the end of Thursday 19 March 2026" in page
    assert "“from awareness” instead of “the default reading”. Agreed on 16 March." in page
    back = page_of(duty) + "?reading=the+default+reading"
    assert f'href="{back}"' in response.content.decode()
    assert "“the default reading” instead of “from awareness”" in words(browser.get(back))


def test_a_reason_is_needed(cast, browse, duty):
    page = browse(cast.ada).post(page_of(duty), AWARE)
    assert errors(page) == {"Say why this reading counts for the contract.": "id_reason"}
    duty.refresh_from_db()
    assert "reading" not in duty.derivation


@pytest.mark.parametrize("who", ["tom", "grace", "ben", "olu", "mina"])
def test_other_roles_neither_see_the_way_nor_may_go_it(cast, browse, duty, who):
    browser = browse(getattr(cast, who))
    assert "Choose this reading" not in words(browser.get(page_of(duty, "duty")))
    assert browser.get(page_of(duty), AWARE).status_code == 403
    assert browser.post(page_of(duty), AWARE | {"reason": "x"}).status_code == 403


def test_an_unknown_reading_is_said_so(cast, browse, duty):
    page = browse(cast.priya).post(page_of(duty), {"reading": "by tea leaves", "reason": "x"})
    assert page.status_code == 200 and "no reading called “by tea leaves”" in words(page)
