"""A new bank holiday: the preview is exact, applying it redates what is open, once, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.models import LedgerEntry
from contracts.services import ledger
from contracts.services.errors import Refused
from contracts.services.variations import draft_variation, share_variation
from contracts.terms.moments import london_day
from obligations.models import CalendarChange, CalendarMove, Duty, Notice, Phase, Stage
from obligations.rules.time.working_days import load_calendar
from obligations.services.asking import calendars
from obligations.services.holidays import applying, previewing, proposing, redating_rows
from obligations.services.notices.planning import plan
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.variations.signing import sign_variation
from tests.cast import DMP, NOON, ORDER, SYSTEM, done, happened, patch_released, play
from tests.obligations.holidays.conftest import DUE, THEN, TUESDAY

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def dates(cast) -> dict[int, tuple]:
    rows = Duty.objects.filter(contract=cast.contract)
    return {row.pk: (row.due_at, row.deadline_version, row.phase) for row in rows}


def moves(change) -> dict[int, tuple[date, date]]:
    rows = CalendarMove.objects.filter(calendar_change=change, moves=True)
    return {row.duty_id: (london_day(row.old_due_at), london_day(row.due_at)) for row in rows}


def test_the_preview_says_what_would_move_and_moves_nothing(cast, duty, propose):
    before = dates(cast)
    change = propose()
    assert moves(change) == {duty.pk: (DUE, THEN)}
    assert (change.state, change.previewed_moves, change.version) == ("ready", 1, None)
    assert dates(cast) == before
    assert calendars.load().of("england-and-wales").is_working_day(TUESDAY)


def test_applying_does_exactly_what_the_preview_said(cast, duty, applied):
    for number in range(5):
        patch_released(cast, f"CVE-2026-1{number}", date(2026, 2, 26 - number), category="Other")
        patch_released(cast, f"CVE-2026-2{number}", date(2026, 3, 10 + number))
    before = dates(cast)
    change = applied()
    said, after = moves(change), dates(cast)
    changed = {pk for pk in after if after[pk] != before[pk]}
    assert changed == set(said) and len(said) == change.moved == 6
    for pk, (old, new) in said.items():
        assert (before[pk][0].date(), after[pk][0].date()) == (old, new)
        assert after[pk][1] == before[pk][1] + 1


def test_what_was_applied_is_what_reconciling_the_whole_contract_gives(applied):
    cast = play(DMP, ORDER)
    patch_released(cast, category="Other")
    happened(cast, "smp_submitted", date(2026, 3, 16), "plan")
    happened(cast, "smp_non_approval_notified", date(2026, 3, 17), "plan", by="ada", grounds=["4.2.1(b)"])
    assert applied(date(2026, 3, 25)).moved >= 3
    rows = dates(cast)
    changes = reconcile(cast.contract, NOON, SYSTEM, because="again")
    assert not changes
    assert dates(cast) == rows


def test_a_careful_date_moves_along_and_stays_no_limit(cast, applied):
    """R48: 60 Working Days from the day on which the version was first seen, one more by the holiday."""
    details = {"category": "Other", "fixed_version": "2"}
    happened(cast, "vulnerability_identified", date(2026, 3, 12), "CVE-2026-0009", **details)
    change = applied()
    row = Duty.objects.get(subject="CVE-2026-0009")
    assert moves(change) == {row.pk: (DUE, THEN)}
    assert (row.due_date, row.careful, row.derivation["careful_date"]) == (THEN, True, THEN.isoformat())
    assert not reconcile(cast.contract, NOON, SYSTEM, because="again")
    entry = LedgerEntry.objects.filter(verb="duty_redated", payload__duty=row.pk).get()
    assert entry.payload["due_date"] is None and entry.payload["careful_at"].startswith(THEN.isoformat())


def test_the_proof_names_the_day_and_the_version_of_the_calendar(cast, duty, applied):
    assert duty.derivation["calendar"]["version"] == 1
    applied()
    duty.refresh_from_db()
    calendar = duty.derivation["calendar"]
    assert (calendar["version"], calendar["edge"]) == (2, load_calendar().edge.isoformat())
    assert calendar["fingerprint"] != load_calendar().version
    skipped = [day for step in duty.derivation["steps"] for day in step.get("skipped", [])]
    assert {"date": "2026-05-12", "why": "Bank holiday for the jubilee"} in skipped


def test_the_ledger_tells_the_change_and_its_chain_is_whole(cast, duty, applied):
    applied()
    entry = LedgerEntry.objects.get(contract=cast.contract, verb="duty_redated")
    assert (entry.actor_name, entry.payload["duty"], entry.payload["calendar"]) == ("Rosa", duty.pk, 2)
    assert entry.payload["due_at_before"] == "2026-06-10T23:59:59+01:00"
    assert entry.payload["due_at"] == "2026-06-11T23:59:59+01:00"
    assert "12 May 2026 (Bank holiday for the jubilee) in England and Wales" in entry.payload["because"]
    happened(cast, "patch_publicly_released", date(2026, 3, 16), "CVE-2026-9", category="Critical")
    assert ledger.verify(cast.contract) == cast.contract.ledger.count()


def test_the_people_concerned_are_told_once_and_old_reminders_do_not_go(cast, duty, applied):
    applied()
    told = Notice.objects.filter(duty=duty, stage=Stage.REDATED)
    assert sorted(notice.recipient.name for notice in told) == ["Priya Nair", "Tom Ashdown"]
    waiting = Notice.objects.filter(duty=duty, sent_at=None, cancelled_at=None)
    assert {notice.deadline_version for notice in waiting} == {2}
    old = Notice.objects.filter(duty=duty, deadline_version=1)
    assert old.exists() and {notice.cancelled_why for notice in old} == {redating_rows.WHY}


def test_what_is_about_the_contract_is_previewed_once_beside_what_is_about_a_subject(cast, duty, propose):
    """By June the contract's own duties say something else too; the engine gives them with every subject."""
    change = propose(date(2026, 6, 9), now=NOON + timedelta(days=80))
    assert change.state == "ready"
    assert moves(change) == {duty.pk: (DUE, THEN)}
    kept = CalendarMove.objects.filter(calendar_change=change)
    assert kept.filter(duty__subject="").exists() and kept.filter(duty__subject=duty.subject).count() == 1


