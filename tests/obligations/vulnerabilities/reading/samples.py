"""Files true to the published formats, small, each with what readers stumble over."""

from __future__ import annotations

import io
import json
from typing import Any

from obligations.vulnerabilities.reading import Fault, Reading, Row, read

V2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P"  # 7.5
V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"  # 9.8
V31_MEDIUM = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:L/A:N"  # 4.2
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"  # 9.3


def file_of(content: Any) -> io.BytesIO:
    if isinstance(content, bytes):
        return io.BytesIO(content)
    return io.BytesIO(content.encode() if isinstance(content, str) else json.dumps(content).encode())


def reading_of(content: Any, **how: Any) -> Reading:
    return read(file_of(content), **how)


def all_of(content: Any, **how: Any) -> tuple[list[Row], list[Fault]]:
    found = list(reading_of(content, **how))
    return [one for one in found if isinstance(one, Row)], [one for one in found if isinstance(one, Fault)]


def rows_of(content: Any, **how: Any) -> list[Row]:
    rows, faults = all_of(content, **how)
    assert not faults, [str(fault) for fault in faults]
    return rows


def trivy() -> dict[str, Any]:
    return {
        "SchemaVersion": 2,
        "CreatedAt": "2026-03-12T10:00:00Z",
        "ArtifactName": "registry.example/portal:4.2",
        "ArtifactType": "container_image",
        "Metadata": {"OS": {"Family": "debian", "Name": "12.4"}},
        "Results": [
            {
                "Target": "registry.example/portal:4.2 (debian 12.4)",
                "Class": "os-pkgs",
                "Type": "debian",
                "Vulnerabilities": [
                    {
                        "VulnerabilityID": "CVE-2026-1001",
                        "VendorIDs": ["DSA-5900-1"],
                        "PkgName": "openssl",
                        "PkgIdentifier": {
                            "PURL": "pkg:deb/debian/openssl@3.0.1-1?arch=amd64&distro=debian-12.4"
                        },
                        "InstalledVersion": "3.0.1-1",
                        "FixedVersion": "3.0.2-1",
                        "Status": "fixed",
                        "SeveritySource": "debian",
                        "PrimaryURL": "https://avd.example/nvd/cve-2026-1001",
                        "Title": "openssl: a flaw",
                        "Description": "A long\ndescription",
                        "Severity": "LOW",
                        "VendorSeverity": {"debian": 1, "nvd": 4, "redhat": 2},
                        "CVSS": {"nvd": {"V2Vector": V2, "V3Vector": V31, "V2Score": 7.5, "V3Score": 9.8}},
                        "PublishedDate": "2026-03-01T00:00:00Z",
                        "LastModifiedDate": "2026-03-05T00:00:00Z",
                    },
                    {
                        "VulnerabilityID": "CVE-2026-1002",
                        "PkgName": "zlib1g",
                        "InstalledVersion": "1.2.13",
                        "Status": "affected",
                        "Severity": "UNKNOWN",
                    },
                ],
                "ExperimentalModifiedFindings": [
                    {
                        "Type": "vulnerability",
                        "Status": "not_affected",
                        "Statement": "vulnerable_code_not_in_execute_path",
                        "Source": "openvex.json",
                        "Finding": {
                            "VulnerabilityID": "CVE-2026-1003",
                            "PkgName": "bash",
                            "InstalledVersion": "5.2",
                            "Severity": "HIGH",
                        },
                    },
                    {
                        "Type": "vulnerability",
                        "Status": "ignored",
                        "Statement": "",
                        "Source": ".trivyignore",
                        "Finding": {"VulnerabilityID": "CVE-2026-1004", "PkgName": "tar", "Severity": "LOW"},
                    },
                ],
            },
            {"Target": "app/package-lock.json", "Class": "lang-pkgs", "Type": "npm"},
        ],
    }


