"""The pages of rulebook versions and engine editions: what a contract goes by, an offer, taking it over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from obligations.models import Duty, Offer, OfferState
from obligations.services.versions import offers
from tests.cast import NOON, play
from tests.obligations.versions.test_versions import patch
from tests.support.later import changed, first_release, later, next_edition, release, two_days_later
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
__all__ = ["first_release", "next_edition", "release"]


@pytest.fixture
def offer(cast, release) -> Offer:
    """The next version of the rulebook, offered and not worked out yet; one patch is due on 19 March."""
    patch(cast)
    release(later(2, changed))
    (made,) = offers.make_offers(cast.contract)
    return made


def at(offer: Offer, name: str = "offer") -> str:
    return reverse(name, args=[offer.contract_id, offer.pk])


def work_out(browser, offer: Offer, **day):
    return browser.post(at(offer, "offer_work_out"), day, follow=True)


def test_from_the_list_to_the_offer_to_taken_over(cast, browse, offer):
    browser = browse(cast.priya)
    listed = browser.get(reverse("versions", args=[cast.contract.pk]))
    page = words(listed)
    assert "In use Version 1" in page and "Edition 1" in page
    assert f'href="{at(offer)}"' in listed.content.decode()
    page = words(browser.get(at(offer)))
    assert "What it would change is not worked out yet" in page
    assert "Its limit: 14 days instead of 7 days." in page and "It is new. Limit: 2 days." in page
    assert "It is left out." in page and "Why is it taken over?" not in page
    page = words(work_out(browser, offer))
    assert "Duties that would have another date (1)" in page
    assert "Thursday 19 March 2026 Thursday 26 March 2026" in page
    offer.refresh_from_db()
    form = {"seen": offer.ledger_entry, "reason": "Agreed on 16 March.", "token": "t" * 20}
    page = words(browser.post(at(offer), form, follow=True))
    assert "It counts from now on." in page and "In use Version 2" in page
    assert "Agreed on 16 March." in page and "Nothing later is offered." in page
    again = words(browser.post(at(offer), form, follow=True))
    assert "You sent this already, so it was taken over once." in again
    assert Duty.objects.get(obligation__rule_key="10.3-critical").deadline_version == 2
    ledger = words(browser.get(reverse("ledger", args=[cast.contract.pk])))
    assert "Took over version 2 of the rulebook" in ledger and "from the beginning" in ledger
    assert "This was taken over." in words(browser.get(at(offer)))


def test_from_a_day(cast, browse, offer):
    browser = browse(cast.ada)
    page = words(work_out(browser, offer, from_day_day="18", from_day_month="3", from_day_year="2026"))
    assert "Counted from 18 March 2026: duties that begin before that day stay as they are." in page
    assert "Duties that would have another date (0)" in page


def test_a_day_that_is_none_is_refused_beside_its_field(cast, browse, offer):
    page = work_out(browse(cast.ada), offer, from_day_day="31", from_day_month="2", from_day_year="2026")
    assert errors(page) == {"The day must be a real date, such as 12 3 2026.": "id_from_day_day"}


def test_a_reason_is_needed(cast, browse, offer):
    browser = browse(cast.ada)
    work_out(browser, offer)
    offer.refresh_from_db()
    page = browser.post(at(offer), {"seen": offer.ledger_entry})
    assert errors(page) == {"Say why it is taken over.": "id_reason"}
    offer.refresh_from_db()
    assert offer.state == OfferState.READY


def test_what_was_recorded_since_asks_for_another_look(cast, browse, offer):
    browser = browse(cast.ada)
    work_out(browser, offer)
    offer.refresh_from_db()
    patch(cast, "CVE-2")
    page = words(browser.get(at(offer)))
    assert "Something was recorded since this was worked out" in page and "Why is it taken over?" not in page
    page = words(browser.post(at(offer), {"seen": offer.ledger_entry, "reason": "x"}))
    assert "Something was recorded since this was worked out. Look at what it would change now" in page


@pytest.mark.parametrize("who", ["tom", "grace", "ben", "olu", "mina"])
def test_other_roles_see_it_and_may_not_take_it_over(cast, browse, offer, who):
    offers.work_out(offer, NOON)
    browser = browse(getattr(cast, who))
    page = words(browser.get(at(offer)))
    assert "Duties that would have another date (1)" in page and "Take it over" not in page
    assert browser.post(at(offer), {"reason": "x", "seen": "1"}).status_code == 403
    assert browser.post(at(offer, "offer_work_out")).status_code == 403


def test_an_edition_says_what_it_reads_otherwise(cast, browse, next_edition):
    patch(cast)
    next_edition(two_days_later("10.3-critical"))
    (made,) = offers.make_offers(cast.contract)
    offers.work_out(made, NOON)
    page = words(browse(cast.priya).get(at(made)))
    assert "Edition 2 of the engine" in page and "Invented: what this edition reads otherwise." in page
    assert "Thursday 19 March 2026 Saturday 21 March 2026" in page


def test_the_page_takes_as_many_queries_whatever_it_lists(browse, release, django_assert_max_num_queries):
    few, many = play(), play(reference="WF-2026-099")
    patch(few)
    for number in range(30):
        patch(many, f"CVE-{number}")
    release(later(2, changed))
    for cast in (few, many):
        (made,) = offers.make_offers(cast.contract)
        offers.work_out(made, NOON)
        with django_assert_max_num_queries(26):
            browse(cast.priya).get(at(made))


def test_the_proof_on_a_dutys_page_names_version_and_edition(cast, browse):
    duty = patch(cast)
    page = words(browse(cast.priya).get(reverse("duty", args=[cast.contract.pk, duty.pk])))
    assert "dmp_schedule_23, dated 30 April 2019, version 1, digest" in page
    assert "Worked out by edition 1 of the engine." in page


def test_health_says_how_many_contracts_are_behind(cast, browse, offer):
    assert browse().get("/health/ready").json()["contracts_behind"] == 1
    offers.take_over_for_many(offer, cast.as_("priya"), NOON + timedelta(minutes=1), reason="For all.")
    assert "contracts_behind" not in browse().get("/health/ready").json()
