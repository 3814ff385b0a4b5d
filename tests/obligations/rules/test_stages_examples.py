"""The worked examples of limits that depend on more than one fact, put to the engine (R40, R43, R44).

Each makes a small book of its own: the rule that the example asks about, and the former where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from contracts.terms.moments import last_moment, parse_when
from obligations.rules.engine.derive import ContractTerms, Fact, derive
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.stages import waiting
from obligations.rules.register.rulebook import Rulebook, content_from, parse_rulebook
from obligations.rules.register.vocabulary import Vocabulary
from obligations.rules.time.working_days import load_calendar
from tests.obligations.rules.examples_file import Example, examples, title

STAGES = examples("stages")
HEADER = {"key": "stages", "version": 1, "title": "Stages", "dated": "2026", "scopes": ["main"]}
BEGUN, ANSWERED = "it_began", "answered"


def name(what: str) -> str:
    return f"fact_{what.replace(' ', '_')}"


def kinds(example: Example) -> list[str]:
    """What the example speaks of, in the order in which it does."""
    told = [fact["what"] for fact in example["facts"]]
    more = {
        "earlier": ["detected", "reported"],
        "former": ["submitted"],
        "silence": ["asked", "answered"],
        "each day": ["began", "ended"],
    }
    return list(dict.fromkeys([*example.get("needs", []), *more.get(example["stage"], []), *told]))


def limit(form: Mapping[str, Any]) -> dict[str, Any]:
    first, *others = form["lengths"]
    rest = {key: value for key, value in form.items() if key != "lengths"}
    return dict(first) | rest | ({"others": others} if others else {})


def rules(example: Example, known: list[str]) -> list[dict[str, Any]]:
    """The rules that say what the example asks."""
    facts = [name(what) for what in known]
    match example["stage"]:
        case "earlier":
            more: dict[str, Any] = {"on": facts, "start": "earliest"} if len(facts) > 1 else {"on": facts}
        case "all":
            more = {"on": [name(what) for what in example["needs"]], "start": "all"}
        case "former":
            more = {"on": [BEGUN], "former": "former"}
        case "silence":
            asked, answered = facts[:2]
            deemed = {"fact": answered, "outcome": "approved", "path": "main/1"}
            more = {"on": [asked], "met_by": [answered], "deemed": deemed}
        case _:
            return [rule("it") | {"on": [facts[0]], "each_day_until": facts[1]}]
    found = [rule("it") | more | limit(example["limit"])]
    if "former" in example:
        found.append(rule("former") | {"on": [BEGUN], "met_by": [facts[0]]} | limit(example["former"]))
    return found


def rule(key: str) -> dict[str, Any]:
    return {
        "key": key,
        "path": "main/1",
        "party": "supplier",
        "title": key,
        "summary": key,
        "shape": "event",
        "once_per": "subject",
    }


def book(example: Example, known: list[str]) -> Rulebook:
    names = [BEGUN, *(name(what) for what in known)]
    kind = {"group": "it", "side": "either", "subject": "What it is about"}
    vocabulary = {
        "detail": [{"name": one, "label": one, "type": "text"} for one in ("duty", "occurrence", "citation")],
        "kind": [
            kind | {"name": "duty_done", "label": "Done", "details": ["duty", "occurrence", "citation"]},
            *(kind | {"name": one, "label": one.replace("_", " ").capitalize()} for one in names),
        ],
    }
    files = {"rules.toml": {"rule": rules(example, known)}}
    return parse_rulebook(content_from(HEADER, files, Vocabulary.from_json(vocabulary)))


def told(example: Example) -> list[Fact]:
    about = {"subject": "It"}
    found = [
        Fact(name(one["what"]), parse_when(one["at"]), parse_when(one["recorded"]), about)
        for one in example["facts"]
    ]
    if "start" in example:
        found.append(Fact(BEGUN, parse_when(example["start"]), parse_when(example["start"]), about))
    return found


@pytest.mark.parametrize("example", STAGES, ids=title)
def test_the_engine_says_what_was_worked_out(example: Example) -> None:
    known = kinds(example)
    made, facts = book(example, known), told(example)
    calendar = load_calendar(example.get("division", "england-and-wales"))
    terms = ContractTerms(date(2026, 1, 1), division=calendar.division)
    as_at = last_moment(parse_when(example["as_at"]))
    found = derive(made, terms, facts, (), calendar, as_at)
    mine = [one for one in found if one.rule_key == "it"]
    if "owed" in example:
        assert [one.occurrence for one in mine] == [str(day) for day in example["owed"]]
    elif "deemed" in example:
        (duty,) = mine
        assert "deemed approved" in duty.deadline.steps[-1].text
        assert str(duty.deadline.due_date) == str(example["deemed"])
    elif "due" in example:
        (duty,) = mine
        ends = duty.deadline.literal_limit or duty.deadline.due_at
        assert ends is not None and last_moment(ends) == last_moment(parse_when(example["due"]))
        assert duty.deadline.flagged == example.get("flagged", False)
    else:
        assert all("it was deemed" not in step.text for one in mine for step in one.deadline.steps)
        assert example["stage"] == "silence" or mine == []
    lacking = waiting(Evaluation.of(made, terms, facts, (), calendar, as_at))
    missing = [kind for one in lacking for kind in one.missing]
    if facts and "missing" in example:
        assert missing == [name(what) for what in example["missing"]]
    elif facts:
        assert missing == []
