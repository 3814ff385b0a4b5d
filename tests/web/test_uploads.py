"""The pages of an upload: how far it is, what it is, and what a person decides."""

from __future__ import annotations

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse

from contracts.models import Document, LongWork, Paragraph, Upload
from contracts.services import long_work, rests
from tests.cast import NOON, RIVERSIDE, Cast, make_contract
from tests.contracts.services.test_uploads import BOATS, LATER
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
RIVER = (project.BASE_DIR / "contracts" / "outlines" / "riverside_schedule_7.txt").read_bytes()


@pytest.fixture
def cast(db, uploads) -> Cast:
    return make_contract(RIVERSIDE)


def send(cast, browse, content, name="boats.txt", listed="", **data):
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
    address = reverse("upload", args=[cast.contract.pk])
    return browse(cast.priya).post(
        address, {"schedule": "", "file": file, "name": listed} | data, follow=True
    )


def read(cast, browse, content, **data):
    """Sends a file, has it read, and gives the page that follows."""
    send(cast, browse, content, **data)
    with TestCase.captureOnCommitCallbacks(execute=True):
        long_work.run_waiting(NOON)
    return browse(cast.priya).get(LongWork.objects.first().leads_to, follow=True)


def decide(cast, browse, **data):
    address = reverse("upload_outcome", args=[cast.contract.pk, Upload.objects.get(document=None).pk])
    with TestCase.captureOnCommitCallbacks(execute=True):
        return browse(cast.priya).post(address, data, follow=True)


def test_it_leads_to_how_far_the_reading_is_and_a_second_click_doubles_nothing(cast, browse):
    for _ in range(2):
        page = words(send(cast, browse, BOATS))
        assert "Reading boats.txt" in page and "Stop it" in page
    assert Upload.objects.count() == LongWork.objects.count() == 1
    listed = words(browse(cast.priya).get(reverse("documents", args=[cast.contract.pk])))
    assert "On their way" in listed and "boats.txt" in listed
    assert "On their way" not in words(browse(cast.olu).get(reverse("documents", args=[cast.contract.pk])))


def test_a_refusal_stands_at_the_file_with_what_was_typed(cast, browse):
    page = read(cast, browse, "Dear Ada.", listed="Our letter", schedule=RIVERSIDE)
    [(said, target)] = errors(page).items()
    assert "no paragraphs found" in said and target == "id_file"
    assert 'value="Our letter"' in page.content.decode()
    assert f'value="{RIVERSIDE}" checked' in page.content.decode()


def test_a_reading_that_was_stopped_leads_back_without_a_reproach(cast, browse):
    send(cast, browse, BOATS)
    work = LongWork.objects.get()
    browse(cast.priya).post(reverse("cancel_long_work", args=[work.pk]))
    Upload.objects.all().delete()
    page = browse(cast.priya).get(work.leads_to, follow=True)
    assert page.status_code == 200 and not errors(page)


def test_a_document_of_another_kind_becomes_a_schedule_of_the_contract(cast, browse):
    page = read(cast, browse, BOATS)
    said = words(page)
    assert "Make it a schedule of this contract" in said and "it has 5 of its 139 paragraphs" in said
    assert 'value="Schedule 5 (Boats)"' in page.content.decode()
    assert "1.1 The Keeper shall wash each boat" in said
    assert list(errors(decide(cast, browse, title=" ")).values()) == ["id_title"]
    made = words(decide(cast, browse, title="Schedule 5 (Boats)"))
    assert "boats.txt is the schedule Schedule 5 (Boats) of this contract now." in made
    assert "Matched 6 paragraphs" in made and "What its paragraphs ask" in made


def test_where_the_words_differ_they_are_shown_side_by_side_and_a_person_decides(cast, browse, monkeypatch):
    told = {"main/2.1": rests.Rests("Hand it over.", "Counted with 99 days.")}
    monkeypatch.setattr(rests, "offered", lambda _: [lambda schedule, limits: told if limits else {}])
    page = read(cast, browse, RIVER)
    said = words(page)
    assert "Is this Riverside" in said or "Is this Schedule 7" in said
    assert "Counted with 99 days. A rule rests on this paragraph." in said
    [(wrong, target)] = errors(decide(cast, browse)).items()
    assert wrong == "Say whether this paragraph takes these words: a rule rests on it." and target == "id_p0"
    taken = words(decide(cast, browse, p0="take"))
    assert "is kept, with its words as you decided" in taken and "Words taken where they differ: 2.1" in taken
    assert Document.objects.get().uploaded_by == cast.priya


def test_all_that_was_not_answered_may_be_left(cast, browse, monkeypatch):
    told = {"main/2.1": rests.Rests("Hand it over.", "Counted with 99 days.")}
    monkeypatch.setattr(rests, "offered", lambda _: [lambda schedule, limits: told if limits else {}])
    read(cast, browse, RIVER)
    assert "Left as before: " in words(decide(cast, browse, leave_others="on"))


def test_a_later_edition_shows_what_differs_and_asks_from_when(cast, browse):
    read(cast, browse, BOATS)
    decide(cast, browse, title="Boats")
    page = read(cast, browse, LATER, name="signed.txt")
    said = words(page)
    assert "A later edition of Boats" in said
    assert "3 unchanged, 1 unchanged at another number, 1 with other words, 1 new and 1 left out" in said
    assert "<del>5</del>" in page.content.decode() and "<ins>7</ins>" in page.content.decode()
    assert "Paragraph 1.2 is paragraph 1.3 now" in said
    wrong = errors(decide(cast, browse, since="day", p0="take", p1="take"))
    assert list(wrong.values()) == ["id_from_day_day"]
    day = {"from_day_day": "1", "from_day_month": "3", "from_day_year": "2026"}
    taken = words(decide(cast, browse, since="day", p0="take", p1="take", **day))
    assert "A later edition, which judges from 1 March 2026: 3 paragraphs unchanged." in taken
    assert Paragraph.objects.filter(number="1.3 (left out)").exists()


def test_it_can_be_thrown_away(cast, browse):
    read(cast, browse, BOATS)
    address = reverse("upload_throw_away", args=[cast.contract.pk, Upload.objects.get().pk])
    assert browse(cast.olu).post(address).status_code == 403
    assert "boats.txt is thrown away" in words(browse(cast.ada).post(address, follow=True))
    assert not Upload.objects.exists()


def test_many_warnings_of_one_kind_are_one_line_with_a_list(cast, browse):
    blank = "".join(f"3.{n} The Keeper shall wash them within [ ] days.\n" for n in range(1, 9))
    page = read(cast, browse, f"{BOATS}3. Times\n{blank}").content.decode()
    assert page.count("8 time limits whose number is blank</span>") == 1
