"""What was decided, and what is in force, when the document is corrected or a later edition is taken."""

from datetime import timedelta

import pytest
from django.db import InternalError, transaction

from contracts.models import Document, LedgerEntry, Paragraph, Schedule
from contracts.reader import read
from contracts.reader.corrections import CorrectionKind
from contracts.services import correction_asks as ask
from contracts.services import corrections, own_schedules
from contracts.services.corrections import Seen
from contracts.services.errors import Refused
from contracts.services.schedule_readings import reading_of
from obligations.models import Duty, Renumbering
from obligations.rules.register.renumbered import renumbered, together
from obligations.services.asking.books import book_of
from obligations.services.coverage.paragraphs import covered
from obligations.services.entries.in_force import put_in_force
from obligations.services.entries.kinds import add_kind
from obligations.services.entries.standing import standing_of
from obligations.services.reconciling.reconcile import reconcile
from tests.cast import NOON, happened
from tests.support.own_book import (
    FAULT,
    KINDS,
    PLAN,
    STARTS,
    TEST,
    decided,
    own_contract,
    own_duty,
    paragraph,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)

TEXT = """1. Cranes
1.1 The Provider shall deliver the Harbour Log plan within 10 Working Days of the Start Date.
1.2 The Provider tells the Council within 3 Working Days of a crane fault. 1.3 The Provider tests the crane.
1.4 The Provider shall be courteous.
2. Berths
2.1 The Provider opens berths.
"""


@pytest.fixture
def cast():
    cast = own_contract(start_date=STARTS, agreement_date=STARTS)
    document = Document(
        contract=cast.contract, name="harbour.txt", size=len(TEXT), sha256="a" * 64, uploaded_by=cast.priya,
        uploaded_at=NOON,
    )  # fmt: skip
    own_schedules.make_schedule(
        cast.contract, cast.as_("priya"), NOON, document=document, reading=read(TEXT), title="Harbour"
    )
    for label, fields in KINDS.items():
        add_kind(cast.contract, cast.as_("priya"), NOON, label=label, **fields)
    return cast


def own(cast) -> Schedule:
    return cast.contract.schedules.get(own=True)


def correct(cast, kind, path, asks):
    schedule = own(cast)
    return corrections.correct(
        schedule, cast.as_("priya"), LATER, kind=CorrectionKind(kind), path=path, asks=asks,
        seen=Seen.of(reading_of(schedule)),
    )  # fmt: skip


def put(cast, **how):
    return put_in_force(cast.contract, own(cast), cast.as_("priya"), LATER, **how)[1]


def in_force(cast) -> list[str]:
    """The paths of which the coverage page says that they are in force."""
    rows = covered(cast.access("priya"), own(cast), NOON.date())
    return sorted(one.paragraph.path for one in rows if one.in_force)


def refused(cast, kind, path, asks) -> str:
    with pytest.raises(Refused) as raised:
        correct(cast, kind, path, asks)
    assert not LedgerEntry.objects.filter(verb="reading_corrected").exists()
    return raised.value.message


RENUMBER = ("renumber", "main/1.2", ask.renumber("1.9"))


def test_a_decision_goes_with_its_paragraph_to_its_new_number_and_can_be_put_in_force(cast):
    made = decided(cast, "main/1.2", FAULT)
    correct(cast, *RENUMBER)
    standing = standing_of(cast.contract, own(cast))
    counted = standing.counted(paragraph(cast, "main/1.9"))
    assert counted.pk == made.pk and counted.entries[0]["path"] == "main/1.9"
    assert counted.entries[0]["key"] == made.entries[0]["key"] == "1.2"
    put(cast)
    assert book_of(cast.contract, own(cast).outline_key).book.by_key["1.2"].path == "main/1.9"
    happened(cast, "own_crane_fault", NOON)
    assert own_duty(cast, "main/1.9").title == FAULT["title"]


def test_what_is_in_force_goes_along_and_no_duty_moves(cast):
    decided(cast, "main/1.1", PLAN)
    decided(cast, "main/1.2", FAULT)
    put(cast)
    happened(cast, "own_crane_fault", NOON)
    before = list(Duty.objects.order_by("pk").values("pk", "due_at", "phase", "title", "obligation"))
    correct(cast, *RENUMBER)
    correct(cast, "rescope", "main/1.1", ask.rescope("Annex 1", rest=False))
    changes = reconcile(cast.contract, LATER, cast.as_("priya"), because="Asked again")
    assert not (changes.raised or changes.redated or changes.ended or changes.withdrawn)
    assert list(Duty.objects.order_by("pk").values("pk", "due_at", "phase", "title", "obligation")) == before
    book = book_of(cast.contract, own(cast).outline_key).book
    assert {rule.path for rule in book.duties} == {"Annex 1/1.1", "main/1.9"}
    assert in_force(cast) == ["Annex 1/1.1", "main/1.9"]
    assert own_duty(cast, "Annex 1/1.1").title == PLAN["title"]


