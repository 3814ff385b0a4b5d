"""What is proposed for the schedules with a truth by hand (``script/bench proposals`` prints the figures).

The floors are under what is reached, so that a change which makes proposals worse shows. A truth is changed
only where it is wrong.
"""

import pytest

from tests.contracts.proposals.scoring import Tally, schedules, score

FLOORS = {"duties": 0.97, "kinds": 0.97, "limits": 0.97}


@pytest.mark.parametrize("path", schedules(), ids=lambda path: path.stem)
def test_the_figures_keep_to_their_floors(path):
    found = score(path)
    reached = {name: round(getattr(found, name).f1, 3) for name in FLOORS}
    assert {name: one for name, one in reached.items() if one < FLOORS[name]} == {}, found.misses
    assert found.silent == []
    assert sum(found.sure) >= 0.97 * len(found.sure)


def test_there_are_eight_schedules():
    names = ["council", "defence", "fire", "health", "police", "scottish", "transport", "water"]
    assert [path.stem for path in schedules()] == names


def test_a_silently_wrong_limit_counts_as_five_misses():
    assert Tally(right=10, wrong=5).f1 == 20 / 25
    assert Tally(right=10, missed=1).f1 == 20 / 21
