"""How fast open duties are redated after a new holiday, beside a bare SQL script that only writes the rows.

100,000 open duties of 60 Working Days on 200 contracts, each with the notices planned for it, on a PostgreSQL
of the bench's own. Duly previews and applies one more holiday. The bare script is handed the finished rows,
staged in the database beforehand, and updates the same duties and inserts the same ledger and notice rows.
All start from the same database, copied; in one copy rows are not proved, which shows what that costs.
Exits 1 where Duly, its preview included, takes more than 3 times
as long.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

from _server import begin, migrate, server_of, told

from compliance import places
from compliance.embedded.postgres import APP, OWNER, Postgres

CONTRACTS = int(os.environ.get("BENCH_CONTRACTS", "200"))
DUTIES = int(os.environ.get("BENCH_DUTIES", "100000"))
NOW = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
HOLIDAY = date(2026, 5, 12)
AT_MOST = 3.0
DULY, BARE, UNPROVED = "duly_bench", "bare_bench", "unproved_bench"
MADE = ("Priya", "10.3-other", "england-and-wales")


def main() -> int:
    with server_of("bench-postgres") as server:
        with closing(server.connect(OWNER)) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {DULY}")
        began = time.perf_counter()
        fill(server)
        took = time.perf_counter() - began
        print(f"{DUTIES:,} open duties on {CONTRACTS} contracts, made in {took:.0f} seconds", flush=True)
        for copy in (BARE, UNPROVED):
            sql(server, f"CREATE DATABASE {copy} TEMPLATE {DULY}", "postgres", OWNER)
        settle(server, DULY)
        previewed, applied, counts = duly(server)
        stage(server)
        unproved(server)
        bare = {}
        for copy in (BARE, UNPROVED):
            settle(server, copy)
            bare[copy] = bare_script(copy)
        return report(previewed, applied, bare[BARE], bare[UNPROVED], counts)


def report(previewed: float, applied: float, bare: float, unproved: float, counts: dict[str, int]) -> int:
    rows = f"{counts['ledger']:,} ledger and {counts['notice']:,} notice rows"
    print(f"One more holiday moves all: {rows}; {counts['cancelled']:,} old notices cancelled by Duly")
    for name, seconds in (
        ("Duly, preview (worked out and kept)", previewed),
        ("Duly, applying it", applied),
        ("bare SQL, rows handed over finished", bare),
        ("the same where rows are not proved", unproved),
    ):
        print(f"  {name:<42}{seconds:>9.1f} seconds  {DUTIES / seconds:>10,.0f} duties a second")
    kept = previewed + applied <= AT_MOST * bare
    print(f"  applying takes {applied / bare:.2f} times as long as the bare script,", end=" ")
    print(f"with the preview {(previewed + applied) / bare:.2f} times")
    return told([(kept, "with the preview it takes at most 3 times a bare SQL script")])


def sql(server: Postgres, statement: str, database: str = DULY, role: str = "postgres") -> list[Any]:
    with closing(server.connect(role, database)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def settle(server: Postgres, database: str) -> None:
    """The same start for both: statistics fresh, nothing left to write."""
    sql(server, "VACUUM ANALYZE", database)
    sql(server, "CHECKPOINT", database)


# The database


def fill(server: Postgres) -> None:
    """Migrates as the owner, makes one contract by the services and the rest by copying rows."""
    from django.db import connection

    begin(server.url(OWNER, DULY))
    migrate()
    first_contract()
    more_contracts()
    for contract in contracts():
        add_duties(contract, DUTIES // CONTRACTS)
    connection.close()


def contracts() -> Any:
    from contracts.models import Contract

    return list(Contract.objects.order_by("pk"))


def first_contract() -> None:
    from contracts.models import Organisation, Person
    from contracts.services.actors import Actor
    from contracts.services.contracts import add_member, create_contract
    from obligations.services.reconciling.adopt import adopt_rulebooks

    bench = Actor.system("bench")
    contract = create_contract(
        bench,
        NOW,
        reference="BENCH-1",
        title="Bench",
        outline_keys=["dmp_schedule_23"],
        authority=Organisation.objects.create(name="Wrenfield Council"),
        supplier=Organisation.objects.create(name="Harbourlight Systems"),
        agreement_date=date(2025, 4, 1),
        start_date=date(2025, 4, 1),
        end_date=date(2029, 3, 31),
    )
    for role, name in (("lead", "Priya"), ("reviewer", "Ada")):
        person = Person.objects.create_user(f"{name.lower()}@duly.example", name, None)
        add_member(contract, bench, NOW, person=person, role=role, from_day=date(2025, 4, 1))
    adopt_rulebooks(contract, bench, NOW)
    Person.objects.create_superuser("mina@duly.example", "Mina", None)


def more_contracts() -> None:
    """The others: the same people, versions, paragraphs and obligations."""
    from contracts.models import Contract, Membership, Paragraph, Schedule
    from obligations.models import Adoption, EditionAdoption, Obligation

    first = Contract.objects.get()
    for number in range(2, CONTRACTS + 1):
        contract = Contract.objects.get(pk=first.pk)
        contract.pk, contract.reference = None, f"BENCH-{number}"
        contract.save(force_insert=True)
        for model in (Membership, Adoption, EditionAdoption):
            for row in copies(model, first.pk):
                row.contract = contract
                row.save(force_insert=True)
        schedule = next(copies(Schedule, first.pk))
        schedule.contract = contract
        schedule.save(force_insert=True)
        paragraph = Paragraph.objects.get(contract=first, path="main/10.3")
        obligation = Obligation.objects.get(contract=first, rule_key=MADE[1])
        paragraph.pk, paragraph.contract, paragraph.schedule = None, contract, schedule
        paragraph.save(force_insert=True)
        obligation.pk, obligation.contract, obligation.paragraph = None, contract, paragraph
        obligation.save(force_insert=True)


def copies(model: Any, contract: int) -> Iterator[Any]:
    for row in model.objects.filter(contract_id=contract):
        row.pk = None
        yield row


FACT = ("contract_id", "kind", "subject", "happened_on", "stamped", "repeated_hour", "details", "recorded_at",
        "recorded_by_name", "recorded_side", "withdrawn_reason", "made_on")  # fmt: skip
DUTY = ("contract_id", "obligation_id", "subject", "occurrence", "cause_id", "party", "title", "shape",
        "retention", "word", "owed_from", "due_at", "due_date", "literal_limit", "provisional", "flagged",
        "derivation", "deadline_version", "date_stands", "phase", "approver", "created_at",
        "changed_at")  # fmt: skip


def add_duties(contract: Any, number: int) -> None:
    """Patches of the least grave category, one by one as the engine dates them, and their notices."""
    from contracts.services.rows import copy_in
    from obligations.models import Duty, FactRecord, Obligation
    from obligations.rules.engine.edition import this_edition
    from obligations.rules.register.rulebook import load_rulebook
    from obligations.services.asking import calendars
    from obligations.services.notices import notices_in_bulk
    from obligations.services.reconciling.duty_rows import derivation_of

    known = calendars.load()
    released = {
        f"CVE-2026-{place:05}": date(2026, 2, 16) + timedelta(days=place % 29) for place in range(number)
    }
    copy_in(FactRecord._meta.db_table, FACT, [
        (contract.pk, "patch_publicly_released", subject, day, "", False,
         json.dumps({"subject": subject, "category": "Other"}), NOW, MADE[0], "supplier", "", "")
        for subject, day in released.items()
    ])  # fmt: skip
    facts = list(FactRecord.objects.filter(contract=contract))
    obligation = Obligation.objects.get(contract=contract, rule_key=MADE[1])
    proof, book, edition = known.as_json(MADE[2]), load_rulebook("dmp_schedule_23"), this_edition()
    copy_in(Duty._meta.db_table, DUTY, [
        (contract.pk, obligation.pk, duty.subject, duty.occurrence, duty.cause_fact, duty.party, duty.title,
         duty.shape, False, "", duty.owed_from, duty.deadline.due_at, duty.deadline.due_date, "", False,
         False, json.dumps(derivation_of(duty, proof, book, edition)), 1, "", "open",
         duty.approver or "", NOW, NOW)
        for duty in dated(contract, facts, known.of(MADE[2]))
    ])  # fmt: skip
    rows = Duty.objects.filter(contract=contract, cause__in=facts)
    notices_in_bulk.write(rows, {contract.pk: contract}, known, NOW)


def dated(contract: Any, facts: list[Any], calendar: Any) -> Iterator[Any]:
    """The engine's duties, twenty facts at a time."""
    from obligations.rules.engine.contract_book import narrowed
    from obligations.rules.engine.derive import derive
    from obligations.rules.register.rulebook import load_rulebook
    from obligations.services.asking.books import terms_of
    from obligations.services.asking.engine_input import as_fact

    book, terms = narrowed(load_rulebook("dmp_schedule_23"), {MADE[1]}), terms_of(contract)
    for start in range(0, len(facts), 20):
        yield from derive(book, terms, map(as_fact, facts[start : start + 20]), [], calendar, NOW)


