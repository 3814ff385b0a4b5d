"""One of everything that the addresses of vulnerabilities name, for the tests that ask every address."""

from __future__ import annotations

from datetime import date

from obligations.models import FactRecord
from obligations.vulnerabilities.models import Vulnerability
from obligations.vulnerabilities.services.record import record_one
from tests.cast import NOON, Cast


def samples(cast: Cast, *, kept: bool) -> dict[str, object]:
    """One on the record. ``kept``: one that hangs on what is kept to a list, where anything of that is
    there.
    """
    if kept and (
        fact := FactRecord.objects.filter(contract=cast.contract, subject__startswith="OFFSEN-").first()
    ):
        row = Vulnerability.objects.create(
            pk=10**15 + 77,
            contract=cast.contract,
            subject=fact.subject,
            folded=fact.subject.lower(),
            identifier=fact.subject,
            found_on=NOON.date(),
            recorded_at=NOON,
            recorded_side="supplier",
            changed_at=NOON,
        )
    else:
        row = vulnerability(cast)
    return {"vulnerability_id": row.pk}


def vulnerability(cast: Cast, identifier: str = "CVE-2026-0901", **said: object) -> Vulnerability:
    """A Critical one in openssl, released on 12 March 2026 and found on the 16th: due on the 19th."""
    usual = {
        "component": "openssl",
        "category": "Critical",
        "fixed_version": "3.0.15",
        "released": date(2026, 3, 12),
        "found": date(2026, 3, 16),
        "hosts": ["web-1", "web-2"],
    }
    by = str(said.pop("by", "priya"))
    return record_one(cast.contract, cast.as_(by), NOON, identifier=identifier, **(usual | said))
