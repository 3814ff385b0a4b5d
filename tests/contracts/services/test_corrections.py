"""A person corrects how a document was read: the paragraphs follow, and what rests on them stays."""

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts import selectors
from contracts.absence import NotThere
from contracts.models import (
    Document,
    DocumentReading,
    LedgerEntry,
    LongWork,
    Paragraph,
    Proposal,
    ReadingCorrection,
)
from contracts.reader import read
from contracts.reader.corrections import CorrectionKind
from contracts.services import correction_asks as ask
from contracts.services import corrections, long_work, own_schedules, proposing
from contracts.services.corrections import Seen
from contracts.services.errors import Refused
from contracts.services.paragraph_rows import orders_in
from contracts.services.rebuild import words_unlike_the_ledger
from contracts.services.schedule_readings import reading_of
from contracts.web.ledger.presenters import CORRECTED, SENTENCES
from tests.cast import NOON, RIVERSIDE, make_contract

pytestmark = pytest.mark.django_db

TEXT = """Boats of the Club

1. Keeping the boats
1.1 The Keeper shall wash each boat within 5 days. 1.2 The Keeper shall:
(a) lock the shed; and
(b) tell the Club of each loss.
1.4 Boats of 2 metres are kept apart.
2. Oars
2.1 The Club may count the oars.

Signed by the Keeper
"""


def a_document(cast, text=TEXT, name="boats.txt") -> Document:
    return Document(
        contract=cast.contract, name=name, size=len(text), sha256=f"{abs(hash(text)):064d}",
        uploaded_by=cast.priya, uploaded_at=NOON,
    )  # fmt: skip


def make(cast, text=TEXT):
    given = {"document": a_document(cast, text), "reading": read(text), "title": "Boats"}
    return own_schedules.make_schedule(cast.contract, cast.as_("priya"), NOON, **given)


@pytest.fixture
def cast():
    return make_contract(RIVERSIDE)


@pytest.fixture
def boats(cast):
    return make(cast)


def seen(schedule) -> Seen:
    return Seen.of(reading_of(schedule))


def correct(cast, schedule, kind, path, asks, *, who="priya", when=None, reason="", at=NOON):
    return corrections.correct(
        schedule, cast.as_(who), at, kind=CorrectionKind(kind), path=path, asks=asks,
        seen=when or seen(schedule), reason=reason,
    )  # fmt: skip


def split(cast, schedule, **given):
    return correct(
        cast, schedule, "split", "main/1.1", ask.split("1.2 The Keeper", "1.2", under=True), **given
    )


def shown(cast, schedule):
    return {
        one.paragraph.path: one.text
        for one in selectors.text_as_at(cast.contract, cast.contract.start_date, schedule)
        if one.used
    }


def rows(schedule):
    return {row.path: row.pk for row in Paragraph.objects.filter(schedule=schedule).order_by("order")}


def test_a_split_makes_a_row_and_all_others_keep_theirs(cast, boats):
    before = rows(boats)
    split(cast, boats, reason="The number was in the middle of a line.")
    after = rows(boats)
    assert list(after) == [
        "main/1", "main/1.1", "main/1.2", "main/1.2(a)", "main/1.2(b)", "main/1.4", "main/2", "main/2.1",
    ]  # fmt: skip
    assert after["main/1.1"] == before["main/1.1"] and after["main/1.2(a)"] == before["main/1.1(a)"]
    says = shown(cast, boats)
    assert says["main/1.1"] == "The Keeper shall wash each boat within 5 days."
    assert says["main/1.2"] == "The Keeper shall:"
    assert words_unlike_the_ledger(cast.contract) == []


def test_it_is_on_the_record_with_who_when_and_why(cast, boats):
    made = split(cast, boats, reason="Broken line")
    assert (made.number, made.path, made.made_by, made.made_at) == (1, "main/1.1", cast.priya, NOON)
    entry = LedgerEntry.objects.get(verb="reading_corrected")
    assert entry.actor == cast.priya and entry.payload["reason"] == "Broken line"
    assert entry.payload["renumbered"] == {
        "main/1.1(a)": "main/1.2(a)", "main/1.1(b)": "main/1.2(b)",
    }  # fmt: skip
    assert entry.payload["added"] == ["main/1.2"] and entry.payload["gone"] == []
    says = SENTENCES["reading_corrected"](cast.contract, entry.payload)
    assert says == (
        "Correction 1 of the reading of “Boats” split paragraph 1.1; what follows is 1.2: Broken line"
    )
    corrections.undo(made, cast.as_("priya"), NOON)
    undone = LedgerEntry.objects.filter(verb="reading_corrected").last()
    assert SENTENCES["reading_corrected"](cast.contract, undone.payload) == (
        "Took back correction 1 of the reading of “Boats”"
    )
    assert all(CORRECTED[str(kind)] for kind in CorrectionKind)


def test_corrections_and_readings_are_never_changed(cast, boats):
    split(cast, boats)
    for rows_of in (ReadingCorrection.objects.all(), DocumentReading.objects.all()):
        with pytest.raises(InternalError), transaction.atomic():
            rows_of.delete()
    with pytest.raises(InternalError), transaction.atomic():
        ReadingCorrection.objects.update(reason="Another")


