"""SQL slipped into a page of somebody: free to read, to call functions and ``set_config``, it finds nothing
of another contract.
"""

from __future__ import annotations

import re
from contextlib import closing

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from contracts.models import AudienceChange, Membership, Person
from contracts.row_security import asking, writes
from tests.cast import NOON, make_contract
from tests.support import database

SECRET = "Zebra"
"""A word that stands in the other contract only."""

OPEN_TO_CALL = {
    "administered", "append_to_ledger", "append_to_organisation", "asking", "contracts",
    "duly_erase_contract", "duly_person_is_told", "duly_told_from",
    "end_of_organisation", "everything", "organisations", "parties", "people",
    "person", "replace_in_entry", "replace_person", "shown", "sides", "sign", "signing_in", "staff",
    "to_sign", "whole",
}  # fmt: skip
"""Functions that run as their owner and that the application's role may call. One more is a decision: it must
give nothing away to who may call ``set_config``."""


@pytest.fixture
def tom(db):
    """Somebody of one contract, beside another with a word of its own that they are not on."""
    with time_machine.travel(NOON, tick=False):
        mine = make_contract()
        other = make_contract(reference="WF-2026-088", title=f"{SECRET} stables")
        Membership.objects.filter(contract=other.contract, person=mine.tom).delete()
        with asking.person(mine.tom.pk):
            yield mine, other


def told(sql: str, *values: object) -> str:
    """All that a statement gives, or its error, as text."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            return str(cursor.fetchall())
    except DatabaseError as error:
        return str(error)


TRIES = {
    "everything of a table": "SELECT * FROM contracts_contract, contracts_paragraph",
    "the ledger": "SELECT payload FROM contracts_ledgerentry",
    "a forged token": "SELECT set_config('duly.asking', 'job|x||2026-03-17|' || pg_backend_pid() || '|'"
    " || (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint || '|' || repeat('0', 64), true),"
    " (SELECT json_agg(c) FROM contracts_contract c)",
    "the token, for another person": "SELECT set_config('duly.asking',"
    " replace(current_setting('duly.asking'), 'person|', 'job|'), true),"
    " (SELECT json_agg(c) FROM contracts_contract c)",
    "policies switched off": "SET row_security = off; SELECT * FROM contracts_contract",
    "a policy taken away": "ALTER TABLE contracts_contract DISABLE ROW LEVEL SECURITY",
    "the key": "SELECT encode(inner_block, 'hex') FROM duly.secret",
    "the owner's role": "SET ROLE duly_owner; SELECT * FROM contracts_contract",
    "a function of one's own": "CREATE FUNCTION public.steal() RETURNS text LANGUAGE sql AS"
    " 'SELECT title FROM contracts_contract'",
    "a function that tells what it is asked": "CREATE FUNCTION pg_temp.tell(text) RETURNS boolean"
    " LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE EXCEPTION '%%', $1; END $$;"
    f" SELECT 1 FROM contracts_contract WHERE title LIKE '{SECRET[:3]}%%' AND pg_temp.tell(title)",
    "an error that depends on a row": "SELECT 1 FROM contracts_contract"
    " WHERE 1 / (CASE WHEN title LIKE 'Zeb%%' THEN 0 ELSE 1 END) = 1",
    "what the planner knows": "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats"
    " WHERE schemaname = 'public' AND tablename LIKE 'contracts_%%'",
    "a view of the catalogue": "SELECT * FROM pg_matviews, pg_prepared_statements, pg_cursors",
    "large objects": "SELECT * FROM pg_largeobject",
    "files of the server": "SELECT pg_read_file('PG_VERSION')",
    "a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "a temporary table as bait": "CREATE TEMPORARY TABLE contracts_membership AS SELECT 1;"
    " SELECT json_agg(c) FROM contracts_contract c",
}


@pytest.mark.parametrize("what", TRIES)
def test_nothing_of_another_contract_is_found(tom, what):
    mine, _ = tom
    answer = told(TRIES[what])
    assert SECRET not in answer, answer
    assert "division by zero" not in answer, answer
    with asking.person(mine.tom.pk):  # the wall stands as it did
        assert told("SELECT title FROM contracts_contract") == str([(mine.contract.title,)])


def test_the_other_contract_is_there_for_a_job(tom):
    """Or the tries above would find nothing in an empty room."""
    with asking.job("look"):
        assert SECRET in told(TRIES["everything of a table"])
        assert SECRET in told(TRIES["the ledger"])
        assert "division by zero" in told(TRIES["an error that depends on a row"])


def test_it_writes_nothing_on_another_contract(tom):
    _, other = tom
    number = other.contract.pk
    for sql in (
        "UPDATE contracts_contract SET title = 'mine' WHERE id = %s RETURNING id",
        "DELETE FROM contracts_contractanswer WHERE contract_id = %s RETURNING id",
    ):
        assert told(sql, number) == "[]"
    assert "row-level security" in told(
        "INSERT INTO obligations_knownname (contract_id, name, folded) VALUES (%s, 'x', 'x') RETURNING id",
        number,
    )
    assert "ledger_of_a_contract_that_is_seen" in told(
        "SELECT duly.append_to_ledger(now(), NULL, 'somebody', json_build_array(json_build_object("
        "'contract', %s::bigint, 'kept_to', '', 'verb', 'x', 'payload', '{}', 'hash', '', 'origin', '')))",
        number,
    )


@pytest.mark.django_db
def test_functions_that_run_as_their_owner_are_known():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'laid')"
            " AND p.prorettype <> 'trigger'::regtype AND has_function_privilege(p.oid, 'EXECUTE')"
        )
        assert {name for (name,) in cursor.fetchall()} == OPEN_TO_CALL


@pytest.mark.django_db
def test_names_in_functions_that_run_as_their_owner_are_looked_up_in_temporary_tables_last():
    """PostgreSQL looks there first where the path does not name them: what triggers on the caller's own
    tables do would then be done as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text, p.proconfig FROM pg_proc p"
            " JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'laid')"
        )
        for name, config in cursor.fetchall():
            paths = [each for each in config or [] if each.startswith("search_path=")]
            assert paths and paths[0].endswith(", pg_temp"), name


