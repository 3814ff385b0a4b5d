"""Exports: read again they say the same; no cell is a formula; OpenVEX is what its specification asks for."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from obligations.vulnerabilities.reading import Component, Row, Status
from obligations.vulnerabilities.writing import HEADINGS, csv_lines, openvex_pieces, write_xlsx
from tests.obligations.vulnerabilities.reading import samples
from tests.obligations.vulnerabilities.reading.samples import all_of, rows_of

NOW = datetime(2026, 3, 12, 10, 0, tzinfo=UTC)
FORMATS = ("trivy", "grype", "sarif", "cyclonedx", "openvex", "osv", "csaf")


def every_row() -> list[Row]:
    rows = [row for name in FORMATS for row in all_of(getattr(samples, name)())[0]]
    known = {
        (one.identifier, one.component.key, one.component.version, one.host, one.location): one
        for one in rows
    }
    return list(known.values())


def as_csv(rows: list[Row]) -> bytes:
    return b"".join(csv_lines((row, ()) for row in rows))


def as_xlsx(rows: list[Row]) -> bytes:
    out = io.BytesIO()
    write_xlsx(((row, ()) for row in rows), out)
    return out.getvalue()


def as_openvex(rows: list[Row]) -> dict[str, Any]:
    identifier = "https://duly.example/vex/1"
    content = b"".join(openvex_pieces(rows, author="A supplier", identifier=identifier, now=NOW))
    document: dict[str, Any] = json.loads(content)
    return document


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_what_is_exported_reads_the_same_again(write):
    rows = every_row()
    again = rows_of(write(rows))
    assert len(again) == len(rows) > 20
    for one, other in zip(rows, again, strict=True):
        strictest = {rating.category for rating in one.ratings if rating.category == one.category}
        assert {rating.category for rating in other.ratings} == strictest
        same = {"place": "", "ratings": (), "said": "", "earliest": None}
        assert replace(other, **same) == replace(one, **same)


def test_further_columns_stand_beside_and_change_nothing():
    row = every_row()[0]
    content = b"".join(
        csv_lines([(row, (date(2026, 3, 19), "Critical", None))], ("Due", "Contract category", "Owner"))
    )
    headings, cells = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert headings == [*HEADINGS, "Due", "Contract category", "Owner"]
    assert cells[-3:] == ["2026-03-19", "Critical", ""]
    assert rows_of(content)[0].identifier == row.identifier


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x.example")', "=cmd|'/c calc'!A0"]
)
def test_no_cell_is_a_formula(text):
    row = replace(every_row()[0], title=text, statement=text)
    cells = list(csv.reader(io.StringIO(as_csv([row]).decode("utf-8-sig"))))[1]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert b"<f>" not in b"".join(_parts(as_xlsx([row])))
    assert rows_of(as_csv([row]))[0].title == text


def _parts(content: bytes) -> list[bytes]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [package.read(name) for name in package.namelist() if "sheet" in name]


OPENVEX = {
    # What OPENVEX-SPEC.md 0.2.0 asks of a document, in our own words: no package ships the schema.
    "type": "object",
    "required": ["@context", "@id", "author", "timestamp", "version", "statements"],
    "additionalProperties": False,
    "properties": {
        "@context": {"const": "https://openvex.dev/ns/v0.2.0"},
        "@id": {"type": "string", "pattern": "^https?://"},
        "author": {"type": "string", "minLength": 1},
        "timestamp": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "version": {"type": "integer", "minimum": 1},
        "statements": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {
                "type": "object",
                "required": ["vulnerability", "status", "products"],
                "properties": {
                    "vulnerability": {"type": "object", "required": ["name"]},
                    "status": {"enum": ["not_affected", "affected", "fixed", "under_investigation"]},
                    "products": {"type": "array", "minItems": 1, "items": {"required": ["@id"]}},
                    "justification": {
                        "enum": [
                            "component_not_present",
                            "vulnerable_code_not_present",
                            "vulnerable_code_not_in_execute_path",
                            "vulnerable_code_cannot_be_controlled_by_adversary",
                            "inline_mitigations_already_exist",
                        ]
                    },
                },
                "allOf": [
                    {
                        "if": {"properties": {"status": {"const": "not_affected"}}},
                        "then": {
                            "oneOf": [{"required": ["justification"]}, {"required": ["impact_statement"]}]
                        },
                        "else": {"not": {"required": ["justification"]}},
                    },
                    {
                        "if": {"properties": {"status": {"const": "affected"}}},
                        "then": {"required": ["action_statement"]},
                    },
                ],
            },
        },
    },
}


def test_openvex_is_what_its_specification_asks_for_and_reads_the_same_again():
    rows = every_row()
    document = as_openvex(rows)
    assert [one.message for one in Draft202012Validator(OPENVEX).iter_errors(document)] == []
    again = {
        (one.identifier, one.component.key, one.host, one.status, one.justification)
        for one in rows_of(document)
    }
    assert again == {
        (one.identifier, one.component.key, one.host, one.status, one.justification) for one in rows
    }


def test_what_is_looked_into_stays_so_and_a_reason_is_kept():
    base = Row("", "CVE-2026-1001", Component("openssl", "3.0.1"))
    looked = replace(base, said="in_triage")
    reasoned = replace(base, host="web1", status=Status.NOT_AFFECTED, statement="It is never loaded")
    first, second = as_openvex([looked, reasoned, looked])["statements"]
    assert (first["status"], first["products"]) == (
        "under_investigation",
        [{"@id": "pkg:generic/openssl@3.0.1"}],
    )
    assert (second["impact_statement"], second["products"][0]["@id"]) == (
        "It is never loaded",
        "pkg:generic/web1",
    )


def test_a_document_without_a_statement_is_none():
    with pytest.raises(ValueError, match="no vulnerability"):
        as_openvex([])
