"""The plans of a contract, read-only, through the same gate as the pages."""

from __future__ import annotations

from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from obligations.api.views import OfContract
from obligations.plans.api.serializers import PlansSerializer
from obligations.plans.selectors import plans_of


class PlanList(OfContract, GenericAPIView[Any]):
    """The plans that the contract's schedules ask for, each with all its versions, the newest first: where
    each stands, the hash of its file, when it was submitted and decided on, by whom, and on which grounds."""

    serializer_class = PlansSerializer
    filter_backends = ()

    def get(self, request: Request, contract_id: int) -> Response:
        rows = plans_of(self.access.contract, self.now)
        return Response(self.get_serializer({"results": rows}).data)
