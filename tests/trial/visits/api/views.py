"""The visits of a contract, read-only."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from obligations.api.views import OfContract
from tests.trial.visits.selectors import visits_of


class VisitList(OfContract):
    """Where and when the visits of the contract were."""

    def get(self, request: Request, contract_id: int) -> Response:
        return Response({"results": [{"place": one.place, "on": one.on} for one in visits_of(self.access)]})
