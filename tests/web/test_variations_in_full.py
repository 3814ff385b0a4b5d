"""Drafting, impact, answers, the form and its PDF, the paper copy, any day: as the people of both sides see
them.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from contracts.models import Interpretation, LedgerEntry, Variation, VariationState
from contracts.services.variations import share_variation
from contracts.web.variations import form as form_module
from tests.cast import DMP, NOON, patch_released
from tests.obligations.services.test_variations_in_full import FIGURE, INSERTED, STOP, drafted, signed
from tests.support.pdf import needs_pdf
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db


def address(cast, name, *more):
    return reverse(name, args=[cast.contract.pk, *more])


def post_draft(cast, browse, who="ada", query="", **data):
    data = {"number": "002", "title": "A change", "change": "not_used"} | data
    return browse(cast.people[who]).post(address(cast, "draft_variation") + query, data)


def test_everything_a_variation_does_is_chosen_and_not_typed(cast, browse):
    response = post_draft(
        cast, browse, paragraphs=[f"{DMP}/main/7"], figure=f"{DMP}/main/10.3|10.3-important",
        figure_amount="14", figure_unit="days", insert_into=f"{DMP}/main", insert_number="10.8",
        insert_words="The Supplier reports.", duty_title="Report", duty_party="supplier",
        duty_shape="recurring", duty_amount="3", duty_unit="months",
    )  # fmt: skip
    made = Variation.objects.get()
    assert response.headers["Location"] == address(cast, "variation", made.pk)
    assert {(one.paragraph.path, one.kind) for one in made.effects.all()} == {
        ("main/7", "not_used"), ("main/10.3", "figure"), ("main/10.8", "inserted")
    }  # fmt: skip
    page = words(browse(cast.ada).get(address(cast, "variation", made.pk)))
    assert "30 days becomes 14 days" in page and "every 3 months" in page


@pytest.mark.parametrize(
    ("data", "target"),
    [
        ({}, "id_paragraphs"),
        ({"number": ""}, "id_number"),
        ({"figure": f"{DMP}/main/10.3|10.3-important"}, "id_figure_amount"),
        ({"figure": f"{DMP}/main/10.3|10.3-important", "figure_amount": "30"}, "id_figure"),
        ({"paragraphs": [f"{DMP}/main/5"], "change": "reinstated"}, "id_paragraphs"),
        ({"insert_into": f"{DMP}/main"}, "id_insert_number"),
        ({"replaced": f"{DMP}/main/5"}, "id_new_words"),
    ],
)
def test_a_mistake_is_said_where_it_was_made(cast, browse, data, target):
    response = post_draft(cast, browse, **data)
    assert response.status_code == 200
    assert target in errors(response).values()
    assert not Variation.objects.exists()


def test_the_impact_is_there_before_anyone_signs(cast, browse):
    patch_released(cast, "CVE-1", date(2026, 3, 5), category="Important")
    variation = drafted(cast, *STOP, FIGURE, INSERTED, number="001")
    page = words(browse(cast.ada).get(address(cast, "variation_impact", variation.pk)))
    for said in ("Nothing has been changed", "Duties that would end", "Duties with another date", "before:",
                 "Recurring and continuous duties that stop", "Send a quarterly report"):  # fmt: skip
        assert said in page
    assert browse(cast.priya).get(address(cast, "variation_impact", variation.pk)).status_code == 404


def test_how_words_left_hanging_are_read_goes_on_the_record(cast, browse):
    variation = share_variation(drafted(cast, *STOP, number="001"), cast.as_("ada"), NOON)
    where = address(cast, "variation_impact", variation.pk)
    page = browse(cast.priya).get(where).content.decode()
    assert 'name="citation"' in page
    data = {
        "citation": f"{DMP}/main/3.1",
        "words": "Risk Management Documentation",
        "about": "x",
        "reading": "As it was.",
    }
    response = browse(cast.priya).post(address(cast, "say_reading", variation.pk), data)
    assert response.headers["Location"] == where
    assert Interpretation.objects.get().said_by == cast.priya
    assert LedgerEntry.objects.filter(verb="interpretation_recorded").exists()
    for who, status in (("tom", 403), ("zed", 404), ("olu", 403)):
        assert (
            browse(cast.people[who]).post(address(cast, "say_reading", variation.pk), data).status_code
            == status
        )


def test_a_counter_proposal_starts_from_what_it_answers(cast, browse):
    offer = share_variation(drafted(cast, *STOP, number="001"), cast.as_("ada"), NOON)
    assert "counter-proposal" in words(browse(cast.priya).get(address(cast, "variation", offer.pk)))
    assert "counter-proposal" not in words(browse(cast.ada).get(address(cast, "variation", offer.pk)))
    query = f"?answers={offer.pk}"
    form = browse(cast.priya).get(address(cast, "draft_variation") + query).content.decode()
    assert 'value="001A"' in form
    post_draft(cast, browse, "priya", query, number="001A", paragraphs=[f"{DMP}/main/5"])
    assert Variation.objects.get(number="001A").answers == offer


@needs_pdf
def test_the_form_says_everything_and_so_does_its_pdf(cast, browse):
    variation = signed(cast, drafted(cast, *STOP, FIGURE, number="001", recital="To simplify assurance."))
    page = words(browse(cast.olu).get(address(cast, "variation_form", variation.pk)))
    said = ["Variation Form No: 001", "Wrenfield Council", "Harbourlight Systems", "To simplify assurance.",
            "30 days becomes 14 days", "Ada Fairweather", "Priya Nair", "In effect from 10 March 2026",
            variation.text_hash]  # fmt: skip
    for one in said:
        assert one in page
    response = browse(cast.olu).get(address(cast, "variation_form_pdf", variation.pk))
    assert response.headers["Content-Type"] == "application/pdf"
    pages = [" ".join(one.extract_text().split()) for one in PdfReader(BytesIO(response.content)).pages]
    whole = " ".join(pages)
    for one in said[:-1]:
        assert one in whole
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text and cast.contract.reference in text
        assert variation.text_hash in text.replace(" ", "")


def test_an_unsigned_form_has_lines_to_sign_on_and_a_draft_says_so(cast, browse):
    variation = drafted(cast, *STOP, number="001")
    page = browse(cast.ada).get(address(cast, "variation_form", variation.pk))
    assert "Draft: not yet shared" in words(page) and page.content.decode().count('class="line"') == 8
    assert browse(cast.priya).get(address(cast, "variation_form", variation.pk)).status_code == 404


def test_without_pango_the_page_to_print_says_what_is_missing(cast, browse, monkeypatch):
    def no_pango(context):
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(form_module, "as_pdf", no_pango)
    variation = drafted(cast, *STOP, number="001")
    response = browse(cast.ada).get(address(cast, "variation_form_pdf", variation.pk))
    assert response.status_code == 503 and "Pango library is missing" in words(response)


def test_a_signed_paper_copy_in_place_of_signing_here(cast, browse, uploads):
    variation = share_variation(drafted(cast, *STOP, number="001"), cast.as_("ada"), NOON)
    where = address(cast, "signed_paper", variation.pk)
    data = {"text_hash": variation.text_hash, "same": "on"}
    for side in ("supplier", "authority"):
        data |= {f"{side}_name": "Somebody", f"{side}_job_title": "Director"}
        data |= day_boxes(f"{side}_day", date(2026, 3, 10))

    def file():
        return SimpleUploadedFile("signed.pdf", b"%PDF-1.4 signed")

    late = data | day_boxes("supplier_day", date(2026, 3, 18)) | {"file": file()}
    assert "id_supplier_day_day" in errors(browse(cast.ada).post(where, late)).values()
    assert browse(cast.tom).post(where, data | {"file": file()}).status_code == 403
    response = browse(cast.ada).post(where, data | {"file": file()})
    assert response.status_code == 302, words(response)
    variation.refresh_from_db()
    assert variation.state == VariationState.IN_FORCE
    listed = browse(cast.priya).get(address(cast, "documents"))
    assert listed.status_code == 200 and "signed.pdf" in words(listed)
    document = cast.contract.documents.get()
    assert browse(cast.priya).get(address(cast, "document", document.pk)).status_code == 200


def test_any_day_as_known_on_any_other_and_two_days_side_by_side(cast, browse):
    signed(cast, drafted(cast, *STOP, number="001"))
    client, where = browse(cast.olu), address(cast, "as_at")
    assert "not used" in words(client.get(where))
    then = day_boxes("on", date(2026, 3, 11)) | day_boxes("known", date(2026, 3, 12))
    assert " 0 not used" in words(client.get(where, then))
    both = day_boxes("on", date(2026, 3, 9)) | day_boxes("beside", date(2026, 3, 10))
    page = words(client.get(where, both))
    assert "9 March 2026 beside 10 March 2026" in page and "not used (Variation 001)" in page
    assert "signed for the Supplier (recorded on 17 March 2026)" in page
    wrong = {"on_day": "31", "on_month": "2", "on_year": "2026"}
    assert errors(client.get(where, wrong))
