"""What is on record is signed as it is found, and the records of organisations are chained.

The ledgers of contracts keep their numbers and hashes. From here on an entry without a signature is a forged one.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import migrations, models

from contracts.origin import FOUND, sign
from contracts.services.verifying.chains import LEDGER, ORGANISATION, organisation_hash

AT_ONCE = 5000


def sign_ledgers(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("contracts", "LedgerEntry").objects.order_by("pk").values_list("pk", "hash")
    rows = ((key, sign(LEDGER, digest, FOUND)) for key, digest in entries.iterator(chunk_size=AT_ONCE))
    with unguarded(schema_editor, "contracts_ledgerentry") as cursor:
        for some in batches(rows):
            cursor.execute(
                "UPDATE contracts_ledgerentry AS e SET origin = n.origin"
                " FROM unnest(%s::bigint[], %s::text[]) AS n(id, origin) WHERE e.id = n.id",
                [list(column) for column in zip(*some, strict=True)],
            )


def chain_organisations(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("contracts", "OrganisationEntry").objects.order_by("organisation_id", "pk")
    with unguarded(schema_editor, "contracts_organisationentry") as cursor:
        for _, of_one in groupby(entries.iterator(chunk_size=AT_ONCE), key=lambda entry: entry.organisation_id):
            previous = ""
            for number, entry in enumerate(of_one, 1):
                entry.number, entry.previous_hash = number, previous
                previous = organisation_hash(entry)
                cursor.execute(
                    "UPDATE contracts_organisationentry SET number = %s, previous_hash = %s, hash = %s, origin = %s"
                    " WHERE id = %s",
                    [number, entry.previous_hash, previous, sign(ORGANISATION, previous, FOUND), entry.pk],
                )


class unguarded:
    """A cursor for a table whose guard against changes is off in the meantime."""

    def __init__(self, schema_editor: Any, table: str) -> None:
        self.cursor, self.table = schema_editor.connection.cursor(), table

    def __enter__(self) -> Any:
        self.cursor.execute(f"ALTER TABLE {self.table} DISABLE TRIGGER USER")
        return self.cursor

    def __exit__(self, *error: Any) -> None:
        if error[0] is None:
            self.cursor.execute(f"ALTER TABLE {self.table} ENABLE TRIGGER USER")


def batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    some = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


class Migration(migrations.Migration):
    dependencies = [("contracts", "0016_ledger_proves_itself")]

    operations = [
        migrations.RunPython(sign_ledgers, migrations.RunPython.noop),
        migrations.RunPython(chain_organisations, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="organisationentry",
            constraint=models.UniqueConstraint(
                fields=("organisation", "number"),
                name="organisation_entry_number_used_once",
                nulls_distinct=False,
            ),
        ),
    ]
