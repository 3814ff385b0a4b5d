"""The token: what PostgreSQL believes of who asks, and everything that it does not."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import closing
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from compliance import start_checks
from contracts.models import Contract, Membership, Organisation
from contracts.row_security import asking
from tests.cast import NOON, make_contract, organisation
from tests.support import database
from tests.support.together import at_once


def asked(sql: str, *values: object):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def token() -> str:
    return asked("SELECT current_setting('duly.asking', true)")[0][0]


@pytest.mark.django_db
def test_python_and_the_database_make_the_same_proof():
    says = b"a message"
    key = asking.key_of(settings.SECRET_KEY)
    inner, outer = asking.pads_of(key)
    assert hashlib.sha256(outer + hashlib.sha256(inner + says).digest()).digest() == hmac.digest(
        key, says, "sha256"
    )


@pytest.mark.django_db
def test_without_anybody_who_asks_nothing_is_there_and_nothing_is_written():
    organisation("Wrenfield Council")
    with asking._as(None):
        assert not Organisation.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Organisation.objects.create(name="Smuggled")
    assert Organisation.objects.count() == 1


@pytest.mark.django_db
def test_a_token_with_any_byte_changed_is_worth_nothing():
    organisation("Wrenfield Council")
    good = token()
    for place in range(len(good)):
        bad = good[:place] + ("0" if good[place] != "0" else "1") + good[place + 1 :]
        (seen,) = asked("SELECT set_config('duly.asking', %s, true), duly.asking()", bad)
        assert seen[1] is None, bad
    assert asked("SELECT set_config('duly.asking', %s, true), duly.everything()", good)[0][1] is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad",
    ["", "|||||", "job|tests|||||", "job|tests||2026-03-17", "x" * 10_000, "job|a|b|c|d|e|f|g|h", "☂|☂"],
)
def test_what_is_no_token_is_worth_nothing(bad):
    assert asked("SELECT set_config('duly.asking', %s, true), duly.asking()", bad)[0][1] is None


@pytest.mark.django_db(transaction=True)
def test_a_token_counts_in_its_own_transaction_alone():
    with transaction.atomic():
        first = token()
        assert asked("SELECT duly.everything()") == [(True,)]
    with transaction.atomic(), asking._as(None):
        assert asked("SELECT set_config('duly.asking', %s, true), duly.everything()", first)[0][1] is False


@pytest.mark.django_db(transaction=True)
def test_a_token_counts_on_its_own_connection_alone(test_database):
    with transaction.atomic(), closing(database.connect(test_database[0])) as other, other.cursor() as cursor:
        cursor.execute(
            "BEGIN; SELECT set_config('duly.asking', %s, true); SELECT duly.everything()", [token()]
        )
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db(transaction=True)
def test_a_token_of_another_key_is_worth_nothing_and_the_process_says_so_in_one_line(settings, capfd):
    organisation("Wrenfield Council")
    settings.SECRET_KEY = "another key, long enough to be one, of another installation"
    assert not Organisation.objects.exists()
    with pytest.raises(SystemExit):
        start_checks.exit_if_refused()
    said = capfd.readouterr().err
    assert "SECRET_KEY is not the one" in said
    assert said.count("\n") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_one", [True, False], ids=["in a transaction", "each on its own"])
def test_whoever_asks_is_changed_in_the_middle_and_back(in_one):
    organisation("Wrenfield Council")

    def look() -> None:
        assert Organisation.objects.exists()
        with asking.person(10**9):
            assert not Organisation.objects.exists()
            with asking.job("somebody's work"):
                assert Organisation.objects.exists()
            assert not Organisation.objects.exists()
        assert Organisation.objects.exists()

    if in_one:
        with transaction.atomic():
            look()
    else:
        look()


@pytest.mark.django_db
def test_a_rolled_back_savepoint_brings_no_earlier_asker_back():
    organisation("Wrenfield Council")
    assert Organisation.objects.exists()
    with transaction.atomic():
        before = transaction.savepoint()  # made while the job asks
        with asking.person(10**9):
            assert not Organisation.objects.exists()
            transaction.savepoint_rollback(before)
            assert not Organisation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rows_that_are_fetched_later_are_those_of_who_asked():
    """A cursor of the server, outside a transaction, as the ledger's download has it."""
    organisation("Wrenfield Council")
    organisation("Harbourlight Systems")
    rows = Organisation.objects.all().iterator(chunk_size=1)
    first = next(rows)
    with asking._as(None):
        assert next(rows) != first
    with asking._as(None):
        assert list(Organisation.objects.all().iterator(chunk_size=1)) == []


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_written_after_its_request_is_for_who_asked():
    """As the server writes it: when its first row is asked for, the request is over and nobody asks."""
    with time_machine.travel(NOON, tick=False):
        cast = make_contract()
        client = Client()
        client.force_login(cast.priya)
        with asking._as(None):
            answer = client.get(f"/contracts/{cast.contract.pk}/ledger.csv")
            assert "contract_created" in b"".join(answer.streaming_content).decode()


@pytest.mark.django_db(transaction=True)
def test_another_thread_asks_for_itself():
    organisation("Wrenfield Council")

    def nobody() -> bool:
        with asking._as(None):
            return Organisation.objects.exists()

    assert at_once(Organisation.objects.exists, nobody) == [True, False]


@pytest.mark.django_db(transaction=True)
def test_an_error_ends_the_transaction_of_a_single_statement():
    with pytest.raises(DatabaseError):
        asked("SELECT 1 / 0")
    assert asked("SELECT duly.everything()") == [(True,)]
    assert asked("SELECT current_setting('duly.asking', true) <> ''") == [(True,)]
    assert connection.connection.info.transaction_status == 0


@pytest.mark.django_db
def test_it_is_in_no_log_and_no_count_of_queries(django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        assert not Contract.objects.exists()
    assert "duly" not in str(queries.captured_queries)


@pytest.mark.django_db(transaction=True)
def test_the_lock_of_a_contract_shows_all_of_it_until_the_transaction_ends():
    from contracts.services import locks

    with time_machine.travel(NOON, tick=False):
        cast = make_contract()
        other = make_contract(reference="WF-2026-088").contract
        Membership.objects.filter(contract=other, person=cast.tom).delete()
        with asking.person(cast.tom.pk):
            with transaction.atomic():
                assert asked("SELECT duly.whole()") == [([],)]
                locks.lock(cast.contract)
                assert asked("SELECT duly.whole()") == [([cast.contract.pk],)]
                with pytest.raises(Contract.DoesNotExist):
                    locks.lock(other)
                assert asked("SELECT duly.whole()") == [([cast.contract.pk],)]
            assert asked("SELECT duly.whole()") == [([],)]


@pytest.mark.django_db
def test_who_has_left_or_is_closed_sees_nothing():
    with time_machine.travel(NOON, tick=False):
        cast = make_contract()
        for fields in ({"is_active": False}, {"ends_on": (timezone.now() - timedelta(days=1)).date()}):
            for name, value in fields.items():
                setattr(cast.tom, name, value)
            cast.tom.save()
            with asking.person(cast.tom.pk):
                assert not Contract.objects.exists()
            cast.tom.is_active, cast.tom.ends_on = True, None
            cast.tom.save()
        with asking.person(cast.tom.pk):
            assert Contract.objects.count() == 1


def test_a_job_has_a_name_that_is_one():
    for name in ("", "a|b"):
        with pytest.raises(ValueError, match="no name of a job"), asking.job(name):
            pass
