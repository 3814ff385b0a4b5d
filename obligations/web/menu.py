"""What duties and the subjects add to the bar of a contract."""

from __future__ import annotations

from contracts.acts import Act
from contracts.web.bar import BarEntry
from obligations import subjects

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
