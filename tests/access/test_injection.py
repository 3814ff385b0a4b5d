"""SQL injected into a view: within a real request somebody's statements run, whatever they say.

Tom, a contributor who is on no list, asks for the board of his contract. What runs there goes over the
application's own connection, as his request does: nothing of another contract is read, nor of what is kept to
a list, and no row of another contract is written.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from contracts.row_security import asking
from contracts.row_security.database.base import SET, WHERE
from obligations.web.due import views as board
from tests.access.asking import Asking
from tests.access.marks import models
from tests.access.passes import footprint
from tests.access.world import World
from tests.cast import NOON
from tests.support.database import connect

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access")]


@dataclass
class Injected:
    """The statements of one request. ``came``: all that came back, rows and errors alike."""

    came: list[str] = field(default_factory=list)
    ran: int = 0
    refused: int = 0

    def __call__(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement as the request does; what the database refuses is undone."""
        self.ran += 1
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                rows = cursor.fetchall() if cursor.description else []
        except DatabaseError as error:
            self.refused += 1
            self.came.append(str(error))
            return []
        self.came.extend(str(row) for row in rows)
        return rows


def request(world: World, monkeypatch, statements, who: str = "tom") -> Injected:
    """A request of somebody for their board, in which the statements run; with what came back."""
    injected, gate = Injected(), board.open_contract
    wrong: list[Exception] = []

    def then_they_run(*args, **kwargs):
        try:
            statements(injected)
        except Exception as error:  # else the page of an error would swallow it
            wrong.append(error)
        return gate(*args, **kwargs)

    monkeypatch.setattr(board, "open_contract", then_they_run)
    before = footprint(world.marks.roots)
    answer = Asking(world)(who, reverse("board", args=[world.here.cast.contract.pk]), keep=True)
    monkeypatch.setattr(board, "open_contract", gate)
    assert not wrong, wrong
    assert answer.status in (200, 302, 404), answer.status
    assert footprint(world.marks.roots) == before, "another contract was written to"
    told = "\n".join(injected.came)
    assert not world.marks.there_in(told), told[max(0, told.lower().find("zqxother") - 300) :][:600]
    assert not world.marks.kept_in(told), told[max(0, told.lower().find("zqxkept") - 300) :][:600]
    return injected


def read_everything(run: Injected) -> int:
    """Every row of every table that comes back."""
    return sum(len(run(f'SELECT t::text FROM "{model._meta.db_table}" AS t')) for model in models())


def test_no_table_gives_a_row_of_another_contract(world, monkeypatch):
    rows = []

    def statements(run):
        rows.append(read_everything(run))
        for model in models():
            table = model._meta.db_table
            run(f'SELECT count(*), min(t::text), max(t::text) FROM "{table}" AS t')
            run(f'TABLE "{table}"')
            run(f'COPY "{table}" TO STDOUT')

    run = request(world, monkeypatch, statements)
    assert rows[0] > 300, "of Tom's own contract there is plenty"
    assert run.ran > 250
    # The same statements give another contract away to who asks as everything: so they can fail.
    told = Injected()
    read_everything(told)
    assert world.marks.there_in("\n".join(told.came)) and world.marks.kept_in("\n".join(told.came))


def test_no_token_of_ones_own_making_is_believed(world, monkeypatch, test_database):
    zed, there = world.people["zed"], world.there.cast.contract.pk
    assert zed is not None
    with (
        closing(connect(test_database[0])) as other,
        other.cursor() as cursor,
    ):  # a request of Zed's, under way
        other.autocommit = False
        cursor.execute(WHERE)
        stolen = asking.token(
            asking.key_of(settings.SECRET_KEY),
            asking.Asking("person", str(zed.pk)).told(NOON.date()),
            cursor.fetchone()[0],
        )
        cursor.execute(SET, [asking.SETTING, stolen])
        cursor.execute("SELECT count(*) FROM contracts_contract WHERE id = %s", [there])
        assert cursor.fetchone() == (1,), "there it counts"
        believed_by_none(world, monkeypatch, stolen)


