"""A page about the API, made from its own schema, without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every endpoint with its parameters and the fields of its answer."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return render(request, "api/docs.html", {"info": schema["info"], "endpoints": list(_endpoints(schema))})


def _endpoints(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield {
                "method": method.upper(),
                "path": path,
                "description": operation.get("description", ""),
                "parameters": operation.get("parameters", []),
                "sent": list(_fields(schema, _content(operation.get("requestBody", {})))),
                "fields": list(_fields(schema, _answer(operation))),
            }


def _answer(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    answers = operation.get("responses", {})
    return _content(answers.get("200") or answers.get("201") or {})


def _content(part: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = part.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _fields(schema: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The fields of one row of the answer; of a page of rows, those of a row."""
    properties = _resolved(schema, answer).get("properties", {})
    if "results" in properties:
        properties = _resolved(schema, properties["results"].get("items", {})).get("properties", {})
    for name, field in properties.items():
        yield {"name": name, "type": _type(schema, field), "help": field.get("description", "")}


def _resolved(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part itself, or the named one it points to."""
    part = part["allOf"][0] if "allOf" in part else part
    if "$ref" not in part:
        return part
    found: Mapping[str, Any] = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return found


def _type(schema: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    """What a reader wants to know: date-time, a list of steps' fields, the values there are."""
    found = _resolved(schema, field)
    if "oneOf" in found:
        return ", ".join(filter(None, (_type(schema, one) for one in found["oneOf"])))
    if "enum" in found:
        return ", ".join(str(value) for value in found["enum"] if value is not None)
    if "properties" in found:
        return f"object: {', '.join(found['properties'])}"
    if found.get("type") == "array":
        return f"list of {_type(schema, found['items'])}"
    return str(found.get("format") or found.get("type", ""))
