"""What a list of duties can be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from obligations.models import Duty, Party, Phase
from obligations.selectors import GROUPS, group_of, under

ISO = ["%Y-%m-%d"]


class DutyFilter(django_filters.FilterSet):
    """Each parameter narrows the list; a value that is not known answers 400 and names the parameter."""

    group = django_filters.ChoiceFilter(
        choices=[(name, name.replace("_", " ")) for name in GROUPS],
        method="in_group",
        help_text="Where it stands now, as on the page of what is due.",
    )
    phase = django_filters.MultipleChoiceFilter(
        choices=Phase.choices, help_text="What is stored of its standing. May be given more than once."
    )
    party = django_filters.ChoiceFilter(
        choices=Party.choices, method="owed_by", help_text="Who owes it; duties of both parties are in both."
    )
    due_after = django_filters.DateFilter(
        "due_date", "gte", input_formats=ISO, help_text="Due on this London day (2026-03-12) or later."
    )
    due_before = django_filters.DateFilter(
        "due_date", "lte", input_formats=ISO, help_text="Due on this London day (2026-03-12) or earlier."
    )
    paragraph = django_filters.CharFilter(
        method="under_paragraph",
        help_text="A number (10.3), a path (Part A/4.3.1) or a citation; also everything under it.",
    )
    subject = django_filters.CharFilter(help_text="Exactly this subject: a CVE, a certificate, a plan.")
    flagged = django_filters.BooleanFilter(help_text="Whether the words allow another reading.")

    class Meta:
        model = Duty
        fields: list[str] = []

    def in_group(self, rows: QuerySet[Duty], name: str, value: str) -> QuerySet[Duty]:
        view: Any = self.request.parser_context["view"]
        return rows.filter(group_of(value, view.access.side, view.now))

    def owed_by(self, rows: QuerySet[Duty], name: str, value: str) -> QuerySet[Duty]:
        return rows.filter(party__in=[value, Party.BOTH])

    def under_paragraph(self, rows: QuerySet[Duty], name: str, value: str) -> QuerySet[Duty]:
        return rows.filter(under("obligation__paragraph__", value))
