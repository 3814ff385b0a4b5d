"""No scan this month, as both sides see it on pages and programs read it (DMP 23, 7.1.3, 7.11.1).

The present is Tuesday 17 March 2026, noon in London. Scanned on 10 February: the next by the end of 10 March.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from obligations.models import Duty
from obligations.services.asking.versions import rule_of
from tests.cast import Cast, happened, play
from tests.web.conftest import words

pytestmark = pytest.mark.django_db
SCAN = "external_vulnerability_scan_completed"


@pytest.fixture
def cast(db) -> Cast:
    cast = play()
    happened(cast, SCAN, date(2026, 2, 10))
    return cast


def test_the_letter_cannot_confirm_what_the_record_does_not_show(cast, browse):
    letter = Duty.objects.get(obligation__rule_key="7.11", due_date=date(2026, 4, 1))
    rule = rule_of(letter.obligation)
    assert rule is not None and rule.confirms == ("main/7.1.2", "main/7.1.3")
    there = reverse("duty", args=[cast.contract.pk, letter.pk])
    said = words(browse(cast.ada).get(there))
    assert "What it cannot confirm from the record" in said
    assert "Nothing done from 11 February 2026 to 10 March 2026 is on record." in said
    happened(cast, SCAN, date(2026, 3, 11))  # late: it was not there on 11 March either, until then
    assert "Nothing done from 11 February 2026 to 10 March 2026" in words(browse(cast.ada).get(there))


def test_the_duty_says_what_is_not_there_and_why(cast, browse):
    duty = Duty.objects.get(obligation__rule_key="7.1.3", due_date=date(2026, 3, 10))
    said = words(browse(cast.ada).get(reverse("duty", args=[cast.contract.pk, duty.pk])))
    assert "What is not on record" in said and "That has been so since midnight on 11 March 2026." in said
    assert "whenever it was recorded" in said


def test_the_page_of_the_gates_and_programs_name_it_today_only(cast, browse):
    client, there = browse(cast.ada), reverse("gates", args=[cast.contract.pk])
    assert "What comes round and is not on record" in words(client.get(there))
    assert "is not on record" not in words(client.get(there, {"on_day": 16, "on_month": 3, "on_year": 2026}))
    shown = client.get(reverse("api_gates", args=[cast.contract.pk])).json()["absent"]
    one = next(one for one in shown if one["paragraph"] == "main/7.1.3")
    assert (one["first"], one["last"], one["missed"]) == ("2026-02-11", "2026-03-10", 1)
    assert (
        client.get(reverse("api_gates", args=[cast.contract.pk]), {"on": "2026-03-16"}).json()["absent"] == []
    )
