"""Stories of facts, readings, variations and things taken back, after which no miss has left the record.

The same stories as tests/obligations/services/test_misses_stay.py, of which the suite plays a few; here as
many as asked for, with a seed of their own. Ends at the first story after which a miss is gone other than R49
allows, which it prints with all its steps.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STORIES = "tests/obligations/services/test_misses_stay.py"
PORTION = 100
"""Stories between two lines of progress."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/prove misses", description=__doc__.partition("\n")[0])
    parser.add_argument("--stories", type=int, default=1000, help="how many (1000)")
    parser.add_argument("--seed", default="full", help="the same seed plays the same stories")
    asked = parser.parse_args()
    for portion, first in enumerate(range(0, asked.stories, PORTION)):
        number = min(PORTION, asked.stories - first)
        environment = os.environ | {"STORIES": str(number), "SEED": f"{asked.seed} {portion}"}
        command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", STORIES]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout)
            return 1
        print(f"{first + number} of {asked.stories} stories: every miss is on the record", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
