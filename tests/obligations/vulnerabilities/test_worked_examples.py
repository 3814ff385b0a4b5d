"""Worked examples of R20 to R24, R46, R48 and R49 with vulnerabilities in the product, by the record alone.

Worked out by hand. 12 March 2026 is a Thursday; a Critical patch released then is due on the 19th, an
Important one on Saturday 11 April, another on Wednesday 10 June.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from obligations import selectors
from obligations.claims.services.answering import answer
from obligations.models import Duty, Miss, Notice, Phase
from obligations.rules.engine.standing import Standing
from obligations.services.notices.notice_mail import Circumstances, compose
from obligations.vulnerabilities.models import State, Vulnerability
from obligations.web.lines import line
from tests.cast import NOON, claimed, happened, play
from tests.subjects.vulnerabilities import vulnerability

pytestmark = pytest.mark.django_db

NOT_EXPLOITABLE = "vulnerability_not_exploitable_demonstrated"
FIND = "Find the day on which the patch was released"


def at(day: int, month: int = 3) -> datetime:
    """Noon in London on a day of 2026."""
    return datetime(2026, month, day, 11 if 3 < month < 11 else 12, tzinfo=UTC)


@pytest.fixture
def cast(db):
    return play()


def stands(row: Vulnerability, now: datetime = NOON) -> tuple[str, date | None, Standing]:
    """Of the one duty that counts: its rule, its day, and how it stands; the table says the same day."""
    row.refresh_from_db()
    duty = Duty.objects.exclude(phase=Phase.WITHDRAWN).get(subject=row.subject)
    assert row.due_at == duty.due_at and row.phase == duty.phase
    return duty.obligation.rule_key, duty.due_date, duty.standing_at(now)


# R20: what counts of how bad it is


def test_r20_rated_higher_later_takes_the_stricter_limit_from_the_same_release_and_is_due_at_once(cast):
    row = vulnerability(cast, category="Important")
    assert stands(row) == ("10.3-important", date(2026, 4, 11), Standing.DUE_SOON)
    now = at(25)
    happened(cast, "nvd_rating_published", date(2026, 3, 24), row.subject, rating="9.8", now=now)
    rule, day, standing = stands(row, at(25, 3))
    assert (rule, day) == ("10.3-critical", date(2026, 3, 25))  # as soon as it was raised: the 19th had gone
    duty = Duty.objects.exclude(phase=Phase.WITHDRAWN).get(subject=row.subject)
    assert duty.literal_limit == "2026-03-19" and standing is not Standing.MET
    assert row.category == "Critical"


def test_r20_rated_lower_later_keeps_the_stricter_limit_until_somebody_decides(cast):
    row = vulnerability(cast)
    happened(cast, "nvd_rating_published", date(2026, 3, 17), row.subject, rating="5.0")
    assert stands(row)[:2] == ("10.3-critical", date(2026, 3, 19))
    happened(
        cast, "vulnerability_category_decided", date(2026, 3, 17), row.subject, by="ada", category="Important"
    )
    assert stands(row)[:2] == ("10.3-important", date(2026, 4, 11))
    assert row.category == "Important"


# R21: not exploitable, exploitable, and not again


def test_r21_suspended_while_it_is_not_exploitable_and_the_first_clock_runs_on_when_it_is(cast):
    row = vulnerability(cast)
    claimed(cast, NOT_EXPLOITABLE, date(2026, 3, 17), row.subject, accepted_by="ada")
    assert stands(row) == ("10.3-critical", None, Standing.SUSPENDED)
    assert row.state == State.SUSPENDED
    happened(cast, "vulnerability_becomes_exploitable", date(2026, 3, 18), row.subject, now=at(18))
    assert stands(row, at(18)) == ("10.3-critical", date(2026, 3, 19), Standing.DUE_THIS_WEEK)
    claimed(cast, NOT_EXPLOITABLE, at(19), row.subject, accepted_by="ada", now=at(19))
    assert stands(row, at(20))[1:] == (None, Standing.SUSPENDED)
    happened(cast, "vulnerability_becomes_exploitable", date(2026, 3, 24), row.subject, now=at(24))
    assert stands(row, at(24))[1] == date(2026, 3, 24)  # the limit had gone meanwhile: due at once (R10)
    assert Duty.objects.get(subject=row.subject).literal_limit == "2026-03-19"


# R22, R23, R46: more time


def test_r46_a_claim_that_is_refused_moved_nothing_and_until_it_is_answered_neither(cast):
    row = vulnerability(cast)
    claim = claimed(
        cast, "patch_adverse_effect_identified", date(2026, 3, 17), row.subject, test_plan_followed=True
    )
    assert stands(row)[:2] == ("10.3-critical", date(2026, 3, 19))
    duty = Duty.objects.get(subject=row.subject)
    assert [one["due_date"] for one in duty.derivation["claimed"]] == ["2026-03-24"]
    answer(claim, cast.as_("ada"), at(18), event="refuse", reason="The plan was not followed.")
    assert stands(row, at(20)) == ("10.3-critical", date(2026, 3, 19), Standing.OVERDUE)
    duty.refresh_from_db()
    assert "claimed" not in duty.derivation


def test_r22_five_more_days_are_for_critical_and_important_and_while_the_plan_is_followed(cast):
    row = vulnerability(cast)
    claimed(
        cast, "patch_adverse_effect_identified", date(2026, 3, 17), row.subject,
        accepted_by="ada", test_plan_followed=True,
    )  # fmt: skip
    assert stands(row)[1] == date(2026, 3, 24)
    other = vulnerability(cast, "CVE-2026-0902", category="Other")
    with pytest.raises(Refused):
        claimed(
            cast, "patch_adverse_effect_identified", date(2026, 3, 17), other.subject, test_plan_followed=True
        )
    assert stands(other)[1] == date(2026, 6, 10)


def test_r23_a_period_agreed_after_the_limit_undoes_no_miss_and_shows_the_day_to_cure_it_by(cast):
    row = vulnerability(cast)
    happened(
        cast, "patch_period_agreed", date(2026, 3, 23), row.subject,
        by="ada", now=at(23), period={"amount": 30, "unit": "days"},
    )  # fmt: skip
    assert stands(row, at(23)) == ("10.3-critical", date(2026, 3, 19), Standing.OVERDUE)
    duty = Duty.objects.get(subject=row.subject)
    assert duty.derivation["cure_date"] == "2026-04-11"  # 30 days from the same release
    happened(cast, "patch_applied", date(2026, 3, 30), row.subject, now=at(30))
    assert stands(row, at(30))[2] is Standing.MET_LATE


def test_r49_a_claim_made_in_time_and_accepted_after_the_limit_leaves_no_miss(cast):
    row = vulnerability(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, date(2026, 3, 17), row.subject)
    assert stands(row, at(20))[2] is Standing.OVERDUE
    answer(claim, cast.as_("ada"), at(20), event="accept")
    assert stands(row, at(20))[1:] == (None, Standing.SUSPENDED)
    miss = Miss.objects.get(duty__subject=row.subject)
    assert miss.limit.date() == date(2026, 3, 19) and miss.until == at(20)


# R24: a warning is owed at once


def test_r24_a_date_unlikely_to_be_met_is_told_at_once(cast):
    row = vulnerability(cast)
    happened(cast, "patch_timescale_unlikely", date(2026, 3, 17), row.subject)
    warning = Duty.objects.get(obligation__rule_key="10.6", subject=row.subject)
    assert (warning.word, warning.standing_at(NOON)) == ("immediately", Standing.OWED_NOW)


# R48: the day of the release is to be found


def test_r48_to_find_the_day_stands_on_the_board_in_the_weeks_in_counts_and_reminders(cast):
    """Found on 16 March: with care the limit is Monday the 23rd."""
    row = vulnerability(cast, released=None)
    assert stands(row) == ("10.3-critical", date(2026, 3, 23), Standing.OWED_NOW)
    duty = Duty.objects.get(subject=row.subject)
    assert (duty.title, duty.careful, duty.limit_at) == (FIND, True, None)
    access = cast.access("priya")
    about = selectors.DutyFilter(subject=row.subject)
    board = selectors.duty_board(access, NOON, about)
    assert board.counts["owed_now"] == 1 and list(board.groups["owed_now"]) == [duty]
    later = selectors.duty_board(access, at(30), about)
    assert (later.counts["overdue"], later.counts["owed_now"]) == (0, 1)
    (counted,) = selectors.contract_counts(cast.priya, at(30))
    assert counted.owed_now == selectors.duty_board(access, at(30)).counts["owed_now"]
    assert duty in selectors.due_between(access, date(2026, 3, 16), date(2026, 3, 29))
    told = set(Notice.objects.filter(duty=duty, cancelled_at=None).values_list("stage", flat=True))
    assert told == {"raised", "due_today"}  # due soon, from the 16th, is told by the news
    assert stands(row, at(30))[2] is Standing.OWED_NOW
    assert not Miss.objects.exists()


def test_r48_found_earlier_than_the_careful_day_it_may_have_been_missed(cast):
    row = vulnerability(cast, released=None)
    now = at(18)
    happened(cast, "patch_publicly_released", date(2026, 3, 10), row.subject, now=now)
    assert stands(row, now) == ("10.3-critical", date(2026, 3, 17), Standing.OVERDUE)
    duty = Duty.objects.get(subject=row.subject)
    assert (duty.title, duty.careful, row.released_on) == ("Apply Critical patches", False, date(2026, 3, 10))
    assert duty.deadline_version == 2
    verbs = [entry.verb for entry in LedgerEntry.objects.filter(payload__duty=duty.pk).order_by("pk")]
    assert verbs == ["duty_raised", "duty_dated"]


def test_r48_found_later_than_the_careful_day_the_limit_is_later(cast):
    row = vulnerability(cast, released=None, found=date(2026, 3, 10))
    assert stands(row)[1:] == (date(2026, 3, 17), Standing.OWED_NOW)
    now = at(20)
    happened(cast, "patch_publicly_released", date(2026, 3, 16), row.subject, now=now)
    assert stands(row, now) == ("10.3-critical", date(2026, 3, 23), Standing.DUE_SOON)
    assert not Miss.objects.exists()


def test_r48_the_day_found_to_be_the_careful_one_is_a_limit_from_then_on(cast):
    row = vulnerability(cast, released=None)
    happened(cast, "patch_publicly_released", date(2026, 3, 16), row.subject)
    duty = Duty.objects.get(subject=row.subject)
    assert (duty.due_date, duty.careful, duty.deadline_version) == (date(2026, 3, 23), False, 2)
    assert stands(row, at(24))[2] is Standing.OVERDUE


def test_r48_applied_before_the_day_was_found_is_judged_when_it_is(cast):
    row = vulnerability(cast, released=None)
    happened(cast, "patch_applied", date(2026, 3, 20), row.subject, now=at(20))
    assert stands(row, at(20))[2] is Standing.MET
    happened(cast, "patch_publicly_released", date(2026, 3, 12), row.subject, now=at(21))
    assert stands(row, at(21))[1:] == (date(2026, 3, 19), Standing.MET_LATE)


def test_r48_without_a_fix_no_limit_runs_until_one_is_known(cast):
    row = vulnerability(cast, released=None, fixed_version="")
    assert not Duty.objects.filter(subject=row.subject).exists()
    happened(
        cast, "fixed_version_known", date(2026, 3, 17), row.subject,
        fixed_version="3.0.15", fixed_version_since=date(2026, 3, 13),
    )  # fmt: skip
    assert stands(row)[1:] == (date(2026, 3, 20), Standing.OWED_NOW)
    assert (row.fixed_version, row.earliest_on) == ("3.0.15", date(2026, 3, 13))


def test_r48_what_pages_and_mails_say_of_a_careful_date(cast):
    """Not rated: other categories are other readings; rated, there is none, and the date is a careful one."""
    rated = vulnerability(cast, released=None)
    unrated = vulnerability(cast, "CVE-2026-0902", category="", released=None)
    tags = {}
    for row in (rated, unrated):
        duty = selectors.all_duties(cast.contract).get(subject=row.subject)
        told = line(cast.contract, duty, at(20))
        assert (told.due, told.left) == (
            "With care Monday 23 March 2026",
            "No limit yet: 3 days left with care",
        )
        tags[row.identifier] = [one.text for one in told.marks]
    assert tags == {
        "CVE-2026-0901": ["Careful date"],
        "CVE-2026-0902": ["Careful date", "Another reading"],
    }
    notice = Notice.objects.filter(duty__subject=rated.subject, stage="due_today").select_related(
        "recipient", "contract", "duty__obligation__paragraph__schedule"
    )[0]
    mail = compose(notice, Circumstances(), at(23))
    assert mail.subject.startswith("With care by Monday 23 March 2026: Find the day on which")
    assert "Until it is found nobody is late by that." in str(mail.body)
