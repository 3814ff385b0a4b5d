"""How long a file of findings takes onto the record, how much memory, and how fast the table is then.

On a PostgreSQL of the bench's own: a table as CSV is read, shown and taken over by the services, every row
on the record with its facts, its duty and its reminders; 10,000 rows on one contract, then many on another,
each in a process of its own. Then pages of the longer table are asked for as the supplier's lead, with all of
the site between: the first, and the hundredth, reached by 99 times "next"; where fewer than 100,000 rows were
imported the table has copies besides. Part of ``script/bench import``; BENCH_FEW and BENCH_ROWS say how many.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from _server import begin, migrate, server_of, told

from compliance.embedded.postgres import APP, OWNER, Postgres

FEW = int(os.environ.get("BENCH_FEW", "10000"))
MANY = int(os.environ.get("BENCH_ROWS", "100000"))
NOW = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
TABLE = 100_000
"""Rows of the table that pages are asked of."""
DATABASE = "duly_import"

SECONDS = 60.0
LINEAR = 1.3
"""A row may take so many times as long in a long file."""
GROWTH = 60
"""Megabytes by which memory may grow from few rows to many."""
PAGE, STATEMENTS = 0.040, 8
ASKS = 15


def main() -> int:
    with server_of("bench-import") as server:
        with closing(server.connect(OWNER)) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {DATABASE}")
        child(server, OWNER, "fill")
        few = child(server, APP, "take", "1", str(FEW))
        settle(server)
        many = child(server, APP, "take", "2", str(MANY))
        child(server, APP, "top_up", "2")
        settle(server)
        pages = child(server, APP, "pages", "2")
        return report(few, many, pages)


def child(server: Postgres, role: str, *what: str) -> dict[str, Any]:
    """One of the functions below in a process of its own; what it prints last."""
    environment = {**os.environ, "DATABASE_URL": server.url(role, DATABASE)}
    done = subprocess.run(
        [sys.executable, __file__, *what], env=environment, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(what)} failed")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def settle(server: Postgres) -> None:
    """What autovacuum does within minutes."""
    with closing(server.connect("postgres", DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def report(few: dict[str, Any], many: dict[str, Any], pages: dict[str, Any]) -> int:
    each = [one["taken"] / one["rows"] for one in (few, many)]
    for name, (seconds, statements) in pages.items():
        print(f"table      {name}: {seconds * 1000:.1f} ms, {statements} statements")
    kept = [
        (
            few["shown"] + few["taken"] < SECONDS,
            f"{few['rows']:,} rows are read, shown and taken over in under {SECONDS:.0f} seconds",
        ),
        (each[1] <= LINEAR * each[0], f"a row of many takes {each[1] / each[0]:.2f} times as long"),
        (many["megabytes"] - few["megabytes"] <= GROWTH, "memory does not follow the file"),
        (
            all(seconds < PAGE and statements <= STATEMENTS for seconds, statements in pages.values()),
            f"a page takes under {PAGE * 1000:.0f} ms and at most {STATEMENTS} statements",
        ),
    ]
    return told(kept)


# What the processes do


def fill() -> dict[str, Any]:
    """Two contracts with a lead of the supplier's and a reviewer."""
    from contracts.models import Organisation, Person
    from contracts.services.actors import Actor
    from contracts.services.contracts import add_member, create_contract
    from obligations.services.reconciling.adopt import adopt_rulebooks

    migrate()
    bench = Actor.system("bench")
    authority = Organisation.objects.create(name="Wrenfield Council")
    supplier = Organisation.objects.create(name="Harbourlight Systems")
    people = {
        role: Person.objects.create_user(f"{name}@duly.example", name, None)
        for role, name in (("lead", "priya"), ("reviewer", "ada"))
    }
    for number in (1, 2):
        contract = create_contract(
            bench,
            NOW,
            reference=f"BENCH-{number}",
            title="Bench",
            outline_keys=["dmp_schedule_23"],
            agreement_date=date(2025, 4, 1),
            start_date=date(2025, 4, 1),
            end_date=date(2029, 3, 31),
            authority=authority,
            supplier=supplier,
        )
        for role, person in people.items():
            add_member(contract, bench, NOW, person=person, role=role, from_day=date(2025, 4, 1))
        adopt_rulebooks(contract, bench, NOW)
    return {}


