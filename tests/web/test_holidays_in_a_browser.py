"""The pages of bank holidays in a real Chromium: no axe violation, nothing that spills over."""

from __future__ import annotations

from datetime import date

from contracts.models import Side
from contracts.services import long_work
from contracts.services.actors import Actor
from obligations.models import CalendarChange
from obligations.services.holidays import applying, previewing, proposing
from tests.cast import NOON, patch_released, play
from tests.web import test_accessibility
from tests.web.test_accessibility import at_noon, faults, open_page  # noqa: F401

pytestmark = test_accessibility.pytestmark


def test_the_pages_of_bank_holidays(open_page):  # noqa: F811
    cast = play()
    patch_released(cast, category="Other")
    cast.priya.is_staff = True
    cast.priya.save()
    priya = Actor.of(cast.priya, Side.NEITHER)
    made = []
    for day in (12, 13, 14):
        made.append(
            proposing.propose_day(
                priya, NOON, division="all", day=date(2026, 5, day), name="Jubilee", source="A proclamation"
            )
        )
    for change in made[:2]:
        previewing.preview(change, NOON)
    applying.apply(applying.ask_to_apply(CalendarChange.objects.get(pk=made[0].pk), priya, NOON), NOON)
    page = open_page(cast.priya)
    paths = ["", "/upload", "/add", f"/{made[1].pk}/withdraw", *(f"/{one.pk}" for one in made)]
    found = {path: wrong for path in paths if (wrong := faults(page, f"/holidays{path}"))}
    work = [applying.work_on(made[2]), long_work.run(previewing.ask_for_preview(made[1], priya, NOON), NOON)]
    assert [one.is_finished for one in work] == [False, True]
    found |= {one.pk: wrong for one in work if (wrong := faults(page, f"/long-work/{one.pk}"))}
    assert not found
