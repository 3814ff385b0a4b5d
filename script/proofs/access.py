"""Every address, form and act as everybody: with the gate alone, with row security alone, with both.

The suite asks a sample of this. Here everybody asks for everything: each address as every role of both sides,
as somebody of another contract, as who left yesterday or comes tomorrow, as administrators of an organisation
and of the system, as a closed account and as nobody. Marks stand in every text of the other contract and of
what is kept to a list; a walk ends with 1 where one of them came out, where an answer was not as the table
says (tests/access/table.py), or where somebody wrote who may only read.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WALLS = ("gate alone", "row security alone", "both")


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/prove access", description=__doc__.partition("\n")[0])
    parser.add_argument("--wall", choices=WALLS, help="one form only")
    parser.add_argument("--share", type=float, default=1.0, help="how many of those alike ask (1: all)")
    asked = parser.parse_args()
    command = [sys.executable, "-m", "pytest", "-n0", "-s", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "no:logging", "tests/access/in_full.py"]
    given = {"WALLS": asked.wall or ",".join(WALLS), "SHARE": str(asked.share), "LOG_LEVEL": "CRITICAL"}
    return subprocess.run(command, cwd=ROOT, env=os.environ | given, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
