"""The bank holidays by which the command line counts: those of this installation where its database answers.

The tools of the command line need no database. Where one answers they count by what was applied there;
otherwise by the newest list shipped with Duly, and say so on standard error (R4: never silently wrong).
"""

from __future__ import annotations

from contextlib import closing

import psycopg2
from django.conf import settings

from contracts.terms.moments import long_day
from obligations.rules.time.published import Change, laid_over
from obligations.rules.time.working_days import Lists, shipped_lists

SECONDS = 1
"""How long the database may take to answer. PostgreSQL's client gives a server that is away 2 seconds."""

BASE = "SELECT number FROM obligations_calendarbase"
APPLIED = "SELECT days FROM obligations_calendarchange WHERE version IS NOT NULL ORDER BY version"


def in_use() -> tuple[Lists, str]:
    """The lists to count by, and what to say of them on standard error; empty where nothing needs saying."""
    try:
        return _of_this_installation(), ""
    except psycopg2.Error:
        lists = shipped_lists()
        dated = f", published on {long_day(lists.published)}" if lists.published else ""
        return lists, (
            f"Counted by the bank holidays shipped with Duly{dated}. The database of this installation does"
            " not answer, so what was applied there is not known here."
        )


def _of_this_installation() -> Lists:
    """What is in use there. Raises psycopg2.Error where the database does not answer or has no tables yet."""
    at = settings.DATABASES["default"]
    connection = psycopg2.connect(
        dbname=at["NAME"],
        user=at["USER"] or None,
        password=at["PASSWORD"] or None,
        host=at["HOST"] or None,
        port=at["PORT"] or None,
        connect_timeout=SECONDS,
        **at.get("OPTIONS", {}),
        options=f"-c statement_timeout={SECONDS * 1000} -c default_transaction_read_only=on",
    )
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(BASE)
        base = cursor.fetchone()
        cursor.execute(APPLIED)
        lists = shipped_lists(base[0] if base else None)
        for (days,) in cursor.fetchall():
            lists = laid_over(lists, Change.from_json(days))
    return lists
