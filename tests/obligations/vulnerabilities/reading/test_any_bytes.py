"""Whatever a file holds, it is read or refused in words, and nothing else comes out."""

from __future__ import annotations

import json
import random
from copy import deepcopy

import pytest

from obligations.vulnerabilities.reading import Fault, Row, Unreadable
from tests.obligations.vulnerabilities.reading import samples
from tests.obligations.vulnerabilities.reading.samples import reading_of
from tests.obligations.vulnerabilities.reading.test_tables import CSV, HEADINGS, NESSUS, book

FORMATS = ("trivy", "grype", "pip_audit", "sarif", "cyclonedx", "openvex", "osv", "osv_scanner", "csaf")
FILES = {name: json.dumps(getattr(samples, name)()).encode() for name in FORMATS} | {
    "csv": CSV.encode(),
    "nessus": NESSUS.encode(),
    "xlsx": book([HEADINGS, ["CVE-2026-1001", "openssl", "3", "", 9.8]]),
}
ODD = (None, 7, 1.5, True, "", "x", [], {}, [1], ["x"], {"x": 1}, [None], [[]], [{}])


@pytest.mark.parametrize("name", FILES)
def test_bytes_changed_cut_out_and_put_in(name):
    chance = random.Random(name)
    for _ in range(60):
        content = bytearray(FILES[name])
        for _ in range(chance.choice((1, 1, 3, 20))):
            at = chance.randrange(len(content))
            content[at : at + chance.choice((0, 1, 1, 50))] = chance.randbytes(chance.choice((0, 1, 1, 5)))
        rows_or_words(bytes(content))


@pytest.mark.parametrize("name", FORMATS)
def test_values_of_another_kind_than_the_format_says(name):
    chance = random.Random(name)
    for _ in range(150):
        content = json.loads(FILES[name])
        for _ in range(chance.choice((1, 1, 3))):
            change(content, chance)
        rows_or_words(content)


def rows_or_words(content: object) -> None:
    try:
        found = list(reading_of(content))
    except Unreadable as no:
        assert no.fault.what and no.fault.fix
    else:
        assert all(isinstance(one, Row | Fault) for one in found)
        assert all(one.place and one.what and one.fix for one in found if isinstance(one, Fault))


def change(held: object, chance: random.Random) -> None:
    """Put something odd in the place of something below."""
    while True:
        keys = list(held) if isinstance(held, dict) else list(range(len(held)))
        if not keys:
            return
        key = chance.choice(keys)
        below = held[key]
        if not isinstance(below, dict | list) or not below or chance.random() < 0.15:
            held[key] = deepcopy(chance.choice(ODD))
            return
        held = below
