"""Whatever writes a protected row lays down a proof of it, and nobody lays one down by hand."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from contracts.models import Organisation, RowProof, SignedWrite
from contracts.proving.signing import SignsWrites
from contracts.row_security import asking
from contracts.services.rows import copy_in
from contracts.services.verifying.whole import Checked, findings
from obligations.models import KnownName, Notice
from tests.cast import NOON, make_contract, patch_released, play
from tests.support import database

pytestmark = pytest.mark.django_db


def proofs(table: str) -> list[tuple[int, bool]]:
    rows = RowProof.objects.filter(table_name=table).order_by("pk")
    return list(rows.values_list("row", "deleted"))


def whole() -> list[str]:
    return [finding.says for finding in findings(Checked(), lambda *_: None)]


@pytest.fixture
def contract():
    return make_contract().contract


def test_every_way_of_writing_is_proved(contract):
    names = [KnownName(contract=contract, name=name, folded=name) for name in ("a", "b")]
    KnownName.objects.bulk_create(names)
    KnownName.objects.bulk_create([KnownName(contract=contract, name="b", folded="b")], ignore_conflicts=True)
    columns = ("contract_id", "name", "folded")
    copy_in("obligations_knownname", columns, [(contract.pk, "c", "c"), (contract.pk, "d", "d")])
    a, b, c, d = KnownName.objects.order_by("name").values_list("pk", flat=True)
    new = [(one, False) for one in (a, b, c, d)]
    assert proofs("obligations_knownname") == new

    KnownName.objects.filter(name__in=["c", "d"]).update(folded="x")
    names[0].folded = "y"
    KnownName.objects.bulk_update(names, ["folded"])
    assert proofs("obligations_knownname")[4:] == [(c, False), (d, False), (a, False)], "b stayed as it was"
    KnownName.objects.filter(pk=d).delete()
    assert proofs("obligations_knownname")[7:] == [(d, True)]
    assert set(RowProof.objects.filter(table_name="obligations_knownname").values_list("contract")) == {
        (contract.pk,)
    }
    assert whole() == []


def test_what_means_nothing_leaves_no_proof():
    cast = play()
    patch_released(cast)
    before = len(proofs("obligations_notice"))
    assert before
    Notice.objects.update(claimed_at=NOON, attempts=3)
    assert len(proofs("obligations_notice")) == before
    assert whole() == []


def test_a_row_keeps_its_number(contract):
    with pytest.raises(IntegrityError, match="row_keeps_its_number"), transaction.atomic():
        Organisation.objects.filter(pk=contract.authority_id).update(id=999)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO contracts_rowproof (write_id, table_name, row, version, digest, deleted)"
        " VALUES (1, 'a', 1, 1, '', false)",
        "UPDATE contracts_rowproof SET deleted = true",
        "DELETE FROM contracts_rowproof",
        "INSERT INTO contracts_signedwrite (moment, who, xact, heads) VALUES (now(), 'x', 1, '{}')",
        "UPDATE contracts_signedwrite SET origin = ''",
        "DELETE FROM contracts_signedwrite",
        "TRUNCATE contracts_rowproof",
        "SELECT duly.this_write()",
        "INSERT INTO contracts_ledgerentry SELECT * FROM contracts_ledgerentry",
        "INSERT INTO contracts_organisationentry SELECT * FROM contracts_organisationentry",
    ],
)
def test_the_applications_role_proves_nothing_by_hand(contract, statement):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_the_owner_at_a_prompt_writes_no_protected_row(test_database):
    with (
        closing(database.connect(test_database[1])) as owner,
        owner.cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege, match="written_by_somebody"),
    ):
        cursor.execute("INSERT INTO contracts_organisation (name) VALUES ('Nobody')")
    assert not Organisation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_wrote_is_known():
    Organisation.objects.create(name="Wrenfield Council")
    with asking.job("trial"):
        Organisation.objects.create(name="Harbourlight Systems")
    assert list(SignedWrite.objects.order_by("-pk").values_list("who", flat=True)[:2]) == [
        "job trial",
        "job tests",
    ]


@pytest.mark.django_db(transaction=True)
def test_what_is_not_signed_is_not_committed(monkeypatch):
    monkeypatch.setattr(SignsWrites, "sign_writes", lambda self: None)
    with pytest.raises(IntegrityError, match="write_is_signed"):
        Organisation.objects.create(name="Nobody")
    assert not Organisation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_write_is_signed_once_and_for_all():
    Organisation.objects.create(name="Wrenfield Council")
    write = SignedWrite.objects.latest("pk")
    assert write.origin and write.proofs.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT duly.sign(%s, 'mine')", [write.pk])
    assert SignedWrite.objects.get(pk=write.pk).origin == write.origin
    with transaction.atomic():
        Organisation.objects.create(name="Harbourlight Systems")
        Organisation.objects.filter(name="Wrenfield Council").update(name="Other")
        connection.check_constraints()
        with transaction.atomic():
            Organisation.objects.create(name="More")
            transaction.set_rollback(True)
        Organisation.objects.create(name="Last")
    assert SignedWrite.objects.latest("pk").proofs.count() == 3
    assert whole() == []
