"""An altered or missing file is not given out as evidence; the page, the record, the log, health say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from compliance import places
from contracts.models import LedgerEntry
from contracts.services import kept_files
from obligations.services.recording.evidence import log_evidence
from tests.cast import NOON, Cast, patch_released, play
from tests.web.conftest import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(uploads) -> Cast:
    return play()


@pytest.fixture
def evidence(cast):
    return log_evidence(
        patch_released(cast), cast.as_("priya"), NOON, kind="file", done=NOON.date(), done_by="Ops",
        file=SimpleUploadedFile("scan.txt", b"all patched"),
    )  # fmt: skip


@pytest.fixture
def address(cast, evidence) -> str:
    return reverse("evidence_file", args=[cast.contract.pk, evidence.pk])


def test_what_was_kept_is_given_out(cast, browse, evidence, address):
    answer = browse(cast.ada).get(address)
    assert b"".join(answer.streaming_content) == b"all patched"
    assert answer["Content-Disposition"] == 'attachment; filename="scan.txt"'
    assert answer["Content-Type"] == "application/octet-stream"


def test_an_altered_file_is_not(cast, browse, evidence, address, caplog, client, settings, redis_url):
    Path(evidence.file.path).write_bytes(b"all patched, really")
    answer = browse(cast.ada).get(address)
    page = words(answer)
    assert answer.status_code == 409 and "really" not in page
    assert "The file “scan.txt” was altered since it was kept." in page
    assert f"Evidence {evidence.pk} of WF-2026-014" in page and evidence.sha256 in page
    assert f"WF-2026-014: the file of evidence {evidence.pk}" in caplog.text
    browse(cast.priya).get(address)  # on the record once
    entry = LedgerEntry.objects.get(verb=kept_files.FOUND)
    assert entry.payload["subject"] == evidence.duty.subject and entry.actor_name == "Duly (files)"
    told = words(browse(cast.olu).get(reverse("ledger", args=[cast.contract.pk])))
    assert (
        f"Found that the file “scan.txt” of evidence {evidence.pk} was altered. It was not given out" in told
    )
    settings.REDIS_URL = redis_url
    assert client.get("/health/ready").json()["files_at_fault"] == 1
    Path(evidence.file.path).write_bytes(b"all patched")  # put back from a backup
    assert b"".join(browse(cast.ada).get(address).streaming_content) == b"all patched"


def test_a_missing_file_is_said(cast, browse, evidence, address):
    Path(evidence.file.path).unlink()
    answer = browse(cast.ada).get(address)
    assert answer.status_code == 409
    assert "The file “scan.txt” is not on the disk where Duly keeps it." in words(answer)


def test_a_name_too_long_to_be_read_is_said(cast, browse):
    head = f'Content-Disposition: form-data; name="file"; filename="{"x" * 5000}.txt"'
    body = f"--x\r\n{head}\r\n\r\nwords\r\n--x--\r\n"
    address, kind = reverse("upload", args=[cast.contract.pk]), "multipart/form-data; boundary=x"
    answer = browse(cast.priya).generic("POST", address, body, content_type=kind)
    assert answer.status_code == 400
    assert "Give the file a name of at most 200 characters" in words(answer)


def test_files_go_out_through_one_door_alone():
    """So that each is held against its hash. The others make a file anew, and only ask whether it is one."""
    rooms = ("compliance", "contracts", "obligations")
    sources = [path for room in rooms for path in (places.ROOT / room).rglob("*.py")]
    send = {path for path in sources if "FileResponse" in path.read_text(encoding="utf-8")}
    assert {str(path.relative_to(places.ROOT)) for path in send} == {
        "contracts/web/kept_files.py",
        "contracts/web/who_asks.py",
        "obligations/vulnerabilities/web/exporting.py",
    }