def grype() -> dict[str, Any]:
    nvd = {
        "id": "CVE-2026-2001",
        "dataSource": "https://nvd.nist.gov/vuln/detail/CVE-2026-2001",
        "namespace": "nvd:cpe",
        "severity": "Critical",
        "urls": [],
        "description": "What it is",
        "cvss": [
            {
                "source": "nvd@nist.gov",
                "type": "Primary",
                "version": "3.1",
                "vector": V31,
                "metrics": {"baseScore": 9.8},
                "vendorMetadata": {},
            },
        ],
    }
    match = {
        "vulnerability": {
            "id": "GHSA-aaaa-bbbb-cccc",
            "dataSource": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
            "namespace": "github:language:javascript",
            "severity": "Medium",
            "urls": [],
            "description": "",
            "cvss": [],
            "fix": {
                "versions": ["7.5.1"],
                "state": "fixed",
                "available": [
                    {"version": "7.5.1", "date": "2026-02-20", "kind": "first-observed"},
                    {"version": "7.5.1", "date": "2026-02-18", "kind": "release"},
                ],
            },
            "advisories": [],
            "risk": 1.2,
        },
        "relatedVulnerabilities": [nvd],
        "matchDetails": [],
        "artifact": {
            "id": "1",
            "name": "@babel/core",
            "version": "7.5.0",
            "type": "npm",
            "locations": [{"path": "/app/node_modules/@babel/core/package.json"}],
            "language": "javascript",
            "licenses": [],
            "cpes": [],
            "purl": "pkg:npm/%40babel/core@7.5.0",
            "upstreams": [],
        },
    }
    other = {
        **nvd,
        "id": "CVE-2026-2002",
        "namespace": "debian:distro:debian:12",
        "severity": "Negligible",
        "cvss": [],
        "fix": {"versions": [], "state": "wont-fix"},
        "advisories": [],
    }
    artifact = {"name": "bash", "version": "5.2", "type": "deb", "purl": "", "locations": []}
    ignored = {
        "vulnerability": {**other, "id": "CVE-2026-2003"},
        "relatedVulnerabilities": [],
        "artifact": artifact,
        "appliedIgnoreRules": [
            {
                "namespace": "vex",
                "vex-status": "not_affected",
                "vex-justification": "vulnerable_code_not_present",
            },
        ],
    }
    by_hand = {
        "vulnerability": {**other, "id": "CVE-2026-2004"},
        "artifact": artifact,
        "appliedIgnoreRules": [{"vulnerability": "CVE-2026-2004", "reason": "later"}],
    }
    return {
        "matches": [match, {"vulnerability": other, "relatedVulnerabilities": [], "artifact": artifact}],
        "ignoredMatches": [ignored, by_hand],
        "source": {"type": "image", "target": {"userInput": "portal:4.2", "imageID": "sha256:1"}},
        "distro": {"name": "debian", "version": "12", "idLike": []},
        "descriptor": {"name": "grype", "version": "0.100.0"},
    }


def pip_audit() -> dict[str, Any]:
    return {
        "dependencies": [
            {
                "name": "Django",
                "version": "5.2.1",
                "vulns": [
                    {
                        "id": "PYSEC-2026-7",
                        "fix_versions": ["5.2.2"],
                        "aliases": ["CVE-2026-3001"],
                        "description": "What it is",
                    }
                ],
            },
            {"name": "requests", "version": "2.34.0", "vulns": []},
            {"name": "ours", "skip_reason": "Dependency not found on PyPI"},
        ],
        "fixes": [],
    }


def sarif() -> dict[str, Any]:
    trivy_rule = {
        "id": "CVE-2026-4001",
        "name": "OsPackageVulnerability",
        "shortDescription": {"text": "openssl: a flaw"},
        "fullDescription": {"text": "A flaw"},
        "defaultConfiguration": {"level": "note"},
        "helpUri": "https://avd.example/nvd/cve-2026-4001",
        "help": {"text": "Vulnerability CVE-2026-4001\nSeverity: CRITICAL\nPackage: openssl"},
        "properties": {
            "precision": "very-high",
            "security-severity": "9.8",
            "tags": ["vulnerability", "security"],
        },
    }
    scout_rule = {
        "id": "CVE-2026-4002",
        "shortDescription": {"text": "CVE-2026-4002"},
        "properties": {
            "purls": ["pkg:npm/left-pad@1.0.0"],
            "fixed_version": "1.0.1",
            "cvssV3": "x",
            "security-severity": "5.0",
        },
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Trivy",
                        "version": "0.60",
                        "rules": [trivy_rule, scout_rule, {"id": "js/xss"}],
                    }
                },
                "properties": {"imageName": "portal:4.2"},
                "results": [
                    {
                        "ruleId": "CVE-2026-4001",
                        "ruleIndex": 0,
                        "level": "note",
                        "message": {
                            "text": "Package: openssl\nInstalled Version: 3.0.1\n"
                            "Severity: CRITICAL\nFixed Version: 3.0.2\nLink: [x](https://x.example)"
                        },
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": "library/a%20b", "uriBaseId": "ROOTPATH"}
                                }
                            }
                        ],
                    },
                    {"ruleId": "CVE-2026-4002", "ruleIndex": 0, "message": {"text": "found"}},
                    {"ruleId": "js/xss", "ruleIndex": 2, "message": {"text": "a weakness of one's own code"}},
                    {"ruleId": "CVE-2026-4003", "message": {"text": "somewhere"}},
                    {
                        "ruleId": "GHSA-aaaa-bbbb-cccc",
                        "baselineState": "absent",
                        "message": {
                            "text": "Package 'lodash@4.17.0' is vulnerable to 'GHSA-aaaa-bbbb-cccc'."
                        },
                    },
                ],
            }
        ],
    }


