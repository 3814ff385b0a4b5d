"""A miss stays on the record (R49): what keeps it, what shows that it was none, and what the pages say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.db.utils import Error
from django.urls import reverse

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from contracts.terms.moments import end_of_day
from obligations.models import Duty, Miss, Phase
from obligations.rules.engine.standing import Standing
from obligations.services.as_at import as_at
from obligations.services.choosing.readings import choose_reading
from obligations.services.reconciling.sweep import sweep
from obligations.services.recording.facts import withdraw_fact
from obligations.services.recording.no_miss import accept_no_miss
from tests.cast import NOON, Cast, claimed, happened, patch_released, play
from tests.obligations.services.test_readings import AWARE, breach

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=3)  # 20 March 2026, noon
MARCH_19 = date(2026, 3, 19)
NOT_EXPLOITABLE = "vulnerability_not_exploitable_demonstrated"


@pytest.fixture
def cast() -> Cast:
    return play()


def again(duty: Duty) -> Duty:
    return Duty.objects.get(pk=duty.pk)


def only_miss(duty: Duty) -> Miss:
    return Miss.objects.get(duty=duty)


def test_not_exploitable_shown_after_the_limit_leaves_the_duty_overdue(cast):
    duty = patch_released(cast)
    claimed(cast, NOT_EXPLOITABLE, date(2026, 3, 20), "CVE-2026-0001", now=LATER, accepted_by="ada")
    duty = again(duty)
    assert (duty.phase, duty.due_date) == (Phase.OPEN, MARCH_19)
    assert duty.standing_at(LATER) is Standing.OVERDUE


def test_not_exploitable_shown_on_the_last_day_suspends_it(cast):
    duty = patch_released(cast)
    now = LATER - timedelta(days=1)
    claimed(cast, NOT_EXPLOITABLE, MARCH_19, "CVE-2026-0001", now=now, accepted_by="ada")
    assert again(duty).phase == Phase.SUSPENDED


def missed_breach(cast: Cast) -> Duty:
    """Details of a breach of the 12th, recorded on the 17th: due at once by default, missed on the 18th."""
    return breach(cast)


def test_a_reading_chosen_after_a_miss_moves_no_missed_date(cast):
    duty = missed_breach(cast)
    now = NOON + timedelta(days=1)
    choose_reading(duty, cast.as_("priya"), now, reading=AWARE, reason="Agreed.")
    row, miss = again(duty), only_miss(duty)
    assert (row.due_date, row.standing_at(now)) == (date(2026, 3, 17), Standing.OVERDUE)
    assert (miss.limit, miss.until) == (row.due_at, None)
    assert miss.instead is not None and miss.instead.date() == date(2026, 3, 19)
    assert "chose the reading" in miss.despite and row.date_stands == miss.despite
    assert LedgerEntry.objects.filter(verb="duty_date_stands", payload__duty=duty.pk).exists()
    assert sweep(now) == []


def test_what_is_done_after_that_is_late_by_the_date_that_was_missed(cast):
    duty = missed_breach(cast)
    now = NOON + timedelta(days=1)
    choose_reading(duty, cast.as_("priya"), now, reading=AWARE, reason="Agreed.")
    happened(cast, "breach_details_provided", date(2026, 3, 18), "B-1", now=now)
    assert again(duty).phase == Phase.MET_LATE and only_miss(duty).until is None


def test_a_reading_chosen_before_the_limit_moves_the_date(cast):
    duty = missed_breach(cast)
    choose_reading(duty, cast.as_("priya"), NOON, reading=AWARE, reason="Agreed.")
    assert again(duty).due_date == date(2026, 3, 19) and not Miss.objects.exists()


def test_the_fact_it_rested_on_withdrawn_it_was_none_and_the_record_says_so(cast):
    duty = patch_released(cast)
    withdraw_fact(duty.cause, cast.as_("priya"), LATER, reason="Another product.")
    miss = only_miss(duty)
    assert again(duty).phase == Phase.WITHDRAWN
    assert (miss.limit, miss.until) == (duty.due_at, LATER)
    assert miss.because.endswith("Another product.") and miss.cause == duty.cause


def test_withdrawn_before_the_limit_there_was_no_miss(cast):
    duty = patch_released(cast)
    withdraw_fact(duty.cause, cast.as_("priya"), NOON, reason="Another product.")
    assert again(duty).phase == Phase.WITHDRAWN and not Miss.objects.exists()


def test_a_lower_category_decided_after_the_miss_leaves_it_and_its_limit_is_the_cure_date_r23(cast):
    duty = patch_released(cast)
    happened(
        cast,
        "vulnerability_category_decided",
        date(2026, 3, 20),
        "CVE-2026-0001",
        by="ada",
        now=LATER,
        category="Important",
    )
    row = again(duty)
    assert (row.phase, row.due_date) == (Phase.OPEN, MARCH_19)
    assert row.derivation["cure_date"] == "2026-04-11"
    assert not Duty.objects.filter(obligation__rule_key="10.3-important").exists()
    happened(cast, "patch_applied", date(2026, 3, 20), "CVE-2026-0001", now=LATER)
    assert again(duty).phase == Phase.MET_LATE


def test_the_authority_may_still_say_that_what_was_lowered_too_late_was_no_miss(cast):
    """Read as if the decision had come in time the miss stands beside the new date until it says so (R12)."""
    duty, lower = patch_released(cast), {"by": "ada", "category": "Important"}
    happened(cast, "vulnerability_category_decided", date(2026, 3, 20), "CVE-2026-0001", now=LATER, **lower)
    choose_reading(again(duty), cast.as_("ada"), LATER, reading="retrospective", reason="So meant.")
    assert (again(duty).due_date, only_miss(duty).until) == (MARCH_19, None)
    accept_no_miss(again(duty), cast.as_("ada"), LATER, reason="The rating was wrong from the start.")
    row = again(duty)
    assert (row.phase, row.due_date, only_miss(duty).until) == (Phase.OPEN, date(2026, 4, 11), LATER)


def test_done_in_time_and_recorded_late_was_no_miss(cast):
    duty = patch_released(cast)
    happened(cast, "patch_applied", date(2026, 3, 18), "CVE-2026-0001", now=LATER)
    assert again(duty).phase == Phase.MET and not Miss.objects.exists()


def test_an_end_recorded_late_withdraws_what_began_after_it_and_names_itself(cast):
    duty = patch_released(cast)
    happened(cast, "certification_ceased", date(2026, 3, 12), "CE")
    lapse = Duty.objects.get(obligation__rule_key="6.2", subject="CE")
    happened(cast, "agreement_terminated", date(2026, 3, 11), now=LATER)
    miss = only_miss(lapse)
    assert again(lapse).phase == Phase.WITHDRAWN
    assert miss.until == LATER and "The agreement was terminated" in miss.because
    assert again(duty).phase == Phase.WITHDRAWN and only_miss(duty).until == LATER


def kept(cast: Cast) -> tuple[Duty, datetime]:
    """A miss of 17 March that stands; a reading chosen on the 18th would have it due on the 19th."""
    duty, now = missed_breach(cast), NOON + timedelta(days=1)
    choose_reading(duty, cast.as_("priya"), now, reading=AWARE, reason="Agreed.")
    return duty, now


def test_the_other_side_accepts_that_it_was_none(cast):
    duty, now = kept(cast)
    for who, why in (("priya", "As agreed."), ("ada", " ")):
        with pytest.raises(Refused):
            accept_no_miss(duty, cast.as_(who), now, reason=why)
    accept_no_miss(duty, cast.as_("ada"), now, reason="The reading was meant from the start.")
    row, miss = again(duty), only_miss(duty)
    assert (row.due_date, row.date_stands, row.phase) == (date(2026, 3, 19), "", Phase.OPEN)
    assert miss.until == now and "meant from the start" in miss.because
    assert LedgerEntry.objects.filter(verb="miss_accepted_as_none").count() == 1
    with pytest.raises(Refused):
        accept_no_miss(duty, cast.as_("ada"), now, reason="Again.")


def test_the_contract_as_at_a_day_shows_what_stays_missed(cast):
    """R49. Missed on the 17th; on the 18th a reading was chosen by which it is due on the 19th."""
    duty, now = kept(cast)
    cast.contract.refresh_from_db()

    def shown(day: date, known: datetime | None = None) -> tuple[str, date | None]:
        found = as_at(cast.contract, day, now + timedelta(days=2), known)
        [one] = (one for one in found.duties if one.rule_key == "8.2.2" and one.subject == duty.subject)
        return one.state, one.deadline.due_date

    assert shown(date(2026, 3, 18)) == ("overdue", date(2026, 3, 17))
    accept_no_miss(duty, cast.as_("ada"), now + timedelta(days=1), reason="Meant from the start.")
    assert shown(date(2026, 3, 18)) == ("owed_now", MARCH_19)
    assert shown(date(2026, 3, 18), end_of_day(date(2026, 3, 18))) == ("overdue", date(2026, 3, 17))
    assert shown(date(2026, 3, 18), end_of_day(MARCH_19)) == ("owed_now", MARCH_19)


def test_what_was_late_by_the_missed_date_alone_is_judged_anew(cast):
    duty, now = kept(cast)
    happened(cast, "breach_details_provided", date(2026, 3, 18), "B-1", now=now)
    accept_no_miss(duty, cast.as_("ada"), now, reason="The reading was meant from the start.")
    assert (again(duty).phase, again(duty).due_date) == (Phase.MET, date(2026, 3, 19))
    assert Miss.objects.count() == 1 and only_miss(duty).until == now


def test_the_pages_say_it(cast, client):
    duty, now = kept(cast)
    with time_machine.travel(now, tick=False):
        client.force_login(cast.ada)
        page = client.get(reverse("duty", args=[cast.contract.pk, duty.pk])).content.decode()
        assert "It stays on the record" in page and "Accept that this was no miss" in page
        assert "chose the reading" in page and "was taken over" not in page
        there = reverse("accept_no_miss", args=[cast.contract.pk, duty.pk])
        asked = client.get(there).content.decode()
        assert "Missed: " in asked and "It stays on the record" in asked and "(B-1)" in asked
        assert client.post(there, {"reason": ""}).status_code == 200
        assert client.post(there, {"reason": "Meant from the start."}).status_code == 302
        page = client.get(reverse("duty", args=[cast.contract.pk, duty.pk])).content.decode()
        assert "was recorded as missed until" in page and "Accept that this was no miss" not in page


def test_a_miss_is_neither_edited_nor_deleted(cast):
    withdraw_fact(patch_released(cast).cause, cast.as_("priya"), LATER, reason="Another product.")
    miss = Miss.objects.get()
    with pytest.raises(Error), transaction.atomic():
        Miss.objects.filter(pk=miss.pk).update(limit=datetime(2026, 4, 1, tzinfo=UTC))
    with pytest.raises(Error), transaction.atomic():
        Miss.objects.filter(pk=miss.pk).update(until=None, because="")
    with pytest.raises(Error), transaction.atomic():
        Miss.objects.filter(pk=miss.pk).delete()


def test_that_it_was_met_late_stays_beside_a_date_that_comes_later(cast):
    """Aware on the 16th, so due on the 18th, told on the 23rd; then the breach is said to be of the 26th."""
    happened(cast, "breach_of_security_aware", date(2026, 3, 16), "B-9", aware_party="supplier")
    now = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
    happened(cast, "breach_details_provided", date(2026, 3, 23), "B-9", now=now)
    duty = Duty.objects.get(subject="B-9", obligation__rule_key="8.2.2")
    assert (duty.due_date, duty.phase) == (date(2026, 3, 18), Phase.MET_LATE)
    happened(cast, "breach_of_security_occurred", date(2026, 3, 26), "B-9", now=now)
    duty = again(duty)
    assert (duty.due_date, duty.phase) == (date(2026, 3, 30), Phase.OPEN)
    miss = only_miss(duty)
    assert (miss.limit.date(), miss.until) == (date(2026, 3, 18), None)
