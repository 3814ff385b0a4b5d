"""How a claim looks from outside. Moments carry their offset."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from obligations.models import Claim


class ClaimSerializer(serializers.ModelSerializer[Claim]):
    """A claim of one side, or an agreement that the other is to confirm (R46)."""

    kind = serializers.CharField(source="fact.kind", help_text="The kind of the fact that is claimed.")
    state = serializers.CharField(help_text="open, accepted, refused or withdrawn.")
    made_side = serializers.CharField(help_text="The side that made it.")
    waits_for = serializers.CharField(help_text="The side that answers.")
    made_by = serializers.CharField(source="made_by.name")
    decided_by = serializers.CharField(source="decided_by.name", default=None)
    page = serializers.SerializerMethodField(help_text="The address of its page.")

    class Meta:
        model = Claim
        fields = [
            "id",
            "fact",
            "kind",
            "subject",
            "citation",
            "agreement",
            "state",
            "made_side",
            "waits_for",
            "reason",
            "file_name",
            "sha256",
            "link",
            "made_at",
            "made_by",
            "decided_at",
            "decided_by",
            "decided_reason",
            "from_letter",
            "page",
        ]
        extra_kwargs = {
            "citation": {"help_text": "The paragraph that it rests on."},
            "agreement": {"help_text": "Whether it is an agreement that the other side confirms."},
            "from_letter": {"help_text": "Whether the answer was recorded from a letter (R33)."},
        }

    def get_page(self, claim: Claim) -> str:
        return settings.SITE_URL + reverse("claim", args=[claim.contract_id, claim.pk])