def test_the_notices_written_in_bulk_are_those_that_planning_gives(cast, duty, applied):
    applied()
    before = list(Notice.objects.order_by("pk").values())
    duty.refresh_from_db()
    assert plan([duty], NOON).written == 0
    assert list(Notice.objects.order_by("pk").values()) == before


def test_applied_twice_it_does_nothing_the_second_time(cast, duty, applied, admin):
    change = applied()
    before = dates(cast), LedgerEntry.objects.count(), Notice.objects.count()
    again = applying.ask_to_apply(change, admin, LATER)
    applying.apply(again, LATER)
    assert applying.work(LATER) == 0
    assert (dates(cast), LedgerEntry.objects.count(), Notice.objects.count()) == before
    again.refresh_from_db()
    assert (again.version, again.moved, again.applied_at) == (2, 1, NOON)


def test_closed_duties_keep_the_date_they_were_judged_by(cast, applied):
    met = patch_released(cast, "CVE-2026-1", category="Other")
    done(met, cast, date(2026, 3, 16))
    met.refresh_from_db()
    assert met.phase == Phase.MET
    before = dates(cast)
    assert applied().moved == 0
    reconcile(cast.contract, LATER, SYSTEM, because="again")
    assert dates(cast) == before


def test_an_overdue_duty_may_get_time_again_and_a_holiday_past_counts(cast, applied):
    then = NOON - timedelta(days=90)
    happened(
        cast, "patch_publicly_released", date(2025, 12, 15), "CVE-2025-9", now=then, category="Other"
    )  # fmt: skip
    overdue = Duty.objects.get(subject="CVE-2025-9")
    assert overdue.due_date == date(2026, 3, 12)
    change = applied(date(2026, 2, 10))
    overdue.refresh_from_db()
    assert change.moved == 1
    assert overdue.due_date == date(2026, 3, 13)


def test_contracts_of_another_division_are_left_alone(applied):
    english = play()
    scottish = play(reference="SCOT", division="scotland")
    every = play(reference="ALL", division="all")
    for cast in (english, scottish, every):
        patch_released(cast, category="Other")
    before = dates(scottish)
    change = applied(division="england-and-wales")
    assert dates(scottish) == before
    moved = change.moves.filter(moves=True)
    assert {row.contract_id for row in moved} == {english.contract.pk, every.contract.pk}


def test_a_day_everywhere_moves_every_division(applied):
    casts = [
        play(reference=d, division=d) for d in ("england-and-wales", "scotland", "northern-ireland", "all")
    ]
    for cast in casts:
        patch_released(cast, category="Other")
    change = applied(division="all")
    assert change.moved == 4
    name = calendars.load().of("all").holidays[TUESDAY]
    assert name == "Bank holiday for the jubilee"


def test_dates_in_calendar_days_stay_and_say_that_people_are_not_at_work(cast, applied):
    critical = patch_released(cast, "CVE-2026-7", date(2026, 3, 12))
    assert applied(date(2026, 3, 19)).moved == 0
    critical.refresh_from_db()
    assert (critical.due_date, critical.deadline_version) == (date(2026, 3, 19), 1)
    assert any(
        "is a holiday (Bank holiday for the jubilee)" in s["text"] for s in critical.derivation["steps"]
    )


