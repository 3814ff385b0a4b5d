"""Millions of random dates, worked out by the product and by an oracle that only counts days one by one.

The same cases as tests/oracle, of which the suite runs 100,000; here with a seed for each portion, in two
processes. Ends at the first case on which the two differ, which it prints; else when all are done or time is
up.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.oracle import test_oracle as cases  # noqa: E402

PORTION = 20_000
"""Cases between two lines of progress."""

KINDS: dict[str, Callable[[str, int], None]] = {
    "counting": cases.counted_alike,
    "events": cases.changed_alike,
}


def portions(wanted: int, seed: str) -> Iterator[tuple[str, str, int]]:
    """What to do: kind, seed and number, seven cases of counting to three of events as in the suite."""
    for number in range(-(-wanted // PORTION)):
        size = min(PORTION, wanted - number * PORTION)
        yield "counting", f"{seed} counting {number}", size * 7 // 10
        yield "events", f"{seed} events {number}", size - size * 7 // 10


def run(portion: tuple[str, str, int]) -> tuple[int, str]:
    """Do one portion. Returns how many cases agreed, and the case that did not, if any."""
    kind, seed, number = portion
    try:
        KINDS[kind](seed, number)
    except AssertionError as error:
        return 0, f"{seed}: {error}"
    return number, ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/prove oracle", description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=2_000_000, help="how many cases (2,000,000)")
    parser.add_argument("--minutes", type=float, default=30, help="at most so long (30)")
    parser.add_argument("--seed", default="full", help="where the dice begin; the same seed, the same cases")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    began, agreed = time.monotonic(), 0
    with multiprocessing.Pool(asked.processes) as pool:
        for number, differs in pool.imap_unordered(run, portions(asked.cases, asked.seed)):
            if differs:
                print(f"the product and the oracle differ: {differs}")
                return 1
            agreed += number
            took = time.monotonic() - began
            print(f"{agreed:>10,} of {asked.cases:,} cases agree ({took:.0f} s)", flush=True)
            if took > asked.minutes * 60:
                print("time is up")
                break
    print(f"{agreed:,} cases, none on which they differ, seed {asked.seed!r}")
    return 0 if agreed else 1


if __name__ == "__main__":
    raise SystemExit(main())
