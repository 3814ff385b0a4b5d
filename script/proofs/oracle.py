"""A million random dates, worked out by the product and by an oracle that only counts days one by one.

The same cases as tests/oracle, of which the suite runs a part; here with a seed for each portion, in two
processes, at least 20,000 of each kind. Ends at the first case on which the two differ, which it prints; else
when all are done or time is up.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.oracle import cases  # noqa: E402
from tests.oracle import test_algebra as algebra  # noqa: E402
from tests.oracle import test_oracle as counting  # noqa: E402

PORTION = 2_000
"""Cases between two lines of progress, of one kind."""
EACH = 20_000
"""Cases of each kind at least, where so many are asked for."""
SHOWN = 50_000
"""A line of progress after so many."""

KINDS: dict[str, Callable[[str, int], None]] = {
    "counting": counting.counted_alike,
    "events": counting.changed_alike,
    **{kind: partial(algebra.alike, kind) for kind in cases.KINDS},
}


def shares(wanted: int) -> dict[str, int]:
    """How many of each kind; what is over goes to countings and events, seven to three."""
    each = min(EACH, wanted // len(KINDS))
    rest = wanted - each * len(KINDS)
    found = dict.fromkeys(KINDS, each)
    found["counting"] += rest * 7 // 10
    found["events"] += rest - rest * 7 // 10
    return found


def portions(wanted: int, seed: str) -> Iterator[tuple[str, str, int]]:
    """What to do: kind, seed and number; the kinds take turns."""
    left, turn = shares(wanted), 0
    while any(left.values()):
        for kind in [kind for kind, number in left.items() if number]:
            size = min(PORTION, left[kind])
            left[kind] -= size
            yield kind, f"{seed} {kind} {turn}", size
        turn += 1


def run(portion: tuple[str, str, int]) -> tuple[str, int, str]:
    """Do one portion. Returns its kind, how many cases agreed, and the case that did not, if any."""
    kind, seed, number = portion
    try:
        KINDS[kind](seed, number)
    except AssertionError as error:
        return kind, 0, f"{seed}: {error}"
    return kind, number, ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/prove oracle", description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=1_000_000, help="how many cases (1,000,000)")
    parser.add_argument("--minutes", type=float, default=60, help="at most so long (60)")
    parser.add_argument("--seed", default="full", help="where the dice begin; the same seed, the same cases")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    began, agreed, shown = time.monotonic(), Counter[str](), 0
    with multiprocessing.Pool(asked.processes) as pool:
        for kind, number, differs in pool.imap_unordered(run, portions(asked.cases, asked.seed)):
            if differs:
                print(f"the product and the oracle differ: {differs}")
                return 1
            agreed[kind] += number
            took = time.monotonic() - began
            if agreed.total() - shown >= SHOWN:
                shown = agreed.total()
                print(f"{shown:>10,} of {asked.cases:,} cases agree ({took:.0f} s)", flush=True)
            if took > asked.minutes * 60:
                print("time is up")
                break
    for kind in KINDS:
        print(f"{agreed[kind]:>10,} {kind}")
    print(f"{agreed.total():,} cases, none on which they differ, seed {asked.seed!r}, {took:.0f} seconds")
    return 0 if agreed else 1


if __name__ == "__main__":
    raise SystemExit(main())
