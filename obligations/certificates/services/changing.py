"""A certificate corrected, withdrawn, or ceased before its last day."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from contracts.models import KeptBy, Side
from contracts.services import files, ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.locks import lock
from contracts.terms.moments import Day, When, first_moment, long_day
from obligations.certificates.models import Certificate
from obligations.certificates.selectors import CEASED, certificates_of
from obligations.certificates.services.recording import Printed, Runs, as_asked, not_twice, payload, rests
from obligations.rules.engine.held import BY_HAND
from obligations.services.recording.facts import correct_on_page, record_on_page, withdraw_on_page

WHY = "Say why, in a sentence: it stays on the record."


def runs_of(row: Certificate) -> Runs | None:
    """Its scheme and days as they are on record; None where the fact names no last day."""
    last = row.fact.details.get("expires")
    if not last:
        return None
    scheme = str(row.fact.details.get("scheme") or "")
    return Runs(scheme, row.fact.happened_on, Day.fromisoformat(str(last)[:10]))


def printed_of(row: Certificate) -> Printed:
    """What is printed on it, as it is on record."""
    return Printed(**{one.name: getattr(row, one.name) for one in fields(Printed)})


def correct_certificate(
    row: Certificate,
    actor: Actor,
    now: datetime,
    *,
    reason: str,
    runs: Runs,
    printed: Printed,
    file: UploadedFile[bytes] | None = None,
) -> Certificate:
    """Put right what was recorded, with a reason. Another scheme or day makes the fact anew.

    A file is kept where there was none; one that is there stays. Raises Refused naming the field: no
    reason, nothing changed, what ``record_certificate`` refuses, or what the other side recorded.
    """
    reason = required("reason", reason, WHY, longest=2_000)
    runs, printed = runs.clean(), printed.clean(now)
    checked = files.check(file, "file") if file is not None else None
    if checked is None:
        return _corrected(row, actor, now, reason, runs, printed)
    if row.file:
        raise Refused(
            "file",
            "The file that is on record stays. Withdraw the certificate and record it again to give another.",
        )
    row.file_name, row.size, row.sha256 = checked.name, checked.size, checked.sha256
    with files.stored(row.file, checked):
        return _corrected(row, actor, now, reason, runs, printed, ["file", "file_name", "size", "sha256"])


@transaction.atomic
def _corrected(
    row: Certificate,
    actor: Actor,
    now: datetime,
    reason: str,
    runs: Runs,
    printed: Printed,
    filed: list[str] | None = None,
) -> Certificate:
    lock(row.contract)
    row.fact.refresh_from_db()
    _in_use(row)
    _by_the_same_side(row, actor)
    changed: dict[str, Any] = {"sha256": row.sha256} if filed else {}
    for one in fields(printed):
        if getattr(printed, one.name) != getattr(row, one.name):
            setattr(row, one.name, getattr(printed, one.name))
            changed[one.name] = getattr(printed, one.name)
    not_twice(row.contract, runs.scheme, printed.number, but=row)
    if runs != runs_of(row):
        rests(row.contract, runs, now)
        changed |= {"scheme": runs.scheme, "issued": runs.issued, "last_day": runs.last_day}
        row.fact = _fact_anew(row, actor, now, reason, runs)
    if not changed:
        raise Refused("", "Nothing is changed. Change what is wrong, or cancel.")
    row.save()
    told = payload(row) | {"changed": changed, "reason": reason}
    ledger.record(row.contract, actor, "certificate_corrected", told, now)
    return row


def _fact_anew(row: Certificate, actor: Actor, now: datetime, reason: str, runs: Runs) -> Any:
    try:
        return correct_on_page(
            row.fact,
            actor,
            now,
            reason=reason,
            happened=runs.issued,
            details=row.fact.details | runs.details(row.fact.subject),
        ).fact
    except Refused as refused:
        raise as_asked(refused) from refused


@transaction.atomic
def withdraw_certificate(row: Certificate, actor: Actor, now: datetime, *, reason: str) -> Certificate:
    """Take back a certificate recorded in error, with the fact. It stays on the record. Raises Refused."""
    lock(row.contract)
    row.fact.refresh_from_db()
    _in_use(row)
    withdraw_on_page(row.fact, actor, now, reason=reason)
    told = payload(row) | {"reason": row.fact.withdrawn_reason}
    ledger.record(row.contract, actor, "certificate_withdrawn", told, now)
    return row


@transaction.atomic
def certificate_ceased(row: Certificate, actor: Actor, now: datetime, *, when: When, reason: str) -> None:
    """Say that a certificate ceased to hold, on a London day or at a moment, before its last day.

    What the contract asks for then follows (DMP 23, 6.2). Raises Refused naming the field: no reason, a time
    before it was issued or after it had ended, or one that was said to have ceased already.
    """
    reason = required("reason", reason, WHY, longest=2_000)
    lock(row.contract)
    row.fact.refresh_from_db()
    _in_use(row)
    kept = certificates_of(row.contract, now).by_fact[row.fact_id].held
    if kept.ended == BY_HAND:
        raise Refused("", "That it ceased is on record already. Withdraw that first if it is wrong.")
    if first_moment(when) < kept.begins:
        issued = long_day(row.fact.happened_on)
        raise Refused("when", f"This is before it was issued, on {issued}; check the day.")
    if kept.ends is not None and first_moment(when) >= kept.ends:
        last = kept.last_day
        assert last is not None
        raise Refused("when", f"Its last day was {long_day(last)}: it had lapsed by then, by itself.")
    details = {"subject": row.fact.subject, "scheme": kept.scheme, "reason": reason}
    try:
        record_on_page(row.contract, actor, now, kind=CEASED, happened=when, details=details)
    except Refused as refused:
        field = "when" if refused.field == "happened" else refused.field
        raise Refused(field, refused.message) from refused


def _in_use(row: Certificate) -> None:
    if row.fact.withdrawn_at is not None:
        raise Refused("", "This certificate was withdrawn. Record it anew.")


def _by_the_same_side(row: Certificate, actor: Actor) -> None:
    theirs = row.recorded_side in (Side.SUPPLIER, Side.AUTHORITY) and actor.side != row.recorded_side
    if theirs and row.contract.kept_by == KeptBy.BOTH:
        word = row.contract.word_for(row.recorded_side)
        raise Refused("", f"Only the {word}, who recorded this, can correct it.")
