"""The pages of bank holidays: for administrators of the system, from proposal to applied."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.models import LongWork
from contracts.services import long_work
from obligations.models import CalendarChange, Duty
from obligations.services.holidays import applying, previewing
from tests.cast import NOON, patch_released, person
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
    for path in (
        "/upload",
        "/add",
        *(f"/{pk}/{act}" for act in ("apply", "preview", "try-again", "withdraw")),
    ):
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


def test_the_page_of_the_work_is_for_the_same_people_and_leads_on(cast, duty, rosa, browse, monkeypatch):
    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    page = rosa.post("/holidays/add", DAY, follow=True)
    work, change = LongWork.objects.get(), CalendarChange.objects.get()
    assert page.redirect_chain[-1][0] == f"/long-work/{work.pk}"
    assert browse(cast.mina).get(f"/long-work/{work.pk}").status_code == 404
    assert browse(cast.mina).post(f"/long-work/{work.pk}/cancel").status_code == 404
    there = rosa.get(f"/holidays/{change.pk}")
    assert f'href="/long-work/{work.pk}">See how far it has come' in there.content.decode()
    assert there["Refresh"] == "5"
    long_work.run_waiting(NOON)
    page = rosa.get(f"/long-work/{work.pk}")
    assert "The preview is there." in words(page)
    assert f'href="/holidays/{change.pk}">See what came of it' in page.content.decode()


def test_a_preview_that_was_stopped_is_begun_again_by_a_person_and_not_by_the_clock(duty, rosa, monkeypatch):
    from obligations import tasks

    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    rosa.post("/holidays/add", DAY)
    work, change = LongWork.objects.get(), CalendarChange.objects.get()
    assert "It was stopped before its end." in words(rosa.post(f"/long-work/{work.pk}/cancel", follow=True))
    tasks.work_on_bank_holidays()
    page = rosa.get(f"/holidays/{change.pk}")
    assert "Jubilee, 12 May 2026. It was stopped before its end." in words(page) and "Refresh" not in page
    rosa.post(f"/holidays/{change.pk}/preview")
    tasks.do_long_work()
    assert "1 open duty gets another date" in words(rosa.get(f"/holidays/{change.pk}"))


def test_a_redating_that_failed_says_so_and_is_gone_on_with_when_asked(duty, rosa, at_noon, monkeypatch):
    """It cannot be stopped half-way: the change counts already."""
    from obligations import tasks

    rosa.post("/holidays/add", DAY)
    change = CalendarChange.objects.get()
    real = applying._stale
    monkeypatch.setattr(applying, "_stale", lambda *_: {}["no row"])
    page = rosa.post(f"/holidays/{change.pk}/apply", follow=True)
    assert "It is tried again shortly." in words(page) and "Stop it" not in words(page)
    work = LongWork.objects.get(kind=applying.REDATE)
    assert "cannot be stopped half-way" in words(rosa.post(f"/long-work/{work.pk}/cancel", follow=True))
    for _ in range(2):
        at_noon.shift(600)
        tasks.do_long_work()
    at_noon.shift(600)
    tasks.work_on_bank_holidays()  # the clock does not begin it for ever
    page = rosa.get(f"/holidays/{change.pk}")
    assert "Something went wrong, 3 times." in words(page) and "Go on redating" in words(page)
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 6, 10)
    monkeypatch.setattr(applying, "_stale", real)
    assert "Applied. 1 duty redated." in words(rosa.post(f"/holidays/{change.pk}/apply", follow=True))
    duty.refresh_from_db()
    assert (duty.due_date, duty.deadline_version) == (date(2026, 6, 11), 2)


def test_a_contract_that_cannot_be_worked_out_is_shown_and_the_change_goes_on(cast, duty, rosa, monkeypatch):
    def broken(*_):
        raise ValueError("what not everybody may read")

    with monkeypatch.context() as patched:
        patched.setattr(previewing, "redated", broken)
        said = words(rosa.post("/holidays/add", DAY, follow=True))
        assert "Contracts that could not be worked out (1)" in said and "not everybody may read" not in said
        assert "WF-2026-014 Apprenticeship portal An error in Duly (ValueError). The log says more." in said
        pk = CalendarChange.objects.get().pk
        said = words(rosa.post(f"/holidays/{pk}/apply", follow=True))
    assert "0 duties redated" in said and "Work these contracts out again" in said
    assert rosa.get(f"/holidays/{pk}/try-again").status_code == 405
    said = words(rosa.post(f"/holidays/{pk}/try-again", follow=True))
    assert "Every contract is worked out." in said and "could not be worked out" not in said
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 6, 11)


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
