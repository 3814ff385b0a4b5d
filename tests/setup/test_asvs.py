"""The table of ASVS answers every row once, and where it is not met says why."""

from __future__ import annotations

import re

from compliance import places

ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
TEXT = (places.ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")


def test_each_row_is_there_once_in_order_with_an_answer_and_its_reason():
    rows = ROW.findall(TEXT)
    assert len(rows) == TEXT.count("\n| 1") + sum(TEXT.count(f"\n| {first}") for first in range(2, 10))
    numbers = [tuple(map(int, number.split("."))) for number, *_ in rows]
    assert numbers == sorted(set(numbers))
    assert {number[0] for number in numbers} == set(range(1, 15))
    for number, _, answer, why in rows:
        assert answer in ("met", "partly", "not", "n/a"), number
        assert len(why) > 2, number