BAIT = """
    CREATE TEMPORARY TABLE contracts_contract (id bigint, closed_at timestamptz, kept_until date);
    CREATE TEMPORARY TABLE contracts_keepinghold (contract_id bigint, lifted_at timestamptz);
    CREATE TEMPORARY TABLE contracts_endingasked (contract_id bigint, what text, asked_by_id bigint,
        agreed_by_id bigint, agreed_at timestamptz, withdrawn_at timestamptz);
    CREATE TEMPORARY TABLE obligations_booktemplate (contract_id bigint);
    INSERT INTO pg_temp.contracts_contract VALUES (1, '2020-01-01', '2020-02-01');
    INSERT INTO pg_temp.contracts_endingasked VALUES (1, 'erase', 1, 2, '2021-01-01', NULL);
    CREATE FUNCTION pg_temp.tell() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'this runs as %%', current_user; END $$;
    CREATE TRIGGER tell BEFORE UPDATE OR DELETE ON pg_temp.contracts_contract
        FOR EACH ROW EXECUTE FUNCTION pg_temp.tell();
    GRANT ALL ON pg_temp.contracts_contract, pg_temp.contracts_keepinghold, pg_temp.contracts_endingasked,
        pg_temp.obligations_booktemplate TO PUBLIC;
    SELECT public.duly_erase_contract(1)
"""


def test_a_trigger_of_ones_own_never_runs_as_the_owner(tom):
    """What erases a contract deletes as the owner; it once looked at the caller's tables first."""
    assert "may not be erased" in told(BAIT)


@pytest.mark.django_db
def test_what_runs_with_the_callers_path_names_the_schema_of_every_table():
    """Else a temporary table called like one of ours answers what a trigger asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " JOIN pg_language l ON l.oid = p.prolang"
            " WHERE n.nspname IN ('public', 'duly') AND l.lanname IN ('sql', 'plpgsql')"
            " AND p.proconfig IS NULL"
        )
        functions = dict(cursor.fetchall())
    assert len(functions) > 20
    table = re.compile(r"(?:from|join|update|into)\s+([a-z]+_\w+)\b(?!\.)", re.IGNORECASE)
    variables = {"shared_hash"}
    found = {name: set(table.findall(source)) - variables for name, source in functions.items()}
    assert {name: told for name, told in found.items() if told} == {}


def test_a_catalogue_of_ones_own_switches_off_no_trigger(tom):
    """Only the owner may say that triggers look away: who that is stands in the catalogue, and no temp table
    called like it."""
    asked = told(
        "SELECT set_config('search_path', 'pg_temp, pg_catalog, public', true);"
        " CREATE TEMPORARY TABLE pg_class AS SELECT r.oid AS relowner,"
        " 'public.contracts_contract'::regclass::oid AS oid FROM pg_roles r WHERE rolname = current_user;"
        " SELECT set_config('pgtrigger.ignore', '{some}', true);"
        " SELECT public._pgtrigger_should_ignore('some')"
    )
    assert asked == "[(False,)]"


@pytest.mark.django_db(transaction=True)
def test_what_another_session_asks_is_not_read(test_database):
    with closing(database.connect(test_database[0])) as other, other.cursor() as cursor:
        cursor.execute("SELECT 'Zebra', pg_backend_pid()")
        (_, pid) = cursor.fetchone()
        answer = told("SELECT pid, query, state FROM pg_stat_activity WHERE pid = %s", pid)
        assert str(pid) in answer
        assert SECRET not in answer


def test_where_people_are_told_is_noted_by_triggers_alone_whoever_may_see_the_contract(tom):
    mine, other = tom
    for sql in ("SELECT duly_told_from(%s, '2026-03-17')", "SELECT duly_person_is_told(%s)"):
        assert "only triggers note" in told(sql, other.contract.pk if "from" in sql else other.ada.pk)
    assert told("SELECT count(*) FROM contracts_audiencechange") == "[(0,)]"
    with asking.job("erase"):
        Person.objects.filter(pk=other.ada.pk).update(is_active=False)
        AudienceChange.objects.all().delete()
    with asking.job(writes.RIGHTS, mine.contract.pk):  # sees no membership of the other contract
        Person.objects.filter(pk=other.ada.pk).update(is_active=True)
    with asking.job("plan"):
        assert other.contract.pk in set(AudienceChange.objects.values_list("contract", flat=True))
