"""Every rule of docs/reading-the-contract.md is named by a test, and the page that lists them is current."""

from __future__ import annotations

from tests.support.rules_and_tests import DOCUMENT, document, named, naming, rules


def test_every_rule_is_named_by_a_test_or_a_worked_example() -> None:
    """A module's docstring is not enough: a test of its own, or a file of examples, names the rule."""
    found = naming()
    spoken_for = {
        rule
        for rule, files in found.items()
        if any(names or file.endswith(".toml") for file, names in files.items())
    }
    assert [rule for rule in rules() if rule not in spoken_for] == []


def test_no_test_names_a_rule_that_does_not_exist() -> None:
    assert sorted(set(naming()) - set(rules())) == []


def test_the_page_of_rules_and_tests_is_current() -> None:
    now = DOCUMENT.read_text(encoding="utf-8") == document()
    assert now, "run .venv/bin/python -m tests.support.rules_and_tests"


def test_a_span_of_rules_names_each_of_them() -> None:
    assert named("see R7, R21 to R23 (and not RFC 5545)") == {"R7", "R21", "R22", "R23"}
