"""Edits of the record by a superuser, of every kind, after which the check names each, and nothing else.

A full demo is loaded on a PostgreSQL of the proof's own, worked on for a month, and checked: nothing may be
found. Then batches of edits over all protected tables and all ledgers: with triggers off or as a replica,
with hashes worked out anew, with signatures and proofs copied and forged. After each batch one real check of
the whole record; each edit must be named by what was done, table and row. At the end all is as it was, and
is checked again.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from contextlib import closing
from datetime import date
from datetime import time as time_
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from compliance import places, roles  # noqa: E402
from compliance.embedded.postgres import APP, OWNER, SUPERUSER, UNSAFE_AND_FAST, Postgres  # noqa: E402
from contracts.row_security import asking  # noqa: E402
from tests.support import database  # noqa: E402

NAME = "duly_tampering"


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/prove tampering", description=__doc__.partition("\n")[0])
    parser.add_argument("--edits", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--batch", type=int, default=150, help="edits before each check (150)")
    parser.add_argument("--minutes", type=float, default=60, help="stop after so many minutes (60)")
    parser.add_argument("--seed", default="full", help="the same seed makes the same edits")
    asked = parser.parse_args()
    folder = places.VAR / "tampering"
    server = Postgres(folder / "postgres", folder / "postgres.log", settings=UNSAFE_AND_FAST)
    database.remove(folder)
    folder.mkdir(parents=True)
    server.start()
    try:
        load(server, folder)
        return prove(asked)
    finally:
        server.stop()
        database.remove(folder)


def load(server: Postgres, folder: Path) -> None:
    """A database with the demo: made by the owner, the demo loaded by the application's role."""
    began = time.perf_counter()
    with closing(server.connect(OWNER)) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
    os.environ["UPLOADS_DIR"] = str(folder / "uploads")
    run("migrate", server.url(OWNER, NAME))
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
    from tests.support.kept import month

    month.play(
        date(2026, 11, 27), lambda day: print(f"\r{day:<40}", end="", flush=True), ticks=(time_(9, 5),)
    )
    print(
        f"\rThe demo is loaded and worked on for a month, in {time.perf_counter() - began:.0f} seconds",
        flush=True,
    )
    database.point_django_at(server.url(SUPERUSER, NAME))


def run(command: str, url: str) -> None:
    environment = os.environ | {"DATABASE_URL": url, "DEMO": "1", "SITE_URL": "http://127.0.0.1:8000"}
    environment.pop("DATABASE_OWNER_URL", None)
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout}{done.stderr}")


def prove(asked: argparse.Namespace) -> int:
    from tests.support.tampering import Score, batch

    alarms = check("untouched, after a full demo and a month of work")
    score, chance = Score(), random.Random(asked.seed)
    began, number = time.monotonic(), 0
    while score.edits < asked.edits and time.monotonic() - began < asked.minutes * 60:
        number += 1
        begin = as_a_replica if number // 2 % 2 else triggers_off
        batch(chance, score, asked.batch, begin, chains=bool(number % 2))
        found = score.found.total()
        print(f"{score.edits:>6} edits, {found} found, {len(score.false)} false alarms", flush=True)
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


def check(what: str) -> int:
    """How much the check finds wrong with the database now."""
    from contracts.services.verifying.whole import Checked, findings

    checked, began = Checked(), time.perf_counter()
    found = list(findings(checked, lambda *_: None))
    took = time.perf_counter() - began
    entries = sum(checked.entries.values()) + checked.organisation_entries
    looked = f"{entries} entries, {checked.writes} writes and {checked.tables} tables in {took:.1f} seconds"
    print(f"{what}: {len(found)} found wrong; looked at {looked}", flush=True)
    for finding in found[:10]:
        print(f"  {finding.kind}: {finding.says}")
    return len(found)


def report(score: Any, alarms: int, seconds: float) -> int:
    print()
    for what, made in sorted(score.made.items()):
        print(f"  {what:<48}{score.found[what]:>6} of {made}")
    for edit in score.missed[:20]:
        print(f"  MISSED  {edit.what} at {edit.place}")
    for finding in score.false[:20]:
        print(f"  FALSE   {finding.kind}: {finding.says}")
    kept = not score.missed and not score.false and not alarms
    false = len(score.false) + alarms
    told = f"{score.edits} edits, {score.found.total()} found and named, {false} false alarms"
    print(f"{'kept  ' if kept else 'BROKEN'}  {told}; {seconds:.0f} seconds")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
