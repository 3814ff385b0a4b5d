"""What is overdue is reminded of again, step by step, until it is done; then others are told too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.terms.moments import LONDON, end_of_day
from obligations.models import Duty, Notice
from obligations.rules.notices.ladder import Ladder, next_step
from obligations.rules.notices.stages import AGAIN, STAGES, Owed, Stage, is_critical, roles_told
from obligations.rules.time.working_days import load_calendar
from obligations.services.notices import planning
from obligations.services.notices.delivery import PATIENCE, sweep
from tests.cast import NOON
from tests.obligations.rules.examples_file import Example, examples, title
from tests.support.duties import make_duty

LADDER = examples("ladder")
KEYS = {"title", "due", "division", "after", "still", "escalated", "why"}


def owed(due: datetime, **changes: object) -> Owed:
    began = due - timedelta(days=7)
    values = {"phase": "open", "party": "supplier", "word": "", "owed_from": began, "due_at": due}
    values |= {"version": 1, "raised_at": began, "changed_at": began}
    return Owed(**values | changes)


@pytest.mark.parametrize("example", LADDER, ids=title)
def test_the_worked_examples(example: Example) -> None:
    assert not set(example) - KEYS
    due = example["due"]
    limit = end_of_day(date.fromisoformat(due)) if len(due) == 10 else datetime.fromisoformat(due)
    calendar = load_calendar(example.get("division", "england-and-wales"))
    after = datetime.fromisoformat(example["after"])
    for stage, key in ((Stage.STILL_OVERDUE, "still"), (Stage.ESCALATED, "escalated")):
        step = next_step(stage, owed(limit), calendar, after)
        found = [step.opens, step.days] if step else None
        wanted = example.get(key)
        assert found == ([datetime.fromisoformat(wanted[0]), wanted[1]] if wanted else None)


@pytest.mark.parametrize(
    "changes",
    [
        {"phase": "met"},
        {"phase": "suspended"},
        {"phase": "awaiting_decision"},
        {"is_retention": True},
        {"is_careful": True},
        {"due_at": None},
        {"tracked_from": date(2026, 3, 20)},
    ],
)
def test_nobody_is_reminded_again_of_what_nobody_is_late_by(changes):
    late = owed(end_of_day(date(2026, 3, 19)), **changes)
    now = datetime(2026, 3, 25, 12, tzinfo=UTC)
    assert [next_step(stage, late, load_calendar(), now) for stage in sorted(AGAIN)] == [None, None]


def test_another_ladder_has_other_steps():
    late, now = owed(end_of_day(date(2026, 3, 19))), datetime(2026, 3, 25, 12, tzinfo=UTC)
    step = next_step(Stage.STILL_OVERDUE, late, load_calendar(), now, Ladder((2,), 3, 2))
    assert step is not None and (step.days, step.about) == (5, "5 Working Days after")


def test_those_who_owe_it_are_reminded_and_the_others_are_told_later_and_at_once():
    assert roles_told(Stage.STILL_OVERDUE, "supplier") == {"lead", "contributor"}
    assert roles_told(Stage.ESCALATED, "supplier") == {"board_member", "reviewer", "assurance_lead"}
    assert roles_told(Stage.STILL_OVERDUE, "authority") == {"reviewer", "assurance_lead"}
    assert roles_told(Stage.ESCALATED, "authority") == {"lead", "contributor"}
    assert roles_told(Stage.ESCALATED, "both") == {"board_member"}
    rules = {rule.name: rule for rule in STAGES}
    late = owed(end_of_day(date(2026, 3, 19)))
    assert is_critical(rules[Stage.ESCALATED], late)
    assert not is_critical(rules[Stage.STILL_OVERDUE], late)
    assert is_critical(rules[Stage.STILL_OVERDUE], owed(datetime(2026, 3, 19, 3, tzinfo=UTC)))


def at(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 8, 1, tzinfo=LONDON)


def sent(mail) -> list[str]:
    """Who got mail since, by first name."""
    names = sorted(one.split("@")[0] for one in mail.box.recipients)
    mail.box.recipients.clear()
    mail.box.messages.clear()
    return names


@pytest.fixture
def late(cast) -> Duty:
    """Due on Thursday 19 March 2026."""
    duty = make_duty(cast, "CVE-1")
    planning.plan([duty], at(16))
    return duty


def test_ten_days_of_somebody_who_does_nothing(late, mail):
    """20 March: overdue (five people). 24: three days. 26: five days, the others too. 2 April: ten."""
    sweep(at(19))
    sent(mail)
    told = {}
    for day, month in [(20, 3), (21, 3), (23, 3), (24, 3), (25, 3), (26, 3), (27, 3), (1, 4), (2, 4), (3, 4)]:
        sweep(at(day, month))
        if names := sent(mail):
            told[day, month] = names
    assert told == {
        (20, 3): ["ada", "ben", "grace", "priya", "tom"],
        (24, 3): ["priya", "tom"],
        (26, 3): ["ada", "ben", "grace", "priya", "tom"],
        (2, 4): ["ada", "ben", "grace", "priya", "tom"],
    }


def test_the_mail_says_how_late_it_is_and_why_one_is_told(late, mail):
    sweep(at(20))
    sent(mail)
    sweep(at(26))
    by = {one: place for place, one in enumerate(mail.box.recipients)}
    assert mail.box.subjects[by["priya@duly.example"]] == (
        "Still overdue, 5 Working Days: Apply Critical patches (CVE-1)"
    )
    assert "had until the end of Thursday 19 March 2026" in mail.box.text(by["priya@duly.example"])
    assert "You are told so that you can step in" in mail.box.text(by["grace@duly.example"])


def test_how_late_it_is_goes_by_the_limit_that_had_gone_when_it_was_recorded(cast, mail):
    """The limit was Tuesday 10 March; recorded and so owed at noon on the 17th, 18 March is six days late."""
    planning.plan([make_duty(cast, "CVE-1", due=NOON, literal_limit="2026-03-10")], NOON)
    Notice.objects.exclude(recipient__name__startswith="Priya", stage="overdue").delete()
    sweep(at(17) + timedelta(hours=5))
    sweep(at(18))
    assert mail.box.subjects[1] == "Still overdue, 6 Working Days: Apply Critical patches (CVE-1)"
    assert "It is 8 days late by it. Nothing on the record meets this duty yet." in mail.box.text(1)


def test_after_two_days_without_a_worker_it_is_sent_once_and_goes_on_from_there(late, mail):
    sweep(at(20))
    sent(mail)
    sweep(at(27))  # the steps of the 24th and 26th had come
    assert sent(mail) == ["ada", "ben", "grace", "priya", "tom"]
    sweep(at(1, 4))
    assert sent(mail) == []
    sweep(at(2, 4))
    assert sent(mail) == ["ada", "ben", "grace", "priya", "tom"]


def test_meeting_it_ends_the_reminders_and_suspension_pauses_them(late, mail):
    sweep(at(20))
    sent(mail)
    late.phase = "suspended"
    late.save()
    planning.plan([late], at(23))
    sweep(at(24))
    assert sent(mail) == []
    late.phase = "open"
    late.save()
    planning.plan([late], at(25))
    sweep(at(26))
    assert sent(mail) == ["ada", "ben", "grace", "priya", "tom"]
    late.phase = "met"
    late.save()
    planning.plan([late], at(27))
    sweep(at(2, 4))
    assert sent(mail) == []
    assert not Notice.objects.filter(sent_at=None, cancelled_at=None).exists()


def test_what_was_done_just_after_it_was_told_is_reminded_of_when_it_was_not_done_after_all(late, mail):
    """Met between the mail and the record of it: there is no next reminder then."""
    sweep(at(20))
    sent(mail)
    Notice.objects.filter(stage__in=AGAIN).delete()
    planning.plan([late], at(23))
    sweep(at(24))
    assert sent(mail) == ["priya", "tom"]


def test_who_could_not_be_sent_it_is_reminded_again_once_the_address_is_put_right(late, mail):
    Notice.objects.exclude(recipient__name__startswith="Priya", stage="overdue").delete()
    Notice.objects.update(attempts=PATIENCE - 1)
    mail.box.refuse = {"priya@duly.example": "550 no such user"}
    sweep(at(20))
    assert Notice.objects.get(stage="overdue").cancelled_why.startswith("gave up")
    mail.box.refuse = {}
    sweep(at(24))
    assert "priya" in sent(mail)


def test_another_date_ends_the_reminders_of_the_old_one(late, mail):
    sweep(at(20))
    sent(mail)
    late.due_at, late.due_date, late.deadline_version = end_of_day(date(2026, 4, 24)), date(2026, 4, 24), 2
    late.changed_at = at(23)
    late.save()
    planning.plan([late], at(23))
    sweep(at(24))
    assert mail.box.subjects == ["New date, Friday 24 April 2026: Apply Critical patches (CVE-1)"] * 2


def test_the_next_reminders_cost_the_same_for_one_duty_and_for_twenty(cast, mail):
    def statements(number: int, name: str) -> int:
        planning.plan([make_duty(cast, f"{name}-{one}") for one in range(number)], at(20))
        told = list(Notice.objects.filter(duty__subject__startswith=name, stage="overdue"))
        assert len(told) == 5 * number
        with CaptureQueriesContext(connection) as taken:
            assert planning.plan_again(told, at(20)) == 5 * number
        return len(taken)

    assert statements(1, "ONE") == statements(20, "MANY") <= 7
