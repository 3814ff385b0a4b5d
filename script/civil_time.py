"""Names every place where lengths of time are added or taken off outside the counting core (R5).

usage: .venv/bin/python script/civil_time.py

Python adds a ``timedelta`` to a moment in London as a clock on the wall would: 72 hours over a change of the
clocks are 73 or 71; and the difference of two London moments is wrong in the same way. So ``timedelta`` is
for the counting core (``after`` and ``elapsed`` in ``contracts/terms/moments.py``, and in
``obligations/rules/time`` counting forwards and back, hours of work, hours of the day and places in the
calendar) and for what is listed here with its reason. Whole days added to a
day are no matter: a day has no hours. They are known by their names (``today``, ``london_day(...)``).
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("compliance", "contracts", "obligations")
CORE = (
    "contracts/terms/moments.py",
    *(
        f"obligations/rules/time/{name}.py"
        for name in ("counting", "backwards", "working_hours", "endings", "cycles", "reckoning")
    ),
)

MACHINE = "a measurement of the program's own, on the monotonic clock"
UTC_CLOCK = "a wait, a lease or a look back of the program's own; its now is in UTC"
DAYS = "whole days and a day"
ALLOWED: Mapping[str, Mapping[str, str]] = {
    "compliance/health.py": {"timezone.now() - LOOKED_BACK": UTC_CLOCK},
    "contracts/models/token.py": {"F('made_on') + LONGEST": DAYS},
    "contracts/services/api_tokens.py": {"today + LONGEST": DAYS},
    "contracts/services/clock.py": {"self._now + self.elapsed": MACHINE},
    "contracts/services/long_work.py": {
        "now + LEASE": UTC_CLOCK,
        "clock.now + LEASE": UTC_CLOCK,
        "self._clock.now + LEASE": UTC_CLOCK,
    },
    "contracts/web/once.py": {"time.monotonic() + WAITS": MACHINE},
    "contracts/web/text/presenters.py": {"until - ONE_DAY": DAYS},
    "obligations/breaches/services/closing.py": {"now - GIVEN_UP_AFTER": UTC_CLOCK},
    "obligations/breaches/services/report.py": {"now - AN_HOUR": UTC_CLOCK},
    "obligations/certificates/web/picture.py": {
        "first_day - room": DAYS,
        "last_day + room": DAYS,
    },
    "obligations/plans/web/picture.py": {
        "round_from - timedelta(days=BEFORE)": DAYS,
        "round_from - timedelta(days=LEAD)": DAYS,
        "first + timedelta(days=LONGEST)": DAYS,
        "first - timedelta(days=1)": DAYS,
        "max(last, today) + timedelta(days=2)": DAYS,
        "scale.first + timedelta(days=number)": DAYS,
    },
    "obligations/rules/engine/derived_facts.py": {"last + ONE_DAY": DAYS},
    "obligations/rules/engine/lapses.py": {"last + ONE_DAY": DAYS},
    "obligations/rules/engine/scheduled_duties.py": {
        "anchor + missed * length": DAYS,
        "done + EARLY": DAYS,
    },
    "obligations/rules/engine/standing.py": {"today + SOON": DAYS},
    "obligations/rules/notices/windows.py": {"london_day(owed.due_at) - _lead(owed, owed.due_at)": DAYS},
    "obligations/rules/time/recurrence.py": {"as_at - ONE_DAY": DAYS, "due + ONE_DAY": DAYS},
    "obligations/rules/time/suspension.py": {
        "origin.zero + ONE_DAY": DAYS,
        "begin - ONE_DAY": DAYS,
        "end - ONE_DAY": DAYS,
    },
    "obligations/services/notices/delivery.py": {
        "now - lease()": UTC_CLOCK,
    },
    "obligations/services/notices/waiting.py": {"elapsed(earliest, now) + _waited(attempts)": "two lengths"},
    "obligations/services/reconciling/adopt.py": {"lower + ONE_DAY": DAYS, "first + ONE_DAY": DAYS},
    "obligations/services/reconciling/holding.py": {
        "min(waiting.values()) - timedelta(microseconds=1)": "from the database, so in UTC",
    },
    "obligations/vulnerabilities/performance.py": {"today - WEEK * number": DAYS, "last - WEEK": DAYS},
    "obligations/web/due/picture.py": {"first + timedelta(weeks=week)": DAYS},
}
"""By file, the expressions that may stand there, and why."""

SPANS = frozenset({"timedelta", "ONE_DAY"})
A_DAY = re.compile(r"(^|_)(day|date|today|monday|yesterday)$")
A_MOMENT = re.compile(r"(^|_)(at|now|moment)$")
GIVES_A_DAY = frozenset({"date", "london_day", "add_months", "anniversary"})
WHOLE_DAYS = frozenset({"days", "weeks"})


def found(source: str, names: Collection[str]) -> Iterator[tuple[int, str]]:
    """The expressions of a module that reckon with lengths of time: line and text.

    ``names``: those that hold a length of time, its own and the constants of every module.
    """
    tree = ast.parse(source)
    inside = {id(child) for node in _reckoning(tree, names) for child in ast.walk(node) if child is not node}
    for node in _reckoning(tree, names):
        if id(node) not in inside and not _in_days(node):
            yield node.lineno, ast.unparse(node)


def spans_of(source: str) -> set[str]:
    """The names of a module that hold or give a length of time."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_span(value, SPANS):
                names.add(name)
            case ast.FunctionDef(name=name, returns=ast.Name(id="timedelta")):
                names.add(name)
    return names


