"""Paragraph by paragraph: words, entries and how far each counts, limits nobody has, duties."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.models import Document, Proposal
from contracts.terms.moments import Day
from obligations.models import Duty
from obligations.services.coverage.paragraphs import CoveredParagraph, Proposed, Read, covered
from obligations.services.variations.drafting import Wanted
from tests.cast import DMP, NOON, RIVERSIDE, make_contract, patch_released, play
from tests.obligations.services.test_variations_in_full import FIGURE, INSERTED, drafted, signed
from tests.support.own_book import ENTRIES, decided, in_force, own_cast, own_contract, own_schedule, paragraph

pytestmark = pytest.mark.django_db
TODAY = Day(2026, 3, 17)


def rows(cast, who="priya", day=TODAY) -> dict[str, CoveredParagraph]:
    return {one.paragraph.path: one for one in covered(cast.access(who), cast.schedule, day)}


def left(one: CoveredParagraph) -> list[str]:
    return [limit.phrase for limit in one.left]


def test_an_undecided_paragraph_shows_its_words_and_the_limits_nobody_has(db):
    one = rows(own_cast())["main/3"]
    assert one.read is Read.UNDECIDED and one.entries == () and not one.in_force
    assert one.text.startswith("The Provider shall tell") and one.used
    assert left(one) == ["within 3 Working Days of a crane fault"]


def test_what_is_proposed_has_no_limit_and_is_told_apart(db):
    cast = own_cast()
    document = a_document(cast)
    Proposal.objects.create(
        contract=cast.contract,
        schedule=cast.schedule,
        paragraph=paragraph(cast, "main/3"),
        document=document,
        place=1,
        kind="duty",
        party="supplier",
        topic="tell_of_breach",
        certainty="sure",
        content={},
    )
    one = rows(cast)["main/3"]
    assert one.proposed == (Proposed("duty", "supplier", "tell_of_breach", "sure"),)
    assert len(left(one)) == 1 and one.read is Read.UNDECIDED


def a_document(cast) -> Document:
    return Document.objects.create(
        contract=cast.contract,
        schedule=cast.schedule,
        file="documents/schedule.txt",
        name="schedule.txt",
        size=9,
        sha256="0" * 64,
        uploaded_by=cast.priya,
        uploaded_at=NOON,
    )


def test_what_is_decided_has_its_limit_before_it_is_in_force(db):
    cast = own_cast()
    decided(cast, "main/3", ENTRIES["main/3"])
    one = rows(cast)["main/3"]
    assert (one.read, one.in_force, left(one), one.duties) == (Read.ASKS, False, [], 0)
    [entry] = one.entries
    assert (entry.title, entry.shape, entry.party) == (
        "Tell the Council of a crane fault",
        "event",
        "supplier",
    )
    assert (str(entry.limit.period), entry.in_force, entry.counts) == ("3 Working Days", False, True)


def test_a_limit_read_otherwise_is_one_that_nobody_has(db):
    cast = own_cast()
    decided(cast, "main/3", ENTRIES["main/3"] | {"unit": "days"})
    assert len(left(rows(cast)["main/3"])) == 1


def test_what_is_in_force_and_what_will_take_its_place_are_both_told(db):
    cast = own_cast()
    in_force(cast)
    assert [(one.in_force, one.counts) for one in rows(cast)["main/2"].entries] == [(True, True)]
    assert rows(cast)["main/2"].in_force and rows(cast)["main/2"].duties == 1
    decided(cast, "main/2", ENTRIES["main/2"] | {"amount": 12})
    one = rows(cast)["main/2"]
    told = [(str(each.limit.period), each.in_force, each.counts) for each in one.entries]
    assert told == [("12 Working Days", False, True), ("10 Working Days", True, False)]
    assert not one.in_force


def test_a_reason_and_a_paragraph_left_for_later(db):
    cast = own_cast()
    decided(cast, "main/1", outcome="none", why="It says what words mean.")
    decided(cast, "main/3", outcome="skipped")
    found = rows(cast)
    assert (found["main/1"].read, found["main/1"].why) == (Read.NOTHING, "It says what words mean.")
    assert (found["main/3"].read, found["main/3"].later) == (Read.UNDECIDED, True)


def test_that_another_paragraph_leans_on_it_decides_nothing(db):
    cast = own_cast()
    in_force(cast, {"main/3": ENTRIES["main/3"] | {"exceptions": ["main/4"]}})
    one = rows(cast)["main/4"]
    assert (one.read, one.why, one.in_force) == (Read.UNDECIDED, "", False)


def test_of_a_shipped_schedule_the_registers_entries_count(db):
    cast = play(DMP)
    patch_released(cast)
    found = rows(cast)
    one = found["main/10.3"]
    assert one.read is Read.ASKS and one.in_force and one.duties == 1 and one.text == ""
    assert "Apply Critical patches" in [entry.title for entry in one.entries]
    nothing = [each for each in found.values() if each.read is Read.NOTHING]
    assert nothing and all(each.why for each in nothing)
    assert not [each for each in found.values() if each.read is Read.UNDECIDED and not each.paragraph.heading]


def test_a_schedule_without_a_rulebook_has_no_entries(db):
    assert {one.read for one in rows(make_contract(RIVERSIDE)).values()} == {Read.UNDECIDED}


def test_duties_kept_from_somebody_are_not_counted_for_them(db):
    cast = play(DMP)
    patch_released(cast)
    duties = Duty.objects.filter(contract=cast.contract, obligation__paragraph__path="main/10.3")
    duties.update(subject="OFFSEN-2026-ABCDE")
    assert rows(cast)["main/10.3"].duties == 0


def test_a_long_schedule_costs_what_a_short_one_does(db, django_assert_num_queries):
    words = {f"main/{number}": "The Provider shall report within 5 days." for number in range(1, 60)}
    cast = own_contract()
    own_schedule(cast, words=words)
    access = cast.access("priya")
    with django_assert_num_queries(8):
        assert len(covered(access, cast.schedule, TODAY)) == 59


def test_a_paragraph_that_is_not_in_the_contract_on_the_day_has_no_words(db):
    cast = own_cast()
    assert rows(cast, day=date(2020, 1, 1))["main/3"].text == ""


def test_of_a_shipped_schedule_what_variations_brought_counts_too(db):
    """Another figure, a paragraph with a duty and one without; nothing of it before its day."""
    cast = play(DMP)
    bare = Wanted(f"{DMP}/main/10.9", "inserted", "The parties meet in spring.")
    signed(cast, drafted(cast, FIGURE, INSERTED, bare))
    found, before = rows(cast), rows(cast, day=date(2026, 3, 9))
    assert [(one.title, str(one.limit.period)) for one in found["main/10.8"].entries] == [
        ("Send a quarterly report", "3 months")
    ]
    assert (found["main/10.9"].read, found["main/10.9"].why) == (
        Read.NOTHING,
        "Variation 002 brought it without a duty.",
    )
    limits = [{str(one.limit.period) for one in each["main/10.3"].entries} for each in (before, found)]
    assert limits[0] - limits[1] == {"30 days"} and "14 days" in limits[1]
    assert before["main/10.8"].entries == ()
