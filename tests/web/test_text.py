"""Contract text on a day, a paragraph's page, and the variations that change them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from contracts.models import KeptBy, ParagraphVersion, Variation
from contracts.services.variations import draft_variation, share_variation, signing_text
from obligations.services.variations.signing import sign_variation
from tests.cast import DMP, NOON, ORDER, Cast, happened, make_contract, patch_released
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db
TENTH = date(2026, 3, 10)


def text(cast, browse, day=None, **more):
    query = (day_boxes("on", day) if day else {}) | more
    return browse(cast.priya).get(reverse("text", args=[cast.contract.pk]), query)


def paragraph(cast, browse, path="main/7", day=None, key=DMP):
    query = day_boxes("on", day) if day else {}
    address = reverse("paragraph", args=[cast.contract.pk, f"{key}/{path}"])
    return browse(cast.olu).get(address, query)


def draft(cast: Cast, *paths: str, number="001", by="priya") -> Variation:
    effects = [(path, "not_used", "") for path in paths or ("main/5", "main/7")]
    return draft_variation(
        cast.contract, cast.as_(by), NOON, number=number, title="Paragraphs 5 and 7 not used", effects=effects
    )


def shared(cast: Cast, *paths: str) -> Variation:
    return share_variation(draft(cast, *paths), cast.as_("priya"), NOON)


def sign(variation: Variation, cast: Cast, by: str, side: str, day: date = TENTH) -> None:
    sign_variation(
        variation,
        cast.as_(by),
        NOON,
        side=side,
        name=by.title(),
        job_title="Director",
        signed_on=day,
        text_hash=variation.text_hash,
    )


def in_force(cast: Cast) -> Variation:
    variation = shared(cast)
    sign(variation, cast, "grace", "supplier", TENTH - timedelta(days=1))
    sign(variation, cast, "ada", "authority", TENTH)
    variation.refresh_from_db()
    return variation


class TestText:
    def test_before_a_document_is_uploaded_only_our_summaries_show_and_are_marked(self, browse):
        page = words(text(make_contract(), browse))
        assert "No document has been uploaded for this schedule" in page
        assert "Our summary:" in page

    def test_the_contracts_own_words_stand_apart_from_ours(self, browse):
        cast = make_contract()
        one = ParagraphVersion.objects.filter(contract=cast.contract, paragraph__path="main/10.3")
        one.update(text="The words <of> the document & more.")
        page = text(cast, browse)
        assert "The words &lt;of&gt; the document &amp; more." in page.content.decode()
        assert "Lines marked “Our summary” are ours" in words(page)

    def test_a_day_before_and_on_the_day_of_a_variation(self, cast, browse):
        in_force(cast)
        before, on = (words(text(cast, browse, day)) for day in (TENTH - timedelta(days=1), TENTH))
        assert "Contract text on 9 March 2026" in before and "Not used from" not in before
        assert "Contract text on 10 March 2026" in on
        assert "Not used from 10 March 2026 by Variation 001" in on
        assert "Not used from 10 March 2026 by Variation 001" in words(text(cast, browse))

    def test_before_the_contract_there_is_no_text(self, cast, browse):
        assert "was not in the contract on 1 January 2020" in words(text(cast, browse, date(2020, 1, 1)))

    @pytest.mark.parametrize(
        ("query", "box"),
        [
            ({"on_day": "31", "on_month": "2", "on_year": "2026"}, "id_on_day"),
            ({"on_day": "1", "on_month": "2"}, "id_on_year"),
        ],
    )
    def test_a_day_that_is_none_shows_today_and_says_why(self, cast, browse, query, box):
        response = text(cast, browse, **query)
        assert list(errors(response).values()) == [box]
        assert "Contract text today" in words(response)

    def test_two_schedules_are_chosen_between(self, browse):
        cast = make_contract(DMP, ORDER)
        first, second = text(cast, browse), text(cast, browse, schedule=ORDER)
        assert "Part B" not in words(first) and "Part B" in words(second)
        assert text(cast, browse, schedule="no_such").status_code == 404

    def test_it_costs_the_same_for_any_number_of_paragraphs(self, browse, django_assert_num_queries):
        cast = make_contract(DMP, ORDER)
        client, address = browse(cast.priya), reverse("text", args=[cast.contract.pk])
        for key in (DMP, ORDER):
            with django_assert_num_queries(8):
                client.get(address, {"schedule": key})


class TestParagraph:
    def test_it_shows_its_words_summary_history_and_duties(self, cast, browse):
        patch_released(cast)
        page = words(paragraph(cast, browse, "main/10.3"))
        assert "Paragraph 10.3: " in page and "Citation: dmp_schedule_23/main/10.3" in page
        assert "No document has brought the words of this paragraph." in page
        assert "This is ours and no part of the contract." in page
        assert "From 1 April 2025 Used. The contract as made." in page
        assert "Duties from this paragraph (1)" in page and "(CVE-2026-0001)" in page

    def test_under_a_variation_it_says_since_when_and_by_what(self, cast, browse):
        in_force(cast)
        before = words(paragraph(cast, browse, day=TENTH - timedelta(days=1)))
        after = words(paragraph(cast, browse, day=TENTH))
        assert "Not used from 10 March 2026 by Variation 001" in after
        assert "Warning" not in before
        assert "From 1 April 2025 to 9 March 2026 Used. The contract as made." in after
        assert "From 10 March 2026 Not used. Variation 001." in after

    def test_row_5_of_annex_1_goes_on_when_paragraph_5_stops(self, cast, browse):
        in_force(cast)
        assert "Not used" not in words(paragraph(cast, browse, "Annex 1/5")).split("Over time")[0]
        assert "Not used from" in words(paragraph(cast, browse, "main/5.6"))

    def test_paths_with_blanks_and_brackets_have_addresses(self, browse):
        cast = make_contract(ORDER)
        page = paragraph(cast, browse, "Part A/4.2.1(a)", key=ORDER)
        assert page.status_code == 200
        assert "Paragraph Part A, 4.2.1(a)" in words(page)


class TestVariations:
    def post(self, client, cast, page, variation=None, **data):
        args = [cast.contract.pk, variation.pk] if variation else [cast.contract.pk]
        return client.post(reverse(page, args=args), data, follow=True)

    def drafted(self, **other):
        return {
            "number": "001",
            "title": "Paragraph 7 not used",
            "recital": "Agreed in March.",
            "paragraphs": [f"{DMP}/main/7"],
            "change": "not_used",
        } | other

    def test_none_yet(self, cast, browse):
        page = words(browse(cast.olu).get(reverse("variations", args=[cast.contract.pk])))
        assert "There are no variations." in page and "Draft a variation" not in page

    def test_drafting_sharing_and_signing_by_both_sides(self, cast, browse):
        happened(cast, "external_vulnerability_scan_completed", date(2026, 2, 20), "scan")
        supplier, authority = browse(cast.priya), browse(cast.ada)
        page = words(self.post(supplier, cast, "draft_variation", **self.drafted()))
        assert "Variation 001 is drafted." in page and "Draft" in page
        variation = Variation.objects.get()
        address = reverse("variation", args=[cast.contract.pk, variation.pk])
        assert authority.get(address).status_code == 404  # the other side's draft is its own
        page = words(self.post(supplier, cast, "share_variation", variation))
        assert "Variation 001 is ready to sign." in page
        assert "Waiting for the signature of the Supplier and Authority" in page
        variation.refresh_from_db()
        assert variation.text_hash in page
        signed = {
            "name": "Grace Mbeki",
            "job_title": "Director",
            "read": "on",
            "text_hash": variation.text_hash,
        }
        signed |= day_boxes("signed_on", TENTH - timedelta(days=1))
        page = words(self.post(supplier, cast, "sign_variation", variation, side="supplier", **signed))
        assert "Your signature is recorded. It takes effect once both sides have signed." in page
        signed |= {"name": "Ada Fairweather"} | day_boxes("signed_on", TENTH)
        page = words(self.post(authority, cast, "sign_variation", variation, side="authority", **signed))
        assert "Both sides have signed. Variation 001 is in force from 10 March 2026." in page
        assert "Ada Fairweather, Director Signed on 10 March 2026" in page
        assert "Duties it ended" in page and "Have the system scanned from outside (scan)" in page
        assert "Sign it" not in page

    @pytest.mark.parametrize(
        ("wrong", "box"),
        [
            ({"number": ""}, "id_number"),
            ({"number": "x" * 21}, "id_number"),
            ({"title": " "}, "id_title"),
            ({"paragraphs": []}, "id_paragraphs"),
            ({"paragraphs": ["dmp_schedule_23/main/99"]}, "id_paragraphs"),
            ({"change": "abolished"}, "id_change"),
            ({"replaced": f"{DMP}/main/99", "new_words": "x"}, "id_replaced"),
            ({"replaced": f"{DMP}/main/8"}, "id_new_words"),
            ({"insert_into": f"{DMP}/main", "insert_words": "x"}, "id_insert_number"),
        ],
    )
    def test_a_mistake_is_said_at_its_field(self, cast, browse, wrong, box):
        response = self.post(browse(cast.priya), cast, "draft_variation", **self.drafted(**wrong))
        assert box in errors(response).values()
        assert not Variation.objects.exists()

    def test_what_was_ticked_stays_ticked_after_a_mistake(self, cast, browse):
        response = self.post(browse(cast.priya), cast, "draft_variation", **self.drafted(title=""))
        assert f'value="{DMP}/main/7" checked' in response.content.decode()

    def test_new_words_and_a_new_paragraph(self, cast, browse):
        sent = self.drafted(
            paragraphs=[], insert_into=f"{DMP}/main", insert_number="5A", insert_words="Something new."
        )
        page = words(self.post(browse(cast.priya), cast, "draft_variation", **sent))
        assert "Inserted" in page and "Something new." in page

    def test_a_number_used_twice_is_refused_at_its_field(self, cast, browse):
        draft(cast)
        response = self.post(browse(cast.priya), cast, "draft_variation", **self.drafted())
        assert list(errors(response).values()) == ["id_number"]

    @pytest.mark.parametrize(
        ("wrong", "box"),
        [
            ({"name": ""}, "id_name"),
            ({"job_title": " "}, "id_job_title"),
            (day_boxes("signed_on", date(2026, 3, 18)), "id_signed_on_day"),
            (day_boxes("signed_on", date(2025, 3, 31)), "id_signed_on_day"),
            ({"signed_on_year": ""}, "id_signed_on_year"),
            ({"read": ""}, "id_read"),
            ({"side": "authority"}, "id_side"),
            ({"text_hash": "0" * 64}, ""),
        ],
    )
    def test_a_signature_with_a_mistake_is_not_taken(self, cast, browse, wrong, box):
        variation = shared(cast)
        good = {"side": "supplier", "name": "Grace", "job_title": "Director", "read": "on"}
        good |= {"text_hash": variation.text_hash} | day_boxes("signed_on", TENTH)
        response = self.post(browse(cast.priya), cast, "sign_variation", variation, **good | wrong)
        assert box in errors(response).values()
        assert not variation.signatures.exists()

    def test_signing_twice_is_answered_plainly(self, cast, browse):
        variation = shared(cast)
        sign(variation, cast, "grace", "supplier")
        page = words(self.post(browse(cast.priya), cast, "sign_variation", variation, side="supplier"))
        assert "This side has signed already. Here is the signature." in page
        assert variation.signatures.count() == 1

    def test_a_draft_cannot_be_signed(self, cast, browse):
        variation = draft(cast)
        sent = {"side": "supplier", "name": "G", "job_title": "D", "read": "on", "text_hash": "x"}
        response = self.post(
            browse(cast.priya), cast, "sign_variation", variation, **sent | day_boxes("signed_on", TENTH)
        )
        assert "cannot be signed" in " ".join(errors(response))
        page = browse(cast.priya).get(reverse("variation", args=[cast.contract.pk, variation.pk]))
        assert "It can be signed once it is shared" in words(page)

    def test_each_role_may_do_what_is_its(self, cast, browse):
        variation = shared(cast)
        signs = {"priya", "grace", "ada"}
        drafts = {"priya", "ada"}
        for who in ("priya", "tom", "grace", "ada", "ben", "olu", "mina"):
            client = browse(cast.people[who])
            assert client.get(
                reverse("sign_variation", args=[cast.contract.pk, variation.pk])
            ).status_code == (200 if who in signs else 403), who
            assert client.get(reverse("draft_variation", args=[cast.contract.pk])).status_code == (
                200 if who in drafts else 403
            ), who

    def test_only_the_side_that_drafted_shares_and_withdraws(self, cast, browse):
        variation = shared(cast)
        page = self.post(browse(cast.ada), cast, "withdraw_variation", variation, reason="No.")
        assert "Only the Supplier" in words(page)
        page = self.post(browse(cast.priya), cast, "withdraw_variation", variation, reason="")
        assert errors(page) == {"Say why the variation is withdrawn.": "id_reason"}
        page = self.post(browse(cast.priya), cast, "withdraw_variation", variation, reason="A new one comes.")
        assert "is withdrawn. It stays on the record" in words(page)
        again = self.post(browse(cast.priya), cast, "share_variation", variation)
        assert "is not a draft any more" in words(again)

    def test_the_exact_text_and_its_hash_are_on_the_page(self, cast, browse):
        variation = shared(cast)
        address = reverse("sign_variation", args=[cast.contract.pk, variation.pk])
        page = browse(cast.grace).get(address)
        assert " ".join(signing_text(variation).split()) in words(page)
        assert variation.text_hash in words(page)

    def test_one_side_alone_records_both_signatures(self, cast, browse):
        cast.contract.kept_by = KeptBy.SUPPLIER
        cast.contract.save()
        variation = shared(cast)
        client = browse(cast.priya)
        good = {"name": "Grace", "job_title": "Director", "read": "on", "text_hash": variation.text_hash}
        good |= day_boxes("signed_on", TENTH)
        self.post(client, cast, "sign_variation", variation, side="supplier", **good)
        page = words(self.post(client, cast, "sign_variation", variation, side="authority", **good))
        assert "Both sides have signed." in page

    def test_a_list_of_many_costs_the_same(self, cast, browse, django_assert_num_queries):
        client = browse(cast.priya)
        draft(cast)
        address = reverse("variations", args=[cast.contract.pk])
        with django_assert_num_queries(9):
            client.get(address)
        for number in range(2, 8):
            draft(cast, number=f"{number:03}")
        with django_assert_num_queries(9):
            assert "Variation 007" in words(client.get(address))
