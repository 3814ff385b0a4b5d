"""Pages of duties, each saying how much of the contract is read."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.base import ByNumber
from contracts.models import Contract
from obligations.api.serializers import CoverageSerializer
from obligations.services.coverage.counts import coverage


class WithCoverage(ByNumber):
    """As ByNumber; an empty page of a contract that nobody has read does not look like one without duties."""

    contract: Contract

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        self.contract = view.access.contract
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        response.data["coverage"] = CoverageSerializer(coverage(self.contract)).data
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        found = super().get_paginated_response_schema(schema)
        numbers = ("schedules", "paragraphs", "decided", "in_force", "undecided", "unread")
        said: dict[str, Any] = {name: {"type": "integer"} for name in numbers}
        said["complete"] = {"type": "boolean"}
        found["properties"]["coverage"] = {"type": "object", "properties": said}
        return found
