"""Edits of the record by a superuser, of every kind, after which the check names each, and nothing else.

A full demo is loaded on a PostgreSQL of the proof's own, worked on for a month, sealed but for the last days,
and checked: nothing may be found, nor in what `restore` makes of its backup, nor in the newest kept release
after the upgrade. Then batches of edits over all protected tables, ledgers, seals and files: with triggers
off or as a replica, without a key and with the application's own. After each batch one real check of the
whole record; each edit must be named by what was done, table and row, but for what the holder of the key
does behind the last seal: there the tail must be as long as it is said to be. Every protected table must be
reached. At the end all is as it was, and is checked again.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_
from pathlib import Path
from typing import Any

from compliance import places, roles
from compliance.embedded.postgres import APP, OWNER, SUPERUSER, UNSAFE_AND_FAST, Postgres
from contracts.row_security import asking
from tests.support import database

ROOT = Path(__file__).resolve().parents[2]
NAME = "duly_tampering"
RELEASED = date(2026, 11, 27)
NOT_SEALED = timedelta(days=8)
"""The end of the month, which no seal covers."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/prove tampering", description=__doc__.partition("\n")[0])
    parser.add_argument("--edits", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--batch", type=int, default=150, help="edits before each check (150)")
    parser.add_argument("--minutes", type=float, default=60, help="stop after so many minutes (60)")
    parser.add_argument("--only-edits", action="store_true", help="leave out what is restored and upgraded")
    parser.add_argument("--seed", default="full", help="the same seed makes the same edits")
    asked = parser.parse_args()
    folder = places.VAR / "tampering"
    server = Postgres(folder / "postgres", folder / "postgres.log", settings=UNSAFE_AND_FAST)
    database.remove(folder)
    folder.mkdir(parents=True)
    server.start()
    try:
        load(server, folder)
        alarms = check("untouched, after a full demo and a month of work")
        if not asked.only_edits:
            alarms += restored(server, folder) + upgraded(server, folder)
        database.point_django_at(server.url(SUPERUSER, NAME))
        return prove(asked, alarms)
    finally:
        server.stop()
        database.remove(folder)


def load(server: Postgres, folder: Path) -> None:
    """A database with the demo: made by the owner, the demo loaded by the application's role."""
    began = time.perf_counter()
    with closing(server.connect(OWNER)) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
    from contracts import sealing_key

    os.environ |= {
        "UPLOADS_DIR": str(folder / "uploads"),
        "SEALS_DIR": str(folder / "seals"),
        "SEAL_KEY": sealing_key.made(),
        "SECRET_KEY": "the key of an installation that is thrown away",
    }
    run("migrate", DATABASE_URL=server.url(OWNER, NAME))
    with closing(server.connect(OWNER, NAME)) as connection, connection.cursor() as cursor:
        roles.grant(cursor, APP)
    os.environ |= {
        "DATABASE_URL": server.url(APP, NAME),
        "DJANGO_SETTINGS_MODULE": "compliance.settings",
        "EMAIL_URL": "memorymail://",
        "LOG_LEVEL": "ERROR",
    }
    import django

    django.setup()
    asking.begin("proof")
    from contracts.services.seals import making
    from tests.support.kept import month

    def seal(now: datetime) -> None:
        if now < month.ends(RELEASED) - NOT_SEALED:
            making.seal(now)

    def say(day: str) -> None:
        print(f"\r{day:<40}", end="", flush=True)

    month.play(RELEASED, say, ticks=(time_(9, 5), time_(17, 35)), also=seal)
    print(
        f"\rThe demo is loaded and worked on for a month, in {time.perf_counter() - began:.0f} seconds",
        flush=True,
    )
    database.point_django_at(server.url(SUPERUSER, NAME))


def run(*command: str, **settings: str) -> None:
    environment = os.environ | {"DEMO": "1", "SITE_URL": "http://127.0.0.1:8000"} | settings
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def restored(server: Postgres, folder: Path) -> int:
    """How much is found in what `restore` makes of a backup: rows and files elsewhere, the same seals."""
    from django.test import override_settings

    there, name = folder / "uploads restored", f"{NAME}_restored"
    database.made(server.url(APP), server.url(OWNER), name)
    backup = str(folder / "backup.duly")
    run("backup", backup, DATABASE_URL=server.url(APP, NAME), DATABASE_OWNER_URL=server.url(OWNER, NAME))
    urls = {"DATABASE_URL": server.url(APP, name), "DATABASE_OWNER_URL": server.url(OWNER, name)}
    run("restore", backup, UPLOADS_DIR=str(there), **urls)
    database.point_django_at(server.url(SUPERUSER, name))
    with override_settings(MEDIA_ROOT=there):
        return check("backed up and restored")


def upgraded(server: Postgres, folder: Path) -> int:
    """How much is found in the newest kept release, which has no files, after the upgrade and a seal."""
    from django.test import override_settings

    from contracts.services.seals import making
    from tests.support.kept import dump

    name = f"{NAME}_upgraded"
    _, owner = database.made(server.url(APP), server.url(OWNER), name)
    dump.lay_into(owner, max(dump.RELEASES.iterdir()) / dump.DUMP)
    run("migrate", DATABASE_URL=owner, SECRET_KEY_FALLBACKS=dump.KEY)
    database.point_django_at(server.url(SUPERUSER, name))
    apart = {"MEDIA_ROOT": folder / "no uploads", "SEALS_DIR": folder / "seals upgraded"}
    with override_settings(SECRET_KEY_FALLBACKS=[dump.KEY], **apart):
        making.seal(datetime.now(UTC))
        return check("upgraded from the newest kept release, and sealed", without_files=True)


def prove(asked: argparse.Namespace, alarms: int) -> int:
    from contracts.services.seals import kept_outside
    from tests.support.tampering import WAYS, batch
    from tests.support.tampering.edits import Score

    score, chance = Score(), random.Random(asked.seed)
    ways = (*WAYS, "ledgers, with the key", "seals", "ledgers, with the key")  # these make few at a time
    began, number = time.monotonic(), 0
    while score.edits < asked.edits and time.monotonic() - began < asked.minutes * 60:
        way = ways[number % len(ways)]
        begin = as_a_replica if number // len(ways) % 2 else triggers_off
        batch(chance, score, asked.batch, begin, way, kept_outside.place())
        number += 1
        print(
            f"{score.edits:>6} edits, {score.found.total()} found, {score.in_the_tail.total()} in the tail,"
            f" {len(score.missed)} missed, {len(score.false)} false alarms ({way})",
            flush=True,
        )
    alarms += check("as it was again")
    return report(score, alarms, time.monotonic() - began)


def as_a_replica(cursor: Any) -> None:
    cursor.execute("SET LOCAL session_replication_role = replica")


def triggers_off(cursor: Any) -> None:
    cursor.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')


def check(what: str, without_files: bool = False) -> int:
    """How much the check finds wrong with the database now."""
    from contracts.services.seals import kept_outside
    from contracts.services.verifying.findings import Kind
    from contracts.services.verifying.whole import Checked, findings

    checked, began = Checked(), time.perf_counter()
    found = list(findings(checked, lambda *_: None, seals_file=kept_outside.place()))
    if without_files:
        found = [one for one in found if one.kind is not Kind.FILE_MISSING]
    took = time.perf_counter() - began
    entries = sum(checked.entries.values()) + checked.organisation_entries
    looked = (
        f"{entries} entries, {checked.writes} writes, {checked.tables} tables, {checked.seals} seals and"
        f" {checked.files} files in {took:.1f} seconds"
    )
    print(f"{what}: {len(found)} found wrong; looked at {looked}; {checked.tail}", flush=True)
    for finding in found[:10]:
        print(f"  {finding.kind}: {finding.says}")
    return len(found)


def figures(score: Any) -> None:
    """Each kind of edit, and what went wrong."""
    for what, made in sorted(score.made.items()):
        tail = score.in_the_tail[what]
        behind = f", {tail} behind the last seal" if tail else ""
        print(f"  {what:<60}{score.found[what]:>6} of {made - tail}{behind}")
    for edit in score.missed[:20]:
        print(f"  MISSED  {edit.what} at {edit.place}")
    for finding in score.false[:20]:
        print(f"  FALSE   {finding.kind}: {finding.says}")
    for wrong in score.wrong[:20]:
        print(f"  WRONG   {wrong}")


def report(score: Any, alarms: int, seconds: float) -> int:
    from contracts.proving.registry import protected

    print()
    figures(score)
    left = {line.table for line in protected()} - score.reached
    print(f"  protected tables not reached: {', '.join(sorted(left)) or 'none'}")
    false = len(score.false) + alarms
    given_out = sum("given out" in one for one in score.wrong)
    kept = not (score.missed or score.wrong or left or false)
    told = (
        f"{score.edits} edits: {score.found.total()} found and named, {score.in_the_tail.total()} with the"
        f" key behind the last seal, {len(score.missed)} missed, {false} false alarms; the tail as long as"
        f" said after {score.tails - len(score.wrong) + given_out} of {score.tails} batches;"
        f" {given_out} of {score.refused} touched files given out"
    )
    print(f"{'kept  ' if kept else 'BROKEN'}  {told}; {seconds:.0f} seconds")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
