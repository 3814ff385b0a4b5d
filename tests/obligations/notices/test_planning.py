"""Notices planned as rows: who, once, cancelled and back again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.models import Role
from contracts.services.contracts import add_member
from obligations.models import Duty, Notice
from obligations.services.notices.joining import plan_ahead
from obligations.services.notices.planning import plan
from tests.cast import NOON, SYSTEM, make_contract, person
from tests.support.duties import make_duty


def told(duty: Duty, **fields: object) -> set[tuple[str, str]]:
    """Stage and first name of everybody told of a duty."""
    rows = Notice.objects.filter(duty=duty, **fields).select_related("recipient")
    return {(row.stage, row.recipient.name.split()[0]) for row in rows}


def test_the_owing_side_is_told_and_when_overdue_everybody_concerned(cast):
    duty = make_duty(cast)
    plan([duty], NOON)
    assert told(duty) == {
        ("due_soon", "Priya"),
        ("due_soon", "Tom"),
        ("due_today", "Priya"),
        ("due_today", "Tom"),
        ("overdue", "Priya"),
        ("overdue", "Tom"),
        ("overdue", "Grace"),
        ("overdue", "Ada"),
        ("overdue", "Ben"),
    }


def test_planning_twice_writes_nothing_twice(cast):
    duty = make_duty(cast)
    first, second = plan([duty], NOON), plan([duty], NOON + timedelta(minutes=1))
    assert (first.written, second.written, second.cancelled) == (9, 0, 0)


def test_the_database_refuses_the_same_notice_twice(cast):
    plan([make_duty(cast)], NOON)
    notice = Notice.objects.first()
    notice.pk = None
    with pytest.raises(IntegrityError, match="notice_sent_once"), transaction.atomic():
        notice.save()


def test_the_number_of_queries_does_not_grow_with_the_duties(cast):
    duties = [make_duty(cast, f"CVE-2026-{number:04}") for number in range(40)]
    with CaptureQueriesContext(
        connection,
    ) as one:
        plan(duties[:1], NOON)
    with CaptureQueriesContext(connection) as many:
        plan(duties[1:], NOON)
    assert len(many) == len(one) <= 8
    assert Notice.objects.count() == 40 * 9


def test_a_new_date_cancels_what_waited_for_the_old_one(cast):
    duty = make_duty(cast)
    plan([duty], NOON)
    duty.deadline_version, duty.changed_at = 2, NOON + timedelta(hours=1)
    plan([duty], NOON + timedelta(hours=1))
    assert set(old_reasons(duty)) == {"the date has changed since"}
    assert told(duty, deadline_version=2, cancelled_at=None) >= {("redated", "Priya"), ("overdue", "Ada")}
    assert not told(duty, deadline_version=2, stage="due_soon")


def old_reasons(duty: Duty) -> list[str]:
    return list(Notice.objects.filter(duty=duty, deadline_version=1).values_list("cancelled_why", flat=True))


def test_a_rejected_piece_of_evidence_brings_the_reminders_back(cast):
    duty = make_duty(cast)
    plan([duty], NOON)
    duty.phase = "awaiting_decision"
    assert plan([duty], NOON + timedelta(hours=1)).cancelled == 9
    duty.phase = "open"
    assert plan([duty], NOON + timedelta(hours=2)).revived == 9
    assert Notice.objects.filter(cancelled_at=None).count() == 9


def test_what_was_given_up_does_not_come_back(cast):
    duty = make_duty(cast)
    plan([duty], NOON)
    Notice.objects.update(cancelled_at=NOON, cancelled_why="gave up: 550 no such user")
    assert plan([duty], NOON).revived == 0


def test_what_was_sent_stays_as_it_is(cast):
    duty = make_duty(cast)
    plan([duty], NOON)
    Notice.objects.filter(stage="due_soon").update(sent_at=NOON)
    duty.phase = "met"
    assert plan([duty], NOON).cancelled == 7
    assert Notice.objects.filter(sent_at=NOON, cancelled_at=None).count() == 2


def test_somebody_who_joins_later_is_told_too(cast):
    duty = make_duty(cast, due=date(2026, 3, 30))
    plan([duty], NOON)
    add_member(
        cast.contract, SYSTEM, NOON, person=person("rosa"), role=Role.CONTRIBUTOR, from_day=NOON.date()
    )
    plan_ahead(NOON + timedelta(days=1))
    assert ("due_soon", "Rosa") in told(duty)


def test_nothing_about_what_was_due_before_duly_kept_the_contract(db):
    cast = make_contract(tracked_from=date(2026, 3, 20))
    assert plan([make_duty(cast)], NOON).written == 0
    assert plan([make_duty(cast, "later", due=date(2026, 3, 20))], NOON).written == 9
