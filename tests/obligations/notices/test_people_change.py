"""Who joins, leaves or gets another role: what was planned for them, and what comes now."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.models import Role
from contracts.services import leaving, members
from obligations.models import Notice
from obligations.services.notices.delivery import PATIENCE, sweep
from obligations.services.notices.joining import plan_ahead
from obligations.services.notices.planning import plan
from tests.cast import NOON, SYSTEM
from tests.support.duties import make_duty

TODAY = date(2026, 3, 17)


@pytest.fixture
def duty(cast):
    """Due soon; Priya and Tom are to be told."""
    made = make_duty(cast)
    plan([made], NOON)
    return made


def notice(cast, name) -> Notice | None:
    return Notice.objects.filter(recipient=cast.people[name], stage="due_soon").first()


def member(cast, name):
    return cast.contract.memberships.get(person=cast.people[name])


def test_another_role_is_told_what_that_role_is_and_no_more_what_the_earlier_was(cast, duty, mail):
    members.change_role(member(cast, "tom"), SYSTEM, NOON, role=Role.BOARD_MEMBER)
    members.change_role(member(cast, "grace"), SYSTEM, NOON, role=Role.CONTRIBUTOR)
    plan_ahead(NOON)
    sweep(NOON + timedelta(days=1))
    assert notice(cast, "tom").cancelled_why == "the recipient now has another role"
    assert notice(cast, "grace").sent_at is not None
    assert cast.tom.email not in mail.box.recipients


@pytest.mark.parametrize("ending", ["on the contract", "as a person"])
def test_who_left_is_told_nothing_and_who_leaves_later_still_is(cast, duty, mail, ending):
    later = NOON + timedelta(days=1)
    last_day = TODAY
    if ending == "on the contract":
        members.end_membership(member(cast, "tom"), SYSTEM, NOON, last_day=last_day)
    else:
        leaving.end_person(cast.tom, SYSTEM, NOON, last_day=last_day)
    members.end_membership(member(cast, "priya"), SYSTEM, NOON, last_day=date(2026, 3, 18))
    sweep(later)
    assert notice(cast, "tom").cancelled_why == "the recipient is no longer a member of the contract"
    assert mail.box.recipients == [cast.priya.email]


def test_who_joins_is_told_what_is_still_to_come(cast, duty, mail):
    members.join(cast.contract, SYSTEM, NOON, person=cast.zed, role=Role.CONTRIBUTOR)
    plan_ahead(NOON)
    sweep(NOON + timedelta(days=1))
    assert cast.zed.email in mail.box.recipients


def test_who_manages_is_told_what_could_not_be_sent(cast, duty, mail):
    cast.contract.memberships.filter(person=cast.mina).delete()
    cast.contract.memberships.filter(person=cast.ada).update(manages=True)
    mail.box.refuse[cast.tom.email] = "550 no such mailbox"
    Notice.objects.filter(recipient=cast.tom).update(attempts=PATIENCE - 1)
    sweep(NOON + timedelta(days=1))
    sweep(NOON + timedelta(days=1, minutes=1))
    told = Notice.objects.filter(stage="given_up")
    assert {one.recipient.name for one in told} == {"Ada Fairweather"}
    assert told.get().sent_at is not None
