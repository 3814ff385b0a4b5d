"""Uploading a document: its words reach their paragraphs; what cannot be read leaves nothing behind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

import contracts.outlines
from contracts import selectors
from contracts.models import Document, LedgerEntry
from contracts.reader import read_document
from contracts.services.documents import upload_document
from contracts.services.errors import Refused
from contracts.services.variations import draft_variation, share_variation
from obligations.services.variations.signing import sign_variation
from tests.cast import DMP, NOON, ORDER, RIVERSIDE, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads")]

TEXT = (Path(contracts.outlines.__file__).parent / "riverside_schedule_7.txt").read_bytes()
SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
DAY = date(2026, 3, 17)


def a_file(content: bytes = TEXT, name: str = "Schedule 7.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def upload(cast, file=None, **kwargs):
    kwargs = {"schedule": cast.schedule, "name": "", "file": file or a_file()} | kwargs
    return upload_document(cast.contract, cast.as_("priya"), NOON, **kwargs)


def kept(folder: Path) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def refusal(cast, file=None, **kwargs) -> Refused:
    with pytest.raises(Refused) as caught:
        upload(cast, file, **kwargs)
    return caught.value


def text_of(cast, path: str, day: date = DAY) -> str:
    return selectors.paragraph_as_at(cast.contract, path, day).now.text


def test_the_words_reach_their_paragraphs_and_the_report_says_what_was_made_of_it(uploads):
    cast = make_contract(RIVERSIDE)
    document = upload(cast)
    assert document.name == "Schedule 7.txt"
    assert document.reading["missing"] == []
    shown = selectors.text_as_at(cast.contract, DAY)
    said = {row.path: (row.text, row.printed) for row in read_document(TEXT).paragraphs}
    assert {row.paragraph.path: (row.text, row.paragraph.printed) for row in shown} == said
    assert {row.version.document_id for row in shown} == {document.pk}
    assert [path.read_bytes() for path in kept(uploads)] == [TEXT]
    assert LedgerEntry.objects.filter(verb="document_uploaded").get().payload["sha256"] == document.sha256


def test_without_a_schedule_the_document_is_recognised():
    cast = make_contract(DMP, RIVERSIDE)
    assert upload(cast, schedule=None).schedule.outline_key == RIVERSIDE


def test_a_document_of_another_schedule_is_refused(uploads):
    cast = make_contract(ORDER)
    assert refusal(cast).field == "file"
    assert refusal(cast, schedule=None).field == "file"
    assert kept(uploads) == [] and not Document.objects.exists()


def test_a_schedule_of_another_contract_is_refused():
    cast, other = make_contract(RIVERSIDE), make_contract(RIVERSIDE, reference="WF-2026-015")
    assert refusal(cast, schedule=other.schedule).field == "schedule"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (a_file(b""), "empty"),
        (a_file(b"\x00\x01\x02" * 500), "not text"),
        (a_file(b"\x89PNG\r\n\x1a\n" + b"x" * 400), "picture"),
        (a_file(TEXT, "schedule.exe"), "types"),
        (a_file(TEXT, "schedule"), "types"),
    ],
)
def test_what_cannot_be_read_is_refused_on_the_file_and_not_kept(uploads, file, says):
    cast = make_contract(RIVERSIDE)
    entries = LedgerEntry.objects.count()
    refused = refusal(cast, file)
    assert refused.field == "file" and says in refused.message
    assert kept(uploads) == [] and LedgerEntry.objects.count() == entries


def test_the_size_limit_holds_to_the_byte(settings):
    cast = make_contract(RIVERSIDE)
    settings.MAX_UPLOAD_BYTES = len(TEXT) - 1
    assert "at most" in refusal(cast).message
    settings.MAX_UPLOAD_BYTES = len(TEXT)
    assert upload(cast).size == len(TEXT)


def test_the_same_file_twice_is_refused_and_its_second_copy_is_not_kept(uploads):
    cast = make_contract(RIVERSIDE)
    upload(cast)
    assert "was uploaded on 17 March 2026" in refusal(cast, name="Again").message
    assert len(kept(uploads)) == 1


def test_a_failure_while_the_words_are_stored_leaves_neither_file_nor_row(uploads, monkeypatch):
    cast = make_contract(RIVERSIDE)
    monkeypatch.setattr("contracts.services.documents._attach", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        upload(cast)
    assert kept(uploads) == [] and not Document.objects.exists()


def test_a_name_cannot_leave_the_folder(uploads):
    cast = make_contract(RIVERSIDE)
    document = upload(cast, a_file(TEXT, "..\\..\\etc\\passwd.txt"))
    assert document.name == "passwd.txt"
    assert all(Path(uploads) in path.parents for path in kept(uploads))


def test_a_later_document_replaces_the_words_but_not_those_a_variation_brought():
    cast = make_contract(RIVERSIDE)
    document = upload(cast)
    shown = [row for row in selectors.text_as_at(cast.contract, DAY) if row.text]
    replaced, stopped = shown[3].paragraph.path, shown[6].paragraph.path
    effects = [(replaced, "replaced", "The words of the variation."), (stopped, "not_used", "")]
    variation = draft_variation(
        cast.contract, cast.as_("ada"), NOON, number="001", title="Two changes", effects=effects
    )
    share_variation(variation, cast.as_("ada"), NOON)
    for side, who in (("authority", "ada"), ("supplier", "priya")):
        sign_variation(
            variation, cast.as_(who), NOON, side=side, name="N", job_title="J",
            signed_on=date(2026, 3, 10), text_hash=variation.text_hash,
        )  # fmt: skip
    later = upload(cast, a_file(TEXT.replace(b"Riverside", b"Waterside")))
    assert later.pk != document.pk
    before, after = date(2026, 3, 9), date(2026, 3, 10)
    assert text_of(cast, replaced, after) == "The words of the variation."
    assert selectors.paragraph_as_at(cast.contract, replaced, before).now.version.document_id == later.pk
    for day, used in ((before, True), (after, False)):
        now = selectors.paragraph_as_at(cast.contract, stopped, day).now
        assert (now.version.document_id, now.used, bool(now.text)) == (later.pk, used, True)


def test_the_database_keeps_an_uploaded_document_as_it_was():
    cast = make_contract(RIVERSIDE)
    document = upload(cast)
    with pytest.raises(DatabaseError, match="document_never_changed"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(sha256="0" * 64)


def test_the_number_of_queries_does_not_grow_with_the_document(django_assert_max_num_queries):
    cast = make_contract(RIVERSIDE)
    actor = cast.as_("priya")
    with django_assert_max_num_queries(20):
        upload_document(cast.contract, actor, NOON, schedule=cast.schedule, file=a_file())


@pytest.mark.parametrize("key", [DMP, ORDER])
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the two real documents are not here")
def test_the_real_documents_reach_every_paragraph_of_their_outline(key):
    cast = make_contract(DMP, ORDER)
    found = []
    for path in sorted(SEEDS.glob("*.txt")):
        found.append(upload(cast, a_file(path.read_bytes(), path.name), schedule=None))
    document = next(row for row in found if row.schedule.outline_key == key)
    assert document.reading["missing"] == [] and document.reading["extra"] == []