def test_after_that_the_next_version_is_decided_as_ever(cast):
    decided(cast, "main/1.2", FAULT)
    put(cast)
    correct(cast, *RENUMBER)
    correct(cast, "split", "main/1.9", ask.split("1.3 The Provider", "1.2", under=True))
    decided(cast, "main/1.2", TEST)
    changes = put(cast, reason="Another duty")
    assert [duty.title for duty in changes.raised] == [TEST["title"]]
    rules = {rule.key: rule.path for rule in book_of(cast.contract, own(cast).outline_key).book.duties}
    assert rules == {"1.2": "main/1.9", "1.2-2": "main/1.2"}
    correct(cast, "renumber", "main/1.9", ask.renumber("1.5"))
    assert in_force(cast) == ["main/1.2", "main/1.5"]


def test_paragraphs_that_a_rule_leans_on_are_found_at_their_new_numbers(cast):
    decided(cast, "main/1.2", FAULT | {"exceptions": ["main/1.4"]})
    put(cast)
    correct(cast, "renumber", "main/1.4", ask.renumber("1.7"))
    rule = book_of(cast.contract, own(cast).outline_key).book.by_key["1.2"]
    assert rule.exceptions == ("main/1.7",)
    assert standing_of(cast.contract, own(cast)).rules[0]["exceptions"] == ["main/1.7"]


@pytest.mark.parametrize(
    ("kind", "asks"), [("join", ask.join(printed=True)), ("drop", ask.drop(under=False))]
)
def test_a_decided_paragraph_does_not_go_before_it_is_decided_otherwise(cast, kind, asks):
    decided(cast, "main/1.2", FAULT)
    says = refused(cast, kind, "main/1.2", asks)
    assert says.startswith(
        "Priya Nair decided on 17 March 2026 what paragraph 1.2 asks. Decide first that it"
    )
    decided(cast, "main/1.2", outcome="none", why="It is no paragraph")
    correct(cast, kind, "main/1.2", asks)
    left = Paragraph.objects.get(schedule=own(cast), path="main/1.2")
    assert not left.versions.get().used and left.entry_decisions.count() == 2


def test_what_is_in_force_goes_before_its_paragraph_does(cast):
    decided(cast, "main/1.2", FAULT)
    put(cast)
    decided(cast, "main/1.2", outcome="none", why="It is no paragraph")
    assert "What is in force rests on paragraph 1.2." in refused(
        cast, "drop", "main/1.2", ask.drop(under=False)
    )
    put(cast, reason="No duty")
    dropped = correct(cast, "drop", "main/1.2", ask.drop(under=False))
    corrections.undo(dropped, cast.as_("priya"), LATER)
    assert Paragraph.objects.get(schedule=own(cast), path="main/1.2").obligations.exists()


def test_what_another_entry_names_does_not_go(cast):
    decided(cast, "main/1.2", FAULT | {"exceptions": ["main/1.4"]})
    says = refused(cast, "drop", "main/1.4", ask.drop(under=False))
    assert says.startswith("What was decided about paragraph 1.2 names paragraph 1.4.")


def test_the_words_that_a_decision_rests_on_stay_with_it(cast):
    text = paragraph(cast, "main/1.2").versions.get().text

    def on(words):
        start = text.index(words)
        where = {"path": "main/1.2", "start": start, "end": start + len(words), "text": words}
        return {"0": {"on": [where]}}

    decided(cast, "main/1.2", TEST, rests_on=on("tests the crane"))
    split = ("split", "main/1.2", ask.split("1.3 The Provider", "1.3", under=True))
    says = refused(cast, *split)
    assert "rests on the words “tests the crane”" in says and "Decide first that 1.2 asks for nothing" in says
    decided(cast, "main/1.2", FAULT, rests_on=on("a crane fault"))
    correct(cast, *split)
    assert paragraph(cast, "main/1.3").versions.get().text == "The Provider tests the crane."


def test_renumberings_are_never_changed_and_none_is_kept_where_nothing_was_decided(cast):
    correct(cast, *RENUMBER)
    assert not Renumbering.objects.exists()
    decided(cast, "main/1.9", FAULT)
    correct(cast, "renumber", "main/1.9", ask.renumber("1.2"))
    with pytest.raises(InternalError), transaction.atomic():
        Renumbering.objects.all().delete()


def test_numbers_that_are_exchanged_and_moved_on():
    assert together([{"a": "b", "b": "a"}, {"a": "c"}]) == {"a": "b", "b": "c"}
    assert together([{"a": "b"}, {"b": "a"}]) == {}
    form = {"path": "a", "exceptions": ["a", "x"], "deemed": {"path": "b"}, "title": "a", "on": ["a"]}
    assert renumbered(form, {"a": "b", "b": "c"}) == {
        "path": "b", "exceptions": ["b", "x"], "deemed": {"path": "c"}, "title": "a", "on": ["a"],
    }  # fmt: skip
