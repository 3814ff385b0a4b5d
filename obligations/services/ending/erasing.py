"""Erasing a contract after its retention: rows by the database's own function, then the files.

The application's role cannot delete a record. The function ``duly_erase_contract`` can, and itself requires
that the contract is closed, that its day of keeping has gone by, that no hold stands, and that two different
people asked and agreed. What is left is a certificate.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction

from contracts.models import Contract, EndingAsked, ErasureCertificate, HandOver, LedgerEntry, LongWork
from contracts.services import files, long_work, organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.long_work import Progress
from contracts.terms.moments import london_day
from obligations.services.ending.keeping import why_not_erased
from obligations.services.ending.rows import files_of

KIND = "erase_contract"


def ask_to_erase(row: EndingAsked, contract: Contract, actor: Actor, now: datetime) -> LongWork:
    """Ask that an agreed erasure be done. Its page outlives the contract, so it belongs to who agreed."""
    return long_work.ask(
        KIND,
        str(contract.pk),
        actor,
        now,
        title=f"Erasing {contract.reference}",
        payload={"contract": contract.pk, "ending": row.pk},
    )


@long_work.kind(KIND, limit=timedelta(minutes=8), goes_on=True, may_be_stopped=False)
def _erase(work: LongWork, progress: Progress, now: datetime) -> dict[str, Any]:
    number = int(work.payload["contract"])
    certificate = ErasureCertificate.objects.filter(contract_number=number).first()
    if certificate is None:
        certificate = erase_rows(number, int(work.payload["ending"]), now)
    _delete_files(certificate, progress)
    rows = sum(certificate.rows.values())
    return {
        "message": f"{certificate.reference} is erased: {rows} rows and {certificate.files} files."
        " Its certificate is with both organisations."
    }


@transaction.atomic
def erase_rows(number: int, ending: int, now: datetime) -> ErasureCertificate:
    """Take every row of a contract out of the database and write the certificate. Raises Refused."""
    contract = Contract.objects.select_for_update().filter(pk=number).first()
    if contract is None:
        raise Refused("", "There is no such contract any more.")
    asked = EndingAsked.objects.get(pk=ending, contract=contract)
    if why := why_not_erased(contract, now):
        raise Refused("", f"{contract.reference} is not erased. {why}")
    assert contract.closed_at is not None and contract.kept_until is not None
    files = sorted({getattr(row, name).name for _, row, name in files_of(contract)} | _archives(contract))
    certificate = ErasureCertificate(
        contract_number=number,
        reference=contract.reference,
        title=contract.title,
        authority_id=contract.authority_id,
        supplier_id=contract.supplier_id,
        closed_on=london_day(contract.closed_at),
        kept_until=contract.kept_until,
        reason=asked.reason,
        asked_by_name=asked.asked_by_name,
        agreed_by_name=asked.agreed_by_name,
        erased_at=now,
        files=len(files),
        files_left=files,
        heads=_heads(contract),
        hand_overs=[
            {"made_at": one.made_at.isoformat(), "sha256": one.sha256}
            for one in contract.hand_overs.filter(made_at__isnull=False).order_by("pk")
            if one.made_at is not None
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT duly_erase_contract(%s)::text", [number])
        (found,) = cursor.fetchone()
    certificate.rows = json.loads(found)
    certificate.save(force_insert=True)
    actor = Actor(name=f"{asked.asked_by_name} and {asked.agreed_by_name}")
    payload = {
        "certificate": certificate.pk,
        "reference": certificate.reference,
        "rows": sum(certificate.rows.values()),
        "files": certificate.files,
    }
    for organisation in (certificate.authority, certificate.supplier):
        organisations.record(organisation, actor, "contract_erased", payload, now)
    return certificate


def _delete_files(certificate: ErasureCertificate, progress: Progress) -> None:
    """Delete the files that are left, noting how far it came, so that a worker that dies leaves none."""
    left, total = list(certificate.files_left), certificate.files
    while left:
        portion, left = left[:100], left[100:]
        for name in portion:
            files.let_go(default_storage, name, wait=True)
        certificate.files_left = left
        certificate.save(update_fields=["files_left"])
        progress.step(total - len(left), total, "Files deleted")


def _archives(contract: Contract) -> set[str]:
    return {one.file.name or "" for one in HandOver.objects.filter(contract=contract).exclude(file="")}


def _heads(contract: Contract) -> list[dict[str, Any]]:
    """The last entry of every chain of the contract."""
    rows = LedgerEntry.objects.filter(contract=contract).order_by("kept_to", "-number").distinct("kept_to")
    return [{"kept_to": one.kept_to, "number": one.number, "hash": one.hash} for one in rows]
