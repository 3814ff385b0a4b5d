"""One of everything that the addresses of claims name, for the tests that ask every address."""

from __future__ import annotations

from datetime import date

from tests.cast import Cast, claimed

DOWNLOADS = {"claim_file"}


def samples(cast: Cast, *, kept: bool) -> dict[str, object]:
    """A claim that waits. ``kept`` makes no difference: nothing that is kept to a list can be claimed yet."""
    kind = "vulnerability_not_exploitable_demonstrated"
    return {"claim_id": claimed(cast, kind, date(2026, 3, 16), "CVE-2026-0777").pk}
