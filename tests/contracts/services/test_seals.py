"""Seals: what was sealed is proved, the tail is said, and a seal, key or file that was touched is found."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from contracts import sealing_key
from contracts.models import Contract, LedgerEntry, Seal, SealedHead, SignedWrite
from contracts.services import ledger, organisations
from contracts.services.errors import Refused
from contracts.services.seals import kept_outside, making, verifying
from contracts.services.seals.payload import (
    NoSeal,
    chain_of,
    ends_certified,
    ends_said,
    hash_of,
    ranges,
    read,
    written,
)
from contracts.services.verifying.findings import Kind
from tests.cast import NOON, SYSTEM, make_contract
from tests.support import database

LATER = NOON + timedelta(minutes=15)
TOUCHED = ["ledgerentry", "organisationentry", "signedwrite", "rowproof", "seal", "sealedhead"]


@pytest.fixture
def sealing(settings, tmp_path):
    """A key and a folder of the test's own."""
    settings.SEAL_KEY = sealing_key.made()
    settings.SEALS_DIR = tmp_path / "seals"
    return settings


@pytest.fixture
def cast(transactional_db, sealing):
    """A contract whose making is committed: a seal is of what other transactions wrote."""
    return make_contract()


@pytest.fixture
def owner(transactional_db, sealing, test_database):
    """What somebody does who owns the database: every trigger off."""

    with closing(database.connect(test_database[1])) as connection, connection.cursor() as cursor:
        for table in TOUCHED:
            cursor.execute(f"ALTER TABLE contracts_{table} DISABLE TRIGGER USER")

        def run(*statements: str) -> None:
            for statement in statements:
                cursor.execute(statement)

        yield run
        for table in TOUCHED:
            cursor.execute(f"ALTER TABLE contracts_{table} ENABLE TRIGGER USER")


def wrote(cast, *verbs: str) -> None:
    ledger.record_many(cast.contract, SYSTEM, [(verb, {}) for verb in verbs], LATER)


def found(**options) -> list[str]:
    return [one.says for one in verifying.Against(**options).findings()]


def kinds(**options) -> set[Kind]:
    return {one.kind for one in verifying.Against(**options).findings()}


def test_a_seal_covers_what_was_written_and_nothing_new_is_not_sealed(cast):
    (first,) = making.seal(NOON)
    entries = LedgerEntry.objects.filter(contract=cast.contract).count()
    name = f"contract {cast.contract.pk}"
    assert (first.number, first.previous, first.heads[name][0]) == (1, "", entries)
    assert sum(last - one + 1 for one, last in first.ranges) == SignedWrite.objects.count()
    assert making.seal(LATER) == []
    wrote(cast, "a", "b")
    (second,) = making.seal(LATER)
    assert (second.number, second.previous) == (2, first.hash)
    assert {one: head[0] for one, head in second.heads.items()} == {name: entries + 2}
    assert SealedHead.objects.filter(contract=cast.contract).count() == 2
    assert found() == []


def test_the_tail_is_said_with_its_length(cast):
    against = verifying.Against()
    assert list(against.findings()) == [] and against.tail == "nothing is sealed yet"
    making.seal(NOON)
    against = verifying.Against()
    assert list(against.findings()) == []
    assert against.tail == "everything is sealed, seal 1 of 2026-03-17 12:00:00 UTC being the last"
    wrote(cast, "a", "b", "c")
    against = verifying.Against()
    assert list(against.findings()) == []
    assert against.tail == (
        "not sealed yet, since seal 1 of 2026-03-17 12:00:00 UTC: 3 ledger entries, 1 writes with their"
        " proofs"
    )


def test_the_file_has_a_line_for_each_seal_and_is_mended(cast, sealing):
    making.seal(NOON)
    path = kept_outside.place()
    assert path.stat().st_mode & 0o777 == 0o600
    wrote(cast, "a")
    making.seal(LATER)
    whole = path.read_text()
    assert [kept_outside.read_line(line).number for line in whole.splitlines()] == [1, 2]
    assert found(file=path) == []
    path.write_text(whole[:-40])  # the machine went down while the last line was written
    wrote(cast, "b")
    making.seal(LATER)
    assert [kept_outside.read_line(line).number for line in path.read_text().splitlines()] == [1, 2, 3]
    path.unlink()  # a new folder gets all of them
    kept_outside.append_missing()
    assert len(path.read_text().splitlines()) == 3


def test_a_folder_that_cannot_be_written_keeps_nothing_from_being_sealed(cast, sealing, tmp_path, caplog):
    (tmp_path / "a file").write_text("")
    sealing.SEALS_DIR = tmp_path / "a file" / "seals"
    assert len(making.seal(NOON)) == 1
    assert "seals could not be appended to" in caplog.text


