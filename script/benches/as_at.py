"""How long the words of one contract as at a day take, alone and among 1,000 contracts like it.

A contract of 400 paragraphs with 20 variations in force, made by the services on a PostgreSQL of the bench's
own; the others are copies of its rows. Exits 1 where the query takes 20 ms or more, or more than 1.3 times
as long with 1,000 contracts in the database.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

from _server import begin, migrate, server_of, told

from compliance.embedded.postgres import APP, OWNER, Postgres
from contracts.row_security import asking

CONTRACTS = int(os.environ.get("BENCH_CONTRACTS", "1000"))
PARAGRAPHS, VARIATIONS, EFFECTS = 400, 20, 12
NOW = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
MADE = date(2025, 4, 1)
AT_MOST, GROWTH = 0.020, 1.3
ASKS, ROUNDS = 16, 15
ALONE, CROWDED = "duly_as_at", "duly_as_at_crowded"
DICE = random.Random("as at")


def main() -> int:
    with server_of("bench-as-at") as server:
        execute(server, f"CREATE DATABASE {ALONE} OWNER {OWNER}", "postgres")
        contract = fill(server)
        print(f"one contract: {PARAGRAPHS} paragraphs, {VARIATIONS} variations, {versions()} versions")
        use(None)
        execute(server, f"CREATE DATABASE {CROWDED} TEMPLATE {ALONE}", "postgres")
        began = time.perf_counter()
        copies(server, contract)
        for database in (ALONE, CROWDED):
            execute(server, "VACUUM ANALYZE", database)
        execute(server, "CHECKPOINT", "postgres")
        took = time.perf_counter() - began
        use(CROWDED)
        print(f"{CONTRACTS:,} such contracts, {versions():,} versions, copied in {took:.0f} seconds")
        return report(*measure(contract))


def execute(server: Postgres, statement: str, database: str) -> None:
    with closing(server.connect("postgres", database)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def use(database: str | None) -> None:
    """Django goes to this database as the application's role from now on; None closes its connection."""
    from django.db import connection

    connection.close()
    if database:
        connection.settings_dict.update(NAME=database, USER=APP)


def report(alone: float, crowded: float) -> int:
    print(f"  the words as at a day, alone             {alone * 1000:6.1f} ms")
    print(f"  the words as at a day, among {CONTRACTS:,}       {crowded * 1000:6.1f} ms")
    kept = [
        (alone < AT_MOST and crowded < AT_MOST, f"under {AT_MOST * 1000:.0f} ms"),
        (
            crowded <= GROWTH * alone,
            f"at most {GROWTH} times as long among {CONTRACTS:,}: {crowded / alone:.2f}",
        ),
    ]
    return told(kept)


def measure(contract: Any) -> tuple[float, float]:
    """Seconds for the words on random days, alone and crowded, asked in turn by the supplier's lead.

    The smallest median of the batches counts: what else the machine does only ever makes one longer.
    """
    from contracts.models import Person

    priya = Person.objects.get(email="priya@duly.example").pk
    medians: dict[str, list[float]] = {ALONE: [], CROWDED: []}
    with asking.person(priya):
        for _ in range(ROUNDS):
            for database, found in medians.items():
                use(database)
                found.append(batch(contract))
    return min(medians[ALONE]), min(medians[CROWDED])


def batch(contract: Any) -> float:
    """The median of some askings, after one that warms up."""
    from contracts.selectors import text_as_at

    took = []
    for _ in range(ASKS):
        day = MADE + timedelta(days=DICE.randrange(350))
        began = time.perf_counter()
        found = text_as_at(contract, day)
        took.append(time.perf_counter() - began)
        assert len(found) == PARAGRAPHS, len(found)
    return statistics.median(took[1:])


def versions() -> int:
    from contracts.models import ParagraphVersion

    return ParagraphVersion.objects.count()


def fill(server: Postgres) -> Any:
    """Migrates as the owner and makes one contract, its paragraphs and its variations by the services."""
    begin(server.url(OWNER, ALONE))
    migrate()
    return varied(first_contract())


