"""The ledger: numbered one by one, chained, append-only; a change behind its back is found."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from contracts.models import LedgerEntry, SignedWrite
from contracts.services import ledger
from tests.cast import NOON, SYSTEM, make_contract
from tests.support import database

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    cast = make_contract()
    for number in range(3):
        payload = {"day": date(2026, 3, 12), "moment": NOON, "number": number, "word": "prôtegé"}
        ledger.record(cast.contract, cast.as_("priya"), "test_written", payload, NOON)
    return cast


def test_the_chain_is_whole_and_counted(entries):
    assert ledger.verify(entries.contract) == LedgerEntry.objects.filter(contract=entries.contract).count()


def test_entries_of_two_contracts_do_not_mix(entries):
    other = make_contract(reference="WF-2026-015")
    ledger.record(entries.contract, SYSTEM, "test_written", {}, NOON)
    assert (ledger.verify(entries.contract), ledger.verify(other.contract)) == (12, 8)


def test_the_application_writes_no_entry_by_hand(entries):
    rows = LedgerEntry.objects.filter(contract=entries.contract)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows.update(actor_name="Somebody else")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows.delete()
    entry = rows.latest("number")
    entry.pk, entry.number = None, entry.number + 1
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        entry.save(force_insert=True)


def test_an_entry_that_was_worked_out_from_another_end_is_refused(entries):
    given = [{"contract": entries.contract.pk, "kept_to": "", "verb": "x", "payload": "{}", "hash": "0" * 64}]
    with (
        pytest.raises(IntegrityError, match="ledger_hash_agrees: entry 12"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT duly.append_to_ledger(%s, NULL, 'Nobody', %s)", [NOON, json.dumps(given)])


def test_many_at_once_are_chained_and_cost_what_one_costs(entries, django_assert_num_queries):
    with django_assert_num_queries(5):
        ledger.record_many(entries.contract, SYSTEM, [("test_many", {"n": n}) for n in range(200)], NOON)
    assert ledger.verify(entries.contract) == LedgerEntry.objects.filter(contract=entries.contract).count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "UPDATE contracts_ledgerentry SET payload = '{\"number\": 9}' WHERE number = 9",
            "entry 9 .* was changed",
        ),
        ("UPDATE contracts_ledgerentry SET actor_name = 'X' WHERE number = 9", "entry 9 .* was changed"),
        (
            "UPDATE contracts_ledgerentry SET moment = moment + interval '1 second' WHERE number = 9",
            "changed",
        ),
        ("UPDATE contracts_ledgerentry SET verb = 'x' WHERE number = 1", "entry 1 .* was changed"),
        ("DELETE FROM contracts_ledgerentry WHERE number = 9", "entry 9 .* is missing"),
        (
            "DELETE FROM contracts_ledgerentry WHERE number = 9;"
            "UPDATE contracts_ledgerentry SET number = number - 1 WHERE number > 9",
            "entry 9 .* was changed",
        ),
    ],
)
def test_what_the_owner_of_the_table_changes_is_found(entries, test_database, statement, says, capsys):
    assert ledger.verify(entries.contract) == 11
    _, owner_url = test_database
    with closing(database.connect(owner_url)) as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE contracts_ledgerentry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE contracts_ledgerentry ENABLE TRIGGER USER")
    with pytest.raises(ledger.LedgerBroken, match=says):
        ledger.verify(entries.contract)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger")
    assert ended.value.code == 1
    assert (
        f"{entries.contract.reference}: 1" in (told := capsys.readouterr().out) and "entries, broken" in told
    )


def test_the_command_says_that_the_ledgers_are_whole(entries, capsys):
    call_command("verify_ledger")
    told = capsys.readouterr().out
    assert f"{entries.contract.reference}: 11 entries, whole\n" in told and "nothing is wrong" in told
    with pytest.raises(CommandError, match="there is no contract 'NOWHERE-1'; give its reference"):
        call_command("verify_ledger", "NOWHERE-1")


@pytest.mark.django_db(transaction=True)
def test_the_end_of_each_ledger_is_signed_with_the_write(entries):
    """Also where the entry is the first thing that its transaction wrote."""
    before = SignedWrite.objects.latest("pk").pk
    entry = ledger.record(entries.contract, SYSTEM, "test_written", {}, NOON)
    write = SignedWrite.objects.latest("pk")
    assert write.pk > before
    assert write.heads == {f"contract {entries.contract.pk}": [entry.number, entry.hash]}


def test_what_cannot_be_written_is_refused_before_anything_is(entries):
    before = LedgerEntry.objects.count()
    with pytest.raises(TypeError, match="timedelta cannot be written"):
        ledger.record(entries.contract, SYSTEM, "x", {"length": timedelta(1)}, NOON)
    assert LedgerEntry.objects.count() == before
