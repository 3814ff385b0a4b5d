"""Visits, as one person may see them."""

from __future__ import annotations

from django.db.models import QuerySet

from contracts.access import Access
from tests.trial.visits.models import Visit


def visits_of(access: Access) -> QuerySet[Visit]:
    """The visits of a contract, the newest first."""
    return Visit.objects.filter(contract=access.contract).order_by("-on", "-pk")