def cyclonedx() -> dict[str, Any]:
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "version": 1,
        "metadata": {
            "timestamp": "2026-03-12T10:00:00Z",
            "component": {"bom-ref": "app", "type": "application", "name": "portal", "version": "4.2"},
        },
        "vulnerabilities": [
            {
                "bom-ref": "v1",
                "id": "CVE-2026-5001",
                "source": {"name": "NVD", "url": "https://nvd.nist.gov/vuln/detail/CVE-2026-5001"},
                "references": [{"id": "GHSA-aaaa-bbbb-cccc", "source": {"name": "GitHub"}}],
                "ratings": [
                    {
                        "source": {"name": "NVD"},
                        "score": 9.8,
                        "severity": "critical",
                        "method": "CVSSv31",
                        "vector": V31.removeprefix("CVSS:3.1/"),
                    },
                    {
                        "source": {"name": "ours"},
                        "score": 2,
                        "severity": "low",
                        "method": "OWASP",
                        "vector": "SL:1/M:4",
                    },
                ],
                "description": "What it is",
                "recommendation": "Upgrade org.apache.logging.log4j:log4j-core to version 2.17.1; and more",
                "published": "2026-01-01T00:00:00Z",
                "affects": [{"ref": "lib"}],
            },
            {
                "id": "CVE-2026-5002",
                "analysis": {
                    "state": "not_affected",
                    "justification": "code_not_reachable",
                    "detail": "never called",
                    "response": ["will_not_fix"],
                },
                "affects": [{"ref": "inner", "versions": [{"version": "1.1", "status": "affected"}]}],
            },
            {
                "id": "CVE-2026-5003",
                "analysis": {"state": "resolved"},
                "affects": [{"ref": "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/left-pad@1.0.0"}],
            },
            {"id": "CVE-2026-5004", "analysis": {"state": "not_affected"}, "affects": [{"ref": "lib"}]},
            {"id": "CVE-2026-5005", "analysis": {"state": "in_triage"}, "affects": [{"ref": "nowhere"}]},
        ],
        "components": [
            {
                "bom-ref": "lib",
                "type": "library",
                "group": "org.apache.logging.log4j",
                "name": "log4j-core",
                "version": "2.14.1",
                "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
                "components": [{"bom-ref": "inner", "type": "library", "name": "inner"}],
            },
        ],
    }


def openvex() -> dict[str, Any]:
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.org/vex/1",
        "author": "A supplier",
        "timestamp": "2026-03-12T10:00:00Z",
        "version": 1,
        "statements": [
            {
                "vulnerability": {
                    "@id": "https://nvd.nist.gov/vuln/detail/CVE-2026-6001",
                    "name": "CVE-2026-6001",
                    "aliases": ["GHSA-aaaa-bbbb-cccc"],
                    "description": "What it is",
                },
                "products": [
                    {
                        "@id": "pkg:oci/portal@sha256%3Aabc",
                        "subcomponents": [
                            {"@id": "pkg:deb/debian/openssl@3.0.1"},
                            {"identifiers": {"purl": "pkg:deb/debian/libssl3@3.0.1"}},
                        ],
                    },
                ],
                "status": "not_affected",
                "justification": "vulnerable_code_not_present",
            },
            {
                "vulnerability": {"name": "CVE-2026-6002"},
                "products": [{"@id": "https://example.org/products/portal"}],
                "status": "affected",
                "action_statement": "Update to 4.3",
            },
            {
                "vulnerability": {"name": "CVE-2026-6003"},
                "products": [{"@id": "pkg:npm/left-pad@1.0.1"}],
                "status": "fixed",
            },
            {
                "vulnerability": {"name": "CVE-2026-6004"},
                "products": [{"@id": "pkg:npm/left-pad@1.0.1"}],
                "status": "under_investigation",
            },
            {"vulnerability": {"name": "CVE-2026-6005"}, "status": "fixed"},
        ],
    }


def osv() -> dict[str, Any]:
    return {
        "schema_version": "1.7.0",
        "id": "GHSA-aaaa-bbbb-cccc",
        "modified": "2026-03-12T10:00:00Z",
        "published": "2026-01-01T00:00:00Z",
        "aliases": ["CVE-2026-7001"],
        "summary": "What it is",
        "details": "At length",
        "severity": [{"type": "CVSS_V3", "score": V31_MEDIUM}],
        "affected": [
            {
                "package": {"ecosystem": "npm", "name": "@babel/core", "purl": "pkg:npm/%40babel/core"},
                "ranges": [
                    {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "7.5.1"}]},
                    {
                        "type": "GIT",
                        "repo": "https://x.example",
                        "events": [{"introduced": "0"}, {"fixed": "abc"}],
                    },
                ],
            },
            {
                "package": {"ecosystem": "Maven", "name": "org.a:b"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1"}, {"last_affected": "2"}]}],
            },
        ],
        "database_specific": {"severity": "HIGH"},
    }


