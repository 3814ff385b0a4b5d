"""Write the next list of bank holidays that ships with Duly: what a published one adds to the newest shipped.

    .venv/bin/python script/refresh_calendars.py FILE --published 2026-11-01 [--source TEXT] [--remove]

FILE is a copy of the list GOV.UK publishes as bank-holidays.json, and --published the day it was published
(R47). The shipped lists that there are never change: an installation goes on with the one it began with, and
is offered what a later one says otherwise. Days that a list no longer holds are taken out only with --remove,
because an older copy looks the same. Run the tests of the rules afterwards: worked examples may move.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from obligations.rules.time.published import Change, compare, read_published  # noqa: E402
from obligations.rules.time.working_days import newest_shipped, shipped_lists  # noqa: E402

LATER = ROOT / "obligations" / "calendars" / "later"
HEADING = (
    "# What list {number} shipped with Duly adds to the one before. Written by script/refresh_calendars.py."
)


def as_toml(change: Change, number: int, published: date, source: str) -> str:
    """The file of a later list."""
    lines = [HEADING.format(number=number), "", f"published = {published}", f"source = {_quoted(source)}"]
    if change.edge:
        lines.append(f"edge = {change.edge}")
    named = {
        place: {**change.renamed.get(place, {}), **change.added.get(place, {})} for place in change.places
    }
    for kind, days in (("added", named), ("removed", change.removed)):
        for place, found in days.items():
            lines += _section(f"{kind}.{place}", found) if found else []
    return "\n".join(lines) + "\n"


def _section(name: str, days: Mapping[date, str]) -> list[str]:
    return ["", f"[{name}]", *(f"{day} = {_quoted(title)}" for day, title in sorted(days.items()))]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def main(arguments: list[str]) -> int:
    """Write the next list; returns 1 where the published one says nothing new, or would take days out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--published", type=date.fromisoformat, required=True)
    parser.add_argument("--source", default="GOV.UK bank holidays")
    parser.add_argument("--remove", action="store_true")
    given = parser.parse_args(arguments)
    told = read_published(json.loads(given.file.read_text(encoding="utf-8-sig")))
    change, number = compare(shipped_lists(), told), newest_shipped() + 1
    if not change:
        print("The newest shipped list holds all of this already.", file=sys.stderr)
        return 1
    if change.removed and not given.remove:
        gone = ", ".join(f"{day} in {place}" for place, days in change.removed.items() for day in days)
        print(f"This list no longer holds {gone}; is it older? Otherwise say --remove.", file=sys.stderr)
        return 1
    target = LATER / f"{number}.toml"
    target.write_text(as_toml(change, number, given.published, given.source), encoding="utf-8")
    print(f"{target.relative_to(ROOT)} written", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
