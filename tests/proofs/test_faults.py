"""One process after another is killed while people write: a small form of ``script/prove faults``."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from compliance import places
from tests.support import database

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("server")]


@pytest.fixture(scope="module")
def faults():
    spec = importlib.util.spec_from_file_location("faults", places.ROOT / "script" / "proofs" / "faults.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["faults"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


def test_nothing_acknowledged_is_lost_whatever_is_killed_and_all_of_it_comes_back(
    faults, monkeypatch, test_database
):
    monkeypatch.setattr(faults, "WITHIN", 60)  # 30 on a quiet machine
    with faults.site_with_mail(database.lay) as site:
        figures = faults.play(site, faults.order("small", 1), pause=1.5, say=print)
        said, kept = site.said(), (site.folder / "log" / "server.log").read_text()
    assert figures.faults == []
    assert set(figures.back) == set(faults.TARGETS)
    assert len(figures.acknowledged) > 5 and figures.notices > len(figures.acknowledged)
    for name in ("web", "worker", "beat"):
        assert f"{name} was killed by signal 9" in said and f"starting {name} again in" in said
    for name in ("queue", "database"):
        assert f"{name} ended by itself" in said and f"{name} ended by itself" in kept


def test_the_look_afterwards_sees_what_is_lost_doubled_or_went_twice(faults):
    """Without this a look that sees nothing would pass."""
    figures = faults.Figures(acknowledged=["a", "b"])
    moment = faults.datetime(2026, 3, 17, 12, tzinfo=faults.UTC)
    found = {
        "facts": {"a": 2}, "entries": {"a": 1}, "duties": ["a"], "told": ["a"], "ids": ["<1>", "<2>"],
        "broken": ["entry 2 was changed"], "sent": 2, "noted": 1,
    }  # fmt: skip
    faults.judge(figures, found, [("<1>", moment), ("<1>", moment), ("<3>", moment)])
    assert figures.faults == [
        "a: acknowledged, and there are 2 facts of it",
        "b: acknowledged, and there are 0 facts of it",
        "b: acknowledged, and there are 0 entries of it",
        "b: acknowledged, and not among the duties",
        "b: acknowledged, and not among the told",
        "a: recorded 2 times",
        "entry 2 was changed",
        "2 notices sent, 1 on the ledger",
        "<2>: a notice says it was sent, and no such mail came",
        "<1>: went twice, first at 12:00:00, when nothing was killed",
        "<3>: went twice, first at 12:00:00, when nothing was killed",
    ]
    figures = faults.Figures(kills=[(moment, "worker")])
    found |= {"facts": {}, "ids": ["<1>"], "broken": [], "noted": 2}
    faults.judge(figures, found, [("<1>", moment), ("<1>", moment)])
    assert figures.faults == [] and figures.twice == 1
