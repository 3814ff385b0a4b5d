"""The pages in a real Chromium in full: every person's pages, the whole site searched, and by keyboard alone.

The suite looks at the pages of one person, follows one link of a kind, undrawn, where something is kept to a
list, has every address asked by two of those who are not on it, and goes from an empty installation to a met
duty with a mouse; here it is every person, four links, everybody, and the keyboard alone as well.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = (
    "tests/browser/test_everyone.py",
    "tests/browser/test_kept_journey.py",
    "tests/browser/test_own_contract_journey.py",
    "tests/web/test_accessibility.py",
    "tests/web/test_kept_from_others.py",
    "tests/demo/test_loading.py",
)


def main() -> int:
    argparse.ArgumentParser(prog="script/prove pages", description=__doc__.partition("\n")[0]).parse_args()
    command = [sys.executable, "-m", "pytest", "-v", "-n0", "-p", "no:cacheprovider", *TESTS]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"PAGES": "whole"}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
