"""Files that are damaged, hostile, of another kind or wrong in single entries: refused in words."""

from __future__ import annotations

import json
import tracemalloc
from datetime import date

import pytest

from obligations.vulnerabilities.reading import Unreadable, limits
from obligations.vulnerabilities.reading.components import component
from obligations.vulnerabilities.reading.identifiers import choose
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.texts import day, prose
from tests.obligations.vulnerabilities.reading import samples
from tests.obligations.vulnerabilities.reading.samples import all_of, file_of, reading_of, rows_of


def refusal(content: object) -> str:
    with pytest.raises(Unreadable) as no:
        list(reading_of(content))
    return str(no.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b" \n\xef\xbb\xbf", "the file is empty"),
        (b"%PDF-1.7", "this is a PDF"),
        (b"\x1f\x8b\x08", "unpack it"),
        (b"\xd0\xcf\x11\xe0", "save it as .xlsx"),
        (b"<?xml version='1.0'?><NessusClientData_v2>", "export the scan as CSV"),
        (b"<bom xmlns='http://cyclonedx.org/schema/bom/1.6'>", "export CycloneDX as JSON"),
        (b"<!DOCTYPE html>", "a web page"),
        ("[]", "JSON of no kind that is known here"),
        ("[1]", "JSON of no kind that is known here"),
        ('{"a": 1}', "JSON of no kind that is known here"),
        ('{"bomFormat": "CycloneDX", "specVersion": "1.6"}', "a CycloneDX file without vulnerabilities"),
        ('{"spdxVersion": "SPDX-2.3", "packages": []}', "an SPDX list of parts"),
        ('{"catalogVersion": "2026", "vulnerabilities": []}', "known exploited vulnerabilities"),
        ('{"a": 1,}', "the file is not whole JSON (invalid object key"),
        ('{"a": NaN}', "the file is not whole JSON (invalid char"),
        ('{"a": 99999999999999999999999}', "the file is not whole JSON (integer overflow)"),
        ('{"matches": [}', "the file is not whole JSON"),
        ('{"matches": [', "ends before it is complete"),
        (b'{"a": "\xff"}', "not UTF-8 throughout: save it as UTF-8"),
        ('{"runs": ' + "[" * 5000, "nested more than 100 levels deep"),
    ],
)
def test_the_whole_file_is_refused(content, said):
    assert said in refusal(content)


def test_a_file_cut_off_gives_its_rows_and_then_says_that_none_counts():
    content = json.dumps(samples.trivy(), indent=1)
    cut = content[: content.index("ExperimentalModifiedFindings")]
    assert "the file ends before it is complete" in refusal(cut)


def test_the_line_of_a_mistake_is_named():
    content = json.dumps(samples.trivy(), indent=1).replace('"PkgName": "zlib1g"', '"PkgName": zlib1g')
    line = content[: content.index(": zlib1g")].count("\n") + 1
    assert refusal(content).startswith(f"line {line}")


def test_what_follows_the_end_is_not_passed_over():
    assert "something follows" in refusal(json.dumps(samples.trivy()) + "{}")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_json(encoding):
    content = samples.trivy()
    content["Results"][0]["Vulnerabilities"][0]["Title"] = "Żółw " * 40
    (first, *_) = rows_of(json.dumps(content, ensure_ascii=False).encode(encoding))
    assert first.title == ("Żółw " * 40).strip()


def changed(**how: object) -> list[str]:
    content = samples.trivy()
    del content["Results"][0]["ExperimentalModifiedFindings"]
    content["Results"][0]["Vulnerabilities"][0] |= how
    rows, faults = all_of(content)
    assert [one.identifier for one in rows] == ["CVE-2026-1002"], "the good row beside it is read"
    return [str(one) for one in faults]


@pytest.mark.parametrize(
    ("how", "what"),
    [
        ({"VulnerabilityID": "", "VendorIDs": []}, "no vulnerability is named: give its CVE"),
        ({"VulnerabilityID": "CVE-26-1"}, "“CVE-26-1” is not the number of a CVE: write it"),
        ({"VulnerabilityID": "a b"}, "“a b” is not the name of a vulnerability"),
        ({"VulnerabilityID": {"x": 1}}, "VulnerabilityID is an object and not a text"),
        ({"PkgName": None, "PkgIdentifier": {}}, "no component is named: say which software it is in"),
        ({"PkgName": "x" * 301, "PkgIdentifier": {}}, "the component has more than 300 characters"),
        ({"PkgIdentifier": {"PURL": "openssl@3"}}, "“openssl@3” is not a package URL"),
        ({"Severity": "AWFUL"}, "“AWFUL” is no severity"),
        ({"CVSS": {"nvd": {"V3Vector": "CVSS:3.1/AV:Q"}}}, "“CVSS:3.1/AV:Q” is no CVSS vector: copy"),
        ({"CVSS": [1]}, "CVSS is a list and not an object"),
        ({"VendorSeverity": {"nvd": 9}}, "VendorSeverity of nvd is no number from 0 to 4"),
        ({"VendorIDs": [str(n) + "-A1" for n in range(3)]}, "is not the name of a vulnerability"),
        ({"VendorIDs": [f"DSA-{n}" for n in range(60)]}, "it has more than 50 names"),
    ],
)  # fmt: skip
def test_one_entry_is_refused_in_its_place(how, what):
    (said,) = changed(**how)
    assert said.startswith("Results, entry 1, Vulnerabilities, entry 1") and what in said


