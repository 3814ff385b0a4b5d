"""The vulnerabilities of a contract, read-only, through the same gate as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.base import ByNumber
from obligations.api.views import OfContract
from obligations.vulnerabilities import selectors
from obligations.vulnerabilities.api.filters import VulnerabilityFilter
from obligations.vulnerabilities.api.serializers import OneVulnerabilitySerializer, VulnerabilitySerializer
from obligations.vulnerabilities.models import Vulnerability


class Vulnerabilities(OfContract, GenericAPIView[Vulnerability]):
    """``hosts``: of each that is answered, by its number, how many places wait and how many there are."""

    queryset = Vulnerability.objects.none()
    serializer_class = VulnerabilitySerializer
    hosts: Mapping[int, tuple[int, int]]


class VulnerabilityList(ListModelMixin, Vulnerabilities):
    """The vulnerabilities of one contract in order of number, each with the contract's word beside its
    sources', the release day of its patch and the date by which it is due."""

    pagination_class = ByNumber
    filterset_class = VulnerabilityFilter

    def get_queryset(self) -> QuerySet[Vulnerability]:
        if getattr(self, "swagger_fake_view", False):
            return Vulnerability.objects.none()
        return selectors.vulnerabilities_of(self.access)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        self.hosts = selectors.hosts_of(page or [])
        return page

    def get(self, request: Request, contract_id: int) -> Response:
        return self.list(request)


class VulnerabilityDetail(Vulnerabilities):
    """One vulnerability with the places where it was found."""

    serializer_class = OneVulnerabilitySerializer
    filter_backends = ()

    def get(self, request: Request, contract_id: int, vulnerability_id: int) -> Response:
        row = selectors.vulnerability_at(self.access, vulnerability_id)
        self.hosts = selectors.hosts_of([row])
        return Response(self.get_serializer(row).data)
