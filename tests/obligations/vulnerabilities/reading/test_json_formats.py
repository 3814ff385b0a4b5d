"""What each format of JSON says, by the format's own documents."""

from __future__ import annotations

from datetime import date

import pytest

from obligations.vulnerabilities.reading import Status
from tests.obligations.vulnerabilities.reading import samples
from tests.obligations.vulnerabilities.reading.samples import V2, V31, all_of, reading_of, rows_of


def test_trivy_gives_each_sources_rating_and_the_stricter_counts():
    first, unrated, not_affected, _ = rows_of(samples.trivy())
    assert (first.identifier, first.aliases) == ("CVE-2026-1001", ("DSA-5900-1",))
    assert (first.component.name, first.component.version) == ("openssl", "3.0.1-1")
    assert first.component.key == "pkg:deb/debian/openssl"
    assert (first.host, first.location) == (
        "registry.example/portal:4.2",
        "registry.example/portal:4.2 (debian 12.4)",
    )
    said = {(one.by, one.source, one.value): one.category for one in first.ratings}
    assert said == {
        ("debian", "cvss", "low"): "Other",
        ("nvd", "nvd", "critical"): "Critical",
        ("redhat", "cvss", "medium"): "Important",
        ("nvd CVSS v2", "nvd", V2): "Critical",
        ("nvd CVSS v3.1", "nvd", V31): "Critical",
    }
    assert (first.category, first.fixed_version) == ("Critical", "3.0.2-1")
    assert (unrated.category, unrated.ratings, unrated.fixed_version) == ("", (), "")
    assert (not_affected.status, not_affected.justification) == (
        Status.NOT_AFFECTED,
        "vulnerable_code_not_in_execute_path",
    )


def test_trivys_own_status_is_of_the_distribution_and_a_cves_day_is_no_release():
    rows = rows_of(samples.trivy())
    assert [one.status for one in rows[:2]] == [Status.AFFECTED, Status.AFFECTED]
    assert [one.released for one in rows] == [None] * 4


def test_trivy_names_what_was_scanned_clean_or_not():
    clean = samples.trivy() | {"Results": []}
    for content in (samples.trivy(), clean):
        reading = reading_of(content)
        list(reading)
        assert reading.findings and reading.targets == {"registry.example/portal:4.2"}


@pytest.mark.parametrize("key", ["Resources", "Findings"])
def test_trivy_of_a_cluster_has_a_host_for_each_workload_that_it_could_look_at(key):
    results = samples.trivy()["Results"]
    workloads = [
        {"Namespace": "live", "Kind": "Deployment", "Name": "portal", "Results": results},
        {"Namespace": "live", "Kind": "Deployment", "Name": "clean", "Results": []},
        {"Kind": "Node", "Name": "one", "Error": "scan error"},
    ]
    reading = reading_of({"ClusterName": "main", key: workloads})
    rows = list(reading)
    assert {one.host for one in rows} == {"live/Deployment/portal"} and len(rows) == 4
    assert rows[0].location == "registry.example/portal:4.2 (debian 12.4)"
    assert reading.targets == {"live/Deployment/portal", "live/Deployment/clean"}


def test_keys_in_another_order_say_the_same():
    content = samples.trivy()
    turned = dict(reversed(content.items())) | {
        "Results": [dict(reversed(one.items())) for one in content["Results"]]
    }
    key = str
    assert sorted(map(key, rows_of(turned))) == sorted(map(key, rows_of(content)))


def test_grype_is_called_by_its_cve_and_only_a_release_is_a_release():
    first, other, ignored, _ = rows_of(samples.grype())
    assert (first.identifier, first.aliases) == ("CVE-2026-2001", ("GHSA-aaaa-bbbb-cccc",))
    assert (first.component.name, first.component.key) == ("@babel/core", "pkg:npm/%40babel/core")
    assert (first.host, first.location) == ("portal:4.2", "/app/node_modules/@babel/core/package.json")
    assert {(one.by, one.source, one.value) for one in first.ratings} == {
        ("github", "cvss", "medium"),
        ("nvd", "nvd", "critical"),
        ("nvd@nist.gov CVSS v3.1", "nvd", V31),
    }
    assert (first.fixed_version, first.released, first.earliest) == (
        "7.5.1",
        date(2026, 2, 18),
        date(2026, 2, 20),
    )
    assert (other.category, other.fixed_version, other.released) == ("Other", "", None)
    assert (ignored.identifier, ignored.status) == ("CVE-2026-2003", Status.NOT_AFFECTED)