def believed_by_none(world: World, monkeypatch, stolen: str) -> None:
    zed, there = world.people["zed"], world.there.cast.contract.pk
    assert zed is not None

    def statements(run):
        [(own,)] = run("SELECT current_setting('duly.asking')")
        parts = own.split("|")
        forged = [
            "",
            "nonsense",
            stolen,
            "|".join(["person", str(zed.pk), *parts[2:]]),
            "|".join(["job", "tests", *parts[2:]]),
            "|".join(["job", "tests", "", *parts[3:]]),
            "|".join(["back_room", *parts[1:]]),
            "|".join([*parts[:2], str(there), *parts[3:]]),
            "|".join([*stolen.split("|")[:4], *parts[4:]]),
            "|".join(["job", "tests", "", *parts[3:6], "0" * 64]),
            "|".join(["job", "tests", "", *parts[3:6], ""]),
            own + "|",
            own.upper(),
        ]
        for token in forged:
            for local in (True, False):
                run("SELECT set_config('duly.asking', %s, %s)", token, local)
                seen = run("SELECT count(*) FROM contracts_contract WHERE id = %s", there)
                assert seen == [(0,)], token
                run("SELECT t::text FROM contracts_ledgerentry AS t")
                run("SELECT t::text FROM contracts_person AS t")
                assert run("SELECT duly.everything()") == [(False,)], token
        run("RESET duly.asking")
        run("RESET ALL")
        read_everything(run)
        run("SELECT set_config('duly.asking', %s, true)", own)

    request(world, monkeypatch, statements)


