"""How fast dates are: Working Days beside other libraries, whole deadlines with their steps, and redating.

The libraries are only compared with, so they live in an environment of their own (var/bench). Redating open
duties after a new holiday (``redating``) needs the product and its database, so it runs in the project's own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import provision  # noqa: E402

REQUIREMENTS = provision.ROOT / "requirements-bench.txt"
BENCH = provision.VAR / "bench"
PYTHON = BENCH / "bin" / "python"


def make_environment() -> None:
    """An environment beside the product's with the libraries to compare with."""
    provision.run([sys.executable, "-m", "venv", "--clear", BENCH], f"cannot make {BENCH}")
    provision.run(
        [PYTHON, *provision.PIP, "--require-hashes", "-r", REQUIREMENTS],
        "the libraries to compare with cannot be installed; is the package registry in reach?",
    )


def main() -> int:
    provision.step(
        "bench",
        provision.digest([REQUIREMENTS], sys.version),
        "installing the libraries to compare dates with, in var/bench",
        make_environment,
        PYTHON,
    )
    counted = subprocess.run([PYTHON, HERE / "_dates.py"], cwd=provision.ROOT).returncode
    redated = subprocess.run([provision.PYTHON, HERE / "redating.py"], cwd=provision.ROOT).returncode
    return max(counted, redated)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except provision.SetupError as error:
        raise SystemExit(str(error)) from error
