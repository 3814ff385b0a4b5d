"""The picture of a plan's clocks: what ended, what has no date, what a phone shows."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from obligations.plans.selectors import plan_page
from obligations.plans.services import upkeep
from obligations.plans.web import picture
from obligations.plans.web.picture import Bar
from obligations.web.time_line import LEFT, NARROW, RIGHT, WIDE, Picture
from tests.cast import NOON, ORDER, play
from tests.obligations.plans.conftest import SMP, Table, at
from tests.web.conftest import words
from tests.web.test_text import in_force

pytestmark = pytest.mark.django_db
RMD = "risk-management-documentation"


def drawn(table: Table, width: int = WIDE) -> Picture:
    found = picture.draw(
        table.cast.contract, plan_page(table.cast.access("priya"), table.plan, NOON), NOON, width
    )
    assert found is not None
    return found


def bars(found: Picture, title: str) -> list[Bar]:
    return [bar for lane in found.lanes for bar in lane.bars if bar.label.startswith(title)]


@pytest.fixture
def documentation(uploads) -> Table:
    start = date(2026, 2, 2)
    cast = play(now=at(start, 9), agreement_date=start, start_date=start, end_date=date(2029, 3, 1))
    return Table(cast, plan=RMD)


@pytest.fixture
def plan(uploads) -> Table:
    start = date(2026, 2, 23)
    return Table(play(ORDER, now=at(start, 9), agreement_date=start, start_date=start))


def test_what_a_variation_ended_is_no_met_clock_and_stops_at_its_day(documentation, browse):
    documentation.submit(date(2026, 3, 3))
    (before,) = bars(drawn(documentation), "Review Information Risk")
    assert before.kind == "open"
    in_force(documentation.cast)
    found = drawn(documentation)
    (review,) = bars(found, "Review Information Risk")
    assert (review.kind, review.done_x) == ("ended", None)
    assert review.label.endswith("ended Tue 10 Mar 2026")
    assert review.x + review.width < found.today_x  # it stopped a week before today
    page = words(
        browse(documentation.cast.priya).get(reverse("plan", args=[documentation.cast.contract.pk, RMD]))
    )
    assert "Ended Tue 10 Mar 2026" in page and "ended, or from before Duly" in page


def test_what_a_second_refusal_closed_is_not_called_met(plan, browse):
    plan.refuse(plan.submit(date(2026, 3, 9)), date(2026, 3, 10))
    plan.refuse(plan.submit(date(2026, 3, 11)), date(2026, 3, 12))
    (finish,) = bars(drawn(plan), "Finish the approval")
    assert (finish.kind, finish.done_x) == ("ended", None) and finish.label.endswith("ended Thu 12 Mar 2026")
    page = words(browse(plan.cast.priya).get(reverse("plan", args=[plan.cast.contract.pk, SMP])))
    closed = "Closed By the second refusal, Thu 12 Mar 2026, with nothing approved"
    assert f"Finish the approval of the plan {closed}" in page


def test_what_has_no_date_runs_on_to_the_edge(plan):
    plan.approve(plan.submit(date(2026, 3, 9)), date(2026, 3, 10))
    contract, ada = plan.cast.contract, plan.cast.as_("ada")
    more = {"event": "require", "reference": "Change 1", "description": "Sooner", "timescale": "by Friday"}
    upkeep.raise_change(contract, ada, NOON, plan=SMP, **more)
    found = drawn(plan)
    (early,) = bars(found, "Put the early change")
    assert early.kind == "word" and early.width > 100
    assert early.x + early.width == pytest.approx(found.width - RIGHT)


def test_the_phones_picture_is_whole_and_its_labels_fit(plan):
    plan.refuse(plan.submit(date(2026, 3, 9)), date(2026, 3, 12))
    plan.submit(date(2026, 3, 16))
    narrow = drawn(plan, NARROW)
    assert narrow.width == 350 and 0 < narrow.today_x < 350
    for lane in narrow.lanes:
        for bar in lane.bars:
            assert 0 <= bar.x < bar.x + bar.width <= 350 and bar.label_width <= 350, bar
            assert " by " in bar.label
    assert all(0 < tick.x < 350 for tick in narrow.ticks) and len(narrow.ticks) <= 6


def test_a_later_round_is_drawn_from_shortly_before_it(uploads):
    """Neither clocks of a round that is over nor the review since then press those of this one together."""
    start = date(2025, 9, 1)
    table = Table(play(ORDER, now=at(start, 9), agreement_date=start, start_date=start))
    table.approve(table.submit(date(2025, 9, 10)), date(2025, 9, 12))
    (yearly,) = bars(drawn(table), "Review and update")
    table.submit(date(2026, 3, 16))
    found = drawn(table)
    assert not bars(found, "Deliver the security management plan")
    (finish,), (review,) = bars(found, "Finish the approval"), bars(found, "Review and update")
    assert review.x == LEFT < finish.x  # it runs since September, and the picture begins in March
    assert found.summary.endswith("from Sun 1 Mar 2026 to Mon 14 Sep 2026.")
    assert yearly.width > 400
