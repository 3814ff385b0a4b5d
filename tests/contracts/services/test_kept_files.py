"""Files on the disk: kept whole or not at all, closed to others, and held against their hashes."""

from __future__ import annotations

import errno
import logging
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from contracts.models import Document, Upload
from contracts.services import files, kept_files
from contracts.services.errors import Refused
from contracts.services.kept_files import AtFault, How
from obligations.breaches.models import ClosingReport
from tests.cast import NOON, Cast, claimed, make_contract, play

pytestmark = pytest.mark.django_db
SECRET_NAME = "OFFSEN-2026-K7QXM.txt"


@pytest.fixture
def cast(db, uploads) -> Cast:
    return make_contract()


def keep(cast: Cast, name: str = SECRET_NAME, content: bytes = b"what was agreed") -> Document:
    checked = files.check(SimpleUploadedFile(name, content))
    row = Document(
        contract=cast.contract,
        name=checked.name,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=cast.priya,
        uploaded_at=NOON,
    )
    with files.stored(row.file, checked):
        row.save()
    return row


def on_disk(row) -> Path:
    return Path(row.file.path)


def everything(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


def test_a_stored_name_tells_nothing_and_folders_are_closed(cast, uploads):
    uploads.mkdir(mode=0o755)
    (uploads / "documents").mkdir(mode=0o755)  # an earlier release made it
    path = on_disk(keep(cast))
    assert "OFFSEN" not in str(path.relative_to(uploads)) and path.suffix == ".txt"
    assert path.stat().st_mode & 0o777 == 0o600
    folders = [uploads, *(one for one in path.parents if one.is_relative_to(uploads))]
    assert {one.stat().st_mode & 0o777 for one in folders} == {0o700}


def test_a_full_disk_leaves_no_part_of_a_file_and_says_so(cast, uploads, monkeypatch, caplog):
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="could not be kept, so nothing was recorded"):
        keep(cast)
    assert everything(uploads) == [] and not Document.objects.exists()
    assert "could not be kept in UPLOADS_DIR: [Errno 28] No space left" in caplog.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a%22><img src=x>.txt", 'a"><img src=x>.txt'),
        ("a%0D%0Ab.txt", "a b.txt"),
        ("a\r\n\tb\x1b[31m.txt", "a b [31m.txt"),
        ("a\u202etxt.exe.txt", "atxt.exe.txt"),
        ("100%25 done.txt", "100%25 done.txt"),
    ],
)
def test_a_name_is_kept_as_people_read_it(name, shown):
    assert files.readable(name) == shown


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (lambda path, other: path.write_bytes(path.read_bytes() + b"x"), How.ALTERED),
        (lambda path, other: path.write_bytes(b"X" + path.read_bytes()[1:]), How.ALTERED),
        (lambda path, other: path.write_bytes(path.read_bytes()[:-1]), How.CUT),
        (lambda path, other: path.unlink(), How.MISSING),
        (lambda path, other: path.write_bytes(other.read_bytes()), How.EXCHANGED),
    ],
    ids=["longer", "a byte", "cut", "missing", "exchanged"],
)
def test_what_became_of_a_file_is_found_and_named(cast, change, how):
    row, other = keep(cast), keep(cast, "other.txt", b"something else altogether")
    assert list(kept_files.verify()) == []
    change(on_disk(row), on_disk(other))
    (fault,) = kept_files.verify(cast.contract)
    assert (fault.how, fault.kind, fault.row, fault.should) == (how, "document", row.pk, row.sha256)
    assert f"WF-2026-014: the file of document {row.pk}" in str(fault)
    assert list(kept_files.verify(make_contract(reference="WF-2026-015").contract)) == []


def test_a_row_whose_contract_or_breach_is_gone_stops_no_check(db, uploads):
    """Somebody who owns the database may delete them and leave it."""
    for row in (
        Document(pk=7, contract_id=0, file="x.txt", name="x.txt", sha256="0" * 64),
        ClosingReport(pk=8, contract_id=0, breach_id=0, file="x.txt", sha256="0" * 64),
    ):
        with pytest.raises(AtFault) as refused:
            kept_files.opened(row)
        fault = refused.value.fault
        assert (fault.how, fault.row, fault.reference) == (How.MISSING, row.pk, "number 0")


def test_a_row_that_names_a_file_outside_the_folder_has_none(cast):
    row = keep(cast)
    row.file.name = "../../etc/passwd"
    with pytest.raises(kept_files.AtFault) as found:
        kept_files.opened(row)
    assert found.value.fault.how is How.MISSING


def test_files_that_belong_to_nothing_are_named_once_they_are_old(cast, uploads):
    keep(cast)
    for name in ("documents/stray.pdf", ".partial-abc"):
        (uploads / name).write_bytes(b"x")
    now = timezone.now()
    assert list(kept_files.unknown(now)) == []
    found = kept_files.unknown(now + timedelta(hours=2))
    assert [str(one) for one in found] == [
        "the file .partial-abc belongs to nothing on record",
        "the file documents/stray.pdf belongs to nothing on record",
    ]


def test_an_upload_that_was_altered_becomes_no_document(cast, caplog):
    checked = files.check(SimpleUploadedFile("a.txt", b"1. The Supplier shall do it."))
    row = Upload(
        contract=cast.contract, name="a.txt", size=28, sha256=checked.sha256, uploaded_by=cast.priya,
        side="supplier", uploaded_at=NOON,
    )  # fmt: skip
    with files.stored(row.file, checked):
        row.save()
    on_disk(row).write_bytes(b"1. The Supplier need not do it.")
    with pytest.raises(Refused, match="was altered on the disk since it was uploaded. Choose it again"):
        kept_files.content(row)
    assert f"the file of upload {row.pk}" in caplog.text


def test_every_table_with_a_file_says_what_its_file_should_be():
    for model in kept_files.kinds():
        columns = {field.name for field in model._meta.get_fields()}
        assert {"contract", "file", "size", "sha256"} <= columns, model
    assert len(kept_files.kinds()) >= 6


def test_files_of_every_kind_are_counted_and_read(uploads, caplog):
    cast = play()
    claim = claimed(cast, "vulnerability_not_exploitable_demonstrated", NOON.date())
    looked = []
    assert list(kept_files.verify(look=lambda: looked.append(1))) == []
    assert len(looked) == kept_files.count() == kept_files.count(cast.contract) == 1
    on_disk(claim).unlink()
    with caplog.at_level(logging.ERROR):
        assert [one.how for one in kept_files.verify()] == [How.MISSING]