def test_taking_a_change_back_brings_the_dates_back_by_the_same_way(cast, duty, applied, admin):
    change = applied()
    back = proposing.propose_taking_back(change, admin, LATER, reason="It was announced in error")
    previewing.preview(back, LATER)
    assert moves(back) == {duty.pk: (THEN, DUE)}
    applying.apply(applying.ask_to_apply(CalendarChange.objects.get(pk=back.pk), admin, LATER), LATER)
    duty.refresh_from_db()
    assert (duty.due_date, duty.deadline_version) == (DUE, 3)
    assert calendars.load().version == 3
    assert ledger.verify(cast.contract)


def test_only_a_waiting_change_can_be_withdrawn_and_the_reason_stays(cast, duty, propose, applied, admin):
    change = propose()
    proposing.withdraw(change, admin, LATER, reason="Not announced after all")
    with pytest.raises(Refused, match="not ready"):
        applying.ask_to_apply(change, admin, LATER)
    change = applied()
    with pytest.raises(Refused, match="taken back"):
        proposing.withdraw(change, admin, LATER, reason="No")
    assert CalendarChange.objects.filter(
        state="withdrawn", withdrawn_reason="Not announced after all"
    ).exists()


def test_an_outdated_preview_is_not_applied(cast, duty, propose, applied, admin):
    first = propose()
    applied(date(2026, 5, 19))
    with pytest.raises(Refused, match="Work it out again"):
        applying.ask_to_apply(first, admin, LATER)
    previewing.preview(previewing.preview_again(first), LATER)
    assert moves(first) == {duty.pk: (THEN, date(2026, 6, 12))}
    assert applying.ask_to_apply(first, admin, LATER).version == 3


def test_more_duties_cost_no_more_queries(cast, propose, admin):
    def cost(number: int, day: date) -> int:
        for place in range(number):
            patch_released(cast, f"CVE-2026-{day.day}{place}", date(2026, 3, 11), category="Other")
        change = applying.ask_to_apply(propose(day), admin, NOON)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            applying.apply(change, NOON)
        return len(queries)

    assert cost(1, date(2026, 5, 12)) == cost(30, date(2026, 5, 13))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE obligations_calendarchange SET source = 'another'",
        "UPDATE obligations_calendarchange SET state = 'ready', version = NULL",
        "DELETE FROM obligations_calendarchange",
    ],
)
def test_the_record_of_a_change_is_never_edited(applied, statement):
    applied()
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_ended_duties_keep_their_date_and_its_proof_when_reconciled_later(applied, admin):
    cast = play()
    effects = [("main/5", "not_used", ""), ("main/7", "not_used", "")]
    ada, now = cast.as_("ada"), NOON
    drafted = draft_variation(cast.contract, ada, now, number="001", title="Not used", effects=effects)
    variation = share_variation(drafted, ada, now)
    for side, who in (("supplier", "priya"), ("authority", "ada")):
        sign_variation(
            variation, cast.as_(who), now, side=side, name=cast.people[who].name, job_title="Director",
            signed_on=date(2026, 3, 10), text_hash=variation.text_hash,
        )  # fmt: skip
    ended = Duty.objects.filter(contract=cast.contract, phase=Phase.ENDED, due_date__isnull=False)
    weekdays = [row for row in ended if row.due_date.weekday() < 5 and row.due_date > NOON.date()]
    assert weekdays
    known = load_calendar().holidays
    day = next(row.due_date for row in weekdays if row.due_date not in known)
    before = list(ended.order_by("pk").values())
    applied(day)
    reconcile(cast.contract, LATER, SYSTEM, because="again")
    assert list(ended.order_by("pk").values()) == before


def test_what_is_recorded_after_the_preview_is_taken_into_account(cast, duty, propose, admin):
    change = propose()
    happened(
        cast, "patch_period_agreed", date(2026, 3, 13), duty.subject, by="ada",
        period={"amount": 61, "unit": "working_days"},
    )  # fmt: skip
    other = patch_released(cast, "CVE-2026-2", date(2026, 3, 11), category="Other")
    applying.apply(applying.ask_to_apply(change, admin, LATER), LATER)
    duty.refresh_from_db()
    other.refresh_from_db()
    assert (duty.due_date, duty.deadline_version) == (date(2026, 6, 12), 3)
    assert (other.due_date, other.deadline_version) == (date(2026, 6, 10), 2)
    assert not reconcile(cast.contract, LATER, SYSTEM, because="again")


def test_a_preview_of_yesterday_is_worked_out_anew(cast, duty, propose, admin, monkeypatch):
    asked = []
    real = previewing.redated
    monkeypatch.setattr(previewing, "redated", lambda *args: asked.append(args[0].pk) or real(*args))
    change = propose()
    applying.ask_to_apply(change, admin, LATER)
    applying.apply(change, NOON + timedelta(days=1))
    assert asked == [cast.contract.pk, cast.contract.pk]
    duty.refresh_from_db()
    assert duty.due_date == THEN
    asked.clear()
    second = propose(date(2026, 5, 13))
    applying.apply(applying.ask_to_apply(second, admin, LATER), LATER)
    assert asked == [cast.contract.pk]
