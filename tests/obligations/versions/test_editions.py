"""A later edition of the engine moves nothing on a running contract until a member takes it over.

Duties that differ by the edition alone are held; a new fact about one is judged by the edition of today, and
both are named. One change, one cause.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from obligations.models import Becomes, CalendarChange, Duty, EditionAdoption, Offer, OfferedChange, Phase
from obligations.rules.engine import edition
from obligations.services.as_at import as_at
from obligations.services.holidays import applying, previewing, proposing
from obligations.services.reconciling.recurring import raise_recurring
from obligations.services.reconciling.sweep import sweep
from obligations.services.versions import offers
from tests.cast import DMP, NOON, Cast, claimed, happened, play
from tests.obligations.services.test_variations_in_full import STOP, drafted, signed
from tests.obligations.versions.test_versions import (
    EARLY,
    dates,
    entries,
    offered,
    patch,
    take_over,
)
from tests.support.later import changed, later, two_days_later

pytestmark = pytest.mark.django_db

CRITICAL = "10.3-critical"
MARCH_19, MARCH_21 = date(2026, 3, 19), date(2026, 3, 21)
CAUSE = "Edition 2 of the engine was taken over: Agreed in March."


def held(cast: Cast) -> set[tuple[str, str]]:
    rows = OfferedChange.objects.filter(contract=cast.contract, held=True)
    return {(row.rule_key, row.subject) for row in rows}


def because(cast: Cast, subject: str) -> list[str]:
    """The causes that the record names for what happened to the duties about a subject, in order."""
    rows = LedgerEntry.objects.filter(contract=cast.contract, payload__subject=subject).order_by("pk")
    return [row.payload["because"] for row in rows if "because" in row.payload]


def test_an_edition_moves_nothing_by_itself(next_edition):
    cast = play()
    patch(cast)
    before, record = dates(cast), LedgerEntry.objects.count()
    next_edition(two_days_later(CRITICAL))
    assert sweep(NOON, repair=True) == []
    raise_recurring(NOON + timedelta(days=1))
    assert dates(cast) == before and LedgerEntry.objects.count() == record
    assert held(cast) == {(CRITICAL, "CVE-1")}
    assert offers.behind() == [(cast.contract.pk, "edition", None)]


def test_taking_it_over_does_just_what_the_page_said_with_its_own_cause(next_edition):
    cast = play()
    duty = patch(cast)
    next_edition(two_days_later(CRITICAL))
    offer = offered(cast)
    (row,) = OfferedChange.objects.filter(offer=offer)
    assert (row.becomes, row.old_due_at.date(), row.due_at.date()) == (Becomes.REDATED, MARCH_19, MARCH_21)
    record = LedgerEntry.objects.count()
    take_over(cast, offer)
    duty.refresh_from_db()
    assert (duty.due_date, duty.derivation["edition"]) == (MARCH_21, 2)
    new = LedgerEntry.objects.order_by("pk")[record:]
    assert [entry.verb for entry in new] == ["edition_taken_over", "duty_redated"]
    assert new[1].payload["because"] == CAUSE
    assert held(cast) == set() and sweep(NOON) == [] and offers.behind() == []
    assert patch(cast, "CVE-2").due_date == MARCH_21


def test_a_new_fact_about_a_held_duty_is_judged_by_the_new_edition_and_both_are_named(next_edition):
    cast = play()
    duty, other = patch(cast), patch(cast, "CVE-2")
    next_edition(two_days_later(CRITICAL))
    claimed(cast, "vulnerability_not_exploitable_demonstrated", date(2026, 3, 16), "CVE-1", accepted_by="ada")
    duty.refresh_from_db()
    other.refresh_from_db()
    assert duty.phase == Phase.SUSPENDED or duty.due_date == MARCH_21
    (cause,) = because(cast, "CVE-1")[1:]
    assert cause.startswith("Accepted: ") and "Judged by edition 2 of the engine" in cause
    assert other.due_date == MARCH_19 and held(cast) == {(CRITICAL, "CVE-2")}


def test_a_new_fact_about_something_else_carries_nothing_along(next_edition):
    """A fact about the whole contract looks at everything again, and the held duty stays held."""
    cast = play()
    duty = patch(cast)
    next_edition(two_days_later(CRITICAL))
    happened(cast, "external_vulnerability_scan_completed", date(2026, 3, 16), "scan")
    happened(cast, "vulnerability_identified", date(2026, 3, 16), "CVE-1")
    duty.refresh_from_db()
    assert duty.due_date == MARCH_19
    assert all("edition" not in text for text in because(cast, "CVE-1") + because(cast, "scan"))


def test_the_contract_on_a_day_shows_the_dates_it_has(next_edition):
    cast = play()
    patch(cast)
    next_edition(two_days_later(CRITICAL))
    sweep(NOON)
    (shown,) = [one for one in as_at(cast.contract, NOON.date(), NOON).duties if one.rule_key == CRITICAL]
    assert shown.deadline.due_date == MARCH_19
    take_over(cast, offered(cast))
    (shown,) = [one for one in as_at(cast.contract, NOON.date(), NOON).duties if one.rule_key == CRITICAL]
    assert shown.deadline.due_date == MARCH_21


def test_what_a_variation_ends_is_not_laid_at_the_editions_door(next_edition):
    """The scan of 7.1.3, whose date the edition moves, ends with its paragraph under either edition."""
    cast = play()
    happened(cast, "external_vulnerability_scan_completed", date(2026, 3, 16), "scan")
    next_edition(two_days_later("7.1.3"))
    sweep(NOON)
    signed(cast, drafted(cast, *STOP, number="001"))
    ended = [payload for payload in entries(cast, "duty_ended") if payload["due_date"] > "2026-03-17"]
    assert ended and all("edition" not in payload["because"] for payload in ended)


def test_what_is_new_is_judged_by_the_new_edition(next_edition):
    cast = play()
    next_edition(two_days_later(CRITICAL))
    duty = patch(cast)
    assert (duty.due_date, duty.derivation["edition"]) == (MARCH_21, 2)


def test_a_missed_duty_keeps_its_date_and_what_is_done_later_is_late(next_edition):
    cast = play()
    missed = patch(cast, "CVE-1", date(2026, 3, 9), now=EARLY + timedelta(days=7))
    assert missed.due_date == date(2026, 3, 16)
    next_edition(two_days_later(CRITICAL))
    happened(cast, "patch_applied", date(2026, 3, 17), "CVE-1")
    missed.refresh_from_db()
    # In time by the 18th of the new edition, late by the 16th on which it was missed.
    assert (missed.due_date, missed.phase) == (date(2026, 3, 16), Phase.MET_LATE)
    assert missed.date_stands == "Edition 2 of the engine"


def test_what_was_met_keeps_its_date_through_the_taking_over(next_edition):
    cast = play()
    met = patch(cast)
    happened(cast, "patch_applied", date(2026, 3, 16), "CVE-1")
    next_edition(lambda duties: [one for one in duties if one.rule_key != CRITICAL])
    offer = offered(cast)
    assert OfferedChange.objects.get(offer=offer).becomes == Becomes.STAYS
    take_over(cast, offer)
    met.refresh_from_db()
    assert (met.due_date, met.phase) == (MARCH_19, Phase.MET)
    assert sweep(NOON) == []


def test_an_edition_may_raise_and_end_duties_and_does_neither_until_taken_over(next_edition):
    cast = play()
    ended = patch(cast)

    def other_name(duties):
        return [replace(one, occurrence="anew") if one.rule_key == CRITICAL else one for one in duties]

    next_edition(other_name)
    assert sweep(NOON, repair=True) == []
    offer = offered(cast)
    rows = OfferedChange.objects.filter(offer=offer)
    assert {(row.becomes, row.occurrence == "anew") for row in rows} == {
        (Becomes.RAISED, True),
        (Becomes.ENDED, False),
    }
    assert Duty.objects.filter(subject="CVE-1", obligation__rule_key=CRITICAL).count() == 1
    take_over(cast, offer)
    ended.refresh_from_db()
    assert ended.phase == Phase.WITHDRAWN
    assert Duty.objects.get(subject="CVE-1", occurrence="anew").phase == Phase.OPEN


@pytest.mark.parametrize(("first", "due"), [(17, MARCH_21), (18, MARCH_19)])
def test_from_a_day_on_what_began_before_it_keeps_its_date(next_edition, first, due):
    """The duty began on 17 March, the day of its recording."""
    cast = play()
    duty = patch(cast)
    next_edition(two_days_later(CRITICAL))
    take_over(cast, offered(cast, from_day=date(2026, 3, first)))
    duty.refresh_from_db()
    assert duty.due_date == due and sweep(NOON, repair=True) == []


# One change, one cause


def holiday(cast: Cast, day: date) -> CalendarChange:
    """A one-off holiday, applied by the administrator of the system."""
    mina = cast.as_("mina")
    change = proposing.propose_day(mina, NOON, division="england-and-wales", day=day, name="A", source="B")
    previewing.preview(change, NOON)
    applying.ask_to_apply(change, mina, NOON)
    applying.apply(change, NOON)
    return change


def breach(cast: Cast) -> Duty:
    """Details of a breach within 2 Working Days, of which the later edition makes two days more."""
    happened(cast, "breach_of_security_occurred", NOON, "B-1")
    return Duty.objects.get(contract=cast.contract, subject="B-1", obligation__rule_key="8.2.2")


def test_a_bank_holiday_never_carries_the_editions_changes_along(next_edition):
    cast = play()
    by_edition, by_holiday = patch(cast), breach(cast)
    assert by_holiday.due_date == MARCH_19
    next_edition(two_days_later(CRITICAL))
    sweep(NOON)
    holiday(cast, date(2026, 3, 18))
    by_edition.refresh_from_db()
    by_holiday.refresh_from_db()
    assert (by_edition.due_date, by_holiday.due_date) == (MARCH_19, date(2026, 3, 20))
    assert all("edition" not in text for text in because(cast, "B-1") + because(cast, "CVE-1"))


def test_a_date_that_both_move_names_both(next_edition):
    cast = play()
    duty = breach(cast)
    next_edition(two_days_later("8.2.2"))
    sweep(NOON)
    holiday(cast, date(2026, 3, 18))
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 22)
    assert "Judged by edition 2 of the engine" in because(cast, "B-1")[-1]


def test_holidays_wait_until_every_contract_was_looked_at(next_edition):
    cast = play()
    breach(cast)
    next_edition(two_days_later("8.2.2"))
    with pytest.raises(Refused, match="still working out what its newer engine would change"):
        holiday(cast, date(2026, 3, 18))


def test_a_rulebook_never_carries_the_editions_changes_along(next_edition, release):
    cast = play()
    by_edition = breach(cast)
    by_version = patch(cast)
    next_edition(two_days_later("8.2.2"))
    release(later(2, changed))
    (version,) = [one for one in offers.make_offers(cast.contract) if one.version_id]
    take_over(cast, offers.work_out(version, NOON))
    by_edition.refresh_from_db()
    by_version.refresh_from_db()
    assert (by_edition.due_date, by_version.due_date) == (MARCH_19, date(2026, 3, 26))
    assert all("dition" not in text for text in because(cast, "CVE-1") + because(cast, "B-1"))


def test_what_both_change_is_taken_over_one_by_one(next_edition, release):
    cast = play()
    duty = patch(cast)
    next_edition(two_days_later(CRITICAL))
    release(later(2, changed))
    made = {bool(one.version_id): one for one in offers.make_offers(cast.contract)}
    version = offers.work_out(made[True], NOON)
    assert version.refusal.startswith("Take over edition 2 of the engine first")
    with pytest.raises(Refused, match="Take over edition 2"):
        take_over(cast, version)
    take_over(cast, offers.work_out(made[False], NOON))
    take_over(cast, offers.work_out(version, NOON))
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 28)
    assert [text for text in because(cast, "CVE-1") if "taken over" in text][-1].startswith("Version 2")


# Bad ground


def test_a_database_of_a_later_edition_is_refused(next_edition, monkeypatch):
    cast = play()
    next_edition(lambda duties: duties)
    take_over(cast, offered(cast))
    monkeypatch.delitem(edition.EDITIONS, 2)
    before, record = dates(cast), LedgerEntry.objects.count()
    with pytest.raises(Refused) as caught:
        patch(cast)
    assert all(text in caught.value.message for text in (cast.contract.reference, "edition 2", "edition 1"))
    assert dates(cast) == before and LedgerEntry.objects.count() == record
    (finding,) = sweep(NOON, repair=True)
    assert "edition 2" in str(finding)


def test_a_contract_that_is_made_now_begins_on_the_newest(next_edition):
    next_edition(two_days_later(CRITICAL))
    cast = play()
    assert patch(cast).due_date == MARCH_21
    assert [row.edition for row in EditionAdoption.objects.filter(contract=cast.contract)] == [2]
    assert offers.make_offers(cast.contract) == [] and not Offer.objects.exists()


def test_an_edition_that_says_the_same_is_taken_over_without_a_word_about_duties(next_edition):
    cast = play()
    patch(cast)
    next_edition(lambda duties: duties)
    take_over(cast, offered(cast))
    assert len(entries(cast, "edition_taken_over")) == 1
    assert not entries(cast, "duty_redated") and sweep(NOON) == []
    assert DMP in str(cast.contract.adoptions.get().version)
