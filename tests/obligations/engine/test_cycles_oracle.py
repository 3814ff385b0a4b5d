"""Each place of a cycle is a duty of its own (R40): the engine's places against those the oracle walks to."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from contracts.terms.moments import last_moment
from obligations.rules.engine.derive import ContractTerms, derive
from obligations.rules.register.rulebook import content_from, parse_rulebook
from obligations.rules.register.vocabulary import Vocabulary
from obligations.rules.time.working_days import load_calendar
from tests.oracle import cases
from tests.oracle.cycles import places

KINDS = (
    *("place of days", "place of Working Days", "place of weekdays", "fixed day"),
    *("after a period's end", "before a period's end"),
)
HEADER = {"key": "tower", "version": 1, "title": "Tower", "dated": "2026", "scopes": ["main"]}
VOCABULARY = {
    "detail": [{"name": name, "label": name, "type": "text"} for name in ("duty", "occurrence", "citation")],
    "kind": [
        {"name": "duty_done", "group": "tower", "label": "Done", "side": "either",
         "details": ["duty", "occurrence", "citation"]},
        {"name": "bell_rung", "group": "tower", "label": "Rung", "side": "either"},
    ],
}  # fmt: skip
RULE = {
    "key": "ring", "path": "main/ring", "party": "supplier", "title": "Ring", "summary": "Ring the bell.",
    "shape": "recurring", "every": "cycle", "met_by": ["bell_rung"],
}  # fmt: skip
CASES = 60


@pytest.mark.parametrize("kind", KINDS)
def test_every_place_of_a_year_and_a_half_comes_once(kind: str) -> None:
    dice = random.Random(f"places {kind}")
    for _ in range(CASES):
        cycle = cases.KINDS[kind](dice).limit["cycle"]
        start, division = cases.some_day(dice) - timedelta(days=800), dice.choice(cases.DIVISIONS)
        now = start + timedelta(days=dice.randint(300, 550))
        terms = ContractTerms(start, date(2032, 12, 31))
        rules = {"o.toml": {"rule": [RULE | {"cycle": cycle}]}}
        book = parse_rulebook(content_from(HEADER, rules, Vocabulary.from_json(VOCABULARY)))
        found = derive(book, terms, (), (), load_calendar(division), last_moment(now))
        anchor = start if cycle["of"] == "contract_year" else None
        expected = []
        for day, _ in places(cycle, start, division, anchor):
            expected.append(day)
            if day >= now:  # the one that is open
                break
        due = [duty.deadline.due_date for duty in found]
        assert due == expected, (cycle, start, now, division)
