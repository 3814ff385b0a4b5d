"""Where versions and editions meet facts that are taken back, the clock, a day, and each other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from contracts.models import LongWork
from contracts.services import ledger, long_work
from contracts.services.errors import Refused
from obligations.models import Duty, FactRecord, Offer, OfferState, Phase
from obligations.rules.register.rulebook import RulebookError
from obligations.services.asking import versions
from obligations.services.reconciling.recurring import raise_recurring
from obligations.services.reconciling.sweep import sweep
from obligations.services.recording.facts import withdraw_fact
from obligations.services.versions import offers
from tests.cast import NOON, Cast, done, happened, play
from tests.obligations.versions.test_editions import CRITICAL, MARCH_19, MARCH_21, because
from tests.obligations.versions.test_versions import EARLY, RELEASED, dates, offered, patch, take_over
from tests.support.later import changed, later, two_days_later

pytestmark = pytest.mark.django_db


def without_critical(duties):
    return [one for one in duties if one.rule_key != CRITICAL]


def without(key: str):
    return lambda rules: [rule for rule in rules if rule["key"] != key]


def take_back(cast: Cast, duty: Duty) -> Duty:
    """The release of the patch is withdrawn; the duty as it is then."""
    fact = FactRecord.objects.get(
        contract=cast.contract, kind="patch_publicly_released", subject=duty.subject, withdrawn_at=None
    )
    withdraw_fact(fact, cast.as_("priya"), NOON, reason="The wrong host.")
    duty.refresh_from_db()
    return duty


# Facts taken back


@pytest.mark.parametrize("read", [without_critical, two_days_later(CRITICAL)])
def test_a_held_duty_whose_cause_is_taken_back_goes_and_the_edition_has_no_part_in_it(next_edition, read):
    cast = play()
    duty = patch(cast)
    next_edition(read)
    assert sweep(NOON, repair=True) == []
    assert take_back(cast, duty).phase == Phase.WITHDRAWN
    assert because(cast, "CVE-1")[-1] == "Withdrawn: A security patch was publicly released. The wrong host."
    assert sweep(NOON) == []


def test_a_missed_duty_recorded_anew_is_owed_by_its_new_date(release):
    """Its date stood, and was worked out from a fact that is withdrawn now."""
    cast = play()
    missed = patch(cast, "CVE-1", date(2026, 3, 2), now=EARLY)
    release(later(2, changed))
    take_over(cast, offered(cast))
    missed.refresh_from_db()
    assert missed.date_stands
    assert take_back(cast, missed).phase == Phase.WITHDRAWN
    again = patch(cast, "CVE-1", RELEASED)
    assert (again.phase, again.due_date, again.date_stands) == (Phase.OPEN, date(2026, 3, 26), "")
    assert sweep(NOON) == []


# What is done about a duty that is not called for any more


@pytest.mark.parametrize("by_fact", [True, False])
def test_what_is_done_about_a_duty_that_the_edition_would_end_meets_it(next_edition, by_fact):
    cast = play()
    duty = patch(cast)
    next_edition(without_critical)
    sweep(NOON)
    if by_fact:
        happened(cast, "patch_applied", date(2026, 3, 16), "CVE-1")
    else:
        done(duty, cast, date(2026, 3, 16))
    duty.refresh_from_db()
    assert (duty.phase, duty.due_date) == (Phase.MET, MARCH_19)
    assert "dition" not in because(cast, "CVE-1")[-1] and sweep(NOON) == []


@pytest.mark.parametrize(("day", "phase"), [(1, Phase.OPEN), (9, Phase.MET), (10, Phase.MET_LATE)])
def test_a_fact_meets_a_missed_duty_whose_rule_is_gone(release, day, phase):
    """The patch was released on 2 March and due on the 9th; what was done before it was released is none."""
    cast = play()
    missed = patch(cast, "CVE-1", date(2026, 3, 2), now=EARLY)
    release(later(2, without(CRITICAL)))
    take_over(cast, offered(cast))
    happened(cast, "patch_applied", date(2026, 3, day), "CVE-1")
    missed.refresh_from_db()
    assert (missed.phase, missed.due_date) == (phase, date(2026, 3, 9))
    assert sweep(NOON) == []


# The clock


@pytest.mark.parametrize("something_since", [True, False])
def test_what_time_brought_before_the_upgrade_was_looked_at_is_raised(next_edition, something_since):
    """The worker stood still over a midnight; something went on the record before it ran again."""
    cast = play()
    much_later = NOON + timedelta(days=400)
    before = set(dates(cast))
    next_edition(two_days_later(CRITICAL))
    if something_since:
        at = much_later - timedelta(minutes=5)
        ledger.record(cast.contract, cast.as_("priya"), "notices_sent", {"notices": []}, at)
    raise_recurring(much_later)
    assert {key for key, _, _ in set(dates(cast)) - before}
    assert not cast.contract.offers.get().changes.exists() and sweep(much_later) == []


# From a day


def test_an_edition_from_a_day_is_shown_as_it_is_taken_over(next_edition, client):
    cast = play()
    patch(cast)
    next_edition(two_days_later(CRITICAL))
    offer = offered(cast, from_day=date(2026, 3, 18))
    client.force_login(cast.priya)
    page = client.get(reverse("offer", args=[cast.contract.pk, offer.pk])).content.decode()
    assert "Duties that would have another date (0)" in page
    assert take_over(cast, offer).redated == []


def test_a_version_moves_what_an_edition_from_a_day_left_and_both_are_named(next_edition, release):
    cast = play()
    duty = patch(cast)
    next_edition(two_days_later(CRITICAL))
    take_over(cast, offered(cast, from_day=date(2026, 3, 18)))
    release(later(2, changed))
    take_over(cast, offered(cast))
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 28)
    cause = because(cast, "CVE-1")[-1]
    assert cause.startswith("Version 2") and "Judged by edition 2" in cause


def test_the_editions_one_after_the_other(next_edition):
    cast = play()
    duty = patch(cast)
    next_edition(two_days_later(CRITICAL))
    second = offered(cast)
    next_edition(two_days_later(CRITICAL), 3)
    assert sweep(NOON, repair=True) == []
    third = offered(cast)
    second.refresh_from_db()
    duty.refresh_from_db()
    assert (second.state, duty.due_date) == (OfferState.SUPERSEDED, MARCH_19)
    take_over(cast, third)
    duty.refresh_from_db()
    assert (duty.due_date, duty.derivation["edition"]) == (MARCH_21, 3) and sweep(NOON) == []


# Releases that are not as they should be


def test_a_book_edited_without_another_version_stops_no_other_contract(release, monkeypatch):
    cast, other = play(), play(reference="WF-2026-099")
    release(later(2, changed))
    take_over(cast, offered(cast))
    real = versions.shipped_version

    def shipped(key: str):
        asked.append(key)
        if len(asked) == 1:
            raise RulebookError(f"{key}: another version 2 is in the database")
        return real(key)

    asked: list[str] = []
    third = play(reference="WF-2026-100")
    monkeypatch.setattr(offers, "shipped_version", shipped)
    release(later(3, lambda rules: rules))
    assert offers.offer_everything(NOON) == 2
    assert set(Offer.objects.filter(version__number=3).values_list("contract_id", flat=True)) == {
        other.contract.pk,
        third.contract.pk,
    }


def test_an_earlier_release_installed_again_offers_what_it_ships(release):
    cast = play()
    release(later(2, changed))
    offered(cast)
    release(later(3, lambda rules: rules))
    offered(cast)
    release(later(2, changed))
    offer = offered(cast)
    assert offer.state == OfferState.READY
    take_over(cast, offer)


def test_a_rule_that_comes_back_at_another_paragraph_is_refused(release):
    cast = play()
    release(later(2, without("7.1.3")))
    take_over(cast, offered(cast))
    release(later(3, lambda rules: [r | {"path": "main/10.3"} if r["key"] == "7.1.3" else r for r in rules]))
    offer = offered(cast)
    assert "version 1 has it at main/7.1.3" in offer.refusal
    with pytest.raises(Refused, match="It needs a key of its own"):
        take_over(cast, offer)


def test_what_fails_is_tried_again_once_a_day(release, monkeypatch):
    play()
    release(later(2, changed))

    def wrong(*_):
        raise ValueError("wrong")

    monkeypatch.setattr(offers, "rehearse", wrong)
    for minutes in range(0, 40, 5):
        now = NOON + timedelta(minutes=minutes)
        offers.offer_everything(now)
        long_work.run_waiting(now)
    assert LongWork.objects.count() == 1
    offers.offer_everything(NOON + timedelta(days=1))
    assert LongWork.objects.count() == 2


def test_an_offer_whose_rules_cannot_be_read_says_so_on_its_page(release, monkeypatch, client):
    cast = play()
    release(later(2, changed))
    offer = offered(cast)

    def unreadable(contract, version):
        raise versions.BookRefused(contract, "the rulebook cannot be read: unknown key.")

    monkeypatch.setattr("obligations.services.versions.offered.read_for", unreadable)
    client.force_login(cast.priya)
    answer = client.get(reverse("offer", args=[cast.contract.pk, offer.pk]))
    assert answer.status_code == 200 and "cannot be read: unknown key" in answer.content.decode()
