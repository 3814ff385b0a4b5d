"""The pages on which people look at how a document was read, and correct it."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.test import TestCase
from django.urls import reverse

from contracts.models import Document, Paragraph, ReadingCorrection, Upload
from contracts.reader import read
from contracts.reader.corrections import CorrectionKind
from contracts.services import correction_asks, own_schedules
from contracts.services.corrections import Seen, correct
from contracts.services.editions import Taken, take_edition
from contracts.services.errors import Refused
from contracts.services.judging import outcome_for
from contracts.services.schedule_readings import reading_of
from tests.cast import NOON, RIVERSIDE, Cast, make_contract
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db

TEXT = """Boats of the Club

1. Keeping the boats
1.1 The Keeper shall wash each boat within 5 days. 1.2 The Keeper shall:
(a) lock the shed; and
(b) tell the Club of each loss.
1.4 Boats of 2 metres are kept apart.
2. Oars
2.1 The Club may count the oars.
"""


@pytest.fixture
def cast(db, uploads) -> Cast:
    return make_contract(RIVERSIDE)


def make(cast, text=TEXT, title="Boats", name="boats.txt"):
    document = Document(
        contract=cast.contract, name=name, size=len(text), sha256=f"{abs(hash(text)):064d}",
        uploaded_by=cast.priya, uploaded_at=NOON,
    )  # fmt: skip
    return own_schedules.make_schedule(
        cast.contract, cast.as_("priya"), NOON, document=document, reading=read(text), title=title
    )


@pytest.fixture
def boats(cast):
    return make(cast)


def address(cast, schedule, *rest, name="reading"):
    return reverse(name, args=[cast.contract.pk, schedule.pk, *rest])


def key(schedule, path):
    return reading_of(schedule).corrected.by_path[path].key


def to_correct(cast, schedule, path, act):
    return address(cast, schedule, key(schedule, path), act, name="correct_reading")


def test_the_page_shows_paragraphs_other_text_and_the_warnings_where_they_arose(cast, boats, browse):
    page = words(browse(cast.priya).get(address(cast, boats)))
    assert "7 paragraphs, 1 piece of other text. Nobody has corrected it." in page
    assert "Other text Make it a paragraph : Boats of the Club Boats of the Club" in page
    assert (
        "Paragraph 1.4 Correct 1.4 Boats of 2 metres are kept apart. Warning: 1.2 is missing before 1.4"
        in page
    )
    only = words(browse(cast.priya).get(address(cast, boats) + "?only=warned"))
    assert "Showing the 1 with warnings" in only and "lock the shed" not in only


def test_who_may_not_upload_reads_it_and_corrects_nothing(cast, boats, browse):
    client = browse(cast.olu)
    page = words(client.get(address(cast, boats)))
    assert "Boats of 2 metres" in page and "Correct 1.4" not in page
    for act in ("split", "drop"):
        assert client.get(to_correct(cast, boats, "main/1.1", act)).status_code == 403
        assert client.post(to_correct(cast, boats, "main/1.1", act)).status_code == 403
    assert not ReadingCorrection.objects.exists()


def test_of_another_contract_nothing_is_there(cast, boats, browse):
    assert browse(cast.zed).get(address(cast, boats)).status_code == 404
    other = make_contract(RIVERSIDE, reference="WF-2026-099")
    there = make(other, title="Others")
    mine = reverse("correct_reading", args=[cast.contract.pk, there.pk, "p1", "drop"])
    assert browse(cast.priya).post(mine, {}).status_code == 404
    assert (
        browse(cast.priya).get(reverse("reading", args=[cast.contract.pk, cast.schedule.pk])).status_code
        == 404
    )


def test_from_the_list_to_the_paragraph_to_the_split_and_back(cast, boats, browse):
    client = browse(cast.priya)
    listed = client.get(address(cast, boats)).content.decode()
    piece = address(cast, boats, key(boats, "main/1.1"), name="reading_piece")
    assert f'href="{piece}"' in listed
    one = client.get(piece)
    assert "1, before it" in words(one) and "1.1(a), after it" in words(one)
    split = to_correct(cast, boats, "main/1.1", "split")
    assert f'href="{split}"' in one.content.decode()
    done = client.post(
        split,
        {"begins": "1.2 The Keeper", "number": "1.2", "under": "second", "reason": "Two numbers in a line"},
        follow=True,
    )
    assert "Correction 1 is made." in words(done) and "Paragraph 1.2(a)" in words(done)
    assert Paragraph.objects.filter(schedule=boats, path="main/1.2").exists()
    told = words(client.get(address(cast, boats, name="corrections")))
    assert "1. Split: 1.2 1.1 “The Keeper shall wash" in told
    assert "Two numbers in a line Counts Take it back , correction 1" in told
    on_record = words(client.get(reverse("ledger", args=[cast.contract.pk])))
    assert "Correction 1 of the reading of “Boats” split paragraph 1.1; what follows is 1.2" in on_record


def test_what_does_not_fit_stands_at_its_field_with_what_was_typed(cast, boats, browse):
    page = browse(cast.priya).post(
        to_correct(cast, boats, "main/1.1", "split"),
        {"begins": "The Diver", "number": "1.2", "under": "second", "reason": "Mine"},
    )
    assert errors(page) == {"These words are not in the paragraph: copy them from its text.": "id_begins"}
    assert 'value="The Diver"' in page.content.decode() and "Mine</textarea>" in page.content.decode()
    taken = browse(cast.priya).post(to_correct(cast, boats, "main/2.1", "renumber"), {"number": "1.4"})
    assert list(errors(taken).values()) == ["id_number"]
    assert not ReadingCorrection.objects.exists()


@pytest.mark.parametrize(
    ("path", "act", "data", "gone", "there"),
    [
        ("main/1.4", "renumber", {"number": "1.3"}, "main/1.4", "main/1.3"),
        ("main/2", "rescope", {"scope": "Annex 1", "reach": "rest"}, "main/2.1", "Annex 1/2.1"),
        ("main/2.1", "join", {"printed": "on"}, "main/2.1", "main/2"),
        ("main/1.4", "move", {"after": "2", "number": "2.2"}, "main/1.4", "main/2.2"),
        ("main/1.1", "drop", {"under": "on"}, "main/1.1(b)", "main/1.4"),
    ],
)
def test_each_other_act_has_its_form(cast, boats, browse, path, act, data, gone, there):
    client = browse(cast.priya)
    assert client.get(to_correct(cast, boats, path, act)).status_code == 200
    assert "is made" in words(client.post(to_correct(cast, boats, path, act), data, follow=True))
    paths = set(Paragraph.objects.filter(schedule=boats).values_list("path", flat=True))
    assert gone not in paths and there in paths


def test_a_heading_and_other_text_have_theirs(cast, boats, browse):
    client = browse(cast.priya)
    client.post(to_correct(cast, boats, "main/1.4", "heading"), {"heading": "Boats of 2 metres"})
    assert Paragraph.objects.get(schedule=boats, path="main/1.4").heading == "Boats of 2 metres"
    stray = address(cast, boats, "o0", name="reading_piece")
    form = client.get(stray, follow=True)
    assert "Make it a paragraph" in words(form) and "Boats of the Club" in words(form)
    done = client.post(form.redirect_chain[-1][0], {"number": "0", "scope": "main", "after": ""}, follow=True)
    assert "Correction 2 is made." in words(done)
    assert Paragraph.objects.filter(schedule=boats).order_by("order").first().path == "main/0"


def test_who_opened_it_before_another_corrected_it_is_told_and_may_go_on(cast, boats, browse):
    form = to_correct(cast, boats, "main/1.1", "heading")
    seen = reading_of(boats)
    opened = f"{seen.document.pk}-{seen.last}"
    split = {"begins": "1.2 The Keeper", "number": "1.2", "under": "second"}
    browse(cast.priya).post(to_correct(cast, boats, "main/1.1", "split"), split)
    late = browse(cast.mina).post(form, {"heading": "The Keeper", "seen": opened})
    assert "Priya Nair corrected this at 12:00 on 17 March 2026" in words(late)
    assert f'name="seen" value="{seen.document.pk}-1"' in late.content.decode()
    again = browse(cast.mina).post(
        form, {"heading": "The Keeper", "seen": f"{seen.document.pk}-1"}, follow=True
    )
    assert "Correction 2 is made." in words(again)


def test_the_button_pressed_twice_corrects_once(cast, boats, browse):
    data = {"number": "1.3", "token": "t" * 20}
    form = to_correct(cast, boats, "main/1.4", "renumber")
    browse(cast.priya).post(form, data)
    second = browse(cast.priya).post(form, data, follow=True)
    assert "so it was done once" in words(second) and ReadingCorrection.objects.count() == 1


def test_taking_back_asks_for_a_reason_and_says_what_rests_on_it(cast, boats, browse):
    client = browse(cast.priya)
    client.post(
        to_correct(cast, boats, "main/1.1", "split"),
        {"begins": "1.2 The Keeper", "number": "1.2", "under": "second"},
    )
    client.post(to_correct(cast, boats, "main/1.2", "renumber"), {"number": "1.3"})
    first, second = ReadingCorrection.objects.order_by("number")
    held = client.post(address(cast, boats, first.pk, name="undo_correction"), {})
    assert "Take back correction 2 first" in words(held)
    for one in (second, first):
        page = client.get(address(cast, boats, one.pk, name="undo_correction"))
        assert f"Take back correction {one.number}" in words(page)
        client.post(address(cast, boats, one.pk, name="undo_correction"), {"reason": "It was right"})
    assert [p.path for p in read(TEXT).paragraphs] == list(
        Paragraph.objects.filter(schedule=boats).order_by("order").values_list("path", flat=True)
    )
    told = words(client.get(address(cast, boats, name="corrections")))
    assert "Correction 1 taken back" in told and "It was right" in told


LATER = """Boats of the Club

