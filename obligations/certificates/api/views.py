"""The certificates of a contract, read-only, through the same gate as the pages."""

from __future__ import annotations

from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from obligations.api.views import OfContract
from obligations.certificates.api.serializers import CertificatesSerializer
from obligations.certificates.selectors import certificates_of


class CertificateList(OfContract, GenericAPIView[Any]):
    """The certificates on record by scheme: number, scope, through which moments each is in force, and the
    times in which none of the scheme was. Those that were withdrawn are left out."""

    serializer_class = CertificatesSerializer
    filter_backends = ()

    def get(self, request: Request, contract_id: int) -> Response:
        found = certificates_of(self.access.contract, self.now)
        return Response(self.get_serializer({"results": found.schemes}).data)
