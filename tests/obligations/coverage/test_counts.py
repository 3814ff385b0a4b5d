"""How far contracts are read: what is decided, what of it is in force, and that it is asked at one cost."""

from __future__ import annotations

import pytest

from contracts.models import Upload
from obligations.services.coverage.counts import Coverage, coverage, coverage_of
from obligations.web.incomplete import incomplete
from tests.cast import DMP, NOON, RIVERSIDE, make_contract, play
from tests.support.own_book import ENTRIES, HARBOUR, decided, in_force, own_cast, own_contract

pytestmark = pytest.mark.django_db


def numbers(cast) -> tuple[int, int, int, bool]:
    found = coverage(cast.contract)
    return found.paragraphs, found.decided, found.in_force, found.complete


def test_a_shipped_schedule_is_complete_from_the_first(db):
    assert numbers(play(DMP)) == (0, 0, 0, True)


def test_a_schedule_without_a_rulebook_is_read_by_nobody(db):
    """Duly ships its outline alone, so its paragraphs ask for nothing that anybody knows of."""
    cast = make_contract(RIVERSIDE)
    whole = cast.contract.paragraphs.count()
    assert numbers(cast) == (whole, 0, 0, False)


def test_a_contract_without_a_schedule_is_not_complete(db):
    assert coverage(own_contract().contract) == Coverage(0, ())
    assert not coverage(own_contract(reference="OTHER").contract).complete


def unread(cast) -> None:
    """A file that is being read, or waits for a person to say what it is."""
    Upload.objects.create(
        contract=cast.contract,
        file="uploads/2026/03/schedule.txt",
        name="schedule.txt",
        size=9,
        sha256="0" * 64,
        uploaded_by=cast.priya,
        side="supplier",
        uploaded_at=NOON,
    )


def test_a_document_that_is_not_read_yet_leaves_dates_incomplete(db):
    new, shipped = own_contract(), play(DMP, reference="OTHER")
    for cast in (new, shipped):
        unread(cast)
        assert (coverage(cast.contract).unread, coverage(cast.contract).complete) == (1, False)
    words = [incomplete(one.contract, coverage(one.contract)) for one in (new, shipped)]
    assert [one and one.says for one in words] == ["1 document not read yet, dates are incomplete."] * 2


def test_what_is_decided_counts_and_what_is_in_force_counts_apart(db):
    cast = own_cast()
    assert numbers(cast) == (len(HARBOUR), 0, 0, False)
    decided(cast, "main/2", ENTRIES["main/2"])
    decided(cast, "main/1", outcome="none", why="It says what words mean.")
    decided(cast, "main/3", outcome="skipped")
    assert numbers(cast) == (len(HARBOUR), 2, 0, False)
    in_force(cast, {"main/3": ENTRIES["main/3"]})
    assert numbers(cast) == (len(HARBOUR), 3, 3, False)


def test_all_of_it_in_force_is_complete_until_somebody_decides_again(db):
    cast = own_cast()
    for path in ("main/1", "Annex A/1"):
        decided(cast, path, outcome="none", why="It says what words mean.")
    in_force(cast)
    assert numbers(cast) == (7, 7, 7, True)
    decided(cast, "main/2", ENTRIES["main/2"] | {"amount": 12})
    assert numbers(cast) == (7, 7, 6, False)
    decided(cast, "main/2", outcome="skipped")
    assert numbers(cast) == (7, 7, 6, False)
    decided(cast, "main/2", ENTRIES["main/2"])
    assert numbers(cast) == (7, 7, 7, True)


def test_a_reason_that_changed_is_not_in_force(db):
    cast = own_cast()
    decided(cast, "main/1", outcome="none", why="It says what words mean.")
    in_force(cast)
    decided(cast, "main/1", outcome="none", why="It is a heading.")
    assert coverage(cast.contract).in_force == len(ENTRIES)


def test_the_parts_of_a_schedule_are_counted_in_their_order(db):
    cast = own_cast()
    decided(cast, "Annex A/1", outcome="none", why="A wish.")
    [schedule] = coverage(cast.contract).own
    assert [
        (one.scope, one.paragraphs, one.nothing, one.asking, one.undecided) for one in schedule.scopes
    ] == [
        ("main", 6, 0, 0, 6),
        ("Annex A", 1, 1, 0, 0),
    ]


def test_many_contracts_cost_what_one_does(db, django_assert_num_queries):
    casts = [own_cast(reference=f"H-{number}") for number in range(4)]
    in_force(casts[0])
    decided(casts[1], "main/2", ENTRIES["main/2"])
    with django_assert_num_queries(1):
        found = coverage_of([one.contract.pk for one in casts])
    assert [(one.decided, one.in_force) for one in found.values()] == [(5, 5), (1, 0), (0, 0), (0, 0)]
    with django_assert_num_queries(0):
        assert coverage_of([]) == {}


def test_another_contracts_version_is_not_taken_for_ones_own(db):
    one, other = own_cast(), own_cast(reference="OTHER")
    in_force(one)
    for path, entry in ENTRIES.items():
        decided(other, path, entry)
    assert (coverage(other.contract).decided, coverage(other.contract).in_force) == (5, 0)
