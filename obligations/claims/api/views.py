"""The claims of a contract, read-only, through the same gate as the pages."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.base import ByNumber
from obligations.api.views import OfContract
from obligations.claims.api.serializers import ClaimSerializer
from obligations.claims.selectors import claims_of
from obligations.models import Claim


class ClaimList(ListModelMixin, OfContract, GenericAPIView[Claim]):
    """The claims and proposed agreements of one contract, those that wait first: what is claimed by whom, on
    which paragraph, with what reason, and what was answered."""

    queryset = Claim.objects.none()
    serializer_class = ClaimSerializer
    pagination_class = ByNumber
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Claim]:
        if getattr(self, "swagger_fake_view", False):
            return Claim.objects.none()
        return claims_of(self.access)

    def get(self, request: Request, contract_id: int) -> Response:
        return self.list(request)
