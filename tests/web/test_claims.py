"""Claims on pages: said beforehand, both dates beside each other, answered by those who may (R46)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracts.models import KeptBy, Role
from obligations.claims.services.answering import answer
from obligations.models import Claim, ClaimState, FactRecord, Notice, Phase, Stage
from obligations.services.notices.delivery import sweep
from tests.cast import NOON, claimed, happened, patch_released
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db

NOT_EXPLOITABLE = "vulnerability_not_exploitable_demonstrated"
ADVERSE = "patch_adverse_effect_identified"
DAY = date(2026, 3, 16)
SENT = day_boxes("happened", DAY) | {"subject": "CVE-2026-0001", "reason": "The module is not loaded."}


def proof():
    return SimpleUploadedFile("proof.txt", b"the module is not loaded")


def form_of(cast, kind=NOT_EXPLOITABLE):
    return reverse("record_kind", args=[cast.contract.pk, kind])


def at(claim, page="claim"):
    return reverse(page, args=[claim.contract_id, claim.pk])


@pytest.fixture
def claim(cast):
    """Five more days are claimed: due on 19 March without them, on the 24th with them."""
    patch_released(cast)
    return claimed(cast, ADVERSE, DAY, test_plan_followed=True)


class TestTheForm:
    def test_it_says_beforehand_that_this_is_a_claim_and_asks_for_reason_and_evidence(self, cast, browse):
        page = words(browse(cast.priya).get(form_of(cast)))
        assert "Under paragraph 10.3.1 this is a claim. The Authority is told today." in page
        assert "Until the Authority accepts it, the date without it counts." in page
        assert "Why is it so?" in page and "The evidence, as a file" in page

    def test_what_is_sent_is_a_claim(self, cast, browse):
        duty = patch_released(cast)
        client = browse(cast.tom)
        response = client.post(form_of(cast), SENT | {"file": proof()}, follow=True)
        claim = Claim.objects.get()
        assert response.redirect_chain[-1][0] == at(claim)
        assert "Recorded. This is a claim. The Authority is told today." in words(response)
        fact = words(client.get(reverse("fact", args=[cast.contract.pk, claim.fact_id])))
        assert "Waits for the Authority; it counts once that side accepts it" in fact
        assert (claim.reason, claim.file_name, claim.made_by) == (SENT["reason"], "proof.txt", cast.tom)
        client.post(form_of(cast), SENT | {"file": proof()}, follow=True)
        assert Claim.objects.count() == 1
        duty.refresh_from_db()
        assert duty.phase == Phase.OPEN

    @pytest.mark.parametrize(
        ("sent", "box", "says"),
        [
            ({"reason": ""}, "id_reason", "Give the reason: under 10.3.1 this is a claim"),
            ({}, "id_file", "Attach what shows it, or give a link"),
            ({"link": "nowhere"}, "id_link", "Enter a full web address"),
        ],
    )
    def test_what_is_missing_is_said_at_its_field_and_nothing_is_recorded(
        self, cast, browse, sent, box, says
    ):
        patch_released(cast)
        response = browse(cast.priya).post(form_of(cast), SENT | sent)
        [(text, where)] = errors(response).items()
        assert says in text and where == box
        assert not Claim.objects.exists() and FactRecord.objects.count() == 1

    def test_for_the_side_that_agrees_there_is_nothing_to_claim(self, cast, browse):
        page = words(browse(cast.ada).get(form_of(cast, "patch_period_agreed")))
        assert "this is a" not in page and "The evidence, as a file" not in page

    def test_the_other_side_may_propose_another_period(self, cast, browse):
        address = reverse("record", args=[cast.contract.pk])
        assert "The Authority agreed another period for one patch" in words(browse(cast.priya).get(address))
        page = words(browse(cast.priya).get(form_of(cast, "patch_period_agreed")))
        assert "Under paragraph 10.3.3 this is a proposal." in page

    def test_one_alone_attaches_the_letter(self, cast, browse):
        cast.contract.kept_by = KeptBy.SUPPLIER
        cast.contract.save()
        page = words(browse(cast.priya).get(form_of(cast, "patch_period_agreed")))
        assert "This is the Authority’s word under paragraph 10.3.3. Attach the letter that gives it." in page
        assert "Or a link" not in page


class TestBothDates:
    def test_on_the_page_of_the_duty(self, cast, browse, claim):
        page = words(browse(cast.ada).get(duty_page(claim)))
        assert "waits for the Authority" in page
        assert "Counts now: Thursday 19 March 2026 . Claimed: Tue 24 Mar 2026 ." in page
        assert "Accept or refuse : A patch affected the service" in page
        assert "See the claim" in words(browse(cast.priya).get(duty_page(claim)))

    def test_in_lists_and_on_the_board(self, cast, browse, claim):
        board = reverse("board", args=[cast.contract.pk])
        assert "Claimed: Tue 24 Mar 2026, waits for the Authority" in words(browse(cast.priya).get(board))
        assert "Claims for you to answer (1)" in words(browse(cast.ada).get(board))
        assert "Claims for you to answer" not in words(browse(cast.priya).get(board))
        assert "Claims for you to answer" not in words(browse(cast.olu).get(board))

    def test_two_that_say_the_same_are_told_once(self, cast, browse, claim):
        for day in (DAY, DAY - timedelta(days=1)):
            claimed(cast, NOT_EXPLOITABLE, day)
        page = words(browse(cast.priya).get(duty_page(claim)))
        assert page.lower().count("claimed: suspended, waits for the authority") == 1
        assert page.count("Counts now:") == 3

    def test_the_history_ends_its_sentences_once(self, cast, browse, claim):
        answer(claim, cast.as_("ada"), NOON, event="accept")
        page = words(browse(cast.priya).get(duty_page(claim)))
        assert "Accepted: A patch affected the service and five more days were granted." in page
        assert ".." not in page

    def test_on_the_page_of_claims(self, cast, browse, claim):
        page = words(browse(cast.olu).get(reverse("claims", args=[cast.contract.pk])))
        assert "Claims (1)" in page
        assert "counts now, Thursday 19 March 2026; claimed, Tuesday 24 March 2026" in page

    def test_lists_take_the_same_queries_for_one_claim_and_many(
        self, cast, browse, claim, django_assert_max_num_queries
    ):
        client, address = browse(cast.ada), reverse("claims", args=[cast.contract.pk])
        client.get(address)
        with django_assert_max_num_queries(60) as one:
            client.get(address)
        for number in range(5):
            claimed(cast, NOT_EXPLOITABLE, DAY, f"CVE-9-{number}")
        with django_assert_max_num_queries(60) as many:
            client.get(address)
        assert len(one) == len(many)


def duty_page(claim):
    duty = claim.contract.duties.get(subject=claim.subject, obligation__rule_key="10.3-critical")
    return reverse("duty", args=[claim.contract_id, duty.pk])


class TestAnswering:
    def test_the_form_says_what_would_follow_and_the_answer_is_told(self, cast, browse, claim):
        client = browse(cast.ada)
        page = words(client.get(at(claim, "claim_answer")))
        assert "Accept: the date becomes Tuesday 24 March 2026" in page
        assert "Refuse: the date without it goes on counting" in page
        response = client.post(at(claim, "claim_answer"), {"event": "accept"}, follow=True)
        assert "It is accepted. This changed the date of 1 duty." in words(response)
        assert "Accepted at midday on 17 March 2026 by Ada Fairweather, Authority." in words(response)
        again = client.post(at(claim, "claim_answer"), {"event": "refuse", "reason": "No."}, follow=True)
        assert "This has been answered already." in words(again)
        claim.refresh_from_db()
        assert claim.state == ClaimState.ACCEPTED

    def test_a_refusal_needs_its_reason(self, cast, browse, claim):
        client = browse(cast.ben)
        assert "Say why" in str(errors(client.post(at(claim, "claim_answer"), {"event": "refuse"})))
        assert "Choose whether" in str(errors(client.post(at(claim, "claim_answer"), {})))
        page = words(
            client.post(at(claim, "claim_answer"), {"event": "refuse", "reason": "<b>No.</b>"}, follow=True)
        )
        assert "It is refused. The date without it counts, as before." in page and "<b>No.</b>" in page

    def test_who_may_not_is_told_why(self, cast, browse, claim):
        own = words(browse(cast.priya).get(at(claim, "claim_answer")))
        assert "The Authority answers this, not your own side." in own and "Save the answer" not in own
        for who, status in (("tom", 403), ("olu", 403), ("mina", 403), ("grace", 403), ("zed", 404)):
            for page in ("claim_answer",):
                assert browse(cast.people[who]).get(at(claim, page)).status_code == status, who
        sent = browse(cast.priya).post(at(claim, "claim_answer"), {"event": "accept"})
        assert "The Authority answers this" in words(sent)
        claim.refresh_from_db()
        assert claim.state == ClaimState.OPEN

    def test_whoever_made_it_takes_it_back(self, cast, browse, claim):
        page = words(browse(cast.tom).get(at(claim)))
        assert "Withdraw it" in page and "Accept or refuse" not in page
        assert "Only the Supplier, who made it, withdraws it." in words(
            browse(cast.ada).get(at(claim, "claim_withdraw"))
        )
        client = browse(cast.tom)
        assert "Say why" in str(errors(client.post(at(claim, "claim_withdraw"), {})))
        done = words(client.post(at(claim, "claim_withdraw"), {"reason": "The wrong patch."}, follow=True))
        assert "It is withdrawn. Nothing moved." in done
        claim.refresh_from_db()
        assert claim.state == ClaimState.WITHDRAWN

    def test_the_file_is_a_download(self, cast, browse, claim):
        response = browse(cast.ada).get(at(claim, "claim_file"))
        assert response["Content-Disposition"] == 'attachment; filename="proof.txt"'
        assert b"".join(response.streaming_content) == b"the module is not loaded"

    def test_the_record_tells_each_act(self, cast, browse, claim):
        answer(claim, cast.as_("ada"), NOON, event="refuse", reason="Not seen.")
        page = words(browse(cast.olu).get(reverse("ledger", args=[cast.contract.pk])))
        assert "Made a claim, which waits for the Authority: “A patch affected the service" in page
        assert "Refused the claim of the Supplier" in page and "Not seen." in page


class TestForOtherPrograms:
    def test_claims_and_what_they_would_make_of_duties(self, cast, browse, claim):
        client = browse(cast.olu)
        [found] = client.get(f"/api/v1/contracts/{cast.contract.pk}/claims/").json()["results"]
        assert (found["state"], found["waits_for"], found["citation"]) == (
            "open",
            "authority",
            "dmp_schedule_23/main/10.3.2",
        )
        duties = client.get(f"/api/v1/contracts/{cast.contract.pk}/duties/").json()["results"]
        [duty] = [one for one in duties if one["claimed"]]
        assert [one["due_date"] for one in duty["claimed"]] == ["2026-03-24"]
        assert browse(cast.zed).get(f"/api/v1/contracts/{cast.contract.pk}/claims/").status_code == 404


def test_what_was_recorded_late_names_the_limit_that_had_gone(cast, browse, at_noon):
    """Released on 1 March 2026, Critical: 8 March; recorded on the 17th: due at once, 9 days late (R10)."""
    happened(cast, "patch_publicly_released", date(2026, 3, 1), "CVE-2026-0007", category="Critical")
    sweep(NOON + timedelta(hours=1))
    [told] = [one for one in mail.outbox if one.to == ["grace@duly.example"]]
    gone = "had gone when this was recorded"
    assert f"The limit, 8 March 2026, {gone}, so the Supplier owed it at once." in told.body
    assert "It is 9 days late by it." in told.body
    at_noon.move_to(NOON + timedelta(hours=1))
    board = words(browse(cast.ada).get(reverse("board", args=[cast.contract.pk]) + "?standing=overdue"))
    assert f"The limit, Sun 8 Mar 2026, {gone}: 9 days overdue by it" in board


def test_a_board_member_and_an_auditor_see_no_button(cast, browse, claim):
    cast.contract.memberships.filter(person=cast.olu).update(role=Role.AUDITOR)
    for who in (cast.olu, cast.grace):
        page = words(browse(who).get(at(claim)))
        assert "Withdraw it" not in page and "Accept or refuse" not in page
    assert Notice.objects.filter(stage=Stage.CLAIMED).count() == 2