def take(number: str, rows: str) -> dict[str, Any]:
    """Seconds for a file to be read and shown, and to be taken over; the most memory it had."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import override_settings

    from contracts.models import Contract, Person, Side
    from contracts.services import long_work
    from contracts.services.actors import Actor
    from obligations.models import Duty
    from obligations.vulnerabilities.models import RunState
    from obligations.vulnerabilities.services import importing
    from tests.support import vulnerability_files

    contract = Contract.objects.get(reference=f"BENCH-{number}")
    priya = Actor.of(Person.objects.get(email="priya@duly.example"), Side.SUPPLIER)
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        path = Path(folder) / "findings.csv"
        vulnerability_files.csv(path, int(rows))
        file = SimpleUploadedFile(path.name, path.read_bytes())
        run = importing.upload(contract, priya, NOW, file=file, found=NOW.date(), address="/{}")
        work = run.work
        assert work is not None
        shown = timed(lambda: long_work.run(work, NOW))
        run.refresh_from_db()
        assert (run.state, run.counts["new"]) == (RunState.READ, int(rows)), (run.problem, run.counts)
        run = importing.apply(
            run,
            priya,
            NOW,
            draft=False,
            leave_out=False,
            close_missing=False,
            patched=NOW.date(),
            address="/{}",
        )
        taken = timed(lambda: to_the_end(run))
    assert Duty.objects.filter(contract=contract, subject__startswith="CVE-").count() == int(rows)
    most = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    assert most is not None
    print(
        f"record     {int(rows):7,} rows: shown in {shown:6.1f} s, on the record in {taken:6.1f} s,"
        f" {int(most[1]) // 1024:4} MB",
        file=sys.stderr,
        flush=True,
    )
    return {"rows": int(rows), "shown": shown, "taken": taken, "megabytes": int(most[1]) // 1024}


def to_the_end(run: Any) -> None:
    """Turn after turn, as workers do it."""
    from datetime import timedelta

    from contracts.services import long_work

    for turn in range(100):
        work = long_work.run(run.work, NOW + timedelta(minutes=turn))
        run.refresh_from_db()
        if run.state == "applied":
            return
        print(f"turn {turn}: {work.state}, {work.message} {run.counts['consumed']:,} rows", file=sys.stderr)
    raise SystemExit("it does not come to its end")


def timed(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


SAME = """
    contract_id, identifier, aliases, component, version, title, reference, software, said, ratings,
    fixed_version, found_on, draft, recorded_at, recorded_by_id, recorded_side, changed_at, category,
    released_on, state, phase, due_at, order_at, justification, grounds
"""


def top_up(number: str) -> dict[str, Any]:
    """Copies in the table, where fewer were imported than its pages are asked of."""
    from django.db import connection, transaction

    from contracts.models import Contract
    from obligations.vulnerabilities.models import Vulnerability

    contract = Contract.objects.get(reference=f"BENCH-{number}")
    there = Vulnerability.objects.filter(contract=contract).count()
    if there < TABLE:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO obligations_vulnerability (id, subject, folded, {SAME})
                SELECT row_number() OVER () + 1000000000, subject || ' ' || copy, folded || ' ' || copy,
                    {SAME}
                FROM obligations_vulnerability CROSS JOIN generate_series(2, %s) AS copy
                WHERE contract_id = %s LIMIT %s
                """,
                [1 - (-TABLE // there), contract.pk, TABLE - there],
            )
    rows = Vulnerability.objects.filter(contract=contract).count()
    print(f"table      {rows:7,} rows, {max(0, rows - there):,} of them copies", file=sys.stderr, flush=True)
    return {}


def pages(number: str) -> dict[str, Any]:
    """Seconds (the middle of some) and statements of the first page and of the hundredth, by name."""
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from contracts.models import Contract, Person

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(Person.objects.get(email="priya@duly.example"))
    table = reverse("vulnerabilities", args=[Contract.objects.get(reference=f"BENCH-{number}").pk])
    found = {}
    at, turned = table, 1
    with override_settings(ALLOWED_HOSTS=["127.0.0.1"]):
        while True:
            response = client.get(at)
            assert response.status_code == 200, response
            if turned in (1, 100):
                took = [timed(partial(client.get, at)) for _ in range(ASKS)]
                with CaptureQueriesContext(connection) as statements:
                    client.get(at)
                found[f"page {turned}"] = (statistics.median(took), len(statements))
            following = re.search(r'href="([^"]+)" rel="next"', response.content.decode())
            if turned == 100 or following is None:
                return found
            at, turned = table + unescape(following[1]), turned + 1


if __name__ == "__main__":
    begin(os.environ["DATABASE_URL"])
    does: dict[str, Callable[..., dict[str, Any]]] = {
        "fill": fill,
        "take": take,
        "top_up": top_up,
        "pages": pages,
    }
    print(json.dumps(does[sys.argv[1]](*sys.argv[2:])))
