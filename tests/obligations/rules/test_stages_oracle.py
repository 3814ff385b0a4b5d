"""The worked examples of limits that depend on more than one fact, put to the oracle."""

from __future__ import annotations

from datetime import date

import pytest

from tests.obligations.rules.algebra_file import last_moment, when
from tests.obligations.rules.examples_file import Example, examples, title
from tests.oracle.stages import Stage, said

STAGES = examples("stages")
KEYS = {
    *("title", "stage", "limit", "facts", "as_at", "needs", "start", "former", "division", "why"),
    *("due", "no_date", "missing", "flagged", "deemed", "owed"),
}


def test_their_keys_are_known() -> None:
    for example in STAGES:
        assert not set(example) - KEYS, example
        assert len({"due", "no_date", "deemed", "owed"} & set(example)) == 1, example


@pytest.mark.parametrize("example", STAGES, ids=title)
def test_the_oracle_agrees(example: Example) -> None:
    stage = Stage(
        example["stage"],
        example.get("limit"),
        example.get("needs", ()),
        when(example["start"]) if "start" in example else None,
        example.get("former"),
        example.get("division", "england-and-wales"),
    )
    facts = [
        {"what": fact["what"], "at": when(fact["at"]), "recorded": date.fromisoformat(fact["recorded"])}
        for fact in example["facts"]
    ]
    found = said(stage, facts, date.fromisoformat(example["as_at"]))
    assert (found.due.second if found.due else None) == (
        last_moment(example["due"]) if "due" in example else None
    )
    assert list(found.missing) == example.get("missing", [])
    assert found.flagged == example.get("flagged", False)
    assert found.deemed == (date.fromisoformat(example["deemed"]) if "deemed" in example else None)
    assert [day.isoformat() for day in found.owed] == example.get("owed", [])
