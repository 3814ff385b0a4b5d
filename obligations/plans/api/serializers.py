"""How a plan and its versions look from outside. Days are London days; moments carry their offset."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from obligations.plans.kinds import kinds
from obligations.plans.models import PlanState, PlanVersion
from obligations.plans.selectors import PlanRow


class VersionSerializer(serializers.ModelSerializer[PlanVersion]):
    """One version of a plan. A day stands alone where the act was recorded later, without its time."""

    uploaded_by = serializers.CharField(source="uploaded_by.name", help_text="Who uploaded it.")
    submitted_by = serializers.CharField(
        source="submitted_by.name", default=None, help_text="Who submitted it."
    )
    decided_by = serializers.CharField(source="decided_by.name", default=None, help_text="Who decided on it.")
    grounds = serializers.SerializerMethodField(
        help_text="The requirements it was refused for, as citations."
    )
    approved_sha256 = serializers.SerializerMethodField(
        help_text="The hash that the approval binds to; nothing where it was not approved."
    )
    page = serializers.SerializerMethodField(help_text="The address of its page.")

    class Meta:
        model = PlanVersion
        fields = [
            "id",
            "number",
            "name",
            "round",
            "state",
            "file_name",
            "size",
            "sha256",
            "uploaded_at",
            "uploaded_by",
            "submitted_on",
            "submitted_at",
            "submitted_by",
            "decided_on",
            "decided_at",
            "decided_by",
            "approved_sha256",
            "grounds",
            "reason",
            "approval_reason",
            "page",
        ]
        extra_kwargs = {
            "number": {"help_text": "Its place in the order of uploads."},
            "round": {"help_text": "Counts approvals: a refusal after one of its round is the second."},
            "sha256": {"help_text": "The hash of its file, which never changes."},
            "reason": {"help_text": "Why it was refused, in words."},
            "approval_reason": {"help_text": "Why it was approved after a second refusal or in dispute."},
        }

    def get_grounds(self, version: PlanVersion) -> list[str]:
        outline = kinds()[version.plan].outline
        return [f"{outline}/{path}" for path in version.grounds]

    def get_approved_sha256(self, version: PlanVersion) -> str | None:
        return version.approved_sha256 or None

    def get_page(self, version: PlanVersion) -> str:
        return settings.SITE_URL + reverse("plan_version", args=[version.contract_id, version.pk])


class PlanSerializer(serializers.Serializer[PlanRow]):
    """A plan that a schedule of the contract asks for."""

    plan = serializers.CharField(source="kind.key")
    title = serializers.CharField(source="kind.title")
    schedule = serializers.CharField(source="kind.outline", help_text="The rulebook that asks for it.")
    in_force = serializers.BooleanField(help_text="Whether its paragraph is used today.")
    state = serializers.SerializerMethodField(
        help_text="Where its latest version stands; nothing before the first one."
    )
    adopted = serializers.IntegerField(
        source="adopted.number", default=None, help_text="The number of the version in use."
    )
    versions = VersionSerializer(many=True, help_text="All versions, the newest first.")
    page = serializers.SerializerMethodField(help_text="The address of its page.")

    @extend_schema_field(serializers.ChoiceField(choices=PlanState.choices, allow_null=True))
    def get_state(self, row: PlanRow) -> str | None:
        return str(row.latest.state) if row.latest is not None else None

    def get_page(self, row: PlanRow) -> str:
        number = self.context["contract"].pk
        return settings.SITE_URL + reverse("plan", args=[number, row.kind.key])


class PlansSerializer(serializers.Serializer[Any]):
    """All plans of a contract; there are few, so they come on one page."""

    results = PlanSerializer(many=True)
