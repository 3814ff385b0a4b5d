"""Contracts, read-only."""

from __future__ import annotations

from typing import cast

from django.db.models import Prefetch, QuerySet
from rest_framework.generics import ListAPIView

from contracts.access import contracts_of
from contracts.api.base import AsAt, ByNumber
from contracts.api.serializers import ContractSerializer
from contracts.models import Contract, Membership, Person


class ContractList(AsAt, ListAPIView[Contract]):
    """The contracts you are a member of today, with your side and role on each."""

    queryset = Contract.objects.none()
    serializer_class = ContractSerializer
    pagination_class = ByNumber

    def get_queryset(self) -> QuerySet[Contract]:
        if getattr(self, "swagger_fake_view", False):
            return Contract.objects.none()
        person = cast(Person, self.request.user)
        mine = Membership.objects.filter(person=person)
        return contracts_of(person, self.now).prefetch_related(
            "schedules", Prefetch("memberships", mine, to_attr="mine")
        )
