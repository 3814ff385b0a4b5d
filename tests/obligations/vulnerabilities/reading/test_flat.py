"""The memory of reading does not follow a file's length (``script/bench import`` measures long ones)."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from obligations.vulnerabilities.reading import Row, read
from tests.support import vulnerability_files

FEW, MANY = 100, 500


@pytest.mark.parametrize("name", ["trivy", "cyclonedx"])
def test_entries_are_let_go_as_they_are_read(tmp_path, name):
    path = tmp_path / name

    def through() -> int:
        with path.open("rb") as file:
            return sum(isinstance(one, Row) for one in read(file))

    def whole() -> object:
        return json.loads(path.read_bytes())

    vulnerability_files.FORMATS[name](path, MANY)
    assert through() == MANY  # what is remembered of names and ratings has its bounds: it is there now
    much = peak(through), peak(whole)
    vulnerability_files.FORMATS[name](path, FEW)
    little = peak(through), peak(whole)
    assert much[0] - little[0] < (much[1] - little[1]) / 8


def peak(act) -> int:
    tracemalloc.start()
    act()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found
