"""The linter that counts what a reader of a function must keep in mind."""

from __future__ import annotations

import ast
import importlib.util
from textwrap import dedent

import pytest

from compliance import places

spec = importlib.util.spec_from_file_location("complexity", places.ROOT / "script" / "complexity.py")
complexity = importlib.util.module_from_spec(spec)
spec.loader.exec_module(complexity)


@pytest.mark.parametrize(
    ("decisions", "body"),
    [
        (0, "return one"),
        (1, "return 1 if one else 2"),
        (2, "if one:\n    pass\nelif two:\n    pass\nelse:\n    pass"),
        (2, "for x in one:\n    while x:\n        pass"),
        (2, "return one and two and three"),
        (3, "return (one and two) or (two and three)"),
        (1, "return [x for x in one]"),
        (3, "return {x: y for x in one if x for y in two}"),
        (2, "try:\n    pass\nexcept KeyError:\n    pass\nexcept ValueError:\n    pass"),
        (1, "match one:\n    case 1:\n        pass\n    case 2:\n        pass\n    case _:\n        pass"),
        (2, "match one:\n    case 1 if two:\n        pass\n    case _:\n        pass"),
        (1, "def inner():\n    return 1 if one else 2\nreturn inner"),
        (0, "with one:\n    assert two\nreturn lambda: three"),
    ],
)
def test_a_decision_is_what_can_go_two_ways(decisions, body):
    source = "def asked(one, two, three):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    assert complexity.complexity(ast.parse(source).body[0]) == decisions + 1


def test_twelve_are_not_too_many_and_thirteen_are():
    source = "def asked(x):\n    return {}\n"
    eleven = " and ".join(["x"] * 12)
    assert list(complexity.too_complex(source.format(eleven))) == []
    assert list(complexity.too_complex(source.format(f"{eleven} and x"))) == [(1, "asked", 13)]


def test_a_method_is_found_where_it_stands():
    source = dedent("""
        class Bell:
            async def ring(self, x):
                if x:
                    return x or self
    """)
    assert list(complexity.too_complex(source, most=2)) == [(3, "ring", 3)]


def test_no_function_of_ours_makes_too_many(capsys):
    assert complexity.main() == 0, capsys.readouterr().out