def test_no_other_connection_shows_what_somebody_asks(world, monkeypatch, test_database):
    """Whoever may ask ``pg_stat_activity`` of other sessions of the same role finds no token in it."""
    app_url, _ = test_database
    with closing(connect(app_url)) as other, other.cursor() as cursor:
        found: list[Any] = []

        def statements(run):
            run("SELECT query FROM pg_stat_activity")
            run("SELECT * FROM pg_prepared_statements")
            run("SELECT * FROM pg_cursors")
            cursor.execute("SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            found.extend(query for (query,) in cursor.fetchall() if query)

        request(world, monkeypatch, statements)
        assert not [query for query in found if "person|" in query or "job|" in query]


def test_no_function_of_ours_gives_or_writes_anything_of_another(world, monkeypatch):
    there = world.there.cast.contract.pk

    def statements(run):
        functions = run(
            "SELECT p.oid::regproc::text, pg_get_function_arguments(p.oid), p.prorettype::regtype::text"
            " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = 'duly' OR (n.nspname = 'public' AND p.proname LIKE 'duly%')"
        )
        assert len(functions) > 12
        for name, arguments, returns in functions:
            if returns == "trigger":
                continue
            kinds = [
                one.strip().partition(" DEFAULT")[0].split(" ", 1)[-1] for one in arguments.split(",") if one
            ]
            for of in (there, None):
                run(f"SELECT * FROM {name}({', '.join(_value(kind, of) for kind in kinds)})")
        read_everything(run)

    request(world, monkeypatch, statements)


ENTRY = '"contract": %s, "kept_to": "", "verb": "x", "payload": "{}", "hash": "", "origin": ""'


def _value(kind: str, of: int | None) -> str:
    if of is None:
        return f"NULL::{kind}"
    return {
        "bigint": f"{of}::bigint",
        "integer": "1",
        "boolean": "true",
        "timestamp with time zone": "now()",
        "json": f"'[{{{ENTRY % of}}}]'",
    }.get(kind, f"'x'::{kind}" if kind in ("text", "name") else f"NULL::{kind}")


TRICKS = (
    "SELECT * FROM duly.secret",
    "TABLE pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT * FROM pg_stats",
    "SELECT * FROM pg_statistic",
    "SELECT * FROM pg_stats_ext_exprs",
    "SELECT setting FROM pg_settings WHERE name LIKE '%file%'",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT * FROM pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/duly-lo')",
    "COPY contracts_contract TO PROGRAM 'cat > /tmp/duly-copied'",
    "COPY contracts_contract TO '/tmp/duly-copied'",
    "COPY contracts_organisation (name) FROM PROGRAM 'id'",
    "SET ROLE duly_owner",
    "SET SESSION AUTHORIZATION duly_owner",
    "RESET ROLE",
    "RESET SESSION AUTHORIZATION",
    "SET row_security = off",
    "SET session_replication_role = replica",
    "ALTER TABLE contracts_contract DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE contracts_contract NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE contracts_membership DISABLE TRIGGER ALL",
    "DROP POLICY duly_asking ON contracts_contract",
    "CREATE POLICY mine ON contracts_contract USING (true)",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "CREATE ROLE another SUPERUSER",
    "GRANT duly_owner TO CURRENT_USER",
    "CREATE FUNCTION public.mine() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::text'",
    "CREATE FUNCTION duly.asking() RETURNS text[] LANGUAGE sql AS $$SELECT ARRAY['job', 'x', '']$$",
    "CREATE OR REPLACE FUNCTION duly.everything() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "ALTER FUNCTION duly.everything() RENAME TO nothing",
    "CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
    "CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS"
    " $$BEGIN RAISE NOTICE '%', $1; RETURN true; END$$",
    "SELECT title FROM contracts_contract WHERE pg_temp.leak(title)",
    "SELECT 1 FROM contracts_contract WHERE title::integer = 1",
    "SELECT 1 / (SELECT count(*) FROM contracts_contract WHERE title LIKE 'zqx%%')",
    "CREATE TEMP VIEW everything AS SELECT * FROM contracts_ledgerentry",
    "SELECT e::text FROM everything AS e",
    "CREATE TEMP TABLE copied_all AS SELECT * FROM contracts_person",
    "SELECT c::text FROM copied_all AS c",
    "CREATE MATERIALIZED VIEW mine AS SELECT * FROM contracts_contract",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION file_fdw",
    "CREATE TRIGGER mine BEFORE INSERT ON contracts_contract EXECUTE FUNCTION duly.only_by()",
    "CREATE RULE mine AS ON SELECT TO contracts_contract DO INSTEAD SELECT 1",
    "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION duly.only_by()",
    "DO $$BEGIN EXECUTE 'SET ROLE duly_owner'; END$$",
    "LOCK TABLE contracts_ledgerentry IN ACCESS EXCLUSIVE MODE",
    "TRUNCATE contracts_contract CASCADE",
    "VACUUM contracts_contract",
    "SELECT query_to_xml('SELECT * FROM contracts_ledgerentry', true, true, '')::text",
    "SELECT database_to_xml(true, true, '')::text",
    "SELECT ts_stat::text FROM ts_stat('SELECT to_tsvector(title) FROM contracts_contract')",
    "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy",
    "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM contracts_contract",
    "LOAD 'dblink'",
)


def test_no_trick_of_the_database_gives_another_contract_away(world, monkeypatch):
    refused = []

    def statements(run):
        for trick in TRICKS:
            before = run.refused
            run(trick.replace("%%", "%"))
            refused.append(run.refused > before)
            if trick.startswith(("SET", "CREATE", "RESET")):
                run("SELECT t::text FROM contracts_contract AS t")
                run("SELECT t::text FROM contracts_ledgerentry AS t")
            run("RESET row_security")
        read_everything(run)

    request(world, monkeypatch, statements)
    assert sum(refused) > 30


def test_nothing_of_another_contract_is_written(world, monkeypatch):
    here, there = world.here.cast.contract.pk, world.there.cast.contract.pk

    def statements(run):
        for model in models():
            table, columns = model._meta.db_table, [one.column for one in model._meta.local_concrete_fields]
            key = model._meta.pk.column
            if "contract_id" in columns:
                rest = ", ".join(f'"{one}"' for one in columns if one not in ("contract_id", key))
                run(f'UPDATE "{table}" SET contract_id = contract_id WHERE contract_id = %s', there)
                run(f'DELETE FROM "{table}" WHERE contract_id = %s', there)
                run(f'UPDATE "{table}" SET contract_id = %s WHERE contract_id = %s', there, here)
                run(
                    f'INSERT INTO "{table}" (contract_id, {rest}) SELECT %s, {rest} FROM "{table}"'
                    " WHERE contract_id = %s LIMIT 1",
                    there,
                    here,
                )
            else:
                run(f'UPDATE "{table}" SET "{key}" = "{key}"')
        run("DELETE FROM contracts_contract WHERE id = %s", there)
        run("UPDATE contracts_contract SET title = 'mine' WHERE id = %s", there)
        run("SELECT duly_erase_contract(%s)", there)

    run = request(world, monkeypatch, statements)
    assert run.ran > 150 and run.refused > 60


def test_what_is_left_in_the_session_is_found_by_no_later_request(world, monkeypatch):
    """A table of one's own making, called like one that the gate asks, would open every contract."""
    there, tom = world.there.cast.contract.pk, world.people["tom"]
    assert tom is not None

    def statements(run):
        run("CREATE TEMP TABLE contracts_membership AS SELECT * FROM public.contracts_membership")
        run("UPDATE pg_temp.contracts_membership SET contract_id = %s", there)
        run("SET search_path = pg_temp, public")
        assert run("SELECT DISTINCT contract_id FROM contracts_membership") == [(there,)]

    with transaction.atomic():
        request(world, monkeypatch, statements)
        later = Asking(world)
        assert later("tom", reverse("board", args=[there])).status == 404
        assert later("priya", reverse("board", args=[world.here.cast.contract.pk])).status == 200
        transaction.set_rollback(True)
