"""A contract that many tests begin with is laid into the test's transaction, not played again each time.

Playing it takes tens of statements and the whole engine. What the second play of the same contract wrote is
kept, table by table, in a schema of the test's database that only this module knows; from the third on its
rows are copied back, as they were, and the transaction is left as the play would have left it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import cache, wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.utils import timezone

from compliance.embedded.postgres import APP, OWNER, Postgres
from contracts.models import Contract, Person
from obligations.rules.register import rulebook
from obligations.services.asking import versions
from obligations.services.versions import offers
from tests.support import database

Played = TypeVar("Played")

FROM = 2
"""What is played this many times is kept."""

BOOKS, READ = rulebook.BOOKS, rulebook.load_rulebook
"""What ships; a test may ship something else."""

BEGIN = f"""
DROP SCHEMA IF EXISTS laid CASCADE;
CREATE SCHEMA laid AUTHORIZATION {OWNER};
GRANT USAGE ON SCHEMA laid TO {APP};
CREATE TABLE laid.ours AS
    SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.relname;
CREATE TABLE laid.steps (key text, step text);
CREATE FUNCTION laid.bare() RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER AS $$
    SELECT pg_current_xact_id_if_assigned() IS NULL
        AND NOT EXISTS (SELECT 1 FROM public.contracts_person)
        AND NOT EXISTS (SELECT 1 FROM public.contracts_organisation)
$$;
CREATE FUNCTION laid.taken() RETURNS TABLE (name text, rows text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
BEGIN
    FOR name IN SELECT o.name FROM laid.ours AS o LOOP
        EXECUTE format('SELECT json_agg(row_to_json(t))::text FROM public.%I AS t WHERE t.xmin::text::bigint'
            ' >= pg_current_xact_id()::text::bigint', name) INTO rows;
        IF rows IS NOT NULL THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;
CREATE FUNCTION laid.lay(wanted text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET session_replication_role = replica AS $$
DECLARE
    one text;
    made bigint;
BEGIN
    FOR one IN SELECT step FROM laid.steps WHERE key = wanted LOOP
        EXECUTE one;
    END LOOP;
    UPDATE public.contracts_signedwrite SET xact = pg_current_xact_id()::text::bigint
        WHERE id = (SELECT max(id) FROM public.contracts_signedwrite) RETURNING id INTO made;
    PERFORM set_config('duly.write', made::text, true);
END $$;
"""

KEEP = """
WITH kept AS (SELECT * FROM laid.ours WHERE name = %(name)s)
INSERT INTO laid.steps
SELECT %(key)s, format('INSERT INTO public.%%I (%%s) OVERRIDING SYSTEM VALUE SELECT %%s FROM laid.%%I',
    name, columns, columns, %(copy)s) FROM kept
"""

_played: Counter[tuple[Any, ...]] = Counter()
_kept: dict[tuple[Any, ...], tuple[str, int, dict[str, int]]] = {}


def laid(play: Callable[..., Played]) -> Callable[..., Played]:
    """Of a function that makes a contract with its people, and gives them as a ``Cast``: as above."""

    @wraps(play)
    def remembered(*outlines: str, **terms: Any) -> Played:
        key = _key(play.__name__, outlines, terms)
        if key is None or not _may_lay():
            return play(*outlines, **terms)
        if (kept := _kept.get(key)) is not None:
            return _lay(*kept)
        _played[key] += 1
        cast = play(*outlines, **terms)
        if _played[key] == FROM:
            _kept[key] = _keep(f"{play.__name__}_{len(_kept)}", cast)
        return cast

    return remembered


def _key(name: str, outlines: tuple[str, ...], terms: dict[str, Any]) -> tuple[Any, ...] | None:
    """What a play is told apart by; None: it is given rows, or what ships is another."""
    if not all(isinstance(value, str | int | date | None) for value in terms.values()):
        return None
    if (rulebook.BOOKS, versions.load_rulebook, offers.load_rulebook) != (BOOKS, READ, READ):
        return None
    keys = settings.SECRET_KEY, tuple(settings.LEDGER_KEYS)
    return name, outlines, tuple(sorted(terms.items())), keys, timezone.now().date()


def _may_lay() -> bool:
    """Whether this is a test's own transaction, in the tests' own database, and nothing was written in it."""
    here = connection.settings_dict["NAME"] == database.KEPT and _server().data.exists()
    if not (connection.in_atomic_block and here):
        return False
    _begin()
    return bool(_asked("SELECT laid.bare()")[0][0])


@cache
def _begin() -> None:
    _as_superuser(BEGIN)


def _keep(copy: str, cast: Any) -> tuple[str, int, dict[str, int]]:
    steps: list[tuple[str, dict[str, str]]] = []
    for place, (name, rows) in enumerate(_asked("SELECT * FROM laid.taken()")):
        table = f"{copy}_{place}"
        steps.append(
            (
                f"CREATE TABLE laid.{table} AS"
                f" SELECT * FROM json_populate_recordset(NULL::public.{name}, %(rows)s::json);{KEEP}",
                {"name": name, "rows": rows, "key": copy, "copy": table},
            )
        )
    _as_superuser(*steps)
    return copy, cast.contract.pk, {name: one.pk for name, one in cast.people.items()}


def _lay(copy: str, contract_id: int, people: dict[str, int]) -> Any:
    from tests.cast import Cast

    _asked("SELECT laid.lay(%s)", [copy])
    connection.hold(contract_id)  # type: ignore[attr-defined]  # contracts/row_security/database
    contract = Contract.objects.select_related("authority", "supplier").get(pk=contract_id)
    found = Person.objects.in_bulk(people.values())
    return Cast(contract, {name: found[pk] for name, pk in people.items()})


def _asked(query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """The rows of a question to our own functions, which no count of queries shows."""
    connection.ensure_connection()
    with connection.create_cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _server() -> Postgres:
    folder = database.own_folder()
    return Postgres(folder / "postgres", folder / "postgres.log")


def _as_superuser(*statements: Any) -> None:
    with closing(_server().connect(name=database.KEPT)) as superuser, superuser.cursor() as cursor:
        for one in statements:
            cursor.execute(*(one if isinstance(one, tuple) else (one,)))
