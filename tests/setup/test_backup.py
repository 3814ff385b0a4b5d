"""A backup is one set of rows and files, and whatever was done to it is found before anything is restored."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import subprocess
import sys
import tarfile
import threading
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from compliance import places
from compliance.backups import dumping, named, restoring, sealing, taking
from compliance.backups.errors import BackupError, Damaged
from compliance.embedded.postgres import programs_folder
from contracts.models import Contract, Upload
from contracts.services import files, ledger, uploads
from contracts.services.verifying.whole import Checked, findings
from obligations.models import Evidence
from obligations.services.recording.evidence import log_evidence
from tests.cast import NOON, patch_released, play
from tests.support import database

KEY = "a secret key of some length that signs the backups of these tests"
PUBLIC, SECRET = sealing.new_key()
NUMBERS = itertools.count(1)


@dataclass
class Installation:
    """A database as (the application's address, the owner's), and a folder of uploads."""

    app_url: str
    owner_url: str
    uploads: Path

    @property
    def server(self):
        parts = database.parts(self.owner_url)
        given = {"dbname": parts["NAME"], "user": parts["USER"], "password": parts["PASSWORD"]}
        given |= {"host": parts["HOST"], "port": parts["PORT"]}
        return dumping.Server({name: each for name, each in given.items() if each})

    @property
    def app_role(self):
        return database.parts(self.app_url)["USER"]

    def backed_up(self, key="", secret_key=KEY, say=lambda text: None):
        target = io.BytesIO()
        taken = taking.take(target, self.server, self.app_role, secret_key, sealing.key_of(key), say)
        return target.getvalue(), taken

    def restored(
        self, backup, key="", secret_key=KEY, replace=False, known=lambda app, name: True, say=print
    ):
        place = restoring.Place(self.server, self.app_role, "", self.uploads)
        return restoring.restore(
            io.BytesIO(backup),
            place,
            sealing.key_of(key),
            secret_key,
            timezone.now(),
            replace=replace,
            known=known,
            say=say,
        )

    def tables(self):
        with closing(database.connect(self.owner_url)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
            return cursor.fetchone()[0]

    def all_of_it(self):
        """The whole database as text with its rights and policies, but for what names the run that wrote it.

        A cast that PostgreSQL writes otherwise once it has read its own words is left out, with brackets.
        """
        program = programs_folder() / "pginstall" / "bin" / "pg_dump"
        left_out = [f"--exclude-table-data={table}" for table in dumping.LEFT_OUT]
        done = subprocess.run([program, *left_out, self.owner_url], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        lines = [
            re.sub(r"::(character varying|text)\b|[()]|\[\]", "", line) for line in done.stdout.splitlines()
        ]
        return [line for line in lines if not line.startswith(("\\restrict", "\\unrestrict"))]

    def files(self):
        found = [path for path in self.uploads.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.uploads)): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def home(test_database, django_db_setup, django_db_blocker, tmp_path_factory):
    """The installation that is backed up: a contract with a duty that was met, whose evidence is a file."""
    name = f"backed_up_{os.getpid()}"
    uploads = tmp_path_factory.mktemp("home")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=uploads),
        database.in_a_copy(*test_database, name) as urls,
    ):
        here = Installation(*urls, uploads)
        here.cast = play()
        evidence(here, "first")
        yield here


@pytest.fixture
def elsewhere(home, test_database, tmp_path):
    """An empty database on the same server, and no files."""
    name = f"restored_{os.getpid()}"
    urls = database.made(*test_database, name)
    yield Installation(*urls, tmp_path / "elsewhere")
    database.point_django_at(home.app_url)
    database.drop(test_database[1], name)


def evidence(here, word):
    """A duty, and evidence of it with a file that says `word`."""
    file = SimpleUploadedFile(f"{word}.txt", f"proof {word}".encode())
    told = {"kind": "file", "done": NOON, "done_by": "Priya", "file": file}
    duty = patch_released(here.cast, f"CVE-2026-{next(NUMBERS):04d}")
    return log_evidence(duty, here.cast.as_("priya"), NOON, **told)


def upload(here, word):
    """A file that waits for a decision."""
    row = Upload(
        contract=here.cast.contract, name=f"{word}.txt", size=6, sha256=sha256(word.encode()).hexdigest(),
        uploaded_by=here.cast.priya, side="supplier", uploaded_at=NOON,
    )  # fmt: skip
    row.file.save(f"{word}.txt", ContentFile(word.encode()), save=False)
    row.save()
    return row


def test_all_of_a_database_comes_back_rights_triggers_and_files_with_it(home, elsewhere):
    backup, taken = home.backed_up()
    assert taken.faults == [] and taken.said["files"] == len(home.files())
    elsewhere.restored(backup)
    assert elsewhere.all_of_it() == home.all_of_it()
    assert elsewhere.files() == home.files() != {}
    modes = {path.stat().st_mode & 0o777 for path in elsewhere.uploads.rglob("*")}
    assert modes == {0o700, 0o600}


def test_while_people_write_it_is_one_set(home, elsewhere, settings, tmp_path):
    """What was acknowledged before its moment is there with its file; ledger and files hold."""
    acknowledged, stop, kept = [], threading.Event(), home.files()

    def write(who):
        try:
            for number in range(200):
                row = evidence(home, f"{who}-{number}")
                acknowledged.append(row.pk)
                files.let_go(FileSystemStorage(home.uploads), f"uploads/{who}-{number}")
                if stop.is_set():
                    break
        finally:
            connection.close()

    writers = [threading.Thread(target=copy_context().run, args=[write, who]) for who in ("ann", "bob")]
    for writer in writers:
        writer.start()
    while len(acknowledged) < 6 and any(writer.is_alive() for writer in writers):
        stop.wait(0.01)
    before = set(acknowledged)
    backup, taken = home.backed_up(key=SECRET)
    stop.set()
    for writer in writers:
        writer.join()
    assert taken.faults == [] and len(acknowledged) > len(before)

    connection.close()
    lost = home.uploads.rename(tmp_path / "lost")  # the disk is gone
    try:
        elsewhere.restored(backup, key=SECRET)
    finally:
        lost.rename(home.uploads)
    settings.MEDIA_ROOT = elsewhere.uploads
    database.point_django_at(elsewhere.owner_url)
    call_command("migrate", verbosity=0, interactive=False)
    database.point_django_at(elsewhere.app_url)
    there = set(Evidence.objects.values_list("pk", flat=True))
    assert before <= there and not set(acknowledged) <= there
    for contract in Contract.objects.all():
        assert ledger.verify(contract) > 0
    assert [one.says for one in findings(Checked(), lambda *_: None)] == []
    with closing(dumping.Snapshot(elsewhere.server)) as snapshot:
        assert list(named.faults(snapshot)) == []
    assert kept.items() < elsewhere.files().items()
    assert all(content.startswith(b"proof ") for content in elsewhere.files().values())


def test_a_file_thrown_away_meanwhile_is_in_it_and_goes_with_the_next_sweep(home, elsewhere):
    thrown, later = upload(home, "thrown"), []

    def say(text):
        if text == "the files":  # the rows are copied, the files are not yet
            uploads.throw_away(thrown)
            later.append(evidence(home, "later"))

    backup, taken = home.backed_up(say=say)
    assert not Upload.objects.exists() and taken.faults == []
    assert thrown.file.storage.exists(thrown.file.name), "left while the backup ran"
    elsewhere.restored(backup)
    assert elsewhere.files()[thrown.file.name] == b"thrown"
    assert later[0].file.name in home.files() and later[0].file.name not in elsewhere.files()

    os.utime(thrown.file.path, (0, 0))
    assert uploads.sweep(NOON) == 1
    assert not thrown.file.storage.exists(thrown.file.name)


def test_files_that_were_wrong_before_are_named_and_the_rest_is_kept(home, elsewhere, tmp_path):
    row, gone = evidence(home, "altered"), evidence(home, "gone")
    Path(row.file.path).write_bytes(b"something else")
    Path(gone.file.path).rename(tmp_path / "gone")
    backup, taken = home.backed_up()
    assert sorted(taken.faults) == sorted(  # they come by the names of the files, which are random
        [
            f"{row.file.name}: altered, it is not the file that its row names (obligations.Evidence)",
            f"{gone.file.name}: No such file or directory (obligations.Evidence)",
        ]
    )
    found = elsewhere.restored(backup)
    assert found.end["named_faults"] == taken.faults
    assert elsewhere.files() == home.files()
    Path(row.file.path).write_bytes(b"proof altered")
    (tmp_path / "gone").rename(gone.file.path)


@pytest.mark.parametrize("key", ["", SECRET], ids=["plain", "encrypted"])
def test_wherever_it_is_cut_it_is_refused_and_nothing_is_changed(home, elsewhere, key):
    backup, _ = home.backed_up(key=key)
    whole = len(backup) if key else backup.rindex(b"}") + 1
    for length in (0, 1, 300, 5_000, whole // 2, whole - 20_000, whole - 2_000, whole - 1):
        with pytest.raises(Damaged):
            restoring.verify(io.BytesIO(backup[:length]), sealing.key_of(key), KEY)
    for length in (whole // 2, whole - 1):
        with pytest.raises(Damaged):
            elsewhere.restored(backup[:length], key=key)
        assert elsewhere.tables() == 0 and elsewhere.files() == {}


def members(backup):
    with tarfile.open(fileobj=io.BytesIO(backup)) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def put_together(parts):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return target.getvalue()


def a_file(parts):
    return next(name for name in parts if name.startswith("files/"))


def exchanged(parts):
    """Another file in the place of one, the list of sums and the end made to fit."""
    parts = {**parts, a_file(parts): b"proof forgd"}
    end = json.loads(parts.pop("end.json"))
    parts.pop("sums.txt")
    sums = "".join(f"{sha256(each).hexdigest()}  {name}\n" for name, each in parts.items())
    end["sums"] = sha256(sums.encode()).hexdigest()
    return {**parts, "sums.txt": sums.encode(), "end.json": json.dumps(end).encode()}


def without(parts, start):
    return {name: each for name, each in parts.items() if not name.startswith(start)}


ROWS = "database/000001"
CHANGES = {
    "a byte of a file": lambda parts: {**parts, a_file(parts): b"proof firsx"},
    "a byte of the rows": lambda parts: {**parts, ROWS: parts[ROWS][:-9] + b"x" * 9},
    "the head": lambda parts: {**parts, "head.json": parts["head.json"].replace(b"duly_app", b"duly_apq")},
    "a file left out": lambda parts: without(parts, "files/"),
    "the end left out": lambda parts: without(parts, "end.json"),
    "another order": lambda parts: {
        "head.json": parts["head.json"], **dict(reversed(without(parts, "head.json").items()))
    },
    "one more file": lambda parts: {
        "head.json": parts["head.json"], ROWS: parts[ROWS], "files/more.txt": b"more",
        **without(parts, ("head.json", "database/")),
    },
    "something after the end": lambda parts: {**parts, "more": b"more"},
    "a file exchanged, with its sums": exchanged,
    "a name that leaves the folder": lambda parts: {
        **without(parts, ("sums", "end")), "files/../../out.txt": b"out", "sums.txt": b"", "end.json": b"{}"
    },
}  # fmt: skip


def test_whatever_is_changed_in_it_is_found_and_nothing_is_restored(home, elsewhere):
    parts = members(home.backed_up()[0])
    for what, change in CHANGES.items():
        changed = put_together(change(parts))
        assert changed != put_together(parts), what
        with pytest.raises(Damaged):
            restoring.verify(io.BytesIO(changed), None, KEY)
        with pytest.raises(BackupError):
            elsewhere.restored(changed)
        assert elsewhere.tables() == 0 and elsewhere.files() == {}, what
    assert not (elsewhere.uploads.parent / "out.txt").exists()


def test_an_encrypted_one_opens_with_its_own_key_alone(home, elsewhere):
    backup, _ = home.backed_up(key=PUBLIC)
    assert backup.startswith(b"age-encryption.org/v1") and b"duly" not in backup
    for key, reason in (
        ("", "set BACKUP_KEY to the secret key"),
        (PUBLIC, "set BACKUP_KEY to the secret key"),
        (sealing.new_key()[1], "encrypted for another key"),
    ):
        with pytest.raises(BackupError, match=reason):
            restoring.verify(io.BytesIO(backup), sealing.key_of(key), KEY)
        with pytest.raises(BackupError, match=reason):
            elsewhere.restored(backup, key=key)
    assert elsewhere.tables() == 0 and elsewhere.files() == {}
    for place in (30, 200, len(backup) // 2, len(backup) - 1):
        changed = bytearray(backup)
        changed[place] ^= 1
        with pytest.raises(Damaged):
            restoring.verify(io.BytesIO(bytes(changed)), sealing.key_of(SECRET), KEY)
    elsewhere.restored(backup, key=SECRET)
    assert elsewhere.files() == home.files()
    with pytest.raises(BackupError, match="BACKUP_KEY is no key of age"):
        sealing.key_of("swordfish")


def test_one_of_another_secret_key_is_refused_until_that_is_asked_for(home, elsewhere):
    backup, _ = home.backed_up(secret_key="another key")
    with pytest.raises(Damaged, match="made with another SECRET_KEY, or was changed since"):
        elsewhere.restored(backup)
    assert elsewhere.tables() == 0
    elsewhere.restored(backup, secret_key=None)
    assert elsewhere.tables() > 0


def test_a_database_in_use_or_not_empty_is_not_restored_over(home, elsewhere, monkeypatch):
    monkeypatch.setattr(restoring, "SETTLING_SECONDS", 0.5)
    early, _ = home.backed_up()
    second = {evidence(home, "second").file.name}
    late, _ = home.backed_up()
    elsewhere.restored(late)
    before, there = elsewhere.all_of_it(), elsewhere.files()
    with pytest.raises(BackupError, match="the database is not empty"):
        elsewhere.restored(early)
    with closing(database.connect(elsewhere.app_url)):
        for replace in (False, True):
            with pytest.raises(BackupError, match=f"the database is in use by {home.app_role}"):
                elsewhere.restored(early, replace=replace)
    somebody = []

    def say(text):
        if text == "the files" and not somebody:
            somebody.append(database.connect(elsewhere.app_url))

    with pytest.raises(BackupError, match="the database is in use"):
        elsewhere.restored(early, replace=True, say=say)
    somebody[0].close()
    assert elsewhere.all_of_it() == before and elsewhere.files() == there

    elsewhere.restored(early, replace=True)
    in_place = {name for name in elsewhere.files() if not name.startswith(".before-restore-")}
    assert in_place == set(there) - second != set(there)
    aside = {name.partition("/")[2] for name in set(elsewhere.files()) - in_place}
    assert aside == set(there), "what was there before is put aside"
    elsewhere.restored(late, replace=True)
    assert elsewhere.all_of_it() == before


def test_what_does_not_fit_here_is_refused_in_words(home, elsewhere, monkeypatch):
    backup, _ = home.backed_up()
    with pytest.raises(
        BackupError, match="of a newer release of Duly: this one does not know contracts 0001_initial"
    ):
        elsewhere.restored(backup, known=lambda app, name: (app, name) != ("contracts", "0001_initial"))
    elsewhere.app_url = elsewhere.app_url.replace(f"//{elsewhere.app_role}", "//web_role")
    with pytest.raises(BackupError, match="the application's role 'duly_app', which is 'web_role' here"):
        elsewhere.restored(backup)
    with pytest.raises(BackupError, match="nothing to back up"):
        elsewhere.backed_up()
    parts = members(backup)
    head = json.loads(parts["head.json"]) | {"server": 990001}
    with pytest.raises(BackupError, match="the backup is of PostgreSQL 99; this server is"):
        elsewhere.restored(put_together({**parts, "head.json": json.dumps(head).encode()}))
    assert elsewhere.tables() == 0


def test_a_pg_dump_that_is_older_than_the_server_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(dumping.shutil, "which", lambda name: None)
    with pytest.raises(
        BackupError, match=r"PostgreSQL 99, .* the one here is of \d+: install .*postgresql-client-99"
    ):
        dumping.pg_dump_for(990001)


def test_two_backups_at_once_are_refused(home, monkeypatch):
    monkeypatch.setattr(dumping, "PATIENCE_SECONDS", 0.2)
    with (
        closing(dumping.Snapshot(home.server)),
        pytest.raises(BackupError, match="another backup is being made"),
    ):
        home.backed_up()


@pytest.mark.processes
def test_the_two_commands_as_an_operator_runs_them(home, elsewhere, tmp_path, settings):
    connection.close()

    def manage(*arguments, here):
        environment = {
            **os.environ, "DATABASE_URL": here.app_url, "DATABASE_OWNER_URL": here.owner_url,
            "BACKUP_KEY": SECRET, "UPLOADS_DIR": str(here.uploads), "SECRET_KEY": settings.SECRET_KEY,
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=places.ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )

    kept = tmp_path / "kept.duly"
    made = manage("backup", str(kept), here=home)
    assert made.returncode == 0, made.stderr
    assert "done, as of" in made.stderr and kept.stat().st_mode & 0o777 == 0o600
    again = manage("backup", str(kept), here=home)
    assert again.returncode == 1 and "is there already: give another name" in again.stderr
    assert [path.name for path in tmp_path.glob("kept*")] == ["kept.duly"]

    put_back = manage("restore", str(kept), here=elsewhere)
    assert put_back.returncode == 0, put_back.stderr
    assert "done: ledger and files are whole" in put_back.stderr
    assert elsewhere.files() == home.files()
    refused = manage("restore", str(kept), here=elsewhere)
    assert refused.returncode == 1
    assert "nothing was restored: the database is not empty" in refused.stderr
    assert "Traceback" not in made.stderr + again.stderr + put_back.stderr + refused.stderr
