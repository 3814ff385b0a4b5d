"""The same for many at once: looked at before, done, undone; a release day for all that it fixes (R48)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from obligations.claims.services.answering import answer
from obligations.models import Claim, Duty, FactRecord, Notice, Phase
from obligations.vulnerabilities import selectors
from obligations.vulnerabilities.models import State, Vulnerability
from obligations.vulnerabilities.services.acting import Holds
from obligations.vulnerabilities.services.together import Shown, preview, together, undo
from tests.cast import NOON, play
from tests.subjects.vulnerabilities import vulnerability

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 13)
LINK = "https://evidence.example/1"


@pytest.fixture
def cast(db):
    return play()


def some(cast, number: int, **said) -> list[Vulnerability]:
    usual = {"released": None, "category": "Critical"}
    return [vulnerability(cast, f"CVE-2026-{one}", **(usual | said)) for one in range(1000, 1000 + number)]


def do(cast, act, rows, who="priya", day=DAY):
    return together(cast.contract, cast.as_(who), NOON, act, {row.pk: day for row in rows})


def test_one_release_gives_all_that_it_fixes_their_dates_and_is_undone(cast):
    """From 13 March 2026, Critical, 7 days: the 20th."""
    rows = some(cast, 3)
    did = do(cast, "released", rows)
    assert {row.due_at.date() for row in did.rows} == {date(2026, 3, 20)}
    assert Duty.objects.filter(subject__startswith="CVE-2026-1", phase=Phase.OPEN).count() == 3
    assert did.entry is not None and did.entry.payload["vulnerabilities"] == 3
    assert undo(cast.contract, cast.as_("priya"), NOON, did.entry, reason="The wrong release.") == 3
    for row in Vulnerability.objects.all():
        assert (row.released_on, row.due_at.date()) == (None, date(2026, 3, 23))  # with care again
    assert set(Duty.objects.filter(subject__startswith="CVE-2026-1").values_list("careful", "phase")) == {
        (True, Phase.OPEN)
    }
    assert FactRecord.objects.filter(withdrawn_reason="The wrong release.").count() == 3
    with pytest.raises(Refused, match="withdrawn already"):
        undo(cast.contract, cast.as_("priya"), NOON, did.entry, reason="Again.")


def test_what_is_looked_at_is_what_comes_and_leaves_no_trace(cast):
    rows = some(cast, 2)
    before = (LedgerEntry.objects.count(), FactRecord.objects.count(), Notice.objects.count())
    days = {row.pk: DAY for row in rows}
    looked = preview(cast.contract, cast.as_("priya"), NOON, "released", days)
    assert (LedgerEntry.objects.count(), FactRecord.objects.count(), Notice.objects.count()) == before
    assert {one.before.released_on for one in looked} == {None}
    did = do(cast, "released", rows)
    assert [(one.after.pk, one.after.due_at) for one in looked] == [(row.pk, row.due_at) for row in did.rows]


def test_drafts_stay_drafts_and_the_record_says_nothing_of_them(cast):
    rows = some(cast, 2, draft=True)
    did = do(cast, "released", rows)
    assert did.entry is None
    assert {(row.draft, row.due_at.date()) for row in did.rows} == {(True, date(2026, 3, 20))}
    assert not FactRecord.objects.filter(subject__startswith="CVE-2026-1").exists()
    assert LedgerEntry.objects.latest("pk").payload == {"side": "supplier"}


def test_many_are_patched_with_their_places_and_wait_again(cast):
    rows = some(cast, 2, released=date(2026, 3, 12))
    did = do(cast, "patched", rows)
    assert {(row.state, row.done_on) for row in did.rows} == {(State.DONE, DAY)}
    assert not rows[0].hosts.filter(patched_on=None).exists()
    undo(cast.contract, cast.as_("priya"), NOON, did.entry, reason="Rolled back.")
    assert set(Vulnerability.objects.values_list("state", flat=True)) == {State.OPEN}
    assert rows[0].hosts.filter(patched_on=None).count() == 2


def test_it_takes_as_many_statements_for_many_as_for_few(cast, django_assert_max_num_queries):
    few, many = (
        some(cast, 2),
        [
            vulnerability(cast, f"CVE-2026-{one}", released=None, hosts=["a", "b"])
            for one in range(2000, 2030)
        ],
    )
    with django_assert_max_num_queries(90) as first:
        did = do(cast, "released", few)
    with django_assert_max_num_queries(90) as second:
        also = do(cast, "released", many)
    assert len(second) == len(first)
    with django_assert_max_num_queries(90) as first:
        undo(cast.contract, cast.as_("priya"), NOON, did.entry, reason="Wrong.")
    with django_assert_max_num_queries(90) as second:
        undo(cast.contract, cast.as_("priya"), NOON, also.entry, reason="Wrong.")
    assert len(second) == len(first)


@pytest.mark.parametrize(
    ("act", "day", "who", "says"),
    [
        ("erased", DAY, "priya", "Choose what happened"),
        ("released", date(2026, 3, 18), "priya", "in the future"),
        ("patched", date(2024, 3, 18), "priya", "before the contract was made"),
        ("released", DAY, "ada", "theirs to patch"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_done(cast, act, day, who, says):
    rows = some(cast, 2)
    with pytest.raises(Refused, match=says):
        do(cast, act, rows, who, day)
    assert set(Vulnerability.objects.values_list("state", "released_on")) == {(State.OPEN, None)}


def test_what_the_other_side_recorded_is_not_undone_and_none_of_it_is(cast):
    did = do(cast, "released", some(cast, 2))
    with pytest.raises(Refused, match="Only the Supplier"):
        undo(cast.contract, cast.as_("ada"), NOON, did.entry, reason="Ours.")
    assert not FactRecord.objects.exclude(withdrawn_at=None).exists()


def test_another_sides_draft_is_left_alone(cast):
    draft = some(cast, 1, draft=True)[0]
    Vulnerability.objects.filter(pk=draft.pk).update(recorded_side="authority")
    with pytest.raises(Refused, match="None of these waits"):
        do(cast, "released", [draft])


def test_releases_are_grouped_by_what_they_fix(cast):
    some(cast, 4)
    vulnerability(cast, "CVE-2026-3000", component="OpenSSL", released=None, draft=True)
    vulnerability(cast, "CVE-2026-3001", component="nginx", fixed_version="1.27.2", released=None)
    vulnerability(cast, "CVE-2026-3002", component="zlib", fixed_version="", released=None)
    vulnerability(cast, "CVE-2026-3003", component="curl")
    found = selectors.releases(cast.access("priya"))
    assert [(one.name, len(one.rows), one.drafts) for one in found] == [
        ("openssl 3.0.15", 5, 1),
        ("nginx 1.27.2", 1, 0),
    ]
    assert found[0].says == "Fixes CVE-2026-1000, CVE-2026-1001, CVE-2026-1002 and 2 more."
    assert [len(one.rows) for one in selectors.releases(cast.access("ada"))] == [4, 1]


class TestNotExploitable:
    def claim(self, cast, rows, *, who="priya", day=DAY, until=date(2026, 4, 30), link=LINK, now=NOON):
        shown = Shown(Holds("component_not_present", "It is not installed.", until), link)
        days = {row.pk: day for row in rows}
        return together(cast.contract, cast.as_(who), now, "not_exploitable", days, shown)

    def test_each_is_a_claim_that_moves_nothing_until_it_is_accepted(self, cast):
        rows = some(cast, 3, released=date(2026, 3, 12))
        before = {row.subject: row.due_at for row in rows}
        did = self.claim(cast, rows)
        assert {row.subject: row.due_at for row in did.rows} == before
        claims = Claim.objects.order_by("subject")
        words = "Component not present. It is not installed. It holds until the end of 30 April 2026."
        assert {(one.state, one.link, one.reason) for one in claims} == {("open", LINK, words)}
        told = Notice.objects.filter(stage="claimed").values_list("about", flat=True)
        assert set(told) == {f"claim {one.pk}" for one in claims}
        answer(claims[0], cast.as_("ada"), NOON, event="accept")
        row = Vulnerability.objects.get(subject=claims[0].subject)
        assert (row.state, row.until) == (State.SUSPENDED, date(2026, 4, 30))

    def test_all_of_it_is_taken_back_also_what_was_accepted(self, cast):
        rows = some(cast, 3, released=date(2026, 3, 12))
        before = {row.subject: row.due_at for row in rows}
        did = self.claim(cast, rows)
        answer(Claim.objects.first(), cast.as_("ada"), NOON, event="accept")
        assert undo(cast.contract, cast.as_("priya"), NOON, did.entry, reason="It is installed.") == 3
        assert sorted(Claim.objects.values_list("state", flat=True)) == ["accepted", "withdrawn", "withdrawn"]
        assert LedgerEntry.objects.filter(verb="claim_withdrawn").count() == 2
        assert {row.subject: row.due_at for row in Vulnerability.objects.all()} == before
        assert not Notice.objects.filter(stage="lapses", cancelled_at=None).exists()

    def test_what_was_looked_at_leaves_no_trace_and_says_that_it_is_claimed(self, cast):
        rows = some(cast, 2, released=date(2026, 3, 12))
        shown = Shown(Holds("component_not_present", "It is not installed."), LINK)
        days = {row.pk: DAY for row in rows}
        looked = preview(cast.contract, cast.as_("priya"), NOON, "not_exploitable", days, shown)
        assert [(one.claims, one.after.due_at) for one in looked] == [(True, row.due_at) for row in rows]
        assert not Claim.objects.exists() and not Notice.objects.filter(stage="claimed").exists()

    def test_drafts_and_what_waits_for_an_answer_are_left_alone(self, cast):
        draft, waits, row = (
            vulnerability(cast, "CVE-2026-1001", draft=True),
            vulnerability(cast, "CVE-2026-1002"),
            vulnerability(cast, "CVE-2026-1003"),
        )
        self.claim(cast, [waits])
        did = self.claim(cast, [draft, waits, row], day=date(2026, 3, 16))
        assert [one.subject for one in did.rows] == [row.subject]
        with pytest.raises(Refused, match="None of these waits"):
            self.claim(cast, [draft, waits, row], day=date(2026, 3, 17))

    def test_it_takes_as_many_statements_for_many_as_for_few(self, cast, django_assert_max_num_queries):
        few = some(cast, 2, released=date(2026, 3, 12))
        many = [vulnerability(cast, f"CVE-2026-{one}") for one in range(2000, 2012)]
        counts = []
        for rows in (few, many):
            with django_assert_max_num_queries(120) as first:
                did = self.claim(cast, rows)
            with django_assert_max_num_queries(120) as second:
                undo(cast.contract, cast.as_("priya"), NOON, did.entry, reason="Wrong.")
            counts.append((len(first), len(second)))
        assert counts[0] == counts[1]

    @pytest.mark.parametrize(
        ("said", "field", "says"),
        [
            ({"until": date(2026, 3, 16)}, "until", "This day has passed"),
            ({"link": ""}, "file", "Attach what shows it"),
            ({"link": "ftp://x"}, "link", "full web address"),
            ({"day": date(2026, 3, 18)}, "day", "in the future"),
            ({"who": "ada"}, "", "theirs to patch"),
        ],
    )
    def test_bad_input_is_refused_and_nothing_is_claimed(self, cast, said, field, says):
        rows = some(cast, 2, released=date(2026, 3, 12))
        with pytest.raises(Refused, match=says) as refused:
            self.claim(cast, rows, **said)
        assert refused.value.field == field
        assert not Claim.objects.exists()
