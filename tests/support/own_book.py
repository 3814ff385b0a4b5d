"""A contract with a schedule of its own, which nobody outlined: an invented one about a harbour's records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.models import Document, Paragraph, ParagraphVersion, Schedule
from obligations.models import Duty, EntryDecision
from obligations.services.entries.deciding import decide
from obligations.services.entries.in_force import put_in_force
from obligations.services.entries.kinds import add_kind
from obligations.services.reconciling.changes import Changes
from tests.cast import NOON, RIVERSIDE, Cast, make_contract
from tests.support.laid import laid

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


@laid
def own_contract(**terms: object) -> Cast:
    """The usual parties, with no schedule that ships."""
    cast = make_contract(RIVERSIDE, **terms)
    cast.contract.schedules.all().delete()
    return cast


PLAN = {
    "party": "supplier",
    "title": "Deliver the Harbour Log plan",
    "shape": "one_off",
    "on": ["start_date_reached"],
    "amount": 10,
    "unit": "working_days",
}
FAULT = {
    "party": "supplier",
    "title": "Tell the Council of a crane fault",
    "shape": "event",
    "on": ["own_crane_fault"],
    "once_per": "fact",
    "amount": 3,
    "unit": "working_days",
    "approver": "authority",
}
TEST = {
    "party": "supplier",
    "title": "Test the crane",
    "shape": "recurring",
    "every": "completion",
    "amount": 12,
    "unit": "months",
    "met_by": ["own_crane_tested"],
}
KEEP = {
    "party": "supplier",
    "title": "Keep the Harbour Log entry",
    "shape": "event",
    "on": ["own_log_entry_made"],
    "amount": 6,
    "unit": "years",
    "qualifier": "at_least",
}
BERTH = {
    "party": "supplier",
    "title": "Have the berth inspected before it opens",
    "shape": "gate",
    "on": ["own_berth_opening_proposed"],
    "met_by": ["own_berth_inspected"],
}
ENTRIES = {"main/2": PLAN, "main/3": FAULT, "main/4": TEST, "main/5": KEEP, "main/6": BERTH}
"""What five of the paragraphs ask, each in another shape."""

KINDS = {
    "Crane fault": {"side": "either"},
    "Crane tested": {"side": "supplier"},
    "Log entry made": {"side": "supplier", "subject": "The entry", "example": "HL-1"},
    "Berth opening proposed": {"side": "supplier", "subject": "The berth", "example": "Berth 4"},
    "Berth inspected": {"side": "authority", "subject": "The berth", "example": "Berth 4"},
}
STARTS = date(2026, 3, 9)
"""A Monday, eight days before the present of the tests."""


@laid
def own_cast(**terms: object) -> Cast:
    """A contract from 9 March 2026 with the harbour's schedule, and kinds of fact named for it."""
    cast = own_contract(**{"start_date": STARTS, "agreement_date": STARTS} | terms)
    own_schedule(cast)
    for label, fields in KINDS.items():
        add_kind(cast.contract, cast.as_("priya"), NOON, label=label, **fields)
    return cast


def paragraph(cast: Cast, path: str) -> Paragraph:
    """The paragraph of the own schedule at a path."""
    return cast.contract.paragraphs.select_related("schedule", "contract").get(path=path, schedule__own=True)


def decided(
    cast: Cast,
    path: str,
    *entries: Mapping[str, object],
    by: str = "priya",
    now: datetime = NOON,
    outcome: str = "added",
    **how: object,
) -> EntryDecision:
    """Somebody decides on a paragraph, next in number."""
    at = paragraph(cast, path)
    number = how.pop("number", at.entry_decisions.count() + 1)
    return decide(at, cast.as_(by), now, number=number, outcome=outcome, entries=entries, **how)


def in_force(cast: Cast, entries: Mapping[str, Mapping[str, object]] = ENTRIES) -> Changes:
    """These entries decided and put in force."""
    for path, entry in entries.items():
        decided(cast, path, entry)
    return put_in_force(cast.contract, cast.schedule, cast.as_("priya"), NOON)[1]


def own_duty(cast: Cast, path: str) -> Duty:
    """The one duty of a paragraph."""
    return Duty.objects.get(contract=cast.contract, obligation__paragraph__path=path)


def a_document(cast: Cast, reading: Mapping[str, object] | None = None) -> Document:
    """A document of the own schedule, as its reading left it."""
    return Document.objects.create(
        contract=cast.contract,
        schedule=cast.schedule,
        file="documents/signed.txt",
        name="signed.txt",
        size=9,
        sha256="0" * 64,
        reading=reading or {},
        uploaded_by=cast.priya,
        uploaded_at=NOON,
    )
