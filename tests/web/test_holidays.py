"""The pages of bank holidays: for administrators of the system, from proposal to applied."""

from __future__ import annotations

from datetime import date

import pytest

from obligations.models import CalendarChange, Duty
from obligations.services.holidays import previewing
from tests.cast import patch_released, person
from tests.web.conftest import errors, words

DAY = {"division": "england-and-wales", "day_day": "12", "day_month": "5", "day_year": "2026",
       "name": "Jubilee", "source": "A proclamation"}  # fmt: skip


@pytest.fixture
def rosa(cast, browse):
    """Somebody who looks after the system and is on no contract."""
    return browse(person("rosa", is_staff=True))


@pytest.fixture
def duty(cast) -> Duty:
    return patch_released(cast, category="Other")


def test_only_system_administrators_find_the_pages(cast, duty, rosa, browse):
    rosa.post("/holidays/add", DAY)
    pk = CalendarChange.objects.get().pk
    for path in ("", "/upload", "/add", f"/{pk}", f"/{pk}/withdraw"):
        assert rosa.get(f"/holidays{path}").status_code == 200
        for name in ("priya", "mina", "zed"):
            assert browse(cast.people[name]).get(f"/holidays{path}").status_code == 404
        assert browse().get(f"/holidays{path}").status_code == 302
    for path in ("/upload", "/add", f"/{pk}/apply", f"/{pk}/preview", f"/{pk}/withdraw"):
        assert browse(cast.mina).post(f"/holidays{path}", DAY).status_code == 404
    assert rosa.get("/holidays/999999").status_code == 404
    assert "Bank holidays" in words(rosa.get("/holidays/add"))
    assert "Bank holidays" not in words(browse(cast.mina).get("/", follow=True))


def _duty_page(browse, cast, duty):
    return browse(cast.priya).get(f"/contracts/{cast.contract.pk}/duties/{duty.pk}")


def test_from_the_day_to_the_new_date(cast, duty, rosa, browse):
    page = rosa.post("/holidays/add", DAY, follow=True)
    said = words(page)
    assert "1 open duty gets another date" in said
    assert "Wednesday 10 June 2026 Thursday 11 June 2026" in said
    assert "WF-2026-014 Apprenticeship portal" in said
    pk = CalendarChange.objects.get().pk
    said = words(rosa.post(f"/holidays/{pk}/apply", follow=True))
    assert "Applied. 1 duty redated." in said and "as version 2 of the calendars" in said
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 6, 11)
    proof = words(_duty_page(browse, cast, duty))
    assert "version 2 of the calendars, known to 26 December 2028" in proof
    assert "Jubilee" in proof
    assert "applied already" in words(rosa.post(f"/holidays/{pk}/apply", follow=True))
    duty.refresh_from_db()
    assert duty.deadline_version == 2


def test_a_mistake_leads_to_its_box(rosa):
    page = rosa.post("/holidays/add", DAY | {"day_day": "16", "name": ""})
    assert errors(page) == {"Enter the holiday’s name.": "id_name"}
    page = rosa.post("/holidays/add", DAY | {"day_day": "16"})
    ((text, where),) = errors(page).items()
    assert "16 May 2026 is a Saturday" in text and where == "id_day_day"
    assert rosa.post("/holidays/upload", {}).status_code == 200


def test_large_work_is_left_to_a_worker_and_shows_how_far_it_is(duty, rosa, monkeypatch):
    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    page = rosa.post("/holidays/add", DAY, follow=True)
    assert "Working out the preview" in words(page) and page["Refresh"] == "5"
    change = CalendarChange.objects.get()
    assert change.state == "proposed"
    from obligations import tasks

    tasks.work_on_bank_holidays()
    assert "1 open duty gets another date" in words(rosa.get(f"/holidays/{change.pk}"))
    said = words(rosa.post(f"/holidays/{change.pk}/apply", follow=True))
    assert "Redating open duties" in said and "being redated" in said
    tasks.work_on_bank_holidays()
    page = rosa.get(f"/holidays/{change.pk}")
    assert "1 duty redated" in words(page) and "Refresh" not in page


def test_withdrawn_and_taken_back_with_a_reason(duty, rosa):
    rosa.post("/holidays/add", DAY)
    first = CalendarChange.objects.get()
    assert errors(rosa.post(f"/holidays/{first.pk}/withdraw", {"reason": ""}))
    assert "Not this year" in words(
        rosa.post(f"/holidays/{first.pk}/withdraw", {"reason": "Not this year"}, follow=True)
    )
    rosa.post("/holidays/add", DAY)
    second = CalendarChange.objects.exclude(pk=first.pk).get()
    rosa.post(f"/holidays/{second.pk}/apply")
    said = words(rosa.post(f"/holidays/{second.pk}/withdraw", {"reason": "In error"}, follow=True))
    assert "Thursday 11 June 2026 Wednesday 10 June 2026" in said


def test_the_list_says_what_is_in_use(rosa):
    said = words(rosa.get("/holidays"))
    assert "known to 26 December 2028" in said and "version 1" in said
    assert "Fri 3 Apr 2026 Good Friday" in said
