"""The month that a dump holds can still be played, and a dump is taken apart as it was put together."""

from __future__ import annotations

from datetime import date, time

import pytest

from obligations.services.reconciling.sweep import sweep
from tests.support.kept import dump, month, says

pytestmark = pytest.mark.xdist_group("releases")
RELEASED = date(2026, 11, 22)


def test_the_month_can_still_be_played(db, uploads):
    """The clock comes round once a day here, so that it takes seconds."""
    days: list[str] = []
    month.play(RELEASED, days.append, ticks=(time(9, 5),))
    assert (days[0], days[-1]) == ("Monday 12 October 2026", "Thursday 12 November 2026")
    assert [str(one) for one in sweep(month.ends(RELEASED))] == []
    phases = {one["phase"] for one in says.duties(month.ends(RELEASED))}
    assert phases >= {"open", "awaiting_decision", "suspended", "met", "met_late", "ended", "withdrawn"}


def test_what_concerns_the_writing_session_is_left_out_and_rows_are_not():
    text = (
        "-- written by somebody\nSET transaction_timeout = 0;\n"
        "CREATE TABLE a (b text);\n"
        "COPY a (b) FROM stdin;\n-- a row\nSET x = 1;\n\\.\n"
        "COPY c (d) FROM stdin;\n\\.\n"
        "\\unrestrict token\nALTER TABLE a ADD UNIQUE (b);\n"
    )
    assert list(dump.parts(text)) == [
        dump.Part("CREATE TABLE a (b text);\n"),
        dump.Part("COPY a (b) FROM stdin;\n", "-- a row\nSET x = 1;\n"),
        dump.Part(""),
        dump.Part("COPY c (d) FROM stdin;\n", ""),
        dump.Part("ALTER TABLE a ADD UNIQUE (b);\n"),
    ]