def test_a_byte_changed_in_the_file_is_found(cast):
    making.seal(NOON)
    path = kept_outside.place()
    line = json.loads(path.read_text())
    changed = line | {"payload": line["payload"].replace('"number":1', '"number":2')}
    path.write_text(json.dumps(changed) + "\n{}\n")
    says = found(file=path)
    assert says[0].endswith("is no seal: its text does not have the hash that it names") and len(says) == 2


def test_a_seal_of_another_key_is_refused_until_it_is_announced(cast, sealing):
    old = sealing.SEAL_KEY
    making.seal(NOON)
    new = sealing.SEAL_KEY = sealing_key.made()
    wrote(cast, "a")
    with pytest.raises(Refused, match="SEAL_KEY is not the key of the last seal .*put that key back"):
        making.seal(LATER)
    assert kinds() == {Kind.SEAL_KEY}
    sealing.SEAL_KEY = old
    (announced,) = making.seal(LATER, next_key=sealing_key.load(new).public)
    wrote(cast, "b")
    (kept,) = making.seal(LATER)  # nobody has started with the new one yet
    assert announced.next_key == kept.next_key == sealing_key.load(new).public
    sealing.SEAL_KEY = new
    wrote(cast, "c")
    (last,) = making.seal(LATER)
    assert (last.key, last.next_key) == (sealing_key.load(new).public, "")
    assert found(file=kept_outside.place()) == []


def test_a_write_that_appears_late_is_sealed_too(cast, monkeypatch):
    """Writes are numbered at their beginning: one may commit after a higher number was sealed."""
    wrote(cast, "a")
    late = SignedWrite.objects.order_by("-pk")[1].pk
    there = making.reading.writes_after
    monkeypatch.setattr(
        making.reading, "writes_after", lambda number: (one for one in there(number) if one[0] != late)
    )
    (first,) = making.seal(NOON)
    assert not any(one <= late <= last for one, last in first.ranges)
    monkeypatch.setattr(making.reading, "writes_after", there)
    (second,) = making.seal(LATER)
    assert second.ranges == [(late, late)]
    assert found() == [] and making.seal(LATER) == []
    wrote(cast, "b")
    assert found() == [] and len(making.seal(NOON + timedelta(days=3))) == 1
    wrote(cast, "c")
    (last,) = making.seal(NOON + timedelta(days=6))
    assert last.number == 4 and len(last.ranges) == 1 and found() == []


def test_what_waits_for_a_seal_for_an_hour_is_counted(cast):
    soon, late = timezone.now(), timezone.now() + timedelta(hours=2)  # writes have the database's own time
    assert (making.overdue(soon), making.overdue(late) > 0) == (0, True)
    making.seal(NOON)
    assert making.overdue(late) == 0


def test_many_writes_go_into_several_seals(cast, monkeypatch):
    for number in range(5):
        wrote(cast, f"a{number}")
    monkeypatch.setattr(making, "MOST_WRITES", 3)
    made = making.seal(NOON)
    assert len(made) > 2 and made[-1].previous == made[-2].hash
    assert found() == []


def test_numbers_as_ranges():
    assert ranges([1, 2, 3, 5, 7, 8]) == [(1, 3), (5, 5), (7, 8)]
    assert making.joined([(5, 6), (1, 2), (3, 3), (6, 9)]) == [(1, 3), (5, 9)]
    assert [making.is_in(n, [(1, 3), (5, 9)]) for n in (0, 1, 3, 4, 5, 9, 10)] == [
        False, True, True, False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"duly": 2}', '{"duly": 1, "number": "x"}', "null"])
def test_what_is_no_seal_is_refused(text):
    with pytest.raises(NoSeal):
        read(text, "", "")


def test_what_is_no_chain_is_refused():
    assert chain_of("contract 5 OFFSEN-1") == (5, "OFFSEN-1", None)
    for name in ("contract", "contract x", "planet 4", ""):
        with pytest.raises(NoSeal):
            chain_of(name)


LAST = "(SELECT max(number) FROM contracts_ledgerentry WHERE contract_id = {pk})"
TOUCHED = ["ledgerentry", "organisationentry", "signedwrite", "rowproof", "seal", "sealedhead"]

