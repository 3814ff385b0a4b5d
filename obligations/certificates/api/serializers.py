"""How certificates look from outside. Moments carry their offset; days are London's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from obligations.certificates.selectors import Kept, SchemeCover


class CertificateSerializer(serializers.Serializer[Kept]):
    """One certificate. What is printed on it is empty where only the fact that it was issued is recorded."""

    fact = serializers.IntegerField(source="fact_id", help_text="The fact that it was issued, by its number.")
    subject = serializers.CharField(
        source="held.fact.subject", allow_null=True, help_text="What facts and duties about it call it."
    )
    number = serializers.CharField(source="row.number", default=None)
    level = serializers.CharField(source="row.level", default=None)
    scope = serializers.CharField(source="row.scope", default=None)
    issued_by = serializers.CharField(source="row.body", default=None)
    file_name = serializers.CharField(source="row.file_name", default=None)
    sha256 = serializers.CharField(source="row.sha256", default=None)
    begins = serializers.DateTimeField(source="held.begins", help_text="In force from this moment.")
    ends = serializers.DateTimeField(
        source="held.ends", allow_null=True, help_text="In force until just before this moment."
    )
    last_day = serializers.DateField(
        source="held.last_day", allow_null=True, help_text="The last London day of which a part is covered."
    )
    ended = serializers.CharField(
        source="held.ended",
        help_text="How it ended or will: by itself after its last day, by hand, or with another on which it"
        " rests; empty for no known end.",
    )
    in_force = serializers.SerializerMethodField(help_text="Whether it is in force now.")
    page = serializers.SerializerMethodField(help_text="The address of its page.")

    def get_in_force(self, kept: Kept) -> bool:
        return kept.held.at(self.context["view"].now)

    def get_page(self, kept: Kept) -> str:
        number = self.context["contract"].pk
        if kept.row is None:
            return settings.SITE_URL + reverse("fact", args=[number, kept.fact_id])
        return settings.SITE_URL + reverse("certificate", args=[number, kept.row.pk])


class GapSerializer(serializers.Serializer[Any]):
    """A time in which none of a scheme was in force."""

    since = serializers.DateTimeField(help_text="From this moment.")
    until = serializers.DateTimeField(
        allow_null=True, help_text="Until just before this moment; nothing while it lasts."
    )
    first = serializers.DateField(help_text="The first London day of which a part is not covered.")
    last = serializers.DateField(allow_null=True, help_text="The last such day; nothing while it lasts.")
    days = serializers.IntegerField(allow_null=True, help_text="How many London days it touches.")


class SchemeSerializer(serializers.Serializer[SchemeCover]):
    """The certificates of one scheme, and its gaps."""

    scheme = serializers.CharField(source="name")
    in_force = serializers.SerializerMethodField(help_text="Whether one of them is in force now.")
    certificates = CertificateSerializer(source="kept", many=True)
    gaps = GapSerializer(many=True)

    @extend_schema_field(serializers.BooleanField())
    def get_in_force(self, one: SchemeCover) -> bool:
        return one.in_force(self.context["view"].now) is not None


class CertificatesSerializer(serializers.Serializer[Any]):
    """The certificates of a contract by scheme; there are few, so they come on one page."""

    results = SchemeSerializer(many=True)
