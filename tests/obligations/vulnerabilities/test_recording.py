"""One vulnerability recorded by hand, and the table kept in line with the record (R20, R48)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from contracts.models import LedgerEntry
from contracts.row_security import asking
from contracts.services.errors import Refused
from obligations.models import Duty, FactRecord, Notice, Phase
from obligations.rules.engine.standing import Standing
from obligations.services.notices.joining import plan_ahead
from obligations.services.notices.recheck import prepare
from obligations.services.recording.facts import record_together, withdraw_fact
from obligations.vulnerabilities.models import FAR, State, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.selectors import vulnerabilities_of
from obligations.vulnerabilities.services.on_record import put_missed, submit
from obligations.vulnerabilities.services.record import Kept
from tests.cast import NOON, claimed, happened, patch_released, play
from tests.subjects.vulnerabilities import vulnerability

pytestmark = pytest.mark.django_db

NVD = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


@pytest.fixture
def cast(db):
    return play()


def day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def test_one_is_on_the_record_with_the_date_of_its_release(cast):
    row = vulnerability(cast)
    assert (row.subject, row.category, row.state) == ("CVE-2026-0901 in openssl", "Critical", State.OPEN)
    duty = Duty.objects.get(subject=row.subject)
    assert (day(duty.due_at), row.due_at, row.order_at) == (date(2026, 3, 19), duty.due_at, duty.due_at)
    kinds = FactRecord.objects.filter(subject=row.subject).values_list("kind", flat=True)
    assert set(kinds) == {"vulnerability_identified", "patch_publicly_released"}
    assert sorted(row.hosts.values_list("name", flat=True)) == ["web-1", "web-2"]


def test_the_stricter_of_two_sources_counts_and_each_stays(cast):
    row = vulnerability(cast, category="", ratings={"nvd": NVD, "microsoft": "Moderate"})
    assert row.category == "Critical"
    assert {one["by"]: one["value"] for one in row.ratings} == {
        "nvd CVSS v3.1": NVD,
        "microsoft": "Moderate",
    }
    assert (
        vulnerability(cast, "CVE-2026-0902", category="", ratings={"nvd": "medium"}).category == "Important"
    )


def test_unrated_has_the_date_of_a_critical_one_and_no_category(cast):
    row = vulnerability(cast, category="")
    assert (row.category, day(row.due_at)) == ("", date(2026, 3, 19))


def test_without_a_fix_no_limit_runs(cast):
    row = vulnerability(cast, released=None, fixed_version="")
    assert (row.state, row.due_at, row.order_at) == (State.OPEN, None, FAR)


def test_what_is_recorded_by_the_general_form_is_in_the_table(cast):
    duty = patch_released(cast, "CVE-2026-0007 in nginx")
    row = Vulnerability.objects.get()
    assert (row.identifier, row.component, row.due_at) == ("CVE-2026-0007", "nginx", duty.due_at)
    happened(cast, "patch_applied", date(2026, 3, 16), "CVE-2026-0007 in nginx")
    row.refresh_from_db()
    assert (row.state, row.done_on, row.phase) == (State.DONE, date(2026, 3, 16), Phase.MET)


def test_an_accepted_claim_suspends_it_and_what_is_withdrawn_opens_it_again(cast):
    row = vulnerability(cast)
    kind = "vulnerability_not_exploitable_demonstrated"
    claim = claimed(cast, kind, date(2026, 3, 16), row.subject)
    row.refresh_from_db()
    assert row.state == State.OPEN
    claimed(cast, kind, date(2026, 3, 17), row.subject, accepted_by="ada")
    row.refresh_from_db()
    assert (row.state, row.due_at) == (State.SUSPENDED, None)
    assert claim.pk
    happened(cast, "vulnerability_becomes_exploitable", date(2026, 3, 17), row.subject, now=NOON)
    row.refresh_from_db()
    assert (row.state, day(row.due_at)) == (State.OPEN, date(2026, 3, 19))


def test_a_release_withdrawn_leaves_it_open_without_a_date_of_record(cast):
    row = vulnerability(cast)
    withdraw_fact(
        FactRecord.objects.get(kind="patch_publicly_released"), cast.as_("priya"), NOON, reason="Wrong."
    )
    row.refresh_from_db()
    assert (row.state, row.released_on, day(row.due_at)) == (State.OPEN, None, date(2026, 3, 23))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"identifier": " "}, "identifier"),
        ({"found": date(2026, 3, 18)}, "found"),
        ({"found": date(2024, 3, 18)}, "found"),
        ({"released": date(2026, 3, 18)}, "released"),
        ({"category": "Severe"}, "category"),
        ({"ratings": {"nvd": "Grave"}}, "nvd"),
        ({"ratings": {"cvss": "CVSS:3.1/AV:X"}}, "cvss"),
        ({"ratings": {"microsoft": "9.8"}}, "microsoft"),
        ({"software": "ours"}, "software"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_nothing_is_kept(cast, said, field):
    with pytest.raises(Refused) as refused:
        vulnerability(cast, **said)
    assert refused.value.field == field
    assert not Vulnerability.objects.exists()
    assert not FactRecord.objects.filter(kind="vulnerability_identified").exists()


def test_the_same_in_another_spelling_is_there_already(cast):
    row = vulnerability(cast)
    with pytest.raises(Kept) as kept:
        vulnerability(cast, "cve‑2026‑0901", component="OpenSSL")
    assert kept.value.row == row


class TestDrafts:
    def test_a_draft_is_its_sides_own_and_nothing_is_on_the_record(self, cast):
        row = vulnerability(cast, draft=True)
        assert (row.draft, row.category, day(row.due_at)) == (True, "Critical", date(2026, 3, 19))
        assert not FactRecord.objects.filter(subject=row.subject).exists()
        assert list(vulnerabilities_of(cast.access("tom"))) == [row]
        for name in ("ada", "ben", "olu", "mina"):
            assert not vulnerabilities_of(cast.access(name)).exists(), name
        told = LedgerEntry.objects.filter(verb="vulnerabilities_kept").get()
        assert told.payload == {"side": "supplier"}

    def test_the_database_hides_it_too(self, cast):
        row = vulnerability(cast, draft=True)
        both = vulnerability(cast, "CVE-2026-0902")
        for name, seen in (
            ("tom", {row.pk, both.pk}),
            ("ada", {both.pk}),
            ("olu", {both.pk}),
            ("zed", set()),
        ):
            with asking.person(cast.people[name].pk):
                found = set(Vulnerability.objects.values_list("pk", flat=True))
                hosts = set(VulnerabilityHost.objects.values_list("vulnerability", flat=True))
            assert (found, hosts) == (seen, seen), name

    def test_a_missed_draft_goes_on_the_record_by_itself(self, cast):
        row = vulnerability(cast, draft=True)
        careful = vulnerability(cast, "CVE-2026-0902", draft=True, released=None)
        assert put_missed(row.due_at - timedelta(seconds=1)) == 0
        later = row.due_at + timedelta(days=30)
        assert (put_missed(later), put_missed(later)) == (1, 0)
        row.refresh_from_db()
        careful.refresh_from_db()
        duty = Duty.objects.get(subject=row.subject)
        assert (row.draft, row.state, duty.standing_at(later), careful.draft) == (
            False,
            State.OPEN,
            Standing.OVERDUE,
            True,
        )
        assert list(vulnerabilities_of(cast.access("ada", later))) == [row]
        told = LedgerEntry.objects.get(verb="vulnerabilities_submitted").payload
        assert told["because"] == "its date was missed" and told["subjects"] == [row.subject]

    def test_of_a_draft_nobody_of_the_other_side_is_told_until_it_is_submitted_or_missed(self, cast):
        submitted, missed = (vulnerability(cast, f"CVE-2026-090{one}", draft=True) for one in (1, 2))
        early = missed.due_at - timedelta(hours=20)
        plan_ahead(early)
        told = Notice.objects.filter(cancelled_at=None, duty__subject__startswith="CVE-")
        assert not told.exists()
        submit(cast.contract, cast.as_("tom"), NOON, [submitted])
        assert {one.subject for one in told} == {submitted.subject}
        late = missed.due_at + timedelta(minutes=1)
        assert put_missed(late) == 1
        overdue = list(told.filter(stage="overdue", duty__subject=missed.subject))
        assert {cast.ada, cast.priya} <= {one.recipient for one in overdue}
        assert not set(prepare(overdue, late + timedelta(hours=8)).why_not) & {one.pk for one in overdue}
        # what was taken back meanwhile is told to nobody, however late it is looked at
        for fact in FactRecord.objects.filter(subject=missed.subject):
            withdraw_fact(fact, cast.as_("priya"), late, reason="Another product.")
        again = list(Notice.objects.filter(pk__in=[one.pk for one in overdue]).select_related("duty"))
        assert set(prepare(again, late + timedelta(hours=8)).why_not) == {one.pk for one in again}

    def test_a_draft_that_is_submitted_has_the_date_it_had(self, cast):
        row = vulnerability(cast, draft=True)
        submit(cast.contract, cast.as_("tom"), NOON, [row])
        after = Vulnerability.objects.get()
        assert (after.draft, after.due_at, after.category) == (False, row.due_at, row.category)
        assert Duty.objects.get(subject=row.subject).due_at == row.due_at
        with pytest.raises(Refused):
            submit(cast.contract, cast.as_("ada"), NOON, [row])

    def test_only_who_patches_keeps_drafts(self, cast):
        with pytest.raises(Refused) as refused:
            vulnerability(cast, draft=True, by="ada")
        assert refused.value.field == "draft"

    def test_the_other_side_records_the_same_and_learns_nothing_of_the_draft(self, cast):
        draft = vulnerability(cast, draft=True, title="Ours")
        row = vulnerability(cast, by="ada")
        assert (row.pk != draft.pk, row.title) == (True, "")
        draft.refresh_from_db()
        assert (draft.draft, draft.state) == (True, State.OVER)

    def test_the_side_itself_puts_it_on_the_record_by_the_general_form(self, cast):
        draft = vulnerability(cast, draft=True)
        happened(cast, "patch_publicly_released", date(2026, 3, 12), draft.subject)
        draft.refresh_from_db()
        assert (draft.draft, Vulnerability.objects.count()) == (False, 1)
        assert day(draft.due_at) == date(2026, 3, 19)


def test_many_facts_at_once_take_as_many_statements_as_few(cast, django_assert_max_num_queries):
    def many(first, number):
        return [
            (
                "patch_publicly_released",
                date(2026, 3, 12),
                {"subject": f"CVE-2026-{one}", "category": "Critical"},
            )
            for one in range(first, first + number)
        ]

    record_together(cast.contract, cast.as_("priya"), NOON, many(1000, 1))
    with django_assert_max_num_queries(80) as few:
        record_together(cast.contract, cast.as_("priya"), NOON, many(2000, 2))
    with django_assert_max_num_queries(80) as several:
        record_together(cast.contract, cast.as_("priya"), NOON, many(3000, 40))
    assert len(several) == len(few)
    assert Duty.objects.filter(subject__startswith="CVE-2026-3").count() == 40
