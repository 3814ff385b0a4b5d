"""The same for many at once: looked at before, done, undone; a release day for all that it fixes (R48)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from obligations.models import Duty, FactRecord, Notice, Phase
from obligations.vulnerabilities import selectors
from obligations.vulnerabilities.models import State, Vulnerability
from obligations.vulnerabilities.services.together import preview, together, undo
from tests.cast import NOON, play
from tests.subjects.vulnerabilities import vulnerability

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 13)


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
