"""A document's time limits beside the register's on its page, and deciding which figure counts (R34)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contracts.models import FigureDecision
from tests.cast import patch_released, play
from tests.obligations.rules.test_agreement import STANDARD, said
from tests.obligations.services.test_figures import decide, fourteen_days, signed
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
CRITICAL = "10.3-critical"


def page_of(cast, browse, document, who="ada"):
    return browse(cast.people[who]).get(reverse("document", args=[cast.contract.pk, document.pk]))


def address(cast, document, limit=CRITICAL):
    return reverse("decide_figure", args=[cast.contract.pk, document.pk, limit])


def test_both_figures_are_shown_with_what_is_counted_with(cast, browse):
    said_of = words(page_of(cast, browse, fourteen_days(cast)))
    assert "1 differs" in said_of and "2 agree." in said_of
    assert "14 days in this contract against 7 days in the standard form." in said_of
    assert "Duties are counted with 7 days." in said_of
    assert "Adopt the contract’s own figure" in said_of


def test_missing_and_extra_limits_are_shown(cast, browse):
    document = signed(cast, *(said("main/10.3", *one) for one in STANDARD), said("main/9.1", 10, "days"))
    said_of = words(page_of(cast, browse, document))
    assert "1 is extra" in said_of and "In this document only" in said_of and "Not found" in said_of


@pytest.mark.parametrize(
    ("who", "may"), [("priya", True), ("ada", True), ("tom", False), ("olu", False), ("mina", False)]
)
def test_a_lead_of_the_supplier_or_a_reviewer_may_decide(cast, browse, who, may):
    document = fourteen_days(cast)
    page = page_of(cast, browse, document, who)
    assert (address(cast, document) in page.content.decode()) is may
    client = browse(cast.people[who])
    assert client.get(address(cast, document)).status_code == (200 if may else 403)
    sent = client.post(address(cast, document), {"reason": "As signed"})
    assert sent.status_code == (302 if may else 403)
    assert FigureDecision.objects.exists() is may


def test_the_decision_names_the_dates_that_move_and_takes_effect(cast, browse):
    duty = patch_released(cast)
    document = fourteen_days(cast)
    before = words(browse(cast.ada).get(address(cast, document)))
    assert "from Thursday 19 March 2026 to Thursday 26 March 2026" in before
    after = words(browse(cast.ada).post(address(cast, document), {"reason": "As signed"}, follow=True))
    assert "1 duty has a new date" in after
    assert "Duties are counted with 14 days: decided by Ada Fairweather, Authority." in after
    assert "Use the standard form’s figure again" in after
    shown = words(browse(cast.priya).get(reverse("duty", args=[cast.contract.pk, duty.pk])))
    assert "The signed contract says 14 days where the standard form says 7 days" in shown
    told = words(browse(cast.olu).get(reverse("ledger", args=[cast.contract.pk])))
    assert "14 days instead of 7 days. As signed" in told


def test_it_is_taken_back_in_the_same_way(cast, browse):
    document = fourteen_days(cast)
    decide(cast, document)
    again = f"{address(cast, document)}?standard=1"
    assert "Use the standard form’s figure again" in words(browse(cast.priya).get(again))
    page = words(browse(cast.priya).post(again, {"reason": "A misprint"}, follow=True))
    assert "The standard form’s figure counts from now on." in page
    assert "Duties are counted with 7 days: decided by Priya Nair, Supplier." in page


def test_without_a_reason_the_field_is_named(cast, browse):
    document = fourteen_days(cast)
    page = browse(cast.ada).post(address(cast, document), {"reason": " "})
    assert errors(page) == {"Say why this figure counts.": "id_reason"}


def test_what_cannot_be_decided_says_so(cast, browse):
    document = fourteen_days(cast)
    page = browse(cast.ada).get(address(cast, document, "10.3-important"))
    assert "There is no other figure in this document to adopt." in words(page)
    assert "Why does this figure count?" not in words(page)
    assert browse(cast.ada).get(address(cast, document, "nonsense")).status_code == 404


def test_a_document_of_another_contract_is_not_there(cast, browse):
    document = fourteen_days(play(reference="WF-2026-015"))
    assert browse(cast.ada).get(address(cast, document)).status_code == 404
