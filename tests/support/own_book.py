"""A contract with a schedule of its own, which nobody outlined: an invented one about a harbour's records."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.models import Paragraph, ParagraphVersion, Schedule
from tests.cast import RIVERSIDE, Cast, make_contract

HARBOUR = {
    "main/1": "In this Schedule, Harbour Log means the log kept by the Provider.",
    "main/2": "The Provider shall deliver the Harbour Log plan within 10 Working Days of the Start Date.",
    "main/3": "The Provider shall tell the Council within 3 Working Days of a crane fault.",
    "main/4": "The Provider shall test the crane every 12 months.",
    "main/5": "The Provider shall keep each Harbour Log entry for at least 6 years.",
    "main/6": "The Provider shall not open a berth before the Council has inspected it.",
    "Annex A/1": "The Provider shall be courteous.",
}
"""What its paragraphs say, by their paths."""


def own_schedule(cast: Cast, title: str = "Harbour records", words: Mapping[str, str] = HARBOUR) -> Schedule:
    """A schedule of the contract's own with these paragraphs, as a reading of its document leaves them."""
    contract = cast.contract
    key = f"{title.lower().replace(' ', '_')}_{contract.pk}"
    schedule = Schedule.objects.create(contract=contract, outline_key=key, title=title, own=True)
    for place, (path, text) in enumerate(words.items(), 1):
        scope, _, number = path.partition("/")
        paragraph = Paragraph.objects.create(
            contract=contract,
            schedule=schedule,
            path=path,
            scope=scope,
            number=number,
            printed=number,
            order=place * 100,
        )
        ParagraphVersion.objects.create(
            contract=contract,
            paragraph=paragraph,
            text=text,
            in_force=DateRange(min(contract.agreement_date, contract.start_date), None),
        )
    return schedule


def own_contract(**terms: object) -> Cast:
    """The usual parties, with no schedule that ships."""
    cast = make_contract(RIVERSIDE, **terms)
    cast.contract.schedules.all().delete()
    return cast
