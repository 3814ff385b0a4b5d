"""Counts the decisions a reader of a function must keep in mind, and names every function with too many.

usage: .venv/bin/python script/complexity.py

Counted are branches, loops, handlers, comprehensions with their conditions, and each "and" and "or". The last
two ruff's C901 leaves out, and there short functions grow dense. A ``match`` is one decision, however many
its cases: it is read like a table. One is added, as usual, for the way straight through.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("compliance", "contracts", "obligations", "script")
MOST = 12

Function = ast.FunctionDef | ast.AsyncFunctionDef


def complexity(function: ast.AST) -> int:
    """The decisions in a function and in those inside it, plus one."""
    return 1 + sum(map(_decisions, ast.walk(function)))


def _decisions(node: ast.AST) -> int:
    match node:
        case ast.If() | ast.IfExp() | ast.For() | ast.AsyncFor() | ast.While():
            return 1
        case ast.ExceptHandler() | ast.Match():
            return 1
        case ast.match_case(guard=ast.expr()):
            return 1
        case ast.BoolOp(values=values):
            return len(values) - 1
        case ast.comprehension(ifs=conditions):
            return 1 + len(conditions)
        case _:
            return 0


def too_complex(source: str, most: int = MOST) -> Iterator[tuple[int, str, int]]:
    """The functions of a module over the limit: line, name and complexity."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function) and (found := complexity(node)) > most:
            yield node.lineno, node.name, found


def main() -> int:
    """Print what is over the limit. Returns 1 where something is."""
    lines = [
        f"{path.relative_to(ROOT)}:{line}: {name} makes {found} decisions; {MOST} is the most"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
        for line, name, found in too_complex(path.read_text(encoding="utf-8"))
    ]
    print(*lines, sep="\n", end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
