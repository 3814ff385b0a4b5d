"""The tools of the command line count by what was applied here, or say that they do not (R4)."""

from __future__ import annotations

import io
import json
from datetime import date

import psycopg2
import pytest
from django.core.management import call_command

from obligations.management import calendars_in_use

SAYS = (
    "Counted by the bank holidays shipped with Duly, published on 4 February 2026. The database of this"
    " installation does not answer, so what was applied there is not known here."
)
SCENARIO = {
    "contract": {"start_date": "2025-04-01", "end_date": "2029-03-31"},
    "facts": [{"kind": "patch_publicly_released", "at": "2026-03-12", "recorded_at": "2026-03-12T12:00:00Z",
               "details": {"subject": "CVE-2026-1", "category": "Other"}}],
    "as_at": "2026-03-17",
}  # fmt: skip


def asked() -> tuple[str, str]:
    """60 Working Days from 12 March 2026, by ``deadline``: the day, and what it says beside it."""
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "deadline", "--within", "60 Working Days", "--from", "2026-03-12", "--json", stdout=out, stderr=err
    )
    return json.loads(out.getvalue())["due_date"], err.getvalue().strip()


def simulated() -> tuple[list[str], str]:
    """The same by ``simulate``."""
    out, err = io.StringIO(), io.StringIO()
    stdin = io.StringIO(json.dumps(SCENARIO))
    call_command("simulate", "dmp_schedule_23", "--json", stdin=stdin, stdout=out, stderr=err)
    duties = json.loads(out.getvalue())["duties"]
    return [one["due_date"] for one in duties if one["subject"] == "CVE-2026-1"], err.getvalue().strip()


@pytest.mark.django_db(transaction=True)
def test_what_was_applied_here_counts(applied):
    assert asked() == ("2026-06-10", "")
    applied(date(2026, 5, 12))
    assert asked() == ("2026-06-11", "")
    assert simulated() == (["2026-06-11"], "")


def test_where_no_database_answers_they_say_so(monkeypatch):
    def refused(*_, **__):
        raise psycopg2.OperationalError("connection refused")

    monkeypatch.setattr(calendars_in_use.psycopg2, "connect", refused)
    assert asked() == ("2026-06-10", SAYS)
    assert simulated() == (["2026-06-10"], SAYS)