def osv_scanner() -> dict[str, Any]:
    pysec = {
        "schema_version": "1.7.0",
        "id": "PYSEC-2026-9",
        "modified": "2026-03-12T10:00:00Z",
        "aliases": ["CVE-2026-7001", "GHSA-aaaa-bbbb-cccc"],
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "django"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "5.2.2"}]}],
            }
        ],
    }
    return {
        "results": [
            {
                "source": {"path": "/src/requirements.txt", "type": "lockfile"},
                "packages": [
                    {
                        "package": {"name": "django", "version": "5.2.1", "ecosystem": "PyPI"},
                        "vulnerabilities": [osv(), pysec],
                        "groups": [{"ids": ["GHSA-aaaa-bbbb-cccc", "PYSEC-2026-9"], "max_severity": "9.8"}],
                    }
                ],
            }
        ],
        "experimental_config": {},
    }


def csaf() -> dict[str, Any]:
    def product(number: str, version: str) -> dict[str, Any]:
        held = {"name": f"openssl {version}", "product_id": number}
        return {"category": "product_version", "name": version, "product": held}

    return {
        "document": {
            "category": "csaf_vex",
            "csaf_version": "2.0",
            "title": "An advisory",
            "publisher": {
                "category": "vendor",
                "name": "Red Hat Product Security",
                "namespace": "https://www.redhat.com",
            },
            "references": [
                {"category": "self", "summary": "itself", "url": "https://example.org/advisory.json"}
            ],
            "tracking": {
                "id": "RHSA-2026:1",
                "status": "final",
                "version": "1",
                "current_release_date": "2026-03-12T10:00:00Z",
                "initial_release_date": "2026-03-12T10:00:00Z",
                "revision_history": [{"date": "2026-03-12T10:00:00Z", "number": "1", "summary": "first"}],
            },
        },
        "product_tree": {
            "branches": [
                {
                    "category": "vendor",
                    "name": "OpenSSL",
                    "branches": [
                        {
                            "category": "product_name",
                            "name": "openssl",
                            "branches": [product("old", "3.0.1"), product("new", "3.0.2")],
                        }
                    ],
                },
                {
                    "category": "vendor",
                    "name": "Red Hat",
                    "branches": [
                        {
                            "category": "product_name",
                            "name": "Enterprise Linux 9",
                            "product": {
                                "name": "Enterprise Linux 9",
                                "product_id": "el9",
                                "product_identification_helper": {
                                    "cpe": "cpe:/o:redhat:enterprise_linux:9::baseos"
                                },
                            },
                        }
                    ],
                },
            ],
            "full_product_names": [
                {
                    "name": "left-pad",
                    "product_id": "pad",
                    "product_identification_helper": {"purl": "pkg:npm/left-pad@1.0.0"},
                }
            ],
            "product_groups": [{"group_id": "all", "product_ids": ["el9:old", "pad"]}],
            "relationships": [
                {
                    "category": "default_component_of",
                    "product_reference": one,
                    "relates_to_product_reference": "el9",
                    "full_product_name": {"name": f"{one} in el9", "product_id": f"el9:{one}"},
                }
                for one in ("old", "new")
            ],
        },
        "vulnerabilities": [
            {
                "cve": "CVE-2026-8001",
                "title": "A flaw",
                "release_date": "2026-01-01T00:00:00Z",
                "product_status": {
                    "known_affected": ["el9:old"],
                    "fixed": ["el9:new"],
                    "known_not_affected": ["pad"],
                },
                "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["pad"]}],
                "remediations": [
                    {
                        "category": "vendor_fix",
                        "details": "Update",
                        "date": "2026-03-13T00:30:00+01:00",
                        "group_ids": ["all"],
                    },
                    {
                        "category": "vendor_fix",
                        "details": "Again",
                        "date": "2026-03-20T10:00:00Z",
                        "product_ids": ["el9:old"],
                    },
                    {
                        "category": "workaround",
                        "details": "Do not",
                        "date": "2026-01-02T10:00:00Z",
                        "product_ids": ["el9:old"],
                    },
                ],
                "scores": [
                    {
                        "products": ["el9:old"],
                        "cvss_v3": {
                            "version": "3.1",
                            "vectorString": V31_MEDIUM,
                            "baseScore": 4.2,
                            "baseSeverity": "MEDIUM",
                        },
                    }
                ],
                "threats": [{"category": "impact", "details": "Important"}],
            },
            {
                "cve": "CVE-2026-8002",
                "product_status": {"known_not_affected": ["pad"]},
                "threats": [{"category": "impact", "details": "It is never loaded", "product_ids": ["pad"]}],
            },
            {"cve": "CVE-2026-8003", "product_status": {"known_affected": ["gone"]}},
        ],
    }