def _reckoning(tree: ast.AST, names: Collection[str]) -> Iterator[ast.expr | ast.stmt]:
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                sides = [left, right]
            case ast.AugAssign(target=left, op=ast.Add() | ast.Sub(), value=right):
                sides = [left, right]
            case _:
                continue
        if any(_is_span(side, names) for side in sides) or _is_between_moments(node):
            yield node


def _is_between_moments(node: ast.AST) -> bool:
    """Whether one moment is taken from another."""
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return all(A_MOMENT.search(_name(side)) for side in (left, right))
    return False


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=function):
            return _name(function)
    return ""


def _is_span(node: ast.expr, names: Collection[str]) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in names
        case ast.Call(func=function):
            return _is_span(function, names)
        case ast.UnaryOp(operand=inner):
            return _is_span(inner, names)
        case ast.Subscript(value=inner):
            return _is_span(inner, names)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.FloorDiv(), right=right):
            return _is_span(left, names) or _is_span(right, names)
        case ast.Dict(values=values):
            return any(_is_span(value, names) for value in values)
        case ast.Tuple(elts=values):
            return any(_is_span(value, names) for value in values)
    return False


def _in_days(node: ast.expr | ast.stmt) -> bool:
    """Whether whole days are added to what is evidently a day."""
    match node:
        case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
            return _is_a_day(left) and _is_whole_days(right)
    return False


def _is_a_day(node: ast.expr) -> bool:
    match node:
        case ast.Call():
            return _name(node) in GIVES_A_DAY
        case ast.Name() | ast.Attribute():
            return bool(A_DAY.search(_name(node)))
        case ast.BinOp(left=left, right=right):
            return _is_a_day(left) and _is_whole_days(right)
    return False


def _is_whole_days(node: ast.expr) -> bool:
    match node:
        case ast.Name(id="ONE_DAY"):
            return True
        case ast.UnaryOp(operand=inner) | ast.BinOp(left=_, op=ast.Mult(), right=inner):
            return _is_whole_days(inner)
        case ast.Call(func=ast.Name(id="timedelta"), args=[], keywords=given):
            return all(one.arg in WHOLE_DAYS for one in given)
    return False


def modules() -> dict[str, str]:
    """The source of every module, by its path."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    }


def complaints(sources: Mapping[str, str], allowed: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """What stands outside the counting core and is not listed, and what is listed and stands nowhere."""
    spans = {path: spans_of(source) for path, source in sources.items()}
    constants = SPANS.union(name for names in spans.values() for name in names if name.isupper())
    for path, source in sources.items():
        listed = allowed.get(path, {})
        met = set()
        for line, text in () if path in CORE else found(source, constants | spans[path]):
            met.add(text)
            if text not in listed:
                yield f"{path}:{line}: {text}: count it with after, elapsed or the counting core (R5)"
        for text in sorted(set(listed) - met):
            yield f"{path}: {text}: is listed in script/civil_time.py and stands here no more"


def main() -> int:
    """Print the complaints. Returns 1 where there are some."""
    lines = list(complaints(modules(), ALLOWED))
    print(*lines, sep="\n", end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
