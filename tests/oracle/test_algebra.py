"""The product and the oracle agree on random limits of every kind (R35, R38 to R42).

Two hundred cases of each kind run with the suite, forty of hours of work; ``script/prove oracle`` runs a
million.
"""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from tests.oracle.algebra import Outcome, outcome
from tests.oracle.cases import KINDS, Case
from tests.oracle.product import Given, given

CASES = 200
SLOW = ("working hours before", "working hours")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind(kind: str) -> None:
    alike(kind, f"algebra {kind}", CASES // 5 if kind in SLOW else CASES)


def alike(kind: str, seed: str, number: int) -> None:
    """So many random cases of a kind come out alike. Raises AssertionError with the first that does not."""
    dice = random.Random(seed)
    for _ in range(number):
        case = KINDS[kind](dice)
        expected, found = outcome(*case), given(*case)
        said = differs(case, expected, found)
        assert said is None, f"{kind}: {said}: {case}; oracle {expected}; product {found}"


def differs(case: Case, expected: Outcome, found: Given) -> str | None:
    """What differs, in a word; None where all agrees."""
    if expected.window is not None:
        return None if (found.window, found.due) == (expected.window, None) else "the window"
    if expected.opens is not None:
        last = expected.opens.second
        opens = last if "hours" in _units(case) else last + timedelta(seconds=1)
        if (found.opens, found.due) != (opens, None):
            return "when it opens"
        return None if found.provisional == expected.opens.provisional else "provisional"
    assert expected.due is not None
    if found.due != expected.due.second:
        return "the end"
    if expected.others != found.others:
        return "the other readings"
    return None if found.provisional == expected.due.provisional else "provisional"


def _units(case: Case) -> list[str]:
    return [length["unit"] for length in case.limit.get("lengths", ())]
