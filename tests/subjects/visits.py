"""One of everything that the addresses of the trial subject name."""

from __future__ import annotations

from datetime import date

from tests.cast import NOON, Cast
from tests.trial.visits.services import note_visit

LEAD_ON = {"visit_called"}
WORDS = {"visited"}


def samples(cast: Cast, *, kept: bool) -> dict[str, object]:
    """A visit to the data centre."""
    visit = note_visit(cast.contract, cast.as_("priya"), NOON, place="The data centre", on=date(2026, 3, 16))
    return {"visit_id": visit.pk, "visited": visit.place}
