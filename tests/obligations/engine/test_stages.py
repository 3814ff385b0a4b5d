"""The worked examples of stages, put to the engine with a book that is made for each (R43, R44)."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

import pytest

from contracts.terms.moments import last_moment, parse_when
from obligations.rules.engine.derive import ContractTerms, Duty, Fact, derive
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.stages import waiting
from obligations.rules.register.rulebook import Rulebook, content_from, parse_rulebook
from obligations.rules.register.vocabulary import Vocabulary
from obligations.rules.time.working_days import load_calendar
from tests.obligations.rules.algebra_file import last_moment as ends
from tests.obligations.rules.examples_file import Example, examples, title

STAGES = examples("stages")
HEADER = {"key": "ferry", "version": 1, "title": "Ferry", "dated": "2026", "scopes": ["main"]}
DETAILS = [{"name": name, "label": name, "type": "text"} for name in ("duty", "occurrence", "citation")]


def kind(name: str, **more: Any) -> dict[str, Any]:
    label = {"group": "ferry", "label": name.replace("_", " "), "side": "either", "subject": "The ferry"}
    return {"name": name} | label | more


def rule(key: str, limit: Example | None, **more: Any) -> dict[str, Any]:
    length = limit["lengths"][0] if limit else {}
    words = {"party": "supplier", "title": key, "summary": key, "shape": "event"}
    return {"key": key, "path": f"main/{key}"} | words | length | more


def rules(example: Example) -> list[dict[str, Any]]:
    """The rule asked about is "asked"; what stands beside it makes its facts."""
    limit = example.get("limit")
    match example["stage"]:
        case "earlier":
            return [rule("asked", limit, on=["detected", "reported"], start="earliest", met_by=["done"])]
        case "all":
            on = [what.replace(" ", "_") for what in example["needs"]]
            return [rule("asked", limit, on=on, start="all", met_by=["done"])]
        case "former":
            former = rule("former", example["former"], on=["begun"], met_by=["submitted"])
            return [former, rule("asked", limit, on=["begun"], former="former", met_by=["done"])]
        case "silence":
            spoken = {"fact": "answered", "outcome": "approved", "path": "main/asked"}
            follows = rule("follows", None, on=["answered"], amount=1, unit="days", met_by=["done"])
            return [rule("asked", limit, on=["asked"], met_by=["answered"], deemed=spoken), follows]
    return [rule("asked", None, on=["began"], each_day_until="ended", met_by=["done"])]


def book(example: Example) -> Rulebook:
    made = rules(example)
    names = {
        name for each in made for name in [*each["on"], *each["met_by"], each.get("each_day_until", "done")]
    }
    about_duties = kind("duty_done", details=["duty", "occurrence", "citation"])
    vocabulary = {"detail": DETAILS, "kind": [about_duties, *map(kind, sorted(names))]}
    return parse_rulebook(content_from(HEADER, {"o.toml": {"rule": made}}, Vocabulary.from_json(vocabulary)))


def facts(example: Example) -> list[Fact]:
    told = [(each["what"], each["at"], each["recorded"]) for each in example["facts"]]
    if "start" in example:
        told.append(("begun", example["start"], example["start"]))
    return [
        Fact(what.replace(" ", "_"), parse_when(at), last_moment(parse_when(recorded)), {"subject": "North"})
        for what, at, recorded in told
    ]


def duties(example: Example, key: str) -> list[Duty]:
    terms = ContractTerms(date(2026, 1, 5), date(2030, 12, 31))
    calendar = load_calendar(example.get("division", "england-and-wales"))
    now = last_moment(parse_when(example["as_at"]))
    found = derive(book(example), terms, facts(example), (), calendar, now)
    return [duty for duty in found if duty.rule_key == key]


@pytest.mark.parametrize("example", STAGES, ids=title)
def test_the_engine_says_what_was_worked_out(example: Example) -> None:
    found = duties(example, "asked")
    if example["stage"] == "each day":
        assert [str(duty.deadline.due_date) for duty in found] == example["owed"]
    elif example["stage"] == "silence":
        follows = [duty.deadline.due_date for duty in duties(example, "follows")]
        spoken = parse_when(example["deemed"]) if "deemed" in example else None
        answered = [fact for fact in example["facts"] if fact["what"] == "answered"]
        assert [duty.state for duty in found] == ["met" if spoken or answered else "open"]
        assert bool(follows) == bool(spoken or answered)
        if spoken:
            assert [(day - spoken).days for day in follows if day] == [1]
    elif "due" in example:
        (duty,) = found
        assert duty.deadline.due_at is not None
        assert duty.deadline.due_at.astimezone(UTC) == ends(example["due"]).astimezone(UTC)
        assert bool(duty.deadline.readings) == example.get("flagged", False)
    else:
        assert found == []


@pytest.mark.parametrize("example", [each for each in STAGES if "needs" in each], ids=title)
def test_what_is_missing_is_named(example: Example) -> None:
    terms, now = ContractTerms(date(2026, 1, 5)), last_moment(parse_when(example["as_at"]))
    known = [fact for fact in facts(example) if fact.recorded_at <= now]
    asked = Evaluation.of(book(example), terms, known, (), load_calendar(), now)
    missing = [name for one in waiting(asked) for name in one.as_json()["missing"]]
    expected = [what.replace(" ", "_") for what in example.get("missing", ())]
    assert missing == (expected if known else [])
