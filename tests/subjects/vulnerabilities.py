"""One of everything that the addresses of vulnerabilities name, for the tests that ask every address."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from contracts.models import LedgerEntry
from contracts.services import long_work
from obligations.models import FactRecord
from obligations.vulnerabilities.models import ImportRun, Vulnerability
from obligations.vulnerabilities.services import importing
from obligations.vulnerabilities.services.record import record_one
from obligations.vulnerabilities.services.together import together
from tests.cast import NOON, Cast

ONLY_POST = {"findings_drop", "findings_close_again", "vulnerability_affected", "vulnerability_reopen"}
DOWNLOADS = {"vulnerabilities_csv", "vulnerabilities_xlsx", "vulnerabilities_openvex"}


def samples(cast: Cast, *, kept: bool) -> dict[str, object]:
    """One on the record. ``kept``: one that hangs on what is kept to a list, where anything of that is
    there.
    """
    if kept and (
        fact := FactRecord.objects.filter(contract=cast.contract, subject__startswith="OFFSEN-").first()
    ):
        row = Vulnerability.objects.create(
            pk=10**15 + fact.pk,
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
    done = together(cast.contract, cast.as_("priya"), NOON, "released", _to_find(cast))
    assert done.entry is not None
    return {
        "vulnerability_id": row.pk,
        "run_id": findings(cast).pk,
        "entry_number": done.entry.number,
    }


def _to_find(cast: Cast) -> dict[int, date]:
    """One whose release day was not known, and the day."""
    row = vulnerability(cast, "CVE-2026-0912", released=None)
    return {row.pk: date(2026, 3, 13)}


def in_turn(cast: Cast) -> datetime:
    """A moment after all that was recorded before: long work says by its own clock when it was."""
    return NOON + timedelta(seconds=LedgerEntry.objects.filter(contract=cast.contract).count())


def findings(cast: Cast, text: str = "CVE,component\nCVE-2026-0911,zlib\n", **said: object) -> ImportRun:
    """A file of findings of the supplier's, read and not taken over."""
    now = in_turn(cast)
    run = importing.upload(
        cast.contract, cast.as_("priya"), now, pasted=text, found=NOON.date(), address="/{}", **said
    )
    assert run.work is not None
    long_work.run(run.work, now)
    run.refresh_from_db()
    return run


def read_again(cast: Cast, run: ImportRun, *, own: bool) -> ImportRun:
    """The file read again, once somebody said whose the words are that nobody is named for."""
    now = in_turn(cast)
    run = importing.read_again(run, cast.as_("priya"), now, columns=None, own=own, address="/{}")
    assert run.work is not None
    long_work.run(run.work, now)
    run.refresh_from_db()
    return run


def taken_over(cast: Cast, run: ImportRun, **said: object) -> ImportRun:
    """The file taken over, what is new as drafts unless said."""
    usual = {"draft": True, "leave_out": False, "close_missing": False, "patched": NOON.date()}
    now = in_turn(cast)
    run = importing.apply(run, cast.as_("priya"), now, address="/{}", **(usual | said))
    assert run.work is not None
    long_work.run(run.work, now)
    run.refresh_from_db()
    return run


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
