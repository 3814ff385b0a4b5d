"""The duties of a contract, read through the same gate as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.access import Access, Act, open_contract
from contracts.api.base import AsAt
from obligations.api.filters import DutyFilter
from obligations.api.paging import WithCoverage
from obligations.api.serializers import CoverageSerializer, DutySerializer, ProofSerializer
from obligations.models import Duty
from obligations.selectors import duties_of, duty_page
from obligations.services.asking import explanation
from obligations.services.coverage.counts import coverage


class OfContract(AsAt):
    """A view under a contract: whoever is not a member of it today finds nothing there."""

    access: Access
    act = Act.VIEW

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.access = open_contract(request.user, kwargs["contract_id"], self.now, self.act)

    def get_serializer_context(self) -> dict[str, Any]:
        access = getattr(self, "access", None)
        return super().get_serializer_context() | {"contract": access and access.contract}


class Duties(OfContract, GenericAPIView[Duty]):
    queryset = Duty.objects.none()
    serializer_class = DutySerializer

    def get_queryset(self) -> QuerySet[Duty]:
        if getattr(self, "swagger_fake_view", False):
            return Duty.objects.none()
        return duties_of(self.access)


class DutyList(ListModelMixin, Duties):
    """The duties of one contract, each with its date, the steps that led to it and where it stands now.

    ``coverage`` says how much of the contract is read: while it is not ``complete``, duties may be missing.
    """

    pagination_class = WithCoverage
    filterset_class = DutyFilter

    def get(self, request: Request, contract_id: int) -> Response:
        return self.list(request)


class DutyDetail(RetrieveModelMixin, Duties):
    """One duty of one contract."""

    lookup_url_kwarg = "duty_id"
    filter_backends = ()

    def get(self, request: Request, contract_id: int, duty_id: int) -> Response:
        return self.retrieve(request)


class DutyProof(Duties):
    """How the date of one duty was worked out: the fact and who recorded it, the words, every step with the
    days left out, the other readings, and the versions of calendar and rulebook."""

    serializer_class = ProofSerializer  # type: ignore[assignment]
    filter_backends = ()

    def get(self, request: Request, contract_id: int, duty_id: int) -> Response:
        return Response(explanation.as_json(duty_page(self.access, duty_id, self.now).duty))


class CoverageDetail(OfContract, GenericAPIView[Any]):
    """How much of a contract is read: while it is not ``complete``, that no duty is listed says nothing."""

    serializer_class = CoverageSerializer
    filter_backends = ()

    def get(self, request: Request, contract_id: int) -> Response:
        return Response(CoverageSerializer(coverage(self.access.contract)).data)
