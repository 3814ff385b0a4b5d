"""What duties and the subjects add to the bar of a contract."""

from __future__ import annotations

from datetime import datetime

from contracts.acts import Act
from contracts.models import Person
from contracts.web.bar import BarEntry
from obligations import selectors, subjects
from obligations.selectors import MOST_NEW

OWN = [
    BarEntry("due", "What is due", "board", 10),
    BarEntry("record", "Record what happened", "record", 20, Act.RECORD_FACT),
    BarEntry("facts", "What happened", "facts", 30),
    BarEntry("entries", "What it asks", "entries", 85),
    BarEntry("coverage", "Coverage", "coverage", 87),
    BarEntry("ledger", "Ledger", "ledger", 90),
    BarEntry("versions", "Versions", "versions", 95),
    BarEntry("settings", "Settings", "settings", 110),
    BarEntry("manage", "Manage", "manage", 120, Act.MANAGE),
]


def entries() -> list[BarEntry]:
    """The entries of this application and of the subjects that are installed."""
    return OWN + subjects.menu()


def messages(person: Person, now: datetime) -> tuple[str, str]:
    """The messages of who is signed in, with how many are new. 1 query."""
    new = selectors.new_messages(person, now)
    many = f"{MOST_NEW - 1}+" if new == MOST_NEW else str(new)
    return (f"Messages ({many} new)" if new else "Messages"), "inbox"