@pytest.mark.parametrize(
    ("content", "name"), [(samples.trivy(), "CVE-2026-1004"), (samples.grype(), "CVE-2026-2004")]
)
def test_what_a_scan_was_told_to_ignore_is_there_all_the_same(content, name):
    row = next(one for one in rows_of(content) if one.identifier == name)
    assert (row.status, row.said) == (Status.AFFECTED, "ignored")


def test_a_day_on_which_grype_first_saw_a_fix_is_no_release():
    content = samples.grype()
    content["matches"][0]["vulnerability"]["fix"]["available"].pop()
    first = rows_of(content)[0]
    assert (first.released, first.earliest) == (None, date(2026, 2, 20))


def test_pip_audit_and_its_older_list():
    for content in (samples.pip_audit(), samples.pip_audit()["dependencies"]):
        (row,) = rows_of(content)
        assert (row.identifier, row.aliases, row.fixed_version) == (
            "CVE-2026-3001",
            ("PYSEC-2026-7",),
            "5.2.2",
        )
        assert (row.component.name, row.component.purl) == ("django", "pkg:pypi/django@5.2.1")
        assert (row.ratings, row.category) == ((), "")


def test_sarif_components_are_read_from_what_scanners_write():
    rows, faults = all_of(samples.sarif())
    assert [(one.identifier, str(one.component), one.fixed_version) for one in rows] == [
        ("CVE-2026-4001", "openssl 3.0.1", "3.0.2"),
        ("CVE-2026-4002", "left-pad 1.0.0", "1.0.1"),
        ("GHSA-aaaa-bbbb-cccc", "lodash 4.17.0", ""),
    ]
    assert (rows[0].host, rows[0].location, rows[0].category) == ("portal:4.2", "library/a b", "Critical")
    assert (rows[1].category, rows[2].status) == ("Important", Status.FIXED)
    assert [str(one) for one in faults] == [
        "runs, entry 1, results, entry 4: it does not say in which component CVE-2026-4003 is:"
        " import the scanner's own JSON, which does"
    ]


def test_a_weakness_in_ones_own_code_is_no_vulnerability_with_a_patch():
    reading = reading_of(samples.sarif())
    list(reading)
    assert reading.notes == ["left out, results that name no known vulnerability: 1"]


def test_cyclonedx_with_vex():
    rows, faults = all_of(samples.cyclonedx())
    first, unreached, fixed = rows
    assert (first.identifier, first.aliases) == ("CVE-2026-5001", ("GHSA-aaaa-bbbb-cccc",))
    assert (first.component.name, first.component.version) == (
        "org.apache.logging.log4j:log4j-core",
        "2.14.1",
    )
    assert (first.host, first.fixed_version, first.released) == ("portal:4.2", "2.17.1", None)
    assert {(one.by, one.value) for one in first.ratings} == {
        ("NVD", "critical"),
        ("NVD CVSS v3.1", V31),
        ("ours", "low"),
    }
    assert (str(unreached.component), unreached.status) == ("inner 1.1", Status.NOT_AFFECTED)
    assert unreached.justification == "vulnerable_code_not_in_execute_path"
    assert unreached.statement == "code_not_reachable: never called"
    assert (fixed.status, fixed.said, fixed.component.key) == (Status.FIXED, "resolved", "pkg:npm/left-pad")
    assert [(one.place, one.what) for one in faults] == [
        ("vulnerabilities, entry 4 (CVE-2026-5004)", "it says that it is not affected, and not why"),
        ("vulnerabilities, entry 5", "it affects “nowhere”, which the file does not describe"),
    ]


def test_openvex_parts_are_the_components_and_their_product_the_host():
    rows, faults = all_of(samples.openvex())
    assert [(one.identifier, one.component.name, one.status, one.said) for one in rows] == [
        ("CVE-2026-6001", "openssl", "not_affected", "not_affected"),
        ("CVE-2026-6001", "libssl3", "not_affected", "not_affected"),
        ("CVE-2026-6002", "https://example.org/products/portal", "affected", "affected"),
        ("CVE-2026-6003", "left-pad", "fixed", "fixed"),
        ("CVE-2026-6004", "left-pad", "affected", "under_investigation"),
    ]
    assert rows[0].host.startswith("pkg:oci/portal@") and rows[0].aliases == ("GHSA-aaaa-bbbb-cccc",)
    assert (rows[0].justification, rows[2].statement) == ("vulnerable_code_not_present", "Update to 4.3")
    assert [one.what for one in faults] == ["the statement names no product"]


