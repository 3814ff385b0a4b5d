"""The small form of ``script/prove mutations``: the list made by hand is current, and some of it is made."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from tests.support.mutants import ROOT, Mutant, listed, noticed

EVERY = listed()
PURE = [one for one in EVERY if one.file.startswith("obligations/rules/")]
SOME = random.Random("some mutants").sample(PURE, 2)


def name(mutant: Mutant) -> str:
    return mutant.name


@pytest.mark.parametrize("mutant", EVERY, ids=name)
def test_a_mutant_of_the_list_can_be_made(mutant: Mutant) -> None:
    """Its words stand once in its file, the change is Python, and its tests and its reason are there."""
    changed = mutant.source
    assert changed != (ROOT / mutant.file).read_text(encoding="utf-8")
    compile(changed, mutant.file, "exec")
    assert mutant.tests and all((ROOT / path).exists() for path in mutant.tests)
    assert mutant.why.endswith(".")


def test_the_list_is_long_enough_and_no_two_have_one_name() -> None:
    assert [each for each, times in Counter(map(name, EVERY)).items() if times > 1] == []
    assert len(EVERY) >= 30


@pytest.mark.parametrize("mutant", SOME, ids=name)
def test_a_mutant_is_noticed(mutant: Mutant) -> None:
    noticed_it, said = noticed(mutant)
    assert noticed_it, said


def test_a_change_that_changes_nothing_is_not_noticed() -> None:
    """The machinery itself: with the words put back as they were every test passes."""
    nothing = replace(SOME[0], replace=SOME[0].find)
    assert noticed(nothing)[0] is False