def first_contract() -> Any:
    """A contract of exactly 400 paragraphs: those of a schedule we know, and as many more as it takes."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from contracts.models import Organisation, Paragraph, ParagraphVersion, Person
    from contracts.services.actors import Actor
    from contracts.services.contracts import add_member, create_contract

    bench = Actor.system("bench")
    contract = create_contract(
        bench,
        NOW,
        reference="BENCH-0",
        title="Bench",
        outline_keys=["dmp_schedule_23"],
        authority=Organisation.objects.create(name="Wrenfield Council"),
        supplier=Organisation.objects.create(name="Harbourlight Systems"),
        agreement_date=MADE,
        start_date=MADE,
    )
    for role, name in (("lead", "Priya"), ("reviewer", "Ada")):
        person = Person.objects.create_user(f"{name.lower()}@duly.example", name, None)
        add_member(contract, bench, NOW, person=person, role=role, from_day=MADE)
    schedule = contract.schedules.get()
    there = Paragraph.objects.filter(contract=contract).count()
    assert there <= PARAGRAPHS
    rows = [
        Paragraph(
            contract=contract, schedule=schedule, path=f"Annex 9/{number}", scope="Annex 9",
            number=str(number), order=10_000_000 + number, heading=f"Aim {number}", summary="One more aim.",
        )
        for number in range(1, PARAGRAPHS - there + 1)
    ]  # fmt: skip
    Paragraph.objects.bulk_create(rows)
    ParagraphVersion.objects.bulk_create(
        ParagraphVersion(contract=contract, paragraph=row, in_force=DateRange(MADE, None)) for row in rows
    )
    ParagraphVersion.objects.filter(contract=contract).update(
        text="The Supplier shall keep what it says. " * 12
    )
    return contract


def varied(contract: Any) -> Any:
    """Twenty variations through the services, each changing the words of a dozen paragraphs."""
    from contracts.models import Paragraph, Person, Side
    from contracts.services.actors import Actor
    from contracts.services.variations import draft_variation, share_variation
    from obligations.services.variations.signing import sign_variation

    people = {person.name: person for person in Person.objects.all()}
    ada, priya = Actor.of(people["Ada"], Side.AUTHORITY), Actor.of(people["Priya"], Side.SUPPLIER)
    paths = [row.citation for row in Paragraph.objects.filter(contract=contract).select_related("schedule")]
    for number in range(1, VARIATIONS + 1):
        day = MADE + timedelta(days=16 * number)
        effects = [
            (path, "replaced", f"Words of variation {number}. " * 12) for path in DICE.sample(paths, EFFECTS)
        ]
        variation = draft_variation(
            contract, ada, NOW, number=f"{number:03}", title="More words", effects=effects
        )
        share_variation(variation, ada, NOW)
        for side, actor in (("supplier", priya), ("authority", ada)):
            sign_variation(
                variation, actor, NOW, side=side, name="Somebody", job_title="Director", signed_on=day,
                text_hash=variation.text_hash,
            )  # fmt: skip
    return contract


COPIED = ("contracts_contract", "contracts_schedule", "contracts_paragraph", "contracts_variation",
          "contracts_paragraphversion")  # fmt: skip
IDS = {"id", "contract_id", "schedule_id", "paragraph_id", "begun_by_id"}


def copies(server: Postgres, contract: Any) -> None:
    """The other contracts: copies of the rows, with ids of their own, in random order of contract."""
    with closing(server.connect("postgres", CROWDED)) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in COPIED:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                " AND table_schema = 'public' ORDER BY ordinal_position", [table],
            )  # fmt: skip
            names = [f'"{name}"' for (name,) in cursor.fetchall()]
            of = "id" if table == "contracts_contract" else "contract_id"
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(map(_shifted, names))}"
                f" FROM {table}, generate_series(1, {CONTRACTS - 1}) AS place WHERE {of} = {contract.pk}"
            )
        connection.commit()


def _shifted(name: str) -> str:
    if name.strip('"') in IDS:
        return f"{name} + place * 1000000"
    return f"{name} || '-' || place" if name == '"reference"' else name


if __name__ == "__main__":
    raise SystemExit(main())