def test_an_entry_that_is_none_is_refused():
    content = samples.trivy()
    content["Results"][0]["Vulnerabilities"] = [
        "x",
        None,
        samples.trivy()["Results"][0]["Vulnerabilities"][1],
    ]
    rows, faults = all_of(content)
    assert [one.what for one in faults] == ["it is a text and not an object", "it is null and not an object"]
    assert rows[0].identifier == "CVE-2026-1002"


def test_an_entry_larger_than_any_is_left_out_and_the_next_read(monkeypatch):
    monkeypatch.setattr(limits, "LARGEST_ENTRY", 1_000)
    content = samples.trivy()
    content["Results"][0]["Vulnerabilities"][0]["References"] = [["x"] * 30] * 50
    rows, faults = all_of(content)
    assert [one.what for one in faults] == ["it is larger than what is said of one vulnerability"]
    assert rows[0].identifier == "CVE-2026-1002"


def test_the_limits_of_a_file(monkeypatch):
    many = samples.trivy()
    entry = many["Results"][0]["Vulnerabilities"][1]
    many["Results"][0]["Vulnerabilities"] = [
        {**entry, "VulnerabilityID": f"CVE-2026-{n}"} for n in range(2000, 2020)
    ]
    monkeypatch.setattr(limits, "MOST_ROWS", 10)
    assert "the file has more than 10 rows: split it" in refusal(many)
    monkeypatch.setattr(limits, "LARGEST_FILE", 1000)
    assert "more than" in refusal(many)


def test_a_file_of_nothing_but_faults_is_another_kind_of_file(monkeypatch):
    monkeypatch.setattr(limits, "MOST_FAULTS", 3)
    content = samples.trivy()
    content["Results"][0]["Vulnerabilities"] = [{"VulnerabilityID": "x"}] * 5
    assert "more than 3 entries of the file cannot be taken" in refusal(content)


def test_a_text_without_an_end_costs_no_memory():
    file = file_of(b'{"runs": "' + b"x" * (2 * limits.LONGEST_RUN))
    tracemalloc.start()
    with pytest.raises(Unreadable, match="a piece of more than 4 MB without an end"):
        list(samples.read(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * limits.LONGEST_RUN


def test_what_is_said_twice_is_taken_once_and_what_contradicts_is_a_fault():
    content = samples.trivy()
    found = content["Results"][0]["Vulnerabilities"]
    found.append(dict(found[1]))
    reading = reading_of(content)
    assert len(list(reading)) == 4
    assert "the same was said again once: taken once each" in reading.notes
    changed = content["Results"][0]["ExperimentalModifiedFindings"]
    changed[0]["Finding"] = dict(found[1])
    _, faults = all_of(content)
    assert [one.what for one in faults] == [
        "CVE-2026-1002 of zlib1g 1.2.13 is not affected here and affected at"
        " Results, entry 1, Vulnerabilities, entry 2"
    ]


def test_a_scanners_second_word_on_one_thing_is_passed_on():
    content = samples.trivy()
    found = content["Results"][0]["Vulnerabilities"]
    found.append({**found[1], "Severity": "HIGH"})
    assert [one.category for one in rows_of(content) if one.identifier == "CVE-2026-1002"] == ["", "Critical"]


def test_which_of_several_names_counts():
    assert choose(["ghsa-AAAA-bbbb-cccc", "cve-2026-1234", "CVE-2026-1234"]) == (
        "CVE-2026-1234", ("GHSA-aaaa-bbbb-cccc",),
    )  # fmt: skip
    assert (
        choose(["RHSA-2026:1", "CVE-2026-1", "CVE-2026-2"][:1] + ["CVE-2026-1001", "CVE-2026-1002"])[0]
        == "RHSA-2026:1"
    )
    with pytest.raises(Refused, match="no vulnerability is named"):
        choose(["", " \u200b"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-12", date(2026, 3, 12)),
        ("2026-03-12T10:00:00.000Z", date(2026, 3, 12)),
        ("2026-06-12T23:30:00Z", date(2026, 6, 13)),  # half past midnight in London
        ("2026/03/12", date(2026, 3, 12)),
        ("12/03/2026", date(2026, 3, 12)),
        ("12.3.2026 10:30", date(2026, 3, 12)),
        ("12 March 2026", date(2026, 3, 12)),
        ("Mar 12, 2026", date(2026, 3, 12)),
        ("0001-01-01T00:00:00Z", None),
        ("", None),
    ],
)
def test_days_as_files_write_them(text, expected):
    assert day(text, "the day") == expected


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "03/13/2026", "1026-01-01", "45000", "12 March"])
def test_what_is_no_day(text):
    with pytest.raises(Refused, match="is no day"):
        day(text, "the day")


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (
            ("log4j-core", "2.14.1", "pkg:maven/org.apache.logging.log4j/log4j-core"),
            "org.apache.logging.log4j:log4j-core",
        ),
        (("Django", "", "pkg:pypi/django@5.2.1"), "django"),
        (("", "", "pkg:npm/%40babel/core@7"), "@babel/core"),
        (("openssl", "3", "pkg:deb/debian/openssl@3?arch=amd64"), "openssl"),
        (("", "", "pkg:golang/github.com/a/b@v1"), "github.com/a/b"),
        (("pkg:generic/portal@4.2", "", ""), "portal"),
        (("OpenSSL", "", ""), "OpenSSL"),
    ],
)
def test_a_component_is_called_as_its_package_url_says(said, named):
    found = component(*said)
    assert found.name == named
    assert found.key == (found.purl.split("@")[0].split("?")[0] or named)


def test_texts_are_made_fit_to_be_kept():
    assert prose("a\x00\u202e b\n\n c") == "a b c"
    assert len(prose("x" * 5000)) == 2000
