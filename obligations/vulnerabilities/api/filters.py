"""What a list of vulnerabilities can be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from obligations.vulnerabilities import selectors
from obligations.vulnerabilities.models import Category, Vulnerability

SHOWN = ["to_do", "late", "soon", "no_day", "no_fix", "undecided", "suspended", "done", "over", "all"]
CATEGORIES = [*Category.values, selectors.UNRATED]


class VulnerabilityFilter(django_filters.FilterSet):
    """As the table is narrowed; a value that is not known answers 400 and names the parameter."""

    show = django_filters.ChoiceFilter(
        choices=[(one, one) for one in SHOWN],
        method="shown",
        help_text="Where it stands now; all if left out.",
    )
    category = django_filters.ChoiceFilter(
        choices=[(one, one) for one in CATEGORIES], method="rated", help_text="The contract's word."
    )
    text = django_filters.CharFilter(
        method="telling", help_text="Words of the name or the title, or the whole name of a host."
    )
    draft = django_filters.BooleanFilter(help_text="Drafts of your own side alone, or none of them.")

    class Meta:
        model = Vulnerability
        fields: list[str] = []

    @property
    def view(self) -> Any:
        return self.request.parser_context["view"]

    def shown(self, rows: QuerySet[Vulnerability], name: str, value: str) -> QuerySet[Vulnerability]:
        return rows.filter(selectors.shows(self.view.now)["" if value == "to_do" else value])

    def rated(self, rows: QuerySet[Vulnerability], name: str, value: str) -> QuerySet[Vulnerability]:
        return rows.filter(selectors.rated(value))

    def telling(self, rows: QuerySet[Vulnerability], name: str, value: str) -> QuerySet[Vulnerability]:
        return rows.filter(selectors.telling(self.view.access.contract, value))
