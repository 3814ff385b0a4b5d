"""The pages of plans: the clocks of both sides, and each act as the person of that side does it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracts.models import Paragraph, ParagraphVersion
from contracts.terms.moments import LONDON
from obligations.models import FactRecord
from obligations.plans.kinds import kinds
from obligations.plans.models import PlanChange, PlanReview, PlanState, PlanVersion
from obligations.services.recording.facts import withdraw_on_page
from tests.cast import NOON, ORDER, Cast, happened, play
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db
SMP = "security-management-plan"
PDF = b"%PDF-1.7\n"
START = date(2026, 3, 2)
PLACES = {f"place_{index}": f"Section {index + 1}" for index in range(7)}


@pytest.fixture
def cast(db, uploads) -> Cast:
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    words = {"authority_word": "Client", "supplier_word": "Agency"}
    return play(ORDER, now=now, agreement_date=date(2026, 2, 2), start_date=START, **words)


class Pages:
    """What one person does at the pages of the plan."""

    def __init__(self, cast: Cast, browse: Any, who: str) -> None:
        self.client = browse(cast.people[who])
        self.contract = cast.contract.pk

    def at(self, name: str, *more: Any) -> str:
        return reverse(name, args=[self.contract, *more])

    def plan(self) -> str:
        return words(self.client.get(self.at("plan", SMP)))

    def post(self, page: str, *more: Any, **data: Any) -> Any:
        return self.client.post(self.at(page, *more), data, follow=True)

    def upload(self, name: str = "1.0", content: bytes = b"A plan", file_name: str = "plan.pdf") -> Any:
        return self.post(
            "plan_upload", SMP, name=name, file=SimpleUploadedFile(file_name, content and PDF + content)
        )

    def submit(self, version: PlanVersion, day: date | None = None) -> Any:
        self.post("plan_checklist", version.pk, **PLACES)
        return self.post("plan_act", version.pk, "submit", **(day_boxes("on", day) if day else {}))

    def decide(self, version: PlanVersion, outcome: str, day: date | None = None, **data: Any) -> Any:
        known = {"outcome": outcome, "sha256": version.sha256, "seen": "submitted"}
        known |= day_boxes("on", day) if day else {}
        return self.post("plan_decide", version.pk, **(known | data))


@pytest.fixture
def priya(cast, browse) -> Pages:
    return Pages(cast, browse, "priya")


@pytest.fixture
def ada(cast, browse) -> Pages:
    return Pages(cast, browse, "ada")


def version(**wanted: Any) -> PlanVersion:
    return PlanVersion.objects.get(**wanted)


def test_before_any_version(priya, ada):
    page = priya.plan()
    assert "No version has been uploaded." in page and "Upload a version" in page
    assert "Deliver the security management plan : Monday 30 March 2026" in page
    assert "Upload a version" not in ada.plan()
    assert "Security Management Plan" in words(ada.client.get(ada.at("plans")))


def test_refused_on_working_day_six_the_page_says_that_the_limits_pull_apart(priya, ada):
    priya.upload()
    priya.submit(version(), date(2026, 3, 9))
    shown = ada.decide(version(), "refuse", date(2026, 3, 17), grounds=[kinds()[SMP].requirements[1]])
    page = words(shown)
    assert "Two limits pull apart." in page
    assert "may take until Tue 31 Mar 2026" in page and "to finish by Mon 30 Mar 2026" in page
    assert "1 Working Day after the limit" in page
    refused = words(priya.client.get(priya.at("plan_version", version().pk)))
    assert "4.2.1(b) Roles" in refused and "reasonable by definition (4.3.3)" in refused
    priya.upload("1.1", b"Amended")
    assert "Two limits pull apart." in priya.plan()
    priya.submit(version(number=2))
    assert "Two limits pull apart." not in priya.plan()  # resubmitted, so one limit is left


def test_refused_on_working_day_five_they_do_not(priya, ada):
    priya.upload()
    priya.submit(version(), date(2026, 3, 9))
    page = words(ada.decide(version(), "refuse", date(2026, 3, 16), reason="Not readable"))
    assert "Amend and resubmit the plan" in page and "Two limits pull apart" not in page


def test_silence_is_named_for_what_it_is(cast, browse, priya, at_noon):
    priya.upload()
    priya.submit(version(), date(2026, 3, 9))
    assert "Silence approves nothing" not in priya.plan().replace(
        "Wait for the decision. Silence approves nothing.", ""
    )
    at_noon.move_to(datetime(2026, 3, 31, 12, 0, tzinfo=UTC))
    page = Pages(cast, browse, "priya").plan()  # signed in anew
    assert "version 1.0 is undecided, and finishing is overdue for both sides" in page


def test_after_a_resubmission_silence_past_the_limit_may_be_referred_from_the_page(
    cast, browse, priya, ada, at_noon
):
    priya.upload()
    priya.submit(version(), date(2026, 3, 9))
    ada.decide(version(), "refuse", date(2026, 3, 12), reason="Not readable")
    priya.upload("2.0", b"Amended")
    priya.submit(version(number=2), date(2026, 3, 16))
    refer = priya.at("plan_act", version(number=2).pk, "refer")
    for moment, offered in (
        (datetime(2026, 3, 30, 23, 59, 59, tzinfo=LONDON), False),
        (datetime(2026, 3, 31, 0, 0, tzinfo=LONDON), True),
    ):
        at_noon.move_to(moment)
        for who in ("priya", "ada"):
            pages = Pages(cast, browse, who)  # signed in anew
            assert (refer in pages.client.get(pages.at("plan", SMP)).content.decode()) is offered, who
            page = words(pages.client.get(refer))
            assert ("one reading of the words (R27)" in page) is offered
            assert ("its last day is 30 March 2026" in page) is not offered, page
        olu = Pages(cast, browse, "olu")
        assert refer not in olu.client.get(olu.at("plan", SMP)).content.decode()
    done = words(
        Pages(cast, browse, "priya").post("plan_act", version(number=2).pk, "refer", reason="Silence")
    )
    assert "Referred to dispute resolution." in done and "In dispute resolution" in done
    assert version(number=2).state == PlanState.IN_DISPUTE


def test_a_draft_of_the_next_version_hides_nothing_from_those_who_decide(priya, ada):
    priya.upload()
    priya.submit(version())
    decide = ada.at("plan_decide", version().pk)
    priya.upload("2.0", b"Amended")
    assert decide in ada.client.get(ada.at("plan", SMP)).content.decode()
    assert decide in ada.client.get(ada.at("plan_version", version(number=1).pk)).content.decode()
    assert decide not in priya.client.get(priya.at("plan", SMP)).content.decode()
    assert "Submit for approval" in priya.plan() and "Submit for approval" not in ada.plan()


def test_the_picture_has_a_lane_a_side_todays_line_and_the_table_behind_it(priya):
    priya.upload()
    priya.submit(version(), date(2026, 3, 9))
    html = priya.client.get(priya.at("plan", SMP)).content.decode()
    for title in ("The Agency", "Both sides"):
        assert html.count(f">{title}</text>") == 2  # one picture wide, one for a phone
    assert html.count('class="today"') == 2 and "Today, Tue 17 Mar 2026" in html
    table = words(priya.client.get(priya.at("plan", SMP)))
    rows = table[table.index("Clock Standing Due Whose Runs from") :]
    finish = "Finish the approval of the plan Due soon 13 days left Mon 30 Mar 2026 Client and Agency"
    assert f"{finish} Mon 9 Mar 2026" in rows, rows


@pytest.mark.parametrize(
    ("file_name", "content", "says"),
    [
        ("plan.pdf", b"", "The file is empty; choose another."),
        ("plan.exe", b"MZ", "Choose a file of one of these types: .docx, .md, .pdf, .txt."),
        ("plan.pdf", b"x" * 2048, "Choose a file of at most 0 MB."),
    ],
)
def test_a_bad_file_is_refused_on_its_field(priya, settings, file_name, content, says):
    settings.MAX_UPLOAD_BYTES = 1024
    assert errors(priya.upload(content=content, file_name=file_name)) == {says: "id_file"}
    assert not PlanVersion.objects.exists()


def test_the_refused_file_again_is_refused_on_its_field(priya, ada):
    priya.upload()
    priya.submit(version())
    ada.decide(version(), "refuse", reason="Not readable")
    again = errors(priya.upload("1.1", file_name="renamed.pdf"))
    assert list(again.values()) == ["id_file"] and "which was refused" in next(iter(again))


def test_a_requirement_without_its_place_keeps_it_a_draft(priya):
    priya.upload()
    shown = priya.post("plan_act", version().pk, "submit")
    assert "Say where requirement 4.2.1(a) is met before you submit." in words(shown)
    assert version().state == PlanState.DRAFT


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"grounds": [kinds()[SMP].requirements[1]]}, "grounds"),
        ({"reason": "No roles are named"}, "reason"),
    ],
)
def test_an_approval_with_grounds_or_a_reason_to_refuse_is_refused_on_its_field(priya, ada, typed, field):
    priya.upload()
    priya.submit(version())
    shown = errors(ada.decide(version(), "approve", **typed))
    (says,) = shown
    assert "or choose not to approve" in says and shown[says].startswith(f"id_{field}")
    assert version().state == PlanState.SUBMITTED
    assert "approved and adopted" in words(ada.decide(version(), "approve"))


def test_after_a_second_refusal_the_page_only_approves_and_asks_why(priya, ada):
    priya.upload()
    priya.submit(version(), date(2026, 3, 9))
    ada.decide(version(), "refuse", date(2026, 3, 10), reason="Not readable")
    priya.upload("2.0", b"Amended")
    priya.submit(version(number=2), date(2026, 3, 11))
    again = version(number=2)
    assert "the second refusal" in words(ada.client.get(ada.at("plan_decide", again.pk)))
    ada.post("plan_review", again.pk, verdict_1="not_met", comment_1="No roles")
    ada.decide(again, "refuse", date(2026, 3, 12), reason="Not readable")
    page = words(ada.client.get(ada.at("plan_decide", again.pk)))
    assert "Why is it approved after all?" in page and "Do not approve" not in page
    assert "Which requirements does it fail?" not in page and "the second refusal" not in page
    more = {"seen": "refused_again"}
    assert list(errors(ada.decide(again, "approve", **more)).values()) == ["id_reason"]
    ada.decide(again, "approve", reason="We agreed on annex B", **more)
    assert version(number=2).state == PlanState.ADOPTED
    shown = words(ada.client.get(ada.at("plan_version", again.pk)))
    assert "Why it was approved after all We agreed on annex B" in shown


def test_the_pages_of_the_documentation_have_the_words_of_its_own_paragraph(browse, uploads):
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    cast, rmd = (
        play(now=now, agreement_date=date(2026, 2, 2), start_date=START),
        "risk-management-documentation",
    )
    priya, ada = Pages(cast, browse, "priya"), Pages(cast, browse, "ada")
    seen = []

    def look(*addresses: str) -> None:
        for who in (priya, ada):
            seen.extend(words(who.client.get(address)) for address in addresses)

    places = {f"place_{index}": "Section 1" for index in range(5)}
    for number in (1, 2, 3):
        sent = SimpleUploadedFile("set.txt", f"Set {number}".encode())
        priya.post("plan_upload", rmd, name=f"{number}.0", file=sent)
        one = version(number=number)
        priya.post("plan_checklist", one.pk, **places)
        priya.post("plan_act", one.pk, "submit", **day_boxes("on", date(2026, 3, 2 * number)))
        look(ada.at("plan_decide", one.pk), ada.at("plan", rmd), ada.at("plan_version", one.pk))
        assert "the residual risks are accepted (5.5.1)" in seen[-3]
        outcome = (
            {"outcome": "refuse", "reason": "Too much is left"} if number < 3 else {"outcome": "approve"}
        )
        ada.decide(one, day=date(2026, 3, 2 * number + 1), **outcome)
        look(ada.at("plan", rmd), ada.at("plan_version", one.pk))
        assert (
            number == 3
            or "The statement says that the residual risks are not yet acceptable (5.5.2)." in seen[-1]
        )
    for page in seen:
        for word in (
            "dispute",
            "second refusal",
            "second time",
            "at once",
            "mend the plan",
            "refuse the plan",
        ):
            assert word not in page, (word, page)


def test_a_version_in_dispute_says_which_version_settled_it(priya, ada):
    for number in (1, 2, 3):
        priya.upload(f"{number}.0", f"Plan {number}".encode())
        priya.submit(version(number=number), date(2026, 3, 2 * number))
        if number < 3:
            ada.decide(version(number=number), "refuse", date(2026, 3, 2 * number + 1), reason="No")
        if number == 2:
            priya.post("plan_act", version(number=2).pk, "refer", **day_boxes("on", date(2026, 3, 5)))
    second = version(number=2)
    assert second.state == PlanState.IN_DISPUTE
    assert "settled" not in priya.plan()
    ada.decide(version(number=3), "approve", date(2026, 3, 7))
    page = priya.plan()
    assert "In dispute resolution; settled" in page
    assert "settled by version 3.0, approved on 7 March 2026" in page
    assert "Not approved; settled" not in page
    own = words(priya.client.get(priya.at("plan_version", second.pk)))
    assert "Version 3.0 was approved after it, so nothing is left to do with this one." in own


def test_the_second_of_two_reviewers_is_told(cast, browse, priya, ada):
    priya.upload()
    priya.submit(version())
    ada.decide(version(), "refuse", reason="Not readable")
    ben = Pages(cast, browse, "ben")
    shown = words(ben.decide(version(), "approve"))
    assert (
        "Ada Fairweather decided on this version already" in shown and "Nothing of yours was saved" in shown
    )
    assert version().state == PlanState.NOT_APPROVED


def test_a_refusal_needs_grounds_or_a_reason(priya, ada):
    priya.upload()
    priya.submit(version())
    found = errors(ada.decide(version(), "refuse"))
    assert found == {"Choose the requirements it fails, or give another reason below.": "id_grounds"}
    assert version().state == PlanState.SUBMITTED


def test_who_reviews_and_decides_has_the_requirement_and_the_file_at_hand(priya, ada):
    priya.upload()
    priya.submit(version())
    html = priya.client.get(priya.at("plan", SMP)).content.decode()
    assert f'govuk-button--secondary" href="{priya.at("plan_upload", SMP)}"' in html  # it is not its turn
    review = ada.client.get(ada.at("plan_review", version().pk)).content.decode()
    for path in kinds()[SMP].requirements:
        paragraph = Paragraph.objects.get(path=path)
        assert paragraph.summary in unescape(review)
        assert f'href="{ada.at("paragraph", paragraph.citation)}"' in review
    decide = ada.client.get(ada.at("plan_decide", version().pk)).content.decode()
    assert f'href="{ada.at("plan_file", version().pk)}">plan.pdf</a>' in decide
    ada.decide(version(), "refuse", reason="Not readable")
    html = priya.client.get(priya.at("plan", SMP)).content.decode()
    assert f'class="govuk-button" href="{priya.at("plan_upload", SMP)}"' in html  # now it is


def test_what_is_not_met_says_why_on_its_field(priya, ada):
    priya.upload()
    priya.submit(version())
    found = errors(ada.post("plan_review", version().pk, verdict_1="not_met"))
    assert found == {"Say what is missing for requirement 4.2.1(b).": "id_comment_1"}
    ada.post("plan_review", version().pk, verdict_1="not_met", comment_1="No roles")
    found = errors(ada.decide(version(), "approve"))
    assert list(found.values()) == ["id_outcome"] and "4.2.1(b)" in next(iter(found))


def test_whose_act_it_is_not_is_told_so(cast, browse, priya):
    priya.upload()
    for who in ("ada", "olu", "grace"):
        page = Pages(cast, browse, who)
        assert "cannot submit this version" in words(
            page.client.get(page.at("plan_act", version().pk, "submit"))
        )
        assert "cannot submit this version" in words(page.post("plan_act", version().pk, "submit"))
    assert version().state == PlanState.DRAFT


def test_adoption_the_review_and_a_change(priya, ada):
    priya.upload()
    priya.submit(version())
    shown = words(ada.decide(version(), "approve"))
    assert "is approved and adopted" in shown and "Wednesday 17 March 2027" in shown
    heads = {"plan_improvements": "Shorter", "risk_assessments": "Updated", "control_measures": "None"}
    assert "Write the result for 4.4.2(a)" in words(priya.post("plan_annual_review", SMP))
    assert "The review is recorded." in words(priya.post("plan_annual_review", SMP, **heads))
    data = {"reference": "Change 1", "description": "A new threat", "event": "require"}
    assert "Say by when it is required." in words(ada.post("plan_change_new", SMP, **data))
    shown = words(ada.post("plan_change_new", SMP, **data, timescale="by Friday"))
    assert "Put the early change into the plan : required by Friday" in shown
    assert "Put the early change into the plan Open required by Friday" in shown  # in the table
    assert "Record that it is in place" in words(priya.client.get(priya.at("plan", SMP)))
    assert "Record that the results went to the other side" in priya.plan()
    link = priya.at("plan_change_act", PlanChange.objects.get().pk, "formalise")
    priya.post("plan_change_act", PlanChange.objects.get().pk, "implement")
    assert "Link the variation that records it" in priya.plan()
    page = priya.client.get(link)
    assert "No variation of this contract has been shared yet." in words(page)
    assert f'<a class="govuk-link" href="{priya.at("variations")}">' in page.content.decode()
    ledger = words(ada.client.get(ada.at("ledger")))
    assert "Approve: version 1.0 of the Security Management Plan (file “plan.pdf”" in ledger
    assert "Require early: Change 1 to the Security Management Plan" in ledger


def token_of(pages: Pages, address: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', pages.client.get(address).content.decode())
    assert found is not None, address
    return found[1]


def test_a_form_that_makes_something_sent_twice_makes_it_once(priya, ada):
    token = token_of(priya, priya.at("plan_upload", SMP))
    for says in ("Version 1.0 is kept as a draft.", "You sent this already, so the version was kept once."):
        sent = SimpleUploadedFile("plan.pdf", PDF + b"A plan")
        assert says in words(priya.post("plan_upload", SMP, name="1.0", file=sent, token=token))
    priya.submit(version())
    ada.decide(version(), "approve")
    heads = {"plan_improvements": "Shorter", "risk_assessments": "Updated", "control_measures": ""}
    heads["token"] = token_of(priya, priya.at("plan_annual_review", SMP))
    assert "Write the result for 4.4.2(c)" in words(priya.post("plan_annual_review", SMP, **heads))
    heads["control_measures"] = "None"
    future = day_boxes("on", date(2027, 3, 20))  # nothing comes of it, so the form is good for another try
    assert "This is in the future" in words(priya.post("plan_annual_review", SMP, **heads, **future))
    for says in ("The review is recorded.", "You sent this already, so the review was recorded once."):
        assert says in words(priya.post("plan_annual_review", SMP, **heads))
    assert PlanReview.objects.count() == 1
    assert FactRecord.objects.filter(kind="smp_review_completed").count() == 1
    data = {"reference": "Change 1", "description": "A new threat", "event": "propose"}
    data["token"] = token_of(priya, priya.at("plan_change_new", SMP))
    for says in ("Change 1 is recorded.", "You sent this already, so the change was recorded once."):
        assert says in words(priya.post("plan_change_new", SMP, **data))
    assert PlanChange.objects.count() == 1


def test_a_plan_approved_before_duly_comes_in_through_its_page(browse, uploads):
    """The contract runs since 2024 and is kept here since this month (R32)."""
    terms = {"agreement_date": date(2024, 2, 5), "start_date": date(2024, 3, 4), "tracked_from": START}
    cast = play(ORDER, now=datetime(2026, 3, 2, 9, 0, tzinfo=UTC), reference="WF-2024-001", **terms)
    priya, ada = Pages(cast, browse, "priya"), Pages(cast, browse, "ada")
    priya.upload("3.1")
    priya.submit(version(), date(2024, 3, 20))
    page = words(ada.decide(version(), "approve", date(2024, 4, 8)))
    assert "Version 3.1 is approved and adopted." in page
    assert "submitted on 20 March 2024 by Priya Nair; approved on 8 April 2024 by Ada Fairweather" in page
    assert "Review and update the plan : Wednesday 8 April 2026" in page
    assert "Overdue" not in page  # as a tag


def test_once_the_paragraph_is_not_used_what_was_sent_before_may_still_be_decided_on(cast, priya, ada):
    priya.upload()
    priya.submit(version(), date(2026, 3, 9))
    ParagraphVersion.objects.filter(contract=cast.contract, paragraph__path="Part A/4").update(used=False)
    page = ada.plan()
    assert "Paragraph 4 is not in force today, so no further version is submitted." in page
    assert "Upload a version" not in priya.plan()
    assert "is approved and adopted" in words(ada.decide(version(), "approve"))


def test_once_the_paragraph_is_not_used_nothing_is_offered_that_would_be_refused(cast, priya):
    priya.upload()
    priya.post("plan_checklist", version().pk, **PLACES)
    rows = ParagraphVersion.objects.filter(contract=cast.contract, paragraph__path="Part A/4")
    submit, upload = priya.at("plan_act", version().pk, "submit"), priya.at("plan_upload", SMP)
    pages = [priya.at("plan", SMP), priya.at("plan_version", version().pk)]
    back = priya.at("plan_take_back", version().pk)
    for used in (False, True):
        rows.update(used=used)
        for address in pages:
            assert (submit in priya.client.get(address).content.decode()) is used
        for address in (submit, upload):
            assert ("so no further version is submitted." in words(priya.client.get(address))) is not used
    priya.submit(version())
    for used in (True, False):
        rows.update(used=used)
        for address in pages:
            assert (back in priya.client.get(address).content.decode()) is used
        assert ("It stays, and may still be decided on." in words(priya.client.get(back))) is not used


def test_where_the_record_and_the_versions_disagree_the_page_says_so(cast, priya):
    happened(cast, "smp_approved", date(2026, 3, 16), "plan", by="ada")
    page = priya.plan()
    assert "On the record without a version here: The security management plan was approved" in page
    priya.upload()
    priya.submit(version())
    assert "Withdrawn from the record" not in priya.plan()
    fact = FactRecord.objects.get(kind="smp_submitted")
    withdraw_on_page(fact, cast.as_("priya"), NOON + timedelta(hours=1), reason="It was never sent.")
    page = priya.plan()
    assert "Withdrawn from the record, while the version stays as it is: The security" in page


def taking_back(pages: Pages, number: int = 1) -> tuple[str, str]:
    """The address of taking back what was last done with a version, and the act that its form carries."""
    address = pages.at("plan_take_back", version(number=number).pk)
    found = re.search(r'name="act" value="(\d+)"', pages.client.get(address).content.decode())
    return address, found[1] if found else ""


def test_a_mistaken_submission_is_taken_back_from_its_page(priya, ada):
    priya.upload()
    priya.submit(version())
    html = priya.client.get(priya.at("plan", SMP)).content.decode()
    address, act = taking_back(priya)
    assert f'href="{address}"' in html and address not in ada.client.get(ada.at("plan", SMP)).content.decode()
    page = words(priya.client.get(address))
    assert (
        "“Submit” was done at midday on 17 March 2026 by Priya Nair. The version goes back to “Draft”" in page
    ), page
    missing = errors(priya.client.post(address, {"act": act, "reason": " "}))
    assert missing == {"Say why it is taken back: it stays on the record.": "id_reason"}
    assert version().state == PlanState.SUBMITTED
    done = words(priya.client.post(address, {"act": act, "reason": "The wrong file"}, follow=True))
    assert "It is taken back." in done and "Submit for approval" in done
    assert version().state == PlanState.DRAFT
    ledger = words(priya.client.get(priya.at("ledger")))
    assert "Take back the submission: version 1.0 of the Security Management Plan" in ledger
    assert "It is now “Draft”. The wrong file" in ledger
    again = words(priya.client.post(address, {"act": act, "reason": "The wrong file"}))
    assert "This was taken back already, or something was done since." in again


def test_a_mistaken_decision_is_taken_back_by_who_may_and_whose_side_it_was(cast, browse, priya, ada):
    priya.upload()
    priya.submit(version(), date(2026, 3, 9))
    ada.decide(version(), "approve", date(2026, 3, 16))
    address, act = taking_back(ada)
    sent = {"act": act, "reason": "It was for another contract"}
    for who, says in (
        ("priya", "Only the Client, whose act it was, can take it back."),
        ("ben", "Your role, assurance lead, cannot take back the approval of this version"),
        ("olu", "Only the Client, whose act it was, can take it back."),
    ):
        page = Pages(cast, browse, who)
        assert says in words(page.client.get(address)), who
        assert "Take back the approval" not in page.plan()
        assert page.client.post(address, sent).status_code == 403, who
        assert version().state == PlanState.ADOPTED
    assert "The version goes back to “Waiting for a decision”" in words(ada.client.get(address))
    ada.client.post(address, sent)
    assert version().state == PlanState.SUBMITTED
    assert "Take back the submission" in priya.plan()


def test_the_fact_of_a_version_leads_back_to_the_plans(priya, ada):
    priya.upload()
    priya.submit(version())
    fact = FactRecord.objects.get(kind="smp_submitted")
    page = priya.client.get(priya.at("fact", fact.pk))
    says = "If this is wrong, it is taken back with what it belongs to: The plan, its versions and its clocks"
    assert says in words(page)
    assert priya.at("withdraw_fact", fact.pk) not in page.content.decode()
    assert "If this is wrong" not in words(ada.client.get(ada.at("fact", fact.pk)))
    for response in (
        priya.client.get(priya.at("withdraw_fact", fact.pk), follow=True),
        priya.post("withdraw_fact", fact.pk, reason="Wrong"),
    ):
        assert response.redirect_chain[-1] == (priya.at("plan", SMP), 302)
        assert "Nothing is withdrawn yet." in words(response)
    fact.refresh_from_db()
    assert fact.withdrawn_at is None


def test_the_page_takes_a_constant_number_of_queries(priya, ada, django_assert_max_num_queries):
    priya.upload()
    priya.submit(version())
    ada.decide(version(), "refuse", reason="Not readable")
    priya.upload("1.1", b"Amended")
    priya.submit(version(number=2))
    with django_assert_max_num_queries(20):
        ada.client.get(ada.at("plan", SMP))
