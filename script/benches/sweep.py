"""What reminders cost: claiming, sending, cancelling and planning for who joins, by how many duties are open.

Two PostgreSQL databases of the bench's own, with 10,000 and 1,000,000 open duties of which 1,000 notices are
due; a contract has 100 duties and two people. Then 10,000 mails through an SMTP server in a process of its
own, 8 notices in each. Exits 1 where a promise is broken.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from typing import Any

import psutil
from _server import begin, migrate, server_of, told

from compliance.embedded.postgres import APP, OWNER, Postgres

FEW = int(os.environ.get("BENCH_FEW", "10000"))
MANY = int(os.environ.get("BENCH_DUTIES", "1000000"))
MAILS = int(os.environ.get("BENCH_MAILS", "10000"))
EACH = 100
"""Open duties of a contract."""
IN_A_MAIL = 8
DUE, JOINED = 1000, 20
ROUNDS = 5
GROWTH, A_SECOND, STATEMENTS, MEMORY = 1.3, 200, 0.2, 30
NOW = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
SMALL, LARGE = "duly_sweep_few", "duly_sweep_many"


def main() -> int:
    with server_of("bench-sweep") as server, mail_server() as port:
        os.environ["MAIL_DAILY"] = "false"
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        execute(server, f"CREATE DATABASE {SMALL} OWNER {OWNER}", "postgres")
        begin(server.url(OWNER, SMALL))
        migrate()
        first_contract()
        use(None)
        execute(server, f"CREATE DATABASE {LARGE} TEMPLATE {SMALL}", "postgres")
        figures = {}
        for database, duties in ((SMALL, FEW), (LARGE, MANY)):
            began = time.perf_counter()
            for statement in laid(duties // EACH):
                execute(server, statement, database)
            print(f"{duties:,} open duties laid in {time.perf_counter() - began:.0f} seconds")
            use(database)
            figures[database] = measure(server, database)
        kept = compared(figures[SMALL], figures[LARGE])
        kept += sent(server) + cancelled(server)
        return told(kept)


def execute(server: Postgres, statement: str, database: str) -> None:
    with closing(server.connect("postgres", database)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(statement)


def use(database: str | None) -> None:
    """Django goes to this database as the application's role from now on; None closes its connection."""
    from django.db import connection

    connection.close()
    if database:
        connection.settings_dict.update(NAME=database, USER=APP)


# What is there


def first_contract() -> None:
    """A contract with two people and one duty, by the services."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from contracts.models import Organisation, Paragraph, Person
    from contracts.services.actors import Actor
    from contracts.services.contracts import add_member, create_contract
    from obligations.models import Duty, Obligation

    bench = Actor.system("bench")
    contract = create_contract(
        bench,
        NOW,
        reference="BENCH-0",
        title="Bench",
        outline_keys=["dmp_schedule_23"],
        authority=Organisation.objects.create(name="Wrenfield Council"),
        supplier=Organisation.objects.create(name="Harbourlight Systems"),
        agreement_date=date(2025, 4, 1),
        start_date=date(2025, 4, 1),
        end_date=date(2029, 3, 31),
    )
    for name in ("Priya", "Tom"):
        person = Person.objects.create_user(f"{name.lower()}@duly.example", name, None)
        add_member(contract, bench, NOW, person=person, role="contributor", from_day=date(2025, 4, 1))
    obligation = Obligation.objects.create(
        contract=contract, paragraph=Paragraph.objects.get(contract=contract, path="main/10.3"),
        rulebook_key="dmp_schedule_23", rule_key="patch", title="Apply patches", party="supplier",
        in_force=DateRange(date(2025, 4, 1), None),
    )  # fmt: skip
    day = date(2026, 9, 30)
    Duty.objects.create(
        contract=contract, obligation=obligation, subject="CVE-0", occurrence="0", party="supplier",
        title="Apply Critical patches", owed_from=NOW, due_at=datetime(2026, 9, 30, 22, 59, 59, tzinfo=UTC),
        due_date=day, created_at=NOW, changed_at=NOW,
        derivation={"steps": [{"text": "60 Working Days counted", "rule": "R3", "skipped": []}] * 5},
    )  # fmt: skip


COPIED = {
    "contracts_contract": {"id": "{far} + k", "reference": "'BENCH-' || k"},
    "contracts_schedule": {"id": "{far} + k", "contract_id": "{far} + k"},
    "contracts_paragraph": {
        "id": "{far} + k", "contract_id": "{far} + k", "schedule_id": "{far} + k",
    },
    "obligations_obligation": {
        "id": "{far} + k", "contract_id": "{far} + k", "paragraph_id": "{far} + k",
    },
    "contracts_person": {
        "id": "{far} + 2 * k + place", "email": "'p' || k || '.' || place || '@duly.example'",
    },
    "contracts_membership": {
        "id": "{far} + 2 * k + place", "contract_id": "{far} + k", "person_id": "{far} + 2 * k + place",
    },
    "obligations_duty": {
        "id": f"{{far}} + k * {EACH} + n", "contract_id": "{far} + k", "obligation_id": "{far} + k",
        "subject": "'CVE-' || n", "occurrence": "n",
        "due_at": "t.due_at + make_interval(days => n)", "due_date": "t.due_date + n",
    },
}  # fmt: skip
FAR = 10_000_000

NOTICES = """
    SET session_replication_role = replica;
    INSERT INTO obligations_notice (contract_id, duty_id, deadline_version, stage, recipient_id, channel,
        about, not_before, attempts, answer, cancelled_why, created_at, in_ledger)
    SELECT duty.contract_id, duty.id, 1, '{stage}', member.person_id, 'email', '{about}', {at}, 0, '', '',
        '{now}', false
    FROM obligations_duty AS duty JOIN contracts_membership AS member USING (contract_id)
    WHERE duty.id > {far} AND {which}
