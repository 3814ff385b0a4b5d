"""Draws docs/rules-and-tests.md: for each rule of docs/reading-the-contract.md, the tests that name it.

A test names a rule by its number in its name, its docstring, its data or a comment inside it; a worked
example names it in its file. The docstring of a module speaks for the module.

usage: .venv/bin/python -m tests.support.rules_and_tests
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "docs" / "reading-the-contract.md"
DOCUMENT = ROOT / "docs" / "rules-and-tests.md"
INTRODUCTION = """# Rules and their tests

For each rule of [how Duly reads a contract](reading-the-contract.md), the tests and worked examples that
name it. Drawn from the tests by `.venv/bin/python -m tests.support.rules_and_tests`; a test checks that it is
current and that no rule is without one. A file without names below it speaks of the rule in its first lines.
"""
_HEADING = re.compile(r"^### (R\d+) (.+)$", re.M)
_RANGE = re.compile(r"\bR(\d+) to R(\d+)\b")
_NUMBER = re.compile(r"\bR(\d+)\b")
_IN_A_NAME = re.compile(r"_r(\d+)(?=_|$)")


def rules() -> dict[str, str]:
    """The rules by number, each with its title, in the order of the page."""
    return dict(_HEADING.findall(RULES.read_text(encoding="utf-8")))


def named(text: str) -> set[str]:
    """The rules a text names; "R21 to R23" names R22 too."""
    found = {f"R{number}" for number in _NUMBER.findall(text)}
    for first, last in _RANGE.findall(text):
        found |= {f"R{number}" for number in range(int(first), int(last) + 1)}
    return found


def naming() -> dict[str, dict[str, list[str]]]:
    """By rule, by file: the names of the tests or examples that name it, none where only the file does."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted((ROOT / "tests").rglob("*")):
        reader = {".py": _of_module, ".toml": _of_examples}.get(path.suffix)
        if reader is None or {"mutants", "proofs", "support"} & {*path.parts}:
            continue
        for rule, name in reader(path.read_text(encoding="utf-8")):
            names = found[rule][path.relative_to(ROOT).as_posix()]
            if name and name not in names:
                names.append(name)
    return found


def _of_module(text: str) -> Iterator[tuple[str, str]]:
    tree = ast.parse(text)
    tests = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    if tests:
        yield from ((rule, "") for rule in named(ast.get_docstring(tree) or ""))
    lines = text.splitlines()
    for test in tests:
        first = min([test.lineno, *(one.lineno for one in test.decorator_list)])
        words = "\n".join(lines[first - 1 : test.end_lineno])
        spelled = {f"R{number}" for number in _IN_A_NAME.findall(test.name)}
        yield from ((rule, test.name) for rule in named(words) | spelled)


def _of_examples(text: str) -> Iterator[tuple[str, str]]:
    data: dict[str, Any] = tomllib.loads(text)
    for example in data.get("example", ()):
        yield from ((rule, example["title"]) for rule in named(repr(example)))
    first = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    yield from ((rule, "") for rule in named(first))


def document() -> str:
    """The whole page, from the tests as they are now."""
    found, parts = naming(), [INTRODUCTION]
    for rule, title in rules().items():
        parts.append(f"## {rule} {title}\n")
        for file, names in sorted(found.get(rule, {}).items()):
            parts.append(f"- `{file}`")
            parts += [f"  - {name if ' ' in name else f'`{name}`'}" for name in sorted(names)]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
