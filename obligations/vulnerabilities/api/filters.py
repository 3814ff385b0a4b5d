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
        method="narrow",
        help_text="Where it stands now; all if left out.",
    )
    category = django_filters.ChoiceFilter(
        choices=[(one, one) for one in CATEGORIES], method="narrow", help_text="The contract's word."
    )
    text = django_filters.CharFilter(
        method="narrow", help_text="Words of the name or the title, or the whole name of a host."
    )
    draft = django_filters.BooleanFilter(help_text="Drafts of your own side alone, or none of them.")

    class Meta:
        model = Vulnerability
        fields: list[str] = []

    def narrow(self, rows: QuerySet[Vulnerability], name: str, value: str) -> QuerySet[Vulnerability]:
        view: Any = self.request.parser_context["view"]
        if name == "show":
            return rows.filter(selectors.shows(view.now)["" if value == "to_do" else value])
        wanted = selectors.Wanted(show="all", **{name: value})
        return rows & selectors.narrowed(view.access, wanted, view.now)