# The two that are compared


def duly(server: Postgres) -> tuple[float, float, dict[str, int]]:
    """Seconds for the preview and for the redating, as the application's role; and what was written."""
    from django.conf import settings
    from django.db import connection

    from contracts.models import LedgerEntry, Person, Side
    from contracts.services.actors import Actor
    from obligations.models import Notice
    from obligations.services.holidays import applying, previewing, proposing

    connection.settings_dict["USER"] = settings.DATABASES["default"]["USER"] = APP
    mina = Actor.of(Person.objects.get(email="mina@duly.example"), Side.NEITHER)
    change = proposing.propose_day(
        mina, NOW, division=MADE[2], day=HOLIDAY, name="Bench holiday", source="The bench"
    )
    began = time.perf_counter()
    previewing.preview(change, NOW)
    previewed = time.perf_counter() - began
    change.refresh_from_db()
    assert change.previewed_moves == DUTIES, change.previewed_moves
    settle(server, DULY)
    began = time.perf_counter()
    applying.ask_to_apply(change, mina, NOW)
    applying.apply(change, NOW)
    applied = time.perf_counter() - began
    change.refresh_from_db()
    assert (change.state, change.moved) == ("applied", DUTIES), (change.state, change.moved)
    counts = {
        "ledger": LedgerEntry.objects.filter(verb="duty_redated").count(),
        "notice": Notice.objects.filter(deadline_version=2).count(),
        "cancelled": Notice.objects.exclude(cancelled_at=None).count(),
    }
    connection.close()
    return previewed, applied, counts


