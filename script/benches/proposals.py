"""How right proposals are, against schedules with a truth by hand, and how long they take.

usage: script/bench proposals [FOLDER] [--misses]

FOLDER holds schedules with their truth (tests/contracts/proposals/schedules unless said otherwise; its
README has the format). Exits 1 where a figure is under what is promised. Two schedules whose rulebooks ship
are shown too, where their documents are there (SEEDS names the folder); they are not counted.
"""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import Any

from contracts.proposals import PartyNames
from contracts.reader import read_document
from tests.contracts.proposals.scoring import SCHEDULES, Score, compared, schedules, score

ROOT = Path(__file__).resolve().parents[2]
PROMISED = {"duty": 0.92, "kind": 0.90, "limit": 0.97}
MOST_MILLISECONDS = 5.0
RULEBOOKS = {
    "order_schedule_9": PartyNames(("Client",), ("Agency",)),
    "dmp_schedule_23": PartyNames(("Authority",), ("Supplier",)),
}
_KINDS = {"gate": "gate", "right": "right", "definition": "definition", "none": "none"}


def main(arguments: list[str]) -> int:
    """Print the figures. Returns 1 where they are under what is promised."""
    misses = "--misses" in arguments
    folders = [Path(one) for one in arguments if not one.startswith("--")]
    total = Score()
    print(_line("schedule", *("duty", "kind", "limit", "trigger", "topic", "sure", "silent", "ms")))
    for path in schedules(folders[0] if folders else SCHEDULES):
        found = score(path)
        total.add(found)
        print(_figures(path.stem, found))
    print(_figures("together", total))
    if misses:
        print(*total.misses, sep="\n")
    for name in RULEBOOKS:
        _shown(name, misses)
    return 0 if _kept(total) else 1


def _line(name: str, *cells: str) -> str:
    return f"{name:<18}" + "".join(f"{cell:>9}" for cell in cells)


def _figures(name: str, found: Score) -> str:
    tallies = (found.duties, found.kinds, found.limits, found.triggers)
    shares = (_share(found.topics), _share(found.sure))
    cells = [f"{tally.f1:.3f}" for tally in tallies] + [*shares, str(len(found.silent)), f"{found.each:.2f}"]
    return _line(name, *cells)


def _share(right: list[bool]) -> str:
    return f"{sum(right) / len(right):.3f}" if right else "-"


def _kept(total: Score) -> bool:
    reached = {"duty": total.duties.f1, "kind": total.kinds.f1, "limit": total.limits.f1}
    under = [name for name, least in PROMISED.items() if reached[name] < least]
    return not under and not total.silent and total.each <= MOST_MILLISECONDS


def _shown(name: str, misses: bool) -> None:
    """A schedule with its rulebook as truth, where its document is there."""
    folder = Path(os.environ.get("SEEDS", ROOT / "var" / "seeds"))
    book = ROOT / "obligations" / "rulebooks" / name
    title = tomllib.loads((book / "rulebook.toml").read_text(encoding="utf-8")).get("title", "")
    document = next((path for path in sorted(folder.glob("*.txt")) if _is(path, title)), None)
    if document is None:
        print(f"{name}: left out, its document is in no file *.txt of {folder} (SEEDS names another folder)")
        return
    found = compared(read_document(document.read_bytes()).paragraphs, RULEBOOKS[name], _entries(book), name)
    print(_figures(name, found), " shown, not counted")
    if misses:
        print(*found.misses, sep="\n")


def _is(path: Path, title: str) -> bool:
    wanted = title.split(":")[0].strip().casefold()
    return wanted in path.read_text(encoding="utf-8", errors="replace")[:3000].casefold()


def _entries(book: Path) -> list[dict[str, Any]]:
    """The rules of a book as entries of a truth."""
    entries = []
    for path in sorted(book.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for rule in table.get("rule", ()):
            kind = _KINDS.get(rule["shape"], "duty")
            party = rule["party"] if kind in ("duty", "gate", "right") else ""
            entries.append(
                {"path": rule["path"], "kind": kind, "party": party, "limit": _rows(rule)} | _NOT_JUDGED
            )
        entries += [
            {"path": one["path"], "kind": "none", "party": "", "limit": []} | _NOT_JUDGED
            for one in table.get("none", ())
        ]
    return entries


_NOT_JUDGED = {"trigger": "", "topic": "other"}


def _rows(rule: dict[str, Any]) -> list[dict[str, Any]]:
    if "amount" not in rule:
        return []
    at_least = rule.get("qualifier") == "at_least"
    direction = (
        "every"
        if rule.get("every")
        else "before"
        if rule.get("before")
        else "at_least"
        if at_least
        else "after"
    )
    return [{"amount": rule["amount"], "unit": rule["unit"], "direction": direction}]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
