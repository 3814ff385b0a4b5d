"""How vulnerabilities look from outside. Moments carry their offset; days are London's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from obligations.vulnerabilities.models import State, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.selectors import HOSTS


class RatingSerializer(serializers.Serializer[Any]):
    """What one source says."""

    by = serializers.CharField(help_text="Who rates, and by what.")
    says = serializers.CharField(help_text="Their word, score or vector.")
    category = serializers.CharField(help_text="What that is in the contract's words (R20).")


class VulnerabilitySerializer(serializers.ModelSerializer[Vulnerability]):
    """One vulnerability of one component. A draft is there for its own side alone."""

    ratings = RatingSerializer(many=True, help_text="What each source says, in its own words.")
    category = serializers.CharField(help_text="The contract's word that counts; empty until it is rated.")
    state = serializers.CharField(help_text=f"One of {', '.join(State.values)}.")
    late = serializers.SerializerMethodField(help_text="Whether its date has passed and it is not patched.")
    careful = serializers.BooleanField(
        source="is_careful",
        read_only=True,
        help_text="Whether the release day is not known, and the date counted with care: never missed (R48).",
    )
    hosts = serializers.SerializerMethodField(help_text="How many places there are.")
    hosts_waiting = serializers.SerializerMethodField(help_text="How many of them wait for the patch.")
    page = serializers.SerializerMethodField(help_text="The address of its page.")

    class Meta:
        model = Vulnerability
        fields = [
            "id",
            "subject",
            "identifier",
            "aliases",
            "component",
            "version",
            "title",
            "reference",
            "category",
            "ratings",
            "fixed_version",
            "found_on",
            "released_on",
            "state",
            "draft",
            "due_at",
            "careful",
            "late",
            "done_on",
            "justification",
            "until",
            "hosts",
            "hosts_waiting",
            "page",
        ]
        extra_kwargs = {
            "subject": {"help_text": "What facts and duties about it are called by."},
            "released_on": {"help_text": "The first public release of its patch, from which the limit runs."},
            "draft": {"help_text": "Whether it is its side's own, and not on the record yet."},
            "due_at": {"help_text": "The end of the limit; nothing where there is none."},
        }

    def get_late(self, row: Vulnerability) -> bool:
        return row.is_late_at(self.context["view"].now)

    def get_hosts(self, row: Vulnerability) -> int:
        return int(self.context["view"].hosts.get(row.pk, (0, 0))[1])

    def get_hosts_waiting(self, row: Vulnerability) -> int:
        return int(self.context["view"].hosts.get(row.pk, (0, 0))[0])

    def get_page(self, row: Vulnerability) -> str:
        return settings.SITE_URL + reverse("vulnerability", args=[row.contract_id, row.pk])


class HostSerializer(serializers.ModelSerializer[VulnerabilityHost]):
    """A machine, image or product on which it was found."""

    class Meta:
        model = VulnerabilityHost
        fields = ["name", "location", "version", "first_seen", "last_seen", "patched_on"]


class OneVulnerabilitySerializer(VulnerabilitySerializer):
    """One with its places, the first 200 of them."""

    places = serializers.SerializerMethodField()

    class Meta(VulnerabilitySerializer.Meta):
        fields = [*VulnerabilitySerializer.Meta.fields, "places"]

    @extend_schema_field(HostSerializer(many=True))
    def get_places(self, row: Vulnerability) -> Any:
        places = row.hosts.exclude(name="").order_by("patched_on", "name")[:HOSTS]
        return HostSerializer(places, many=True).data
