"""The back room for staff administrators: duties are looked at here and written by services."""

from __future__ import annotations

from django.contrib import admin

from contracts.admin import ReadOnly, ReadOnlyInline
from obligations import subjects
from obligations.models import Decision, Duty, Evidence, FactRecord, Notice, Obligation, WakeUp


@admin.register(Obligation)
class ObligationAdmin(ReadOnly):
    list_display = ("title", "contract", "rulebook_key", "rule_key", "party", "in_force", "ended_by")
    list_select_related = ("contract", "ended_by")
    list_filter = ("rulebook_key", "party")
    search_fields = ("title", "rule_key", "contract__reference")


@admin.register(FactRecord)
class FactRecordAdmin(ReadOnly):
    kept_by = ("contract", "subject")
    list_display = (
        "kind",
        "subject",
        "contract",
        "happened_on",
        "recorded_at",
        "recorded_by_name",
        "withdrawn_at",
    )
    list_select_related = ("contract",)
    list_filter = ("recorded_side", "kind")
    search_fields = ("kind", "subject", "contract__reference")
    show_full_result_count = False


class EvidenceInline(ReadOnlyInline):
    model = Evidence
    fields = ("kind", "file_name", "link", "done_on", "done_at", "done_by", "submitted_by", "submitted_at")


@admin.register(Duty)
class DutyAdmin(ReadOnly):
    kept_by = ("contract", "subject")
    list_display = ("title", "subject", "contract", "party", "phase", "due_at", "deadline_version")
    list_select_related = ("contract",)
    list_filter = ("phase", "party", "shape", "provisional")
    search_fields = ("title", "subject", "contract__reference")
    inlines = (EvidenceInline,)
    show_full_result_count = False


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    kept_by = ("contract", "evidence__duty__subject")
    list_display = ("evidence", "contract", "outcome", "decided_by", "decided_side", "decided_at")
    list_select_related = ("evidence", "contract", "decided_by")
    list_filter = ("outcome",)


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    kept_by = ("contract", "duty__subject")
    list_display = (
        "stage",
        "duty",
        "recipient",
        "not_before",
        "sent_at",
        "attempts",
        "cancelled_why",
        "answer",
    )
    list_select_related = ("duty", "recipient")
    list_filter = ("stage",)
    search_fields = ("duty__title", "recipient__email")
    show_full_result_count = False


@admin.register(WakeUp)
class WakeUpAdmin(ReadOnly):
    kept_by = ("contract", "subject")
    list_display = ("at", "contract", "subject")
    list_select_related = ("contract",)
    ordering = ("at",)


subjects.load("admin")
