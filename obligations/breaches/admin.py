"""The part of the back room for breaches."""

from __future__ import annotations

from django.contrib import admin

from contracts.admin import ReadOnly
from obligations.breaches.models import Breach


@admin.register(Breach)
class BreachAdmin(ReadOnly):
    kept_by = ("contract", "reference")
    list_display = ("reference", "what", "contract", "state", "outcome", "reported_at")
    list_select_related = ("contract",)
    list_filter = ("state", "outcome")
    search_fields = ("reference", "what", "contract__reference")
