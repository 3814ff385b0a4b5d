"""Uploading documents, the reading report, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse

from contracts.models import Document, LongWork
from contracts.reader import read_document
from contracts.services import long_work
from tests.cast import NOON, RIVERSIDE, Cast, make_contract
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
SCHEDULE = Path(project.BASE_DIR) / "contracts" / "outlines" / "riverside_schedule_7.txt"


@pytest.fixture
def cast(db, uploads) -> Cast:
    """A contract on the invented schedule, of which the project has the document."""
    return make_contract(RIVERSIDE)


def schedule(name: str = "Schedule 7.txt", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, SCHEDULE.read_bytes() if content is None else content)


def upload(cast, browse, who="priya", **data):
    """Uploads and, where a reading was asked for, does it and looks at what came of it."""
    client, address = browse(cast.people[who]), reverse("upload", args=[cast.contract.pk])
    before = LongWork.objects.count()
    response = client.post(address, {"schedule": ""} | data, follow=True)
    if LongWork.objects.count() == before:
        return response
    with TestCase.captureOnCommitCallbacks(execute=True):
        long_work.run_waiting(NOON)
    return client.get(LongWork.objects.first().leads_to, follow=True)


def test_before_any_upload(cast, browse):
    page = words(browse(cast.olu).get(reverse("documents", args=[cast.contract.pk])))
    assert "No document has been uploaded." in page and "Upload a document" not in page


@pytest.mark.parametrize("chosen", ["", RIVERSIDE])
def test_a_document_is_read_and_reported(cast, browse, chosen):
    page = words(upload(cast, browse, file=schedule(), schedule=chosen))
    assert LongWork.objects.get().message.startswith("Schedule 7.txt is read and its words are attached to")
    assert re.search(r"Matched \d\d+ paragraphs", page)
    assert "Missing from the document None" in page
    assert re.search(r"Warnings \([1-9]\d*\)", page)
    assert re.search(r"Time limits found \([1-9]\d*\)", page)
    listed = words(browse(cast.olu).get(reverse("documents", args=[cast.contract.pk])))
    assert "Schedule 7.txt" in listed and "by Priya Nair" in listed


def test_its_words_show_in_the_contract_text(cast, browse):
    upload(cast, browse, file=schedule())
    page = words(browse(cast.ada).get(reverse("text", args=[cast.contract.pk])))
    assert "Lines marked “Our summary” are ours" in page
    paragraph = Document.objects.get().schedule.paragraphs.get(path="main/2.1")
    said = words(
        browse(cast.ada).get(reverse("paragraph", args=[cast.contract.pk, f"{RIVERSIDE}/{paragraph.path}"]))
    )
    assert "From the uploaded document Schedule 7.txt." in said


def test_it_comes_back_as_a_download_only(cast, browse):
    upload(cast, browse, file=schedule("page.txt"))
    address = reverse("document_file", args=[cast.contract.pk, Document.objects.get().pk])
    response = browse(cast.olu).get(address)
    assert b"".join(response.streaming_content) == SCHEDULE.read_bytes()
    assert response["Content-Disposition"].startswith("attachment")


def test_a_name_with_any_letters_is_kept_and_shown(cast, browse):
    page = upload(cast, browse, file=schedule(), name="Anlage <7> – 契約")
    assert "Anlage &lt;7&gt; – 契約" in page.content.decode()


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (None, "Choose a file."),
        (("schedule.exe", b"MZ"), "Choose a file of one of these types"),
        (("empty.txt", b""), "The file is empty"),
        (("letter.txt", b"Dear Ada,\n\nthank you for lunch."), "This document cannot be read"),
        (("broken.pdf", b"%PDF-1.7 broken"), "This document cannot be read"),
        (("broken.docx", b"PK\x03\x04 word/ broken"), "This document cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused_at_the_field_and_nothing_is_kept(cast, browse, uploads, file, says):
    data = {"file": schedule(*file)} if file else {}
    response = upload(cast, browse, **data)
    [(said, target)] = errors(response).items()
    assert says in said and target == "id_file"
    assert not Document.objects.exists()
    assert not list(Path(uploads).rglob("*.*"))


def test_a_file_over_the_limit_is_refused(cast, browse, settings):
    settings.MAX_UPLOAD_BYTES = 1000
    [(said, target)] = errors(upload(cast, browse, file=schedule())).items()
    assert said.startswith("Choose a file of at most") and target == "id_file"


def test_the_same_file_twice_says_when_it_came(cast, browse):
    upload(cast, browse, file=schedule())
    [(said, _)] = errors(upload(cast, browse, file=schedule())).items()
    assert said == "This very file was uploaded on 17 March 2026 as Schedule 7.txt."
    assert Document.objects.count() == 1


def test_a_schedule_of_another_contract_cannot_be_named(cast, browse):
    response = upload(cast, browse, file=schedule(), schedule="order_schedule_9")
    assert list(errors(response).values()) == ["id_schedule"]


def test_each_role(cast, browse):
    for who, status in (
        ("priya", 200),
        ("ada", 200),
        ("mina", 200),
        ("tom", 403),
        ("grace", 403),
        ("ben", 403),
        ("olu", 403),
    ):
        response = browse(cast.people[who]).get(reverse("upload", args=[cast.contract.pk]))
        assert response.status_code == status, who


NUMBERS = b"""1. BELLS
1.1 The Keeper shall answer within two (2) Working Days.
1.2 The bell failed in the previous six (6) months and burns 40 hours.
"""


def test_numbers_of_time_that_are_no_limit_are_listed_for_a_person(cast, browse):
    document = Document.objects.create(
        contract=cast.contract, schedule=cast.schedule, file="documents/bells.txt", name="bells.txt", size=9,
        sha256="b" * 64, reading=read_document(NUMBERS).as_json(), uploaded_by=cast.priya, uploaded_at=NOON,
    )  # fmt: skip
    page = browse(cast.olu).get(reverse("document", args=[cast.contract.pk, document.pk]))

    said = words(page)
    assert "Numbers nobody claimed (2)" in said
    assert "failed in the previous six (6) months and burns" in said and "looked back on" in said
    assert "40 hours" in said and "No words beside it make a time limit of it" in said


def test_a_document_read_before_they_were_listed_says_nothing_of_them(cast, browse):
    document = Document.objects.create(
        contract=cast.contract, schedule=cast.schedule, name="old.txt", file="documents/old.txt", size=9,
        sha256="c" * 64, reading={"warnings": []}, uploaded_by=cast.priya, uploaded_at=NOON,
    )  # fmt: skip
    page = words(browse(cast.olu).get(reverse("document", args=[cast.contract.pk, document.pk])))
    assert "Numbers nobody claimed" not in page
