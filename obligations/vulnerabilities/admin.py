"""The part of the back room for vulnerabilities. Drafts and files of a side are not there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contracts.admin import ReadOnly
from obligations.vulnerabilities.models import Vulnerability


@admin.register(Vulnerability)
class VulnerabilityAdmin(ReadOnly):
    kept_by = ("contract", "subject")
    list_display = ("subject", "contract", "category", "state", "due_at")
    list_select_related = ("contract",)
    list_filter = ("state", "category")
    search_fields = ("subject", "contract__reference")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(draft=False)
