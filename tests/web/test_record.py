"""Recording what happened: choosing a kind, its form, mistakes, what it caused, and taking it back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from contracts.models import KeptBy
from obligations.models import Duty, FactRecord, Phase
from obligations.rules.register.facts import vocabulary
from obligations.web.facts.forms import FactForm
from tests.cast import DMP, NOON, ORDER, Cast, happened, patch_released, play
from tests.web.conftest import day_boxes, errors, words

PATCH = "patch_publicly_released"
RELEASED = day_boxes("happened", date(2026, 3, 12))
NEEDED = {
    "category": {"category": "Important"},
    "period": {"period_amount": "45", "period_unit": "days"},
    "date": day_boxes("date", date(2026, 4, 30)),
    "until": day_boxes("until", date(2030, 4, 30)),
    "paragraphs": {"paragraphs": "7"},
    "fixed_version": {"fixed_version": "3.0.15"},
}


def form_of(cast: Cast, kind: str = PATCH) -> str:
    return reverse("record_kind", args=[cast.contract.pk, kind])


def send(client, cast: Cast, kind: str = PATCH, follow: bool = True, **data):
    sent = RELEASED | {"subject": "CVE-2026-0001", "category": "Critical"} | data
    return client.post(form_of(cast, kind), sent, follow=follow)


@pytest.mark.django_db
class TestChoosing:
    def test_only_kinds_that_the_contract_uses_and_the_side_records(self, cast, browse):
        address = reverse("record", args=[cast.contract.pk])
        supplier, authority = (words(browse(who).get(address)) for who in (cast.priya, cast.ada))
        assert "A security patch was publicly released" in supplier
        assert "A security patch was publicly released" in authority
        assert "Audit records were requested" not in supplier
        assert "Audit records were requested" in authority
        assert "security management plan was submitted for approval" not in supplier  # Order Schedule 9

    def test_a_word_narrows_the_list(self, cast, browse):
        address = reverse("record", args=[cast.contract.pk])
        page = words(browse(cast.priya).get(address, {"q": "PATCH released"}))
        assert "A security patch was publicly released" in page
        assert "A certificate was issued" not in page
        none = words(browse(cast.priya).get(address, {"q": "zebra <b>"}))
        assert "Nothing that your side records matches “zebra <b>”." in none

    @pytest.mark.parametrize(
        "kind", ["no_such_kind", "smp_submitted", "duty_done", "audit_records_requested", "smp_adopted"]
    )
    def test_the_form_of_another_kind_is_not_there(self, cast, browse, kind):
        assert browse(cast.priya).get(form_of(cast, kind)).status_code == 404
        assert browse(cast.priya).post(form_of(cast, kind), RELEASED).status_code == 404

    def test_one_side_alone_records_both_sides_acts(self, cast, browse):
        cast.contract.kept_by = KeptBy.SUPPLIER
        cast.contract.save()
        assert browse(cast.priya).get(form_of(cast, "audit_records_requested")).status_code == 200

    def test_who_may_not_record_is_told_so(self, cast, browse):
        for person in (cast.grace, cast.olu, cast.mina):
            response = browse(person).post(form_of(cast), RELEASED)
            assert response.status_code == 403
            assert "does not allow you to record what happened" in words(response)
        assert not FactRecord.objects.exists()


@pytest.mark.django_db
class TestRecording:
    def test_a_critical_patch_makes_one_duty_due_in_seven_days(self, cast, browse):
        response = send(browse(cast.priya), cast)
        fact = FactRecord.objects.get()
        assert response.redirect_chain == [(reverse("fact", args=[cast.contract.pk, fact.pk]), 302)]
        page = words(response)
        assert "Recorded. This made 1 duty." in page
        assert "Apply Critical patches (CVE-2026-0001)" in page and "Thursday 19 March 2026" in page
        assert (fact.happened_on, fact.happened_at, fact.recorded_by) == (date(2026, 3, 12), None, cast.priya)

    def test_a_time_makes_it_a_moment_in_london(self, cast, browse):
        send(browse(cast.priya), cast, happened_time="2:30pm")
        assert FactRecord.objects.get().happened_at == datetime(2026, 3, 12, 14, 30, tzinfo=UTC)

    def test_the_same_fact_twice_is_told_gently(self, cast, browse):
        client = browse(cast.priya)
        send(client, cast)
        again = send(client, cast)
        assert "This was recorded already, so nothing was added." in words(again)
        assert FactRecord.objects.count() == 1
        assert Duty.objects.filter(subject="CVE-2026-0001").count() == 1

    def test_the_same_fact_with_another_category_says_what_to_do(self, cast, browse):
        client = browse(cast.priya)
        send(client, cast)
        response = send(client, cast, category="Other")
        [(said, target)] = errors(response).items()
        assert "Withdraw that record first" in said
        assert target == "id_category"

    def test_ratings_go_in_by_source(self, cast, browse):
        send(browse(cast.priya), cast, category="", ratings_nvd="High", ratings_cvss="9.8")
        assert FactRecord.objects.get().details["ratings"] == [
            {"source": "nvd", "value": "High"},
            {"source": "cvss", "value": "9.8"},
        ]

    def test_unicode_is_kept_and_shown_and_never_taken_for_html(self, cast, browse):
        name = "Łódź <script>alert(1)</script> 漏洞 🦀"
        response = send(browse(cast.priya), cast, subject=name)
        assert FactRecord.objects.get().subject == name
        assert "<script>alert" not in response.content.decode()
        assert name in words(response).replace("< script", "<script") or "Łódź" in words(response)

    def test_a_moment_is_required_where_a_limit_in_hours_runs_from_it(self, cast, browse):
        address = form_of(cast, "protective_monitoring_alert_raised")
        sent = RELEASED | {"subject": "A-1"}
        response = browse(cast.priya).post(address, sent)
        assert errors(response) == {
            "The time it happened is missing. Enter it like 2:30pm or 14:30.": "id_happened_time"
        }
        assert browse(cast.priya).post(address, sent | {"happened_time": "9am"}).status_code == 302

    def test_a_future_day_is_refused_and_nothing_is_lost(self, cast, browse):
        tomorrow = day_boxes("happened", date(2026, 3, 18))
        response = send(browse(cast.priya), cast, **tomorrow)
        assert list(errors(response).values()) == ["id_happened_day"]
        assert 'value="CVE-2026-0001"' in response.content.decode()
        assert not FactRecord.objects.exists()
        today = day_boxes("happened", date(2026, 3, 17))
        assert send(browse(cast.priya), cast, follow=False, **today).status_code == 302

    @pytest.mark.parametrize(
        ("wrong", "box"),
        [
            ({"happened_day": "31", "happened_month": "2"}, "id_happened_day"),
            ({"happened_year": ""}, "id_happened_year"),
            ({"subject": "  "}, "id_subject"),
            ({"subject": "x" * 201}, "id_subject"),
            ({"subject": "CVE\x00"}, "id_subject"),
            ({"category": "Tremendous"}, "id_category"),
            ({"happened_time": "half two"}, "id_happened_time"),
            ({"ratings_nvd": "extremely"}, "id_ratings_nvd"),
        ],
    )
    def test_a_mistake_is_said_at_its_field(self, cast, browse, wrong, box):
        response = send(browse(cast.priya), cast, **wrong)
        assert response.status_code == 200
        assert box in errors(response).values()
        assert "<title>Error: " in response.content.decode()
        assert not FactRecord.objects.exists()


@pytest.mark.django_db
class TestWithdrawing:
    def address(self, cast) -> str:
        return reverse("withdraw_fact", args=[cast.contract.pk, FactRecord.objects.get().pk])

    def test_what_it_caused_follows(self, cast, browse):
        duty = patch_released(cast)
        response = browse(cast.priya).post(self.address(cast), {"reason": "Wrong CVE."}, follow=True)
        assert "Withdrawn. This withdrew 1 duty." in words(response)
        assert "Wrong CVE." in words(response)
        duty.refresh_from_db()
        assert duty.phase == Phase.WITHDRAWN

    def test_a_reason_is_needed(self, cast, browse):
        patch_released(cast)
        response = browse(cast.priya).post(self.address(cast), {"reason": "  "})
        assert errors(response) == {"Say why what was recorded is wrong.": "id_reason"}
        assert FactRecord.objects.get().withdrawn_at is None

    def test_twice_is_answered_plainly(self, cast, browse):
        patch_released(cast)
        client = browse(cast.priya)
        client.post(self.address(cast), {"reason": "Wrong."})
        assert "withdrawn already" in words(client.post(self.address(cast), {"reason": "Wrong."}))

    def test_the_other_side_cannot_and_reads_why(self, cast, browse):
        patch_released(cast)
        client = browse(cast.ada)
        fact = FactRecord.objects.get()
        page = client.get(reverse("fact", args=[cast.contract.pk, fact.pk]))
        assert "Only the Supplier, who recorded it, can withdraw it." in words(page)
        assert self.address(cast) not in page.content.decode()
        assert "Only the Supplier" in words(client.post(self.address(cast), {"reason": "Wrong."}))
        fact.refresh_from_db()
        assert fact.withdrawn_at is None

    def test_a_contributor_may_record_but_not_withdraw(self, cast, browse):
        patch_released(cast)
        assert browse(cast.tom).post(self.address(cast), {"reason": "Wrong."}).status_code == 403


@pytest.mark.django_db
class TestTheList:
    def test_none_and_some(self, cast, browse):
        address = reverse("facts", args=[cast.contract.pk])
        assert "Nothing has been recorded yet." in words(browse(cast.olu).get(address))
        patch_released(cast)
        page = words(browse(cast.olu).get(address))
        assert "A security patch was publicly released (CVE-2026-0001)" in page
        assert "Made 1 duty" in page and "Recorded by Priya Nair" in page

    def test_a_word_finds_by_subject_and_by_kind(self, cast, browse):
        patch_released(cast)
        happened(cast, "external_vulnerability_scan_completed", date(2026, 3, 1), "scan")
        address = reverse("facts", args=[cast.contract.pk])
        client = browse(cast.priya)
        assert "What happened (1)" in words(client.get(address, {"q": "0001"}))
        assert "What happened (1)" in words(client.get(address, {"q": "vulnerability scan"}))
        assert "Nothing recorded matches" in words(client.get(address, {"q": "zebra"}))

    def test_many_come_page_by_page_at_the_same_cost(self, cast, browse, django_assert_num_queries):
        rows = [
            FactRecord(
                contract=cast.contract,
                kind=PATCH,
                subject=f"CVE-{number}",
                happened_on=date(2026, 3, 1),
                recorded_at=NOON - timedelta(minutes=number),
                recorded_by=cast.priya,
                recorded_by_name="Priya Nair",
                recorded_side="supplier",
            )
            for number in range(60)
        ]
        address = reverse("facts", args=[cast.contract.pk])
        client = browse(cast.priya)
        FactRecord.objects.bulk_create(rows[:2])
        with django_assert_num_queries(6):
            client.get(address)
        FactRecord.objects.bulk_create(rows[2:])
        with django_assert_num_queries(6):
            page = client.get(address)
        assert "What happened (60)" in words(page)
        assert 'rel="next"' in page.content.decode()
        assert "CVE-59" in words(client.get(address, {"page": "3"}))
        assert client.get(address, {"page": "banana"}).status_code == 200


@pytest.mark.parametrize("kind", vocabulary().values(), ids=lambda kind: kind.name)
def test_every_kind_has_a_form_that_takes_nothing_but_what_is_needed(kind):
    needed = {name: NEEDED[name] for name in kind.required}
    sent = RELEASED | {"happened_time": "9am", "subject": "it"}
    for values in needed.values():
        sent |= values
    form = FactForm(sent, kind=kind, party_words={"supplier": "Agency"})
    assert form.is_valid(), form.errors
    assert set(form.cleaned_data["details"]) <= {"subject", *needed}
    assert (
        not needed
        or not FactForm(
            {
                name: value
                for name, value in sent.items()
                if name not in {k for v in needed.values() for k in v}
            },
            kind=kind,
            party_words={},
        ).is_valid()
    )


def test_the_subject_of_a_series_is_its_usual_one_unless_said_otherwise(cast, browse):
    page = browse(cast.priya).get(form_of(cast, "check_test_completed")).content.decode()
    assert 'name="subject" type="text" value="check test"' in page


@pytest.mark.django_db
class TestKindsWithAPageOfTheirOwn:
    """What goes with a version of a plan or with a breach is recorded there and not on the general form."""

    def test_the_list_leads_to_their_page_with_a_note(self, browse):
        cast = play(ORDER)
        response = browse(cast.priya).get(reverse("record", args=[cast.contract.pk]))
        page = response.content.decode()
        plans = reverse("plan_called", args=[cast.contract.pk, "smp_submitted"])
        label = "The security management plan was submitted for approval"
        assert f'href="{plans}">{label}</a>' in page
        assert f"{label} Recorded with its version, on the plan’s page" in words(response)
        assert form_of(cast, "smp_submitted") not in page
        assert form_of(cast, "data_access_granted") in page
        theirs = browse(cast.ada).get(reverse("record", args=[cast.contract.pk])).content.decode()
        breaches = reverse("breaches", args=[cast.contract.pk])
        assert f'href="{breaches}">The Client asked for full details of a breach</a>' in theirs

    @pytest.mark.parametrize(
        ("outline", "kind", "page"),
        [
            (ORDER, "smp_submitted", "plans/security-management-plan"),
            (DMP, "risk_management_documentation_submitted", "plans/risk-management-documentation"),
            (DMP, "breach_of_security_aware", "breaches"),
            (ORDER, "breach_contained", "breaches"),
        ],
    )
    def test_their_form_leads_there_and_records_nothing(self, browse, outline, kind, page):
        cast = play(outline)
        client = browse(cast.priya)
        for response in (
            client.get(form_of(cast, kind), follow=True),
            client.post(form_of(cast, kind), RELEASED | {"subject": "plan"}, follow=True),
        ):
            assert response.redirect_chain[-1] == (f"/contracts/{cast.contract.pk}/{page}", 302)
            says = f"Nothing is recorded yet. “{vocabulary()[kind].label}” is recorded from here."
            assert says in words(response)
        assert not FactRecord.objects.exists()

    def test_the_other_sides_kind_is_not_there(self, browse):
        cast = play(ORDER)
        assert browse(cast.priya).get(form_of(cast, "smp_approved")).status_code == 404
        assert browse(cast.ada).get(form_of(cast, "smp_approved")).status_code == 302


def test_a_detail_without_which_it_changes_nothing_is_asked_for_and_the_others_say_optional(cast, browse):
    address = reverse("record_kind", args=[cast.contract.pk, "patch_period_agreed"])
    client = browse(cast.ada)
    page = words(client.get(address))
    assert "The period agreed, from the release of the patch (optional)" not in page
    assert "The period agreed, from the release of the patch" in page and "(optional)" in page
    sent = day_boxes("happened", date(2026, 3, 16)) | {"subject": "CVE-2026-0001"}
    response = client.post(address, sent)
    assert "Enter the period agreed, from the release of the patch." in errors(response)
    assert not FactRecord.objects.exists()
