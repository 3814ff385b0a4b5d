"""A disk that is full, of the files and of the database: refused in words, nothing half done, and it goes on.

The disks are real and small: a tmpfs of a megabyte, which only root can mount.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from compliance import pulse, unwell
from compliance.embedded.postgres import SUPERUSER
from contracts.models import LedgerEntry
from obligations.models import Evidence
from tests.cast import NOON, make_contract
from tests.support.duties import make_duty
from tests.web.conftest import words

NOTE = {"kind": "note", "done_day": "16", "done_month": "3", "done_year": "2026", "done_by": "We"}


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0755", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        ).returncode
    )
    if not mounted:
        pytest.skip("only root can mount a disk that is small enough to fill")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Fill it to the last byte; the file that does."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return filler
    raise AssertionError("the disk is not full")


@pytest.fixture
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def evidence_on(transactional_db, disk) -> Iterator[Path]:
    """The disk, with the table of evidence on it."""
    if os.environ.get("DATABASE_URL"):
        pytest.skip("only in a server of our own may a table be put on another disk")
    host, name = connection.settings_dict["HOST"], connection.settings_dict["NAME"]
    place = disk / "table"
    place.mkdir(mode=0o700)
    owner = Path(host).stat()
    os.chown(place, owner.st_uid, owner.st_gid)
    for above in (disk, *disk.parents):
        above.chmod(above.stat().st_mode | 0o011)
    with closing(psycopg2.connect(host=host, dbname=name, user=SUPERUSER)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
            cursor.execute("ALTER TABLE obligations_evidence SET TABLESPACE small")
            yield disk
            connection.close()
            cursor.execute("ALTER TABLE obligations_evidence SET TABLESPACE pg_default")
            cursor.execute("DROP TABLESPACE small")


@pytest.fixture
def queue(settings, redis_url) -> Iterator[None]:
    settings.REDIS_URL = redis_url
    pulse._last.clear()
    yield
    with redis.Redis.from_url(redis_url) as there:
        there.delete(pulse._key(pulse.FULL))


@pytest.mark.usefixtures("at_noon", "queue")
def test_a_database_without_room_says_so_keeps_nothing_of_it_and_goes_on(evidence_on):
    cast = make_contract()
    duty, client = make_duty(cast, "CVE-1", now=NOON), Client(raise_request_exception=False)
    client.force_login(cast.tom)
    address = reverse("log_evidence", args=[cast.contract.pk, duty.pk])
    dice = random.Random(1)

    def sent(**more: str):
        before = Evidence.objects.count(), LedgerEntry.objects.count()
        note = "".join(chr(dice.randint(0x4E00, 0x9FFF)) for _ in range(1900))
        answer = client.post(address, NOTE | {"note": note}, **more)
        return answer, (Evidence.objects.count(), LedgerEntry.objects.count()) == before

    filler = fill(evidence_on)
    for _ in range(20):
        answer, nothing = sent()
        if answer.status_code == 503:
            break
    assert answer.status_code == 503 and nothing
    assert answer["Retry-After"] == "60" and "Duly’s database has no room left" in words(answer)
    told = client.get("/health/ready")
    assert (told.status_code, told.json()["status"], told.json()["database_full"]) == (200, "degraded", True)
    filler.unlink()
    answer, nothing = sent()
    assert answer.status_code == 302 and not nothing
    with time_machine.travel(NOON + pulse.STILL_FULL * 2):
        assert "database_full" not in client.get("/health/ready").json()


@pytest.mark.usefixtures("at_noon")
def test_a_disk_of_files_without_room_keeps_no_part_of_one(db, disk, settings):
    settings.MEDIA_ROOT = disk / "uploads"
    cast = make_contract()
    duty, client = make_duty(cast, "CVE-1", now=NOON), Client()
    client.force_login(cast.tom)
    address = reverse("log_evidence", args=[cast.contract.pk, duty.pk])
    content = random.Random(1).randbytes(2 * 2**20)

    def sent(content: bytes):
        file = SimpleUploadedFile("scan.txt", content)
        return client.post(address, NOTE | {"kind": "file", "file": file})

    answer = sent(content)
    assert answer.status_code == 200 and "The file could not be kept, so nothing was recorded" in words(
        answer
    )
    assert not Evidence.objects.exists() and [one for one in disk.rglob("*") if one.is_file()] == []
    assert sent(content[:1000]).status_code == 302 and Evidence.objects.count() == 1


class Coded(psycopg2.OperationalError):
    """An error as the server sends it."""

    pgcode: str | None = None


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("53100", unwell.Trouble.FULL), ("53300", unwell.Trouble.AWAY), ("57P01", unwell.Trouble.AWAY),
        ("08006", unwell.Trouble.AWAY), ("25006", unwell.Trouble.AWAY), (None, unwell.Trouble.AWAY),
        ("57014", None), ("40P01", None),
    ],
)  # fmt: skip
def test_the_databases_troubles_are_told_apart_from_faults_of_ours(code, trouble):
    theirs = type("Theirs", (Coded,), {"pgcode": code})("x")
    ours = OperationalError("x")
    ours.__cause__ = theirs
    assert unwell.trouble_of(ours) == trouble
    assert unwell.trouble_of(ValueError("x")) is None


def test_a_database_that_is_away_is_said_also_to_programs(rf):
    def answer(path: str):
        try:
            raise psycopg2.OperationalError("connection refused")
        except psycopg2.OperationalError:
            return unwell.server_error(rf.get(path))

    page, api = answer("/"), answer("/api/v1/contracts/")
    assert page.status_code == api.status_code == 503 and "cannot reach its database just now" in words(page)
    assert "cannot reach its database" in api.content.decode()
