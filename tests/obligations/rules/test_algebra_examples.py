"""The worked examples of the clock algebra, put to the product (R35, R38 to R42)."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path

import pytest

from obligations.rules.time.deadlines import LimitError
from tests.obligations.rules.algebra_file import FOLDER, algebra, last_moment, setting, when
from tests.obligations.rules.examples_file import Example, title
from tests.oracle.algebra import CLOCK
from tests.oracle.product import deadline, given

NOT_YET = frozenset((Path(FOLDER) / "not_yet.txt").read_text(encoding="utf-8").splitlines())
EXAMPLES = algebra()


def wrong(example: Example) -> str | None:
    """What the product says otherwise; None where it says the same."""
    start, limit = when(example["from"]), example["limit"]
    try:
        found = given(limit, start, setting(example))
    except LimitError as error:
        return f"refused: {error}"
    if "no_date" in example:
        careful = any(example["careful"] == each for each in _moments(example))
        return None if found.due is None and careful else f"{found}"
    if "window" in example:
        return None if found.window == tuple(when(day) for day in example["window"]) else f"{found}"
    if "opens" in example:
        last = last_moment(example["opens"])
        clock = any(length["unit"] in CLOCK for length in limit["lengths"])
        opens = last if clock else last + timedelta(seconds=1)
        return None if found.opens == opens.astimezone(UTC) else f"{found}"
    if found.due != last_moment(example["due"]).astimezone(UTC):
        return f"due {found.due}"
    if missing := {last_moment(each) for each in example.get("readings", ())} - found.others:
        return f"readings {found.others}, without {missing}"
    flagged = deadline(limit, start, setting(example)).as_json().get("flagged", found.flagged)
    return "not flagged" if example.get("flagged", "readings" in example) and not flagged else None


def _moments(example: Example) -> list[str]:
    found = deadline(example["limit"], when(example["from"]), setting(example))
    return [each.due_at.isoformat() for each in found.readings if each.due_at]


@pytest.mark.parametrize("example", EXAMPLES, ids=title)
def test_the_product_says_what_was_worked_out(example: Example) -> None:
    said = wrong(example)
    if title(example) in NOT_YET:
        assert said is not None, "it is right now: take it out of not_yet.txt"
    else:
        assert said is None, said


@pytest.mark.parametrize("example", [each for each in EXAMPLES if "next" in each], ids=title)
def test_the_places_that_follow_come_in_their_order(example: Example) -> None:
    """Asked anew from the day, or the second, after each."""
    hour, start = "hour" in example["limit"], when(example["from"])
    for place in [example["due"], *example["next"]]:
        found = given(example["limit"], start, setting(example)).due
        assert found == last_moment(place).astimezone(UTC)
        start = found + timedelta(seconds=1) if hour else when(place) + timedelta(days=1)


def test_what_is_not_right_yet_is_an_example() -> None:
    assert not NOT_YET - {title(example) for example in EXAMPLES}