1. Rules
1.1 Nobody swims in the harbour at night.
2. Keeping the boats
2.1 The Keeper shall wash each boat within 5 days. 1.2 The Keeper shall:
(a) lock the shed; and
(b) tell the Club of each loss.
2.4 Boats of 3 metres are kept together.
3. Oars
3.1 The Club may count the oars.
"""


def test_the_next_edition_has_the_corrections_whose_words_it_has_and_tells_the_others(cast, boats, browse):
    client = browse(cast.priya)
    client.post(
        to_correct(cast, boats, "main/1.1", "split"),
        {"begins": "1.2 The Keeper", "number": "1.2", "under": "second"},
    )
    client.post(to_correct(cast, boats, "main/1.4", "renumber"), {"number": "1.3"})
    there = Paragraph.objects.get(schedule=boats, path="main/1.2").pk
    upload = send(cast, LATER)
    page = client.get(reverse("upload_outcome", args=[cast.contract.pk, upload.pk]))
    assert "1 correction of the earlier edition is done again to this one" in words(page)
    assert "1 correction finds no place in this one: “Boats of 2 metres are kept apart.”" in words(page)
    with TestCase.captureOnCommitCallbacks(execute=True):
        taken = client.post(
            reverse("upload_outcome", args=[cast.contract.pk, upload.pk]), {"since": "beginning"}, follow=True
        )
    assert taken.status_code == 200 and not errors(taken)
    assert Paragraph.objects.get(schedule=boats, path="main/2.2").pk == there
    listed = words(client.get(address(cast, boats)))
    assert "Corrections that this edition has no place for" in listed and "1 correction of it" in listed
    lost = ReadingCorrection.objects.get(number=2)
    client.post(address(cast, boats, lost.pk, name="undo_correction"), {"reason": "The words are others"})
    assert "no place for" not in words(client.get(address(cast, boats)))
    again = ReadingCorrection.objects.get(carried_from__number=1)
    assert (again.path, again.made_by) == ("main/2.1", cast.priya)
    client.post(address(cast, boats, again.pk, name="undo_correction"), {})
    assert not Paragraph.objects.filter(schedule=boats, path="main/2.2").exists()


def test_an_edition_that_was_opened_before_a_correction_is_looked_at_again(cast, boats):
    upload = send(cast, LATER)
    edition = outcome_for(boats, read(LATER)).edition
    correct(
        boats, cast.as_("priya"), NOON, kind=CorrectionKind.RENUMBER, path="main/1.4",
        asks=correction_asks.renumber("1.3"), seen=Seen.of(reading_of(boats)),
    )  # fmt: skip
    document = Document(
        contract=cast.contract, name="later.txt", size=1, sha256="4" * 64, uploaded_by=cast.priya,
        uploaded_at=NOON,
    )  # fmt: skip
    with pytest.raises(Refused, match="Somebody corrected how the schedule is read"):
        take_edition(document, read(LATER), boats, edition, Taken(), cast.as_("priya"), NOON)
    assert upload.document is None


def send(cast, text) -> Upload:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from contracts.reader.stored import stored

    return Upload.objects.create(
        contract=cast.contract, file=SimpleUploadedFile("later.txt", text.encode()), name="later.txt",
        size=len(text), sha256=sha256(text.encode()).hexdigest(), reading=stored(read(text)),
        uploaded_by=cast.priya, side="supplier", uploaded_at=NOON,
    )  # fmt: skip


def test_3000_paragraphs_cost_what_few_cost(cast, boats, browse, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr("contracts.services.proposals.renew", lambda *_: 0)
    text = "".join(
        f"{top}. Boats\n" + "".join(f"{top}.{n} Boat {n} is kept.\n" for n in range(1, 51))
        for top in range(1, 61)
    )
    many, client = make(cast, text, "Many", "many.txt"), browse(cast.priya)
    for name, rest in (("reading", ()), ("corrections", ()), ("reading_piece", ("p3",))):
        client.get(address(cast, boats, *rest, name=name))
        with django_assert_max_num_queries(14):
            page = client.get(address(cast, many, *rest, name=name))
    assert page.status_code == 200
    assert page.content.count(b"<li") < 400