def test_the_database_keeps_one_correction_of_a_number_and_known_kinds(cast, boats):
    made = split(cast, boats)
    for given, name in (
        ({}, "correction_number_used_once"),
        ({"number": 2, "kind": "shred"}, "correction_of_a_known_kind"),
        ({"number": 2, "kind": "undo"}, "correction_takes_back_one_or_none"),
        ({"number": 0}, "corrections_count_from_one"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row = ReadingCorrection.objects.get(pk=made.pk)
            row.pk = None
            for field, value in given.items():
                setattr(row, field, value)
            row.save(force_insert=True)


def test_joining_takes_the_row_away_and_undoing_brings_its_words_back(cast, boats):
    joined = correct(cast, boats, "join", "main/2.1", ask.join(printed=True))
    assert shown(cast, boats)["main/2"] == "2.1 The Club may count the oars." and "main/2.1" not in rows(
        boats
    )
    corrections.undo(joined, cast.as_("priya"), NOON, reason="It was right")
    assert shown(cast, boats)["main/2.1"] == "The Club may count the oars."
    assert shown(cast, boats)["main/2"] == "" and list(rows(boats))[-1] == "main/2.1"
    told = LedgerEntry.objects.filter(verb="reading_corrected").last()
    assert (told.payload["kind"], told.payload["undoes"], told.payload["undone_kind"]) == ("undo", 1, "join")


def test_moving_renumbering_and_another_part_keep_rows_and_words(cast, boats):
    before = rows(boats)
    correct(cast, boats, "move", "main/1.4", ask.move("2", number="2.2"))
    correct(cast, boats, "renumber", "main/2", ask.renumber("3"))
    correct(cast, boats, "rescope", "main/3", ask.rescope("Annex 1", rest=False))
    after = rows(boats)
    assert list(after) == [
        "main/1", "main/1.1", "main/1.1(a)", "main/1.1(b)", "Annex 1/3", "Annex 1/3.2", "Annex 1/3.1",
    ]  # fmt: skip
    assert [after["Annex 1/3"], after["Annex 1/3.2"]] == [before["main/2"], before["main/1.4"]]
    assert shown(cast, boats)["Annex 1/3.2"] == "Boats of 2 metres are kept apart."
    assert words_unlike_the_ledger(cast.contract) == []


def test_where_a_heading_ends(cast, boats):
    correct(cast, boats, "heading", "main/1.4", ask.heading("Boats of  2 metres"))
    row = Paragraph.objects.get(schedule=boats, path="main/1.4")
    assert row.heading == "Boats of 2 metres" and shown(cast, boats)["main/1.4"] == "are kept apart."


def test_what_is_no_paragraph_and_what_is_one(cast, boats):
    correct(cast, boats, "drop", "main/1.4", ask.drop(under=False))
    assert "main/1.4" not in rows(boats)
    there = reading_of(boats)
    said = {one.key: one.other.text for one in there.corrected.strays}
    assert said == {
        "o0": "Boats of the Club",
        "p4": "1.4 Boats of 2 metres are kept apart.",
        "o1": "Signed by the Keeper",
    }
    what = ask.added(there, "p4", "1.3", "main", "1.1")
    corrections.add_paragraph(boats, cast.as_("priya"), NOON, key="p4", what=what, seen=Seen.of(there))
    assert shown(cast, boats)["main/1.3"] == "1.4 Boats of 2 metres are kept apart."
    with pytest.raises(NotThere):
        corrections.add_paragraph(boats, cast.as_("priya"), NOON, key="o9", what=what, seen=seen(boats))


@pytest.mark.parametrize(
    ("kind", "path", "asks", "field"),
    [
        ("renumber", "main/2.1", ask.renumber("1.4"), "number"),
        ("renumber", "main/2.1", ask.renumber(""), "number"),
        ("rescope", "main/2", ask.rescope("Annex/1", rest=True), "scope"),
        ("split", "main/1.1", ask.split("The Diver", "1.2", under=True), "begins"),
        ("split", "main/1.1", ask.split("The Keeper shall", "1.2", under=True), "begins"),
        ("split", "main/1.1", ask.split("  ", "1.2", under=True), "begins"),
        ("split", "main/1.1", ask.split("1.2 The", "1.4", under=True), "number"),
        ("move", "main/1.4", ask.move("9"), "after"),
        ("move", "main/1", ask.move("1.1"), "after"),
        ("heading", "main/1.4", ask.heading("metres are"), "heading"),
        ("join", "main/1.1", ask.join(printed=True), "path"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_field_and_changes_nothing(cast, boats, kind, path, asks, field):
    before, told = rows(boats), LedgerEntry.objects.count()
    with pytest.raises(Refused) as refused:
        correct(cast, boats, kind, path, asks)
    assert refused.value.field == field and refused.value.message.endswith(".")
    assert rows(boats) == before and not ReadingCorrection.objects.exists()
    assert LedgerEntry.objects.count() == told


def test_a_paragraph_that_is_not_there_is_not_there(cast, boats):
    with pytest.raises(NotThere):
        correct(cast, boats, "drop", "main/9", ask.drop(under=False))


def test_two_people_at_once_on_one_paragraph_the_second_is_told_who_was_faster(cast, boats):
    opened = seen(boats)
    split(cast, boats, when=opened)
    with pytest.raises(Refused, match=r"Priya .* corrected this at 12:00 on 17 March 2026, after you opened"):
        correct(cast, boats, "heading", "main/1.1", ask.heading("The Keeper"), who="mina", when=opened)
    correct(cast, boats, "renumber", "main/1.4", ask.renumber("1.3"), who="mina", when=opened)
    assert [row.made_by.name for row in ReadingCorrection.objects.all()] == [cast.priya.name, cast.mina.name]


def test_a_correction_that_others_rest_on_is_taken_back_after_them(cast, boats):
    first = split(cast, boats)
    second = correct(cast, boats, "renumber", "main/1.2", ask.renumber("1.3"))
    with pytest.raises(Refused, match="Take back correction 2 first"):
        corrections.undo(first, cast.as_("priya"), NOON)
    corrections.undo(second, cast.as_("priya"), NOON)
    corrections.undo(first, cast.as_("priya"), NOON)
    assert list(rows(boats)) == [one.path for one in read(TEXT).paragraphs]
    with pytest.raises(Refused, match="taken back already"):
        corrections.undo(first, cast.as_("priya"), NOON)
    assert words_unlike_the_ledger(cast.contract) == []


def test_proposals_are_those_of_the_corrected_paragraphs(cast, boats):
    split(cast, boats)
    row = Paragraph.objects.get(schedule=boats, path="main/1.1")
    said = [one.content for one in Proposal.objects.filter(paragraph=row)]
    assert said and all(one["path"] == "main/1.1" for one in said)
    assert Proposal.objects.filter(paragraph__path="main/1.2").exists()


def test_a_long_schedule_has_its_proposals_made_by_a_worker(cast, boats, monkeypatch):
    monkeypatch.setattr(proposing, "QUICK", 3)
    split(cast, boats)
    touched = Paragraph.objects.get(schedule=boats, path="main/1.2")
    assert not Proposal.objects.filter(paragraph=touched).exists() and Proposal.objects.exists()
    correct(cast, boats, "renumber", "main/1.4", ask.renumber("1.3"))
    long_work.run_waiting(NOON)
    long_work.run_waiting(NOON)
    assert Proposal.objects.filter(paragraph=touched).exists()
    assert {work.message[:20] for work in LongWork.objects.filter(kind="propose_again")} == {
        "A later correction h", f"{Proposal.objects.count()} proposals were mad"[:20],
    }  # fmt: skip


def test_a_reading_from_before_readings_were_kept_is_put_together_from_its_rows(cast, monkeypatch):
    monkeypatch.setattr(own_schedules, "keep_reading", lambda *_: None)
    boats = make(cast)
    assert [p.path for p in reading_of(boats).read.paragraphs] == [p.path for p in read(TEXT).paragraphs]
    split(cast, boats)
    assert DocumentReading.objects.get(document__schedule=boats).reading["paragraphs"]
    assert "main/1.2" in rows(boats) and len(reading_of(boats).counting) == 1


def test_rows_are_placed_anew_only_where_there_is_no_room():
    assert orders_in([100, None, 200]) == [100, 150, 200]
    assert orders_in([300, 100, 200]) == [50, 100, 200]
    assert orders_in([100, 300, 200, 400]) in ([100, 150, 200, 400], [100, 300, 350, 400])
    assert orders_in([1, None, 2, None]) == [100, 200, 300, 400]
    assert orders_in([None, None]) == [100, 200] and orders_in([]) == []


def test_one_correction_takes_as_many_queries_in_a_schedule_of_3000(cast, monkeypatch):
    monkeypatch.setattr("contracts.services.proposals.renew", lambda *_: 0)

    def numbered(tops, below, title):
        text = "".join(
            f"{top}. Boats\n" + "".join(f"{top}.{n} Boat {top} {n} is kept.\n" for n in range(1, below + 1))
            for top in range(1, tops + 1)
        )
        given = {"document": a_document(cast, text, title), "reading": read(text), "title": title}
        return own_schedules.make_schedule(cast.contract, cast.as_("priya"), NOON, **given)

    def queries(schedule):
        with CaptureQueriesContext(connection) as some:
            split_there = ask.split("is kept", "1.99", under=True)
            correct(cast, schedule, "split", "main/1.3", split_there)
            correct(cast, schedule, "renumber", "main/1.1", ask.renumber("1.77"))
        return len(some)

    few, many = numbered(1, 5, "Few"), numbered(60, 50, "Many")
    assert Paragraph.objects.filter(schedule=many).count() == 3060
    assert queries(many) <= queries(few) + 2 * LONG_WORK


LONG_WORK = 6
"""Queries that ask for the proposals of a long schedule to be made by a worker."""