def test_openvex_before_0_2_has_texts():
    content = {
        "@context": "https://openvex.dev/ns",
        "statements": [
            {"vulnerability": "CVE-2026-6001", "products": ["pkg:npm/left-pad@1"], "status": "fixed"}
        ],
    }
    (row,) = rows_of(content)
    assert (row.identifier, row.component.name, row.status) == ("CVE-2026-6001", "left-pad", Status.FIXED)


@pytest.mark.parametrize("content", [samples.osv(), [samples.osv()], {"vulns": [samples.osv()]}])
def test_osv_records_alone_in_a_list_or_in_an_answer(content):
    first, second = rows_of(content)
    assert (first.identifier, first.aliases) == ("CVE-2026-7001", ("GHSA-aaaa-bbbb-cccc",))
    assert (first.component.key, first.fixed_version, first.released) == (
        "pkg:npm/%40babel/core",
        "7.5.1",
        None,
    )
    assert {one.value for one in first.ratings} == {
        samples.V31_MEDIUM,
        "high",
    } and first.category == "Critical"
    assert (second.component.name, second.component.key, second.fixed_version) == (
        "org.a:b",
        "pkg:maven/org.a/b",
        "",
    )


def test_a_withdrawn_osv_record_says_so():
    row = rows_of(samples.osv() | {"withdrawn": "2026-03-15T10:00:00Z"})[0]
    assert (row.status, row.statement) == (Status.NOT_AFFECTED, "withdrawn by its source on 2026-03-15")


def test_osv_scanner_gives_one_row_for_the_records_of_one_vulnerability():
    (row,) = rows_of(samples.osv_scanner())
    assert (row.identifier, set(row.aliases)) == ("CVE-2026-7001", {"GHSA-aaaa-bbbb-cccc", "PYSEC-2026-9"})
    assert (row.component.purl, row.host, row.fixed_version) == (
        "pkg:pypi/django@5.2.1", "/src/requirements.txt", "5.2.2",
    )  # fmt: skip


def test_csaf_a_vendors_fix_has_a_release_day_in_london_and_the_first_one_counts():
    rows, faults = all_of(samples.csaf())
    affected, unaffected, fixed, never = rows
    assert (str(affected.component), affected.host, affected.status) == (
        "openssl 3.0.1",
        "Enterprise Linux 9",
        "affected",
    )
    assert (affected.released, affected.fixed_version) == (date(2026, 3, 12), "3.0.2")
    assert {(one.value, one.category) for one in affected.ratings} == {
        (samples.V31_MEDIUM, "Important"),
        ("high", "Critical"),  # the publisher's own "Important"
    }
    assert (unaffected.component.key, unaffected.justification) == (
        "pkg:npm/left-pad",
        "vulnerable_code_not_present",
    )
    assert (str(fixed.component), fixed.status) == ("openssl 3.0.2", Status.FIXED)
    assert (never.statement, never.released) == ("It is never loaded", None)
    assert [one.what for one in faults] == [
        "it speaks of the product “gone”, which the file does not describe"
    ]


def test_csaf_of_microsoft_speaks_in_microsofts_words():
    content = samples.csaf()
    content["document"]["publisher"] |= {"name": "MSRC", "namespace": "https://msrc.microsoft.com"}
    content["document"]["aggregate_severity"] = {"text": "Important"}
    del content["vulnerabilities"][1:], content["vulnerabilities"][0]["threats"]
    affected = rows_of(content)[0]
    words = {(one.by, one.source, one.value): one.category for one in affected.ratings if one.word}
    assert words["microsoft", "microsoft", "important"] == "Important"
    assert affected.category == "Important"


def test_sarif_as_grype_writes_it():
    rule = {
        "id": "CVE-2026-4001-openssl",
        "help": {"text": "Severity: low\nPackage: openssl\nVersion: 3.0.1\nFix Version: \n"},
        "properties": {"security-severity": "4.0"},
    }
    result = {
        "ruleId": "CVE-2026-4001-openssl",
        "message": {
            "text": "The path a reports openssl at version 3.0.1  which is a vulnerable (deb) package"
        },
    }
    run = {"tool": {"driver": {"name": "grype", "rules": [rule]}}, "results": [result]}
    (row,) = rows_of({"version": "2.1.0", "runs": [run]})
    assert (row.identifier, str(row.component), row.fixed_version) == ("CVE-2026-4001", "openssl 3.0.1", "")
    assert {one.value: one.category for one in row.ratings} == {"low": "Other", "4.0": "Important"}
