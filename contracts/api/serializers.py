"""How a contract looks from outside."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contracts.models import Contract, Membership


class PartySerializer(serializers.Serializer[Any]):
    """A party: its name, and what the contract calls it."""

    name = serializers.CharField()
    word = serializers.CharField(help_text="What the contract calls it: Authority, Client, Supplier, Agency.")


class ContractSerializer(serializers.ModelSerializer[Contract]):
    """A contract you are a member of today. Days are London days."""

    authority = serializers.SerializerMethodField()
    supplier = serializers.SerializerMethodField()
    schedules = serializers.SerializerMethodField(help_text="The rulebooks its schedules are kept by.")
    commencement_date = serializers.DateField(
        source="commencement", help_text="The start day unless another is set."
    )
    side = serializers.SerializerMethodField(help_text="Yours: supplier, authority or neither.")
    role = serializers.SerializerMethodField(help_text="Yours.")
    duties = serializers.HyperlinkedIdentityField(
        view_name="api_duties", lookup_field="pk", lookup_url_kwarg="contract_id"
    )

    coverage = serializers.HyperlinkedIdentityField(
        view_name="api_coverage", lookup_field="pk", lookup_url_kwarg="contract_id"
    )

    class Meta:
        model = Contract
        fields = [
            "id",
            "reference",
            "title",
            "authority",
            "supplier",
            "schedules",
            "division",
            "agreement_date",
            "start_date",
            "commencement_date",
            "end_date",
            "tracked_from",
            "text_version",
            "side",
            "role",
            "duties",
            "coverage",
        ]

    @extend_schema_field(PartySerializer)
    def get_authority(self, contract: Contract) -> dict[str, str]:
        return {"name": contract.authority.name, "word": contract.authority_word}

    @extend_schema_field(PartySerializer)
    def get_supplier(self, contract: Contract) -> dict[str, str]:
        return {"name": contract.supplier.name, "word": contract.supplier_word}

    def get_schedules(self, contract: Contract) -> list[str]:
        return [schedule.outline_key for schedule in contract.schedules.all()]

    def get_side(self, contract: Contract) -> str:
        return self._mine(contract).side

    def get_role(self, contract: Contract) -> str:
        return self._mine(contract).role

    def _mine(self, contract: Contract) -> Membership:
        membership: Membership = contract.mine[0]  # type: ignore[attr-defined]
        return membership