DONE_TO_THEM: list[tuple[str, Kind, str]] = [
    (
        "DELETE FROM contracts_ledgerentry WHERE contract_id = {pk} AND number = " + LAST,
        Kind.TAIL_CUT,
        "the ledger of contract WF-2026-014 was cut after entry",
    ),
    (
        "DELETE FROM contracts_ledgerentry WHERE contract_id = {pk}",
        Kind.CHAIN_DELETED,
        "the ledger of contract WF-2026-014 is deleted",
    ),
    (
        "UPDATE contracts_ledgerentry SET hash = repeat('a', 64) WHERE contract_id = {pk} AND number = "
        + LAST,
        Kind.SEALED_ENTRY,
        "of contract WF-2026-014 is not the one that was sealed",
    ),
    (
        "DELETE FROM contracts_organisationentry",
        Kind.CHAIN_DELETED,
        "the ledger of organisation Wrenfield Council is deleted",
    ),
    ("DELETE FROM contracts_signedwrite WHERE id = {write}", Kind.SEALED_WRITE, "is missing; seal 1"),
    (
        "UPDATE contracts_signedwrite SET origin = 'x' WHERE id = {write}",
        Kind.SEALED_WRITE,
        "is not as seal 1 sealed it",
    ),
    (
        "UPDATE contracts_rowproof SET digest = '\\x00' WHERE write_id = {write}",
        Kind.SEALED_WRITE,
        "is not as seal 1 sealed it",
    ),
    ("DELETE FROM contracts_rowproof WHERE write_id = {write}", Kind.SEALED_WRITE, "is not as seal 1"),
    (
        "UPDATE contracts_seal SET leaves = ''; DELETE FROM contracts_rowproof WHERE write_id = {write}",
        Kind.SEALED_WRITE,
        "what seal 1 covers is not as it was sealed",
    ),
    (
        "UPDATE contracts_seal SET payload = replace(payload, '-17T', '-16T') WHERE number = 1",
        Kind.SEAL_CHANGED,
        "seal 1 was changed",
    ),
    ("UPDATE contracts_seal SET payload = 'x' WHERE number = 1", Kind.SEAL_CHANGED, "seal 1 was changed"),
    (
        "UPDATE contracts_seal SET leaves = overlay(leaves PLACING '\\x00'::bytea FROM 5) WHERE number = 1",
        Kind.SEAL_CHANGED,
        "the digests of writes kept beside seal 1 are not those",
    ),
    *(
        (
            f"UPDATE contracts_seal SET {column} WHERE number = 2",
            Kind.SEAL_CHANGED,
            "the moment or the last write beside seal 2 is not the one that it says",
        )
        for column in ("moment = moment - interval '1 day'", "upto = upto + 5", "upto = 0")
    ),
    (
        "UPDATE contracts_signedwrite SET heads = '[\"x\"]' WHERE id = {write}",
        Kind.SEALED_WRITE,
        "is not as seal 1 sealed it",
    ),
    *(
        (statement, Kind.SEAL_CHANGED, f"the ends of ledgers kept beside seal {seal} are not those")
        for seal, statement in (
            (2, "UPDATE contracts_sealedhead SET number = number + 1 WHERE seal_id = 2"),
            (2, "UPDATE contracts_sealedhead SET sealed_at = sealed_at + interval '1 day' WHERE seal_id = 2"),
            (1, "DELETE FROM contracts_sealedhead WHERE seal_id = 1"),
            (
                2,
                "INSERT INTO contracts_sealedhead (seal_id, contract_id, kept_to, number, hash, sealed_at)"
                " SELECT seal_id, contract_id, 'X', number, hash, sealed_at FROM contracts_sealedhead"
                " WHERE seal_id = 2",
            ),
        )
    ),
    (
        "DELETE FROM contracts_sealedhead; DELETE FROM contracts_seal WHERE number = 1",
        Kind.SEAL_MISSING,
        "seal 1 is missing before seal 2",
    ),
]


def test_a_seal_of_another_key_seals_nothing(owner):
    cast = make_contract()
    (last,) = making.seal(NOON)
    wrote(cast, "a")
    writes = list(SignedWrite.objects.order_by("pk").values_list("pk", flat=True))
    key, before = sealing_key.load(sealing_key.made()), last
    for number in (2, 3):  # the second follows the first
        end = {f"contract {cast.contract.pk}": (LedgerEntry.objects.count(), "a" * 64)}
        text = written(number, LATER, before.hash, key.public, end, writes, "")
        before = read(text, hash_of(text), key.sign(text))
        owner(
            "INSERT INTO contracts_seal (number, moment, payload, hash, signature, leaves, upto) VALUES"
            f" ({number}, '{LATER}', '{text}', '{before.hash}', '{before.signature}', '', {writes[-1]})"
        )
    against = verifying.Against()
    named = [(one.kind, one.number) for one in against.findings() if "announced" in one.says]
    assert named == [(Kind.SEAL_KEY, 2), (Kind.SEAL_KEY, 3)]
    assert against.tail.endswith(": 1 ledger entries, 1 writes with their proofs")