NEW_ROWS = {
    "duty": ("obligations_duty", "deadline_version = 2"),
    "ledger": ("contracts_ledgerentry", "verb = 'duty_redated'"),
    "notice": ("obligations_notice", "deadline_version = 2"),
}


def stage(server: Postgres) -> None:
    """What Duly wrote, as tables of the other database, ready for the bare script."""
    for name, (table, where) in NEW_ROWS.items():
        rows = places.VAR / f"bench-{name}.copy"
        with closing(server.connect(OWNER, DULY)) as connection, rows.open("w") as file:
            connection.cursor().copy_expert(f"COPY (SELECT * FROM {table} WHERE {where}) TO STDOUT", file)
        for copy in (BARE, UNPROVED):
            with closing(server.connect(OWNER, copy)) as connection, rows.open() as file:
                cursor = connection.cursor()
                cursor.execute(f"CREATE TABLE bare_{name} (LIKE {table})")
                cursor.copy_expert(f"COPY bare_{name} FROM STDIN", file)
        rows.unlink()
    for copy in (BARE, UNPROVED):
        sql(server, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {APP}", copy, OWNER)
        sql(server, f"GRANT INSERT ON contracts_ledgerentry TO {APP}", copy, OWNER)


def unproved(server: Postgres) -> None:
    for table in ("obligations_duty", "obligations_notice"):
        for event in ("insert", "update"):
            sql(server, f"DROP TRIGGER proved_on_{event} ON {table}", UNPROVED, OWNER)


def bare_script(copy: str) -> float:
    """Seconds for the script in one of the copies, as the application's role, in one transaction."""
    from django.db import connection, transaction

    connection.settings_dict["NAME"] = copy
    with transaction.atomic(), connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("""
            UPDATE obligations_duty AS old SET
                due_at = new.due_at, due_date = new.due_date, literal_limit = new.literal_limit,
                provisional = new.provisional, flagged = new.flagged, derivation = new.derivation,
                deadline_version = new.deadline_version, changed_at = new.changed_at
                FROM bare_duty AS new WHERE old.id = new.id;
            INSERT INTO contracts_ledgerentry SELECT * FROM bare_ledger;
            INSERT INTO obligations_notice SELECT * FROM bare_notice;
        """)
    took = time.perf_counter() - began
    connection.close()
    return took


if __name__ == "__main__":
    raise SystemExit(main())
