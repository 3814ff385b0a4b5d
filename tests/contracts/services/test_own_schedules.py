"""A document as a schedule of its contract: paragraphs and words from the reading, one key, one entry."""

import pytest
from django.db import IntegrityError, transaction

from contracts import selectors
from contracts.models import Document, LedgerEntry, Paragraph, Schedule
from contracts.reader import read
from contracts.services import own_schedules
from contracts.services.errors import Refused
from contracts.web.ledger.presenters import SENTENCES
from tests.cast import NOON, RIVERSIDE, make_contract

pytestmark = pytest.mark.django_db

TEXT = """Schedule 5 (Boats)

1. Keeping the boats
1.1 The Boatman shall wash each boat within 5 Working Days of its return.
1.2 The Boatman shall:
(a) lock the shed; and
(b) tell the Club of each loss.
2. Oars
2.1 The Club may count the oars at any time.
"""


def a_document(cast, text=TEXT, name="Schedule 5.txt") -> Document:
    return Document(
        contract=cast.contract, name=name, size=len(text), sha256=f"{abs(hash(text)):064d}",
        uploaded_by=cast.priya, uploaded_at=NOON,
    )  # fmt: skip


def make(cast, text=TEXT, **given) -> Schedule:
    asked = {"document": a_document(cast, text), "reading": read(text), "title": "Schedule 5 (Boats)"} | given
    return own_schedules.make_schedule(cast.contract, cast.as_("priya"), NOON, **asked)


def test_its_paragraphs_and_words_are_those_of_the_document():
    cast = make_contract(RIVERSIDE)
    schedule = make(cast)
    assert schedule.own and schedule.outline_key == f"schedule_5_boats_c{cast.contract.pk}"
    shown = selectors.text_as_at(cast.contract, cast.contract.start_date, schedule)
    read_there = read(TEXT).paragraphs
    assert [(w.paragraph.path, w.paragraph.printed, w.text) for w in shown] == [
        (one.path, one.printed, one.text) for one in read_there
    ]
    document = Document.objects.get(name="Schedule 5.txt")
    assert document.schedule == schedule and {w.version.document_id for w in shown} == {document.pk}
    assert "1.2(a)" in {w.paragraph.number for w in shown} and not any(w.paragraph.summary for w in shown)


def test_it_is_on_the_ledger_in_a_sentence():
    cast = make_contract(RIVERSIDE)
    make(cast)
    entry = LedgerEntry.objects.get(verb="schedule_made")
    assert entry.payload["paragraphs"] == 7 and entry.actor == cast.priya
    says = SENTENCES["schedule_made"](cast.contract, entry.payload)
    assert says == (
        "The document “Schedule 5.txt” was made a schedule of this contract, “Schedule 5 (Boats)”,"
        " with 7 paragraphs"
    )


def test_every_schedule_has_a_key_of_its_own():
    cast, other = make_contract(RIVERSIDE), make_contract(RIVERSIDE, reference="WF-2026-015")
    keys = [make(cast).outline_key, make(other).outline_key]
    titles = ("Schedule 5: boats", "Ωδή", "x" * 200)
    keys += [make(cast, TEXT + "x" * n, title=one).outline_key for n, one in enumerate(titles, 1)]
    assert len(set(keys)) == 5 and all(len(key) <= 60 for key in keys)
    assert "schedule_5_boats_2_" in keys[2] and keys[3].startswith("schedule_c")


def test_the_database_keeps_one_own_schedule_per_key():
    cast, other = make_contract(RIVERSIDE), make_contract(RIVERSIDE, reference="WF-2026-015")
    key = make(cast).outline_key
    with pytest.raises(IntegrityError, match="schedule_of_its_own_has_its_own_key"), transaction.atomic():
        Schedule.objects.create(contract=other.contract, outline_key=key, title="Theirs", own=True)


@pytest.mark.parametrize(
    ("title", "says"),
    [("  ", "Enter the title"), ("x" * 201, "Shorten"), ("schedule 5 (boats)", "enter another title")],
)
def test_a_title_that_cannot_be_is_refused_and_nothing_is_kept(title, says):
    cast = make_contract(RIVERSIDE)
    make(cast)
    before = Document.objects.count(), Paragraph.objects.count()
    with pytest.raises(Refused) as caught:
        make(cast, TEXT + "x", title=title)
    assert caught.value.field == "title" and says in caught.value.message
    assert (Document.objects.count(), Paragraph.objects.count()) == before


def test_too_many_paragraphs_are_refused(monkeypatch):
    cast = make_contract(RIVERSIDE)
    monkeypatch.setattr(own_schedules, "MOST_PARAGRAPHS", 6)
    with pytest.raises(Refused, match="7 paragraphs, more than 6"):
        make(cast)


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries):
    cast = make_contract(RIVERSIDE)
    long = TEXT + "".join(f"{n}. Row {n} of the boats\n" for n in range(3, 90))
    with django_assert_max_num_queries(20):
        make(cast, long)