def test_what_is_no_list_of_ends_stops_no_check():
    assert dict(ends_said({"contract 5": [3, "a"], "organisation": [1, "b"]})) == {
        "contract 5": (3, "a"),
        "organisation": (1, "b"),
    }
    for said in ([], "x", None, 7, {"contract 5": 3}, {"contract x": [1, "a"]}, {"contract 5": ["1", "a"]}):
        assert list(ends_said(said)) == [] == list(ends_certified(5, said))
    certified = [{"kept_to": "", "number": 3, "hash": "a"}, ["x"], {"number": 4}]
    assert list(ends_certified(5, certified)) == [("contract 5", (3, "a"))]


def test_what_an_owner_does_to_what_is_sealed_is_found_and_named(owner):
    cast = make_contract()
    organisations.record(cast.contract.authority, SYSTEM, "noted", {}, NOON)
    making.seal(NOON)
    wrote(cast, "a")
    making.seal(LATER)
    write = SignedWrite.objects.filter(proofs__isnull=False).order_by("pk").values_list("pk", flat=True)[0]
    for table in TOUCHED:
        owner(f"CREATE TEMPORARY TABLE {table}_was AS TABLE contracts_{table}")
    for statement, kind, says in DONE_TO_THEM:
        owner(*statement.format(pk=cast.contract.pk, write=write).split("; "))
        findings = list(verifying.Against().findings())
        assert any(one.kind is kind and says in one.says for one in findings), (statement, findings)
        by_file = list(verifying.Against(file=kept_outside.place()).findings())
        assert any(says in one.says for one in by_file), (statement, by_file)
        for table in reversed(TOUCHED):
            owner(f"DELETE FROM contracts_{table}")
        for table in TOUCHED:
            owner(f"INSERT INTO contracts_{table} TABLE {table}_was")
        assert found() == [], statement


def test_a_seal_table_that_was_cut_is_found_by_the_file_and_by_the_mail(owner):
    cast = make_contract()
    making.seal(NOON)
    wrote(cast, "a")
    (last,) = making.seal(LATER)
    end = LedgerEntry.objects.filter(contract=cast.contract).latest("number")
    line = f"WF-2026-014 {end.number} {end.hash}"
    assert [*verifying.mailed_line(line), *verifying.mailed_line(f"seal 2 {last.hash}")] == []
    owner(
        "DELETE FROM contracts_sealedhead WHERE seal_id = 2", "DELETE FROM contracts_seal WHERE number = 2",
        f"DELETE FROM contracts_ledgerentry WHERE id = {end.pk}",
    )  # fmt: skip
    assert found() == []  # nothing in the database knows
    says = found(file=kept_outside.place())
    assert says[0].endswith("is missing from the database")
    assert "the ledger of contract WF-2026-014 was cut after entry" in says[1]
    (of_entry,), (of_seal,) = verifying.mailed_line(line), verifying.mailed_line(f"seal 2 {last.hash}")
    assert of_entry.says == f"entry {end.number} of WF-2026-014 is not the one that was mailed, or is missing"
    assert of_seal.says == "seal 2 is not the one that was mailed"
    (nonsense,) = verifying.mailed_line("hello")
    assert nonsense.says == "“hello” is no line of a mail of heads"
    making.seal(LATER + timedelta(minutes=15))  # goes on, and the file still says what is gone
    assert any("is another one in the database" in one for one in found(file=kept_outside.place()))


def test_a_whole_table_of_seals_by_somebody_elses_key_is_found(owner, sealing):
    cast = make_contract()
    own = sealing.SEAL_KEY
    making.seal(NOON)
    owner("DELETE FROM contracts_sealedhead", "DELETE FROM contracts_seal")
    sealing.SEAL_KEY = sealing_key.made()
    making.seal(NOON)
    sealing.SEAL_KEY = own
    assert kinds() == {Kind.SEAL_KEY}
    assert Kind.SEAL_MISSING in kinds(file=kept_outside.place())
    assert Contract.objects.filter(pk=cast.contract.pk).exists()


def test_the_application_can_change_no_seal(cast):
    making.seal(NOON)
    for change in (lambda: Seal.objects.update(hash=""), lambda: SealedHead.objects.all().delete()):
        refused = pytest.raises(DatabaseError, match=r"Cannot (update|delete)|permission denied")
        with refused, transaction.atomic():
            change()
