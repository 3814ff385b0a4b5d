"""States and standing, both sides of every edge (R9, R15, R21, R28, R32). No database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.terms.moments import LONDON, When, end_of_day
from contracts.terms.periods import Period, Unit
from obligations.rules.engine.lifecycle import State, in_time, overdue, state_of, what_counts
from obligations.rules.engine.standing import Standing, sort_key, standing_of
from obligations.rules.time.deadlines import Resume, Start, Suspend, deadline_from, limit, load_calendar
from obligations.rules.time.derivation import Deadline

ENGLAND = load_calendar()
RELEASE = date(2026, 3, 12)
PATCH = limit(RELEASE, Period(7, Unit.DAYS), ENGLAND)
LAST = end_of_day(date(2026, 3, 19))
SECOND = timedelta(seconds=1)
ALERT = limit(datetime(2026, 3, 12, 10, tzinfo=LONDON), Period(24, Unit.HOURS), ENGLAND)
PROMPTLY = deadline_from([Start(RELEASE, None, word="promptly")], ENGLAND)
BREACH = limit(
    RELEASE,
    Period(2, Unit.WORKING_DAYS),
    ENGLAND,
    word="as soon as reasonably practicable",
    first_bit=datetime(2026, 3, 17, 14, tzinfo=LONDON),
)


def test_overdue_begins_a_second_after_the_last() -> None:
    assert state_of(PATCH, as_at=LAST) is State.OPEN
    assert state_of(PATCH, as_at=LAST + SECOND) is State.OVERDUE
    assert state_of(PATCH, as_at=(LAST + SECOND).astimezone(UTC)) is State.OVERDUE
    assert not overdue(PATCH, LAST) and overdue(PATCH, LAST + SECOND)


@pytest.mark.parametrize(
    ("suspended", "again", "due"),
    [
        # 24 hours from 24 October 11am BST: 25 October 10am GMT. 11pm BST (22:00 UTC) to 3am GMT: 5 hours
        ((2026, 10, 24, 23), (2026, 10, 25, 3), datetime(2026, 10, 25, 15, tzinfo=UTC)),
        # still for the hour before midnight, with the change after it: an hour
        ((2026, 10, 24, 23), (2026, 10, 25, 0), datetime(2026, 10, 25, 11, tzinfo=UTC)),
    ],
)
def test_an_hour_clock_stands_still_for_the_time_that_went_by(suspended, again, due) -> None:
    """The clocks go back at 2am on 25 October 2026 (R5, R21): a clock on the wall shows an hour less."""
    begins, still, runs = (datetime(*when, tzinfo=LONDON) for when in ((2026, 10, 24, 11), suspended, again))
    events = [Start(begins, Period(24, Unit.HOURS)), Suspend(still), Resume(runs)]
    deadline = deadline_from(events, ENGLAND)
    paused = [deadline, *deadline.readings]
    assert due in [one.due_at.astimezone(UTC) for one in paused if one.due_at is not None]
    assert all(one.due_at != datetime(2026, 10, 25, 14, tzinfo=UTC) for one in paused)


def test_the_last_second_of_a_summer_day_is_london_s() -> None:
    due = limit(date(2026, 6, 12), Period(7, Unit.DAYS), ENGLAND)
    assert state_of(due, as_at=datetime(2026, 6, 19, 22, 59, 59, tzinfo=UTC)) is State.OPEN
    assert state_of(due, as_at=datetime(2026, 6, 19, 23, 0, 0, tzinfo=UTC)) is State.OVERDUE


@pytest.mark.parametrize(
    ("done", "state"),
    [
        (date(2026, 3, 13), State.MET),
        (date(2026, 3, 19), State.MET),
        (LAST, State.MET),
        (date(2026, 3, 20), State.MET_LATE),
        (LAST + SECOND, State.MET_LATE),
        (datetime(2026, 3, 19, 23, 30, tzinfo=UTC), State.MET),
    ],
)
def test_the_day_done_decides_and_not_the_day_logged(done: When, state: State) -> None:
    later = LAST + timedelta(days=30)
    assert state_of(PATCH, as_at=later, done=done, outcome="accepted") is state


def test_done_in_the_first_half_hour_of_a_london_day() -> None:
    due = limit(date(2026, 6, 12), Period(7, Unit.DAYS), ENGLAND)
    assert not in_time(datetime(2026, 6, 19, 23, 30, tzinfo=UTC), due)
    assert in_time(datetime(2026, 6, 19, 22, 30, tzinfo=UTC), due)


@pytest.mark.parametrize(
    ("done", "state"),
    [
        (datetime(2026, 3, 13, 10, tzinfo=LONDON), State.MET),
        (datetime(2026, 3, 13, 10, 0, 1, tzinfo=LONDON), State.MET_LATE),
        (date(2026, 3, 12), State.MET),
        (date(2026, 3, 13), State.MET_LATE),
    ],
)
def test_for_hours_the_moment_decides_and_a_bare_day_means_its_end(done: When, state: State) -> None:
    assert state_of(ALERT, as_at=LAST, done=done, outcome="accepted") is state


def test_due_at_once_is_met_on_the_day() -> None:
    """The limit was counted in days, so the day done decides (R10, R15)."""
    assert BREACH.due_at == datetime(2026, 3, 17, 14, tzinfo=LONDON)
    assert state_of(BREACH, as_at=BREACH.due_at + SECOND) is State.OVERDUE
    done = BREACH.due_at + timedelta(hours=2)
    assert state_of(BREACH, as_at=LAST, done=done, outcome="accepted") is State.MET


def test_done_and_undecided_is_neither_met_nor_overdue() -> None:
    for done in (date(2026, 3, 13), date(2026, 4, 13)):
        state = state_of(PATCH, as_at=LAST + timedelta(days=60), done=done, outcome="undecided")
        assert state is State.AWAITING_DECISION


def test_rejected_is_owed_again_with_the_same_date() -> None:
    done = date(2026, 3, 13)
    assert state_of(PATCH, as_at=LAST, done=done, outcome="rejected") is State.OPEN
    assert state_of(PATCH, as_at=LAST + SECOND, done=done, outcome="rejected") is State.OVERDUE


def test_an_outcome_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="maybe"):
        state_of(PATCH, as_at=LAST, done=RELEASE, outcome="maybe")


def test_words_are_owed_now_and_then_overdue_at_the_long_stop() -> None:
    assert state_of(PROMPTLY, as_at=LAST + timedelta(days=900)) is State.OWED_NOW
    word = limit(RELEASE, Period(2, Unit.WORKING_DAYS), ENGLAND, word="as soon as reasonably practicable")
    assert state_of(word, as_at=end_of_day(date(2026, 3, 16))) is State.OWED_NOW
    assert state_of(word, as_at=end_of_day(date(2026, 3, 16)) + SECOND) is State.OVERDUE
    assert state_of(PROMPTLY, as_at=LAST, done=date(2030, 1, 1), outcome="accepted") is State.MET


def test_suspended_and_ended() -> None:
    suspended = deadline_from([Start(RELEASE, Period(7, Unit.DAYS)), Suspend(date(2026, 3, 15))], ENGLAND)
    assert state_of(suspended, as_at=LAST + timedelta(days=99)) is State.SUSPENDED
    assert state_of(PATCH, as_at=LAST + SECOND, ended=True) is State.ENDED
    assert state_of(PATCH, as_at=LAST, ended=True, done=RELEASE, outcome="accepted") is State.MET
    assert state_of(PATCH, as_at=LAST, ended=True, done=RELEASE, outcome="rejected") is State.ENDED


@dataclass(frozen=True)
class Handed:
    done: When
    outcome: str


def test_what_counts_of_everything_handed_in() -> None:
    first, second = Handed(date(2026, 3, 14), "undecided"), Handed(date(2026, 3, 16), "accepted")
    third, rejected = Handed(date(2026, 3, 20), "accepted"), Handed(date(2026, 3, 13), "rejected")
    assert what_counts([third, rejected, second, first]) is second
    assert what_counts([rejected, first]) is first
    assert what_counts([rejected]) is None
    assert what_counts([]) is None


# Standing. 12 March 2026 is a Thursday; its week ends on Sunday 15 March.

NOW = datetime(2026, 3, 12, 9, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("due", "standing"),
    [
        (NOW - SECOND, Standing.OVERDUE),
        (NOW, Standing.DUE_TODAY),
        (end_of_day(date(2026, 3, 12)), Standing.DUE_TODAY),
        (end_of_day(date(2026, 3, 13)), Standing.DUE_THIS_WEEK),
        (end_of_day(date(2026, 3, 15)), Standing.DUE_THIS_WEEK),
        (end_of_day(date(2026, 3, 16)), Standing.DUE_SOON),
        (end_of_day(date(2026, 4, 9)), Standing.DUE_SOON),
        (end_of_day(date(2026, 4, 10)), Standing.LATER),
        (None, Standing.NO_DATE),
    ],
)
def test_standing_of_what_is_open(due: datetime | None, standing: Standing) -> None:
    assert standing_of("open", due, NOW) is standing


def test_today_is_london_s() -> None:
    late = datetime(2026, 6, 11, 23, 30, tzinfo=UTC)
    assert standing_of("open", end_of_day(date(2026, 6, 12)), late) is Standing.DUE_TODAY


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        ("awaiting_decision", Standing.AWAITING_DECISION),
        ("met", Standing.MET),
        ("met_late", Standing.MET_LATE),
        ("ended", Standing.ENDED),
        ("suspended", Standing.SUSPENDED),
    ],
)
def test_what_is_settled_stays_so_after_its_date(state: str, standing: Standing) -> None:
    assert standing_of(state, NOW - timedelta(days=9), NOW) is standing


def test_owed_now_until_its_long_stop() -> None:
    assert standing_of("owed_now", None, NOW) is Standing.OWED_NOW
    assert standing_of("owed_now", NOW, NOW) is Standing.OWED_NOW
    assert standing_of("owed_now", NOW - SECOND, NOW) is Standing.OVERDUE


def test_before_duly_is_never_overdue() -> None:
    assert standing_of("open", NOW - SECOND, NOW, before_duly=True) is Standing.BEFORE_DULY
    assert standing_of("met", NOW - SECOND, NOW, before_duly=True) is Standing.MET


def test_every_standing_has_its_words_and_place() -> None:
    assert len({each.words for each in Standing}) == len(Standing)
    assert [each.order for each in Standing] == list(range(len(Standing)))


def test_owed_now_sorts_first_then_by_date() -> None:
    duties = [
        (Standing.LATER, NOW + timedelta(days=90), "c"),
        (Standing.OVERDUE, NOW - timedelta(days=1), "b"),
        (Standing.OVERDUE, NOW - timedelta(days=2), "z"),
        (Standing.OWED_NOW, None, "b"),
        (Standing.OWED_NOW, NOW + timedelta(days=2), "y"),
        (Standing.OWED_NOW, None, "a"),
        (Standing.MET, NOW - timedelta(days=2), "a"),
    ]
    assert [each[2] for each in sorted(duties, key=lambda each: sort_key(*each))] == [*"yabzbca"]


def test_a_deadline_of_nothing_is_never_late() -> None:
    nothing = Deadline(None, None)
    assert in_time(date(2099, 1, 1), nothing)
    assert state_of(nothing, as_at=NOW) is State.OPEN
