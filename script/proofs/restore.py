"""A large installation is backed up while somebody writes, lost, and restored: nothing is missing.

Many files and many rows on a PostgreSQL of its own; `backup`, encrypted, while a person goes on recording
facts with evidence; then the database and the files are deleted, and `restore` puts them into another
server. What was acknowledged before the backup began is there, with ledger and files whole. Prints how long
each took, and how much memory: a tenth of the size goes first, to see that it does not grow.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

GROWS_AT_MOST = 32
"""Megabytes by which the larger run may need more memory than the smaller one."""

START = """
import json, sys
import django
django.setup()
from contracts.row_security import asking
asking.begin("proof")
"""

FILL = """
import os
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from tests import cast
from obligations.services.recording.evidence import log_evidence
files, size, rows = map(int, sys.argv[1:])
playing = cast.play()
for number in range(files):
    duty = cast.patch_released(playing, f"CVE-2026-{number:04d}")
    file = SimpleUploadedFile(f"proof-{number}.txt", os.urandom(size // 2).hex().encode())
    told = {"kind": "file", "done": cast.NOON, "done_by": "Priya", "file": file}
    log_evidence(duty, playing.as_("priya"), cast.NOON, **told)
with connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO contracts_contractdraft (person_id, begun_at, changed_at, answers)"
        " SELECT %s, now(), now(), jsonb_build_object('n', n, 'text',"
        " (SELECT string_agg(md5(n::text || i), ' ') FROM generate_series(1, 24) i))"
        " FROM generate_series(1, %s) n", [playing.priya.pk, rows])
print(json.dumps("filled"))
"""

WRITE = """
from itertools import count
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import cast
from contracts.models import Contract
from obligations.services.recording.evidence import log_evidence
contract = Contract.objects.get()
playing = cast.Cast(contract, {key: cast.person(key) for key in cast.PEOPLE})
for number in count():
    duty = cast.patch_released(playing, f"CVE-2025-{number:04d}")
    file = SimpleUploadedFile("proof.txt", f"written meanwhile {number}".encode())
    told = {"kind": "file", "done": cast.NOON, "done_by": "Priya", "file": file}
    print(log_evidence(duty, playing.as_("priya"), cast.NOON, **told).pk, flush=True)
"""

LOOK = """
from obligations.models import Evidence
from contracts.models import ContractDraft
print(json.dumps([sorted(Evidence.objects.values_list("pk", flat=True)), ContractDraft.objects.count()]))
"""


@dataclass(frozen=True)
class Took:
    """How long a command took, and the most memory it and its children had."""

    seconds: float
    megabytes: float


class Place:
    """A PostgreSQL of its own with a folder of uploads."""

    def __init__(self, folder: Path, keys: dict[str, str]) -> None:
        from compliance.embedded.postgres import APP, OWNER, UNSAFE_AND_FAST, Postgres

        self.folder = folder
        self.server = Postgres(folder / "postgres", folder / "postgres.log", settings=UNSAFE_AND_FAST)
        self.server.start()
        kept = {name: each for name, each in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.environment = (
            kept
            | keys
            | {
                "DATABASE_URL": self.server.url(APP),
                "DATABASE_OWNER_URL": self.server.url(OWNER),
                "UPLOADS_DIR": str(folder / "uploads"),
                "EMAIL_URL": "memorymail://",
                "PYTHONPATH": str(ROOT),
            }
        )

    def manage(self, *arguments: str) -> Took:
        """Runs a command of manage.py. Ends the proof where it fails."""
        began = time.monotonic()
        child = subprocess.Popen([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment)
        _, status, used = os.wait4(child.pid, 0)
        if status:
            raise SystemExit(f"{arguments[0]} failed")
        return Took(time.monotonic() - began, used.ru_maxrss / 1024)

    def ask(self, code: str, *arguments: object) -> object:
        command = [sys.executable, "-c", START + code, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout.splitlines()[-1])

    @contextmanager
    def somebody_writes(self) -> Iterator[list[int]]:
        """Somebody records facts with evidence meanwhile; gives what was acknowledged before."""
        command = [sys.executable, "-c", START + WRITE]
        with subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            try:
                yield [int(child.stdout.readline()) for _ in range(5)]
            finally:
                child.kill()

    def destroy(self) -> None:
        self.server.stop()
        data = self.server.data.resolve()
        shutil.rmtree(data.with_name(f"{data.name}-programs"), ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def play(files: int, size: int, rows: int) -> tuple[Took, Took]:
    """One installation, from filling it to looking at what was restored."""
    from compliance.backups import sealing

    scratch = Path(tempfile.mkdtemp(prefix="duly-restore-"))
    scratch.chmod(0o755)  # PostgreSQL runs as another user where we are root
    keys = {"BACKUP_KEY": sealing.new_key()[1], "SECRET_KEY": "the key of installations that are thrown away"}
    places: list[Place] = []
    try:
        for name in ("first", "second"):
            (scratch / name).mkdir()
            places.append(Place(scratch / name, keys))
        first, second = places
        first.manage("migrate", "--noinput", "--verbosity", "0")
        say(f"filling: {files} files of {size / 1e6:.1f} MB, {rows:,} rows of 1 kB")
        first.ask(FILL, files, size, rows)
        backup = scratch / "backup.duly"
        with first.somebody_writes() as acknowledged:
            backed_up = first.manage("backup", str(backup))
        there: list[list[int]] = first.ask(LOOK)  # type: ignore[assignment]
        first.destroy()
        restored = second.manage("restore", str(backup))
        found: list[list[int]] = second.ask(LOOK)  # type: ignore[assignment]
        if not set(acknowledged) <= set(found[0]) or found[1] != there[1]:
            raise SystemExit(f"FAULT: acknowledged {acknowledged}, and there are {found}")
        for what, took in (("backup", backed_up), ("restore", restored)):
            say(f"{what}: {took.seconds:.1f} s with {took.megabytes:.0f} MB of memory")
        say(
            f"the backup has {backup.stat().st_size / 1e6:,.0f} MB; what was acknowledged before it is there,"
        )
        say(f"and {len(there[0]) - len(found[0])} of what was written after its moment are not")
        return backed_up, restored
    finally:
        for place in places:
            place.destroy()
        shutil.rmtree(scratch, ignore_errors=True)


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/prove restore", description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=300, help="how many files (300)")
    parser.add_argument("--size", type=int, default=2_000_000, help="bytes of each (2,000,000)")
    parser.add_argument("--rows", type=int, default=300_000, help="rows of about 1 kB (300,000)")
    asked = parser.parse_args()
    small = play(max(1, asked.files // 10), asked.size, max(1, asked.rows // 10))
    large = play(asked.files, asked.size, asked.rows)
    for what, less, more in zip(("backup", "restore"), small, large, strict=True):
        if more.megabytes > less.megabytes + GROWS_AT_MOST:
            say(f"FAULT: for ten times as much {what} needed {more.megabytes - less.megabytes:.0f} MB more")
            return 1
    say("nothing lost, and memory does not grow")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