"""


def laid(contracts: int) -> Iterator[str]:
    """Statements that copy the contract so often, without triggers, and plan a notice a duty and person."""
    from django.db import connection

    for table, replaced in COPIED.items():
        use(SMALL)
        with connection.cursor() as cursor:
            columns = [one.name for one in connection.introspection.get_table_description(cursor, table)]
        use(None)
        wanted = ", ".join(replaced.get(one, f't."{one}"').format(far=FAR) for one in columns)
        many = "generate_series(0, 1) AS place" if "place" in wanted else "(SELECT 1) AS one"
        if table == "obligations_duty":
            many = f"generate_series(0, {EACH - 1}) AS n"
        which = f"t.id = (SELECT min(id) FROM {table})"
        if table == "contracts_paragraph":
            which = "t.id = (SELECT paragraph_id FROM obligations_obligation WHERE id < 10000000)"
        yield (
            f"SET session_replication_role = replica; INSERT INTO {table} ({', '.join(map(quoted, columns))})"
            f" SELECT {wanted} FROM {table} AS t, generate_series(1, {contracts}) AS k, {many} WHERE {which}"
        )
    yield notices("due_soon", "due_at - interval '7 days'", "true")
    yield "DELETE FROM contracts_audiencechange"
    yield "VACUUM ANALYZE"


def quoted(name: str) -> str:
    return f'"{name}"'


def notices(stage: str, at: str, which: str, about: str = "") -> str:
    return NOTICES.format(stage=stage, at=at, which=which, about=about, now=NOW.isoformat(), far=FAR)


# What is measured


def measure(server: Postgres, database: str) -> dict[str, float]:
    """Seconds, the best of some rounds: claiming, planning for who joined, looking where nobody did."""
    from contracts.models import AudienceChange
    from obligations.models import Notice
    from obligations.services.notices.delivery import BATCH, claim_batch
    from obligations.services.notices.joining import plan_ahead
    from obligations.services.notices.waiting import oldest_unsent

    contracts = DUE // 20
    first = f"duty.contract_id <= {FAR + contracts} AND duty.id % {EACH} < 10"
    execute(server, notices("raised", f"'{NOW.isoformat()}'", first), database)
    execute(server, "VACUUM ANALYZE obligations_notice", database)

    def claim() -> None:
        claimed = 0
        while found := claim_batch(NOW, BATCH, together=True):
            claimed += len(found)
        assert claimed == DUE, claimed

    def join() -> None:
        AudienceChange.objects.bulk_create(
            AudienceChange(contract_id=FAR + 1 + place, from_day=NOW.date()) for place in range(JOINED)
        )
        plan_ahead(NOW)

    figures = {
        "claiming 1,000 due": best(
            claim, lambda: Notice.objects.filter(stage="raised").update(claimed_at=None)
        ),
        f"planning for who joined {JOINED} contracts": best(join),
        "planning where nobody joined": best(lambda: plan_ahead(NOW)),
        "how long mail has waited": best(lambda: oldest_unsent(NOW)),
    }
    Notice.objects.filter(stage="raised").delete()
    return figures


def best(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    took = []
    for _ in range(ROUNDS):
        before()
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def compared(few: dict[str, float], many: dict[str, float]) -> list[tuple[bool, str]]:
    print(f"{'milliseconds':<42}{FEW:>12,}{MANY:>12,}")
    for name in few:
        print(f"  {name:<40}{few[name] * 1000:12.1f}{many[name] * 1000:12.1f}")
    return [
        (
            many[name] <= few[name] * GROWTH or many[name] < 0.005,
            f"{name}: at most {GROWTH} times, or under 5 ms",
        )
        for name in few
    ]


def sent(server: Postgres) -> list[tuple[bool, str]]:
    """10,000 mails, as the sweep sends them: a second's rate, statements and memory."""
    from django.urls import reverse

    from obligations.services.notices.delivery import sweep

    which = f"duty.contract_id <= {FAR + MAILS // 2} AND duty.id % {EACH} < {IN_A_MAIL}"
    execute(
        server,
        "SET session_replication_role = replica;"
        f" UPDATE obligations_notice SET not_before = '{NOW.isoformat()}'"
        f" FROM obligations_duty AS duty WHERE duty_id = duty.id AND {which}",
        LARGE,
    )
    execute(server, "VACUUM ANALYZE obligations_notice", LARGE)
    reverse("board", args=[1])  # as in a worker that runs: the addresses are loaded
    process, memory = psutil.Process(), []
    mails = notices_sent = 0
    with counted() as asked:
        began = time.perf_counter()
        while (swept := sweep(NOW)).mails:
            mails, notices_sent = mails + swept.mails, notices_sent + swept.sent
            memory.append(process.memory_info().rss / 1_000_000)
        took = time.perf_counter() - began
    rate, each = mails / took, asked[0] / notices_sent
    grown = memory[-1] - memory[len(memory) // 4]
    print(
        f"{mails:,} mails of {IN_A_MAIL} in {took:.0f} seconds: {rate:.0f} a second,"
        f" {each:.3f} statements a notice"
    )
    print(f"  memory {memory[0]:.0f} to {memory[-1]:.0f} MB")
    return [
        (mails == MAILS, f"{MAILS:,} mails and none twice"),
        (rate >= A_SECOND, f"{A_SECOND} mails a second or more with one worker"),
        (each <= STATEMENTS, f"at most {STATEMENTS} statements for each notice sent"),
        (grown <= MEMORY, f"memory grows by {MEMORY} MB at most, from a quarter of them to the end"),
    ]


def cancelled(server: Postgres) -> list[tuple[bool, str]]:
    from obligations.models import Notice
    from obligations.services.notices.delivery import sweep

    which = f"duty.contract_id <= {FAR + 1000} AND duty.id % {EACH} >= 90"
    execute(
        server,
        "SET session_replication_role = replica; DELETE FROM obligations_notice WHERE stage = 'raised'",
        LARGE,
    )
    execute(server, notices("raised", f"'{NOW.isoformat()}'", which), LARGE)  # none has such news
    with counted() as asked:
        began, number = time.perf_counter(), 0
        while (swept := sweep(NOW)).cancelled:
            number += swept.cancelled
        took = time.perf_counter() - began
    waiting = Notice.objects.filter(stage="raised", cancelled_at=None).count()
    print(f"{number:,} cancelled in {took:.0f} seconds, {asked[0] / number:.3f} statements a notice")
    return [
        (waiting == 0, "all that makes no sense is cancelled"),
        (asked[0] / number <= STATEMENTS, f"at most {STATEMENTS} statements for each notice cancelled"),
    ]


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many statements were run, in the first place of the list."""
    from django.db import connection

    number = [0]

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        number[0] += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        yield number


@contextmanager
def mail_server() -> Iterator[int]:
    """A server that takes every mail and throws it away, in a process of its own; its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Any) -> None:
    from aiosmtpd.controller import Controller

    class Taking:
        async def handle_DATA(self, *_: Any) -> str:
            return "250 OK"

    from tests.support.mailserver import free_port

    port = free_port()
    Controller(Taking(), hostname="127.0.0.1", port=port, ready_timeout=10).start()
    pipe.send(port)
    asyncio.new_event_loop().run_forever()


if __name__ == "__main__":
    raise SystemExit(main())
