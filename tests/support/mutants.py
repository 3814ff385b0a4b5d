"""Mutants: the product with one small change, and whether some test notices.

A mutant is made while the product is imported, in a process of its own: nothing on the disk changes. The list
made by hand is data (``tests/mutants``).
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import subprocess
import sys
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "mutants"
NOTICED = 77
"""What the process of a mutant returns where tests ran and some failed; neither Python nor pytest uses it."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: ``find``, which stands exactly once in ``file``, becomes ``replace``."""

    name: str
    file: str
    find: str
    replace: str
    tests: tuple[str, ...]
    why: str

    @property
    def source(self) -> str:
        """The changed module. Raises ValueError where the words are not there exactly once."""
        text = (ROOT / self.file).read_text(encoding="utf-8")
        if (times := text.count(self.find)) != 1:
            raise ValueError(f"mutant {self.name}: {self.find!r} stands {times} times in {self.file}")
        return text.replace(self.find, self.replace)


def listed() -> list[Mutant]:
    """Every mutant made by hand, in the order of the files. Raises KeyError and TypeError for a bad entry."""
    return [
        Mutant(**entry | {"tests": tuple(entry["tests"])})
        for path in sorted(FOLDER.glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    ]


def noticed(mutant: Mutant) -> tuple[bool, str]:
    """Whether one of the mutant's tests fails, and what pytest said."""
    command = [sys.executable, "-m", "tests.support.mutants", json.dumps(asdict(mutant))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.returncode == NOTICED, done.stdout + done.stderr


class _Changed(importlib.abc.MetaPathFinder):
    """Finds the one module of the mutant and gives it the changed source."""

    def __init__(self, mutant: Mutant) -> None:
        self.path, self.source = str(ROOT / mutant.file), mutant.source

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> Any:
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin != self.path:
            return None
        spec.loader = _Loader(name, self.path, self.source)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        code = self.source_to_code(self.source.encode(), self.path)
        assert isinstance(code, CodeType)
        return code


def main(entry: str) -> int:
    """Run a mutant's tests on it. Returns NOTICED where some fail, and otherwise what pytest returns."""
    import pytest

    mutant = Mutant(**json.loads(entry))
    sys.meta_path.insert(0, _Changed(mutant))
    ended = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *mutant.tests])
    return NOTICED if ended == pytest.ExitCode.TESTS_FAILED else int(ended)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
