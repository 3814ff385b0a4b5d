"""The programs behind ``script/prove``: what they would run, without running it."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROOFS = sorted((ROOT / "script" / "proofs").glob("[!_]*.py"))
FIGURES = ROOT / "docs" / "proofs.md"


def program(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """One of the programs as a module."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "script"), *sys.path])
    spec = importlib.util.spec_from_file_location(f"proof_{name}", ROOT / "script" / "proofs" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", PROOFS, ids=lambda path: path.stem)
def test_every_proof_says_what_it_shows_and_its_figures_are_on_the_page(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert said.partition("\n")[0].endswith(".")
    assert f"\n## {path.stem}\n" in FIGURES.read_text(encoding="utf-8")


@pytest.mark.parametrize("wanted", [1, 19_999, 20_000, 20_001, 50_000])
def test_the_oracle_runs_as_many_cases_as_asked_each_portion_with_a_seed_of_its_own(wanted, monkeypatch):
    portions = list(program("oracle", monkeypatch).portions(wanted, "full"))
    assert sum(number for _, _, number in portions) == wanted
    assert len({seed for _, seed, _ in portions}) == len(portions)


def test_a_portion_says_how_many_agree_or_the_case_that_does_not(monkeypatch):
    oracle = program("oracle", monkeypatch)
    assert oracle.run(("counting", "a seed", 20)) == ("counting", 20, "")
    assert oracle.run(("events", "a seed", 20)) == ("events", 20, "")

    def differing(seed: str, number: int) -> None:
        raise AssertionError("7 days from 12 March")

    monkeypatch.setitem(oracle.KINDS, "counting", differing)
    assert oracle.run(("counting", "a seed", 20)) == ("counting", 0, "a seed: 7 days from 12 March")


def test_the_sweep_takes_the_same_sample_for_the_same_seed(monkeypatch):
    mutations = program("mutations", monkeypatch)
    every = [f"obligations.rules.time.counting.x_{number}" for number in range(100)]
    first = mutations.chosen(every, 10, "rules", "")
    assert first == mutations.chosen(reversed(every), 10, "rules", "") and len(set(first)) == 10
    assert first != mutations.chosen(every, 10, "others", "")
    assert mutations.chosen(every, 10, "rules", "x_99") == ["obligations.rules.time.counting.x_99"]


def test_a_change_that_no_test_comes_by_counts_as_not_noticed(monkeypatch):
    mutations = program("mutations", monkeypatch)
    made = {"failed": 1, "timed out": 36, "passed": 0, "no tests": 33, "killed": -9, "odd": 35}
    assert [mutations.word(code) for code in made.values()] == [
        *("noticed", "noticed", "survived", "not reached", "survived", "survived"),
    ]
    assert mutations.score(made) == 1 / 3 and mutations.score({}) == 0
