"""The part of the back room for certificates."""

from __future__ import annotations

from django.contrib import admin

from contracts.admin import ReadOnly
from obligations.certificates.models import Certificate


@admin.register(Certificate)
class CertificateAdmin(ReadOnly):
    list_display = ("fact", "number", "contract", "body", "recorded_at")
    list_select_related = ("contract", "fact")
    search_fields = ("number", "fact__subject", "contract__reference")
