"""Handing a contract over: its whole record as one archive that proves itself.

The archive holds every row of the contract as lines of JSON, its files, a page to read, the SHA-256 of each
of these, and a program that checks it all with nothing but Python. Drafts that the other side has not seen,
and files that are still being read, are no part of the record.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.template.loader import render_to_string

from contracts.access import Access
from contracts.models import (
    Contract,
    ContractDraft,
    DistributionList,
    Effect,
    HandOver,
    LongWork,
    Upload,
    Variation,
    VariationState,
)
from contracts.services import files, ledger, long_work
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.long_work import Progress
from contracts.terms.moments import elapsed
from obligations.models import Duty
from obligations.services.ending.rows import Table, tables

KIND = "hand_over"
FORMAT = "duly-record/1"
KEPT_FOR = timedelta(days=7)
"""How long an archive waits to be fetched. It can be made again."""

CHECKER = settings.BASE_DIR / "templates" / "obligations" / "ending" / "check_record.py"
CHUNK = 1024 * 1024


def ask(access: Access, actor: Actor, now: datetime, *, leads_to: str) -> LongWork:
    """Ask for the archive. Raises Refused where part of the record is kept from who asks."""
    contract, person = access.contract, access.person
    lists = DistributionList.objects.filter(contract=contract, lifted_at=None)
    hidden = [one for one in lists.values_list("subject", flat=True) if one not in access.shown]
    if hidden:
        raise Refused(
            "",
            "Part of this record is kept to people, and you are not one of them. Somebody who is on every"
            " distribution list of the contract, and manages it, can hand it over.",
        )
    with transaction.atomic():
        row = HandOver.objects.create(contract=contract, asked_by=person, asked_at=now)
        return long_work.ask(
            KIND,
            str(row.pk),
            actor,
            now,
            title=f"Putting together the record of {contract.reference}",
            contract=contract,
            payload={"hand_over": row.pk, "side": access.side},
            leads_to=leads_to,
        )


@long_work.kind(KIND)
def _make(work: LongWork, progress: Progress, now: datetime) -> dict[str, Any]:
    row = HandOver.objects.select_related("contract", "asked_by").get(pk=work.payload["hand_over"])
    if row.made_at is None:
        with NamedTemporaryFile(suffix=".zip") as file:
            write(row.contract, work.payload["side"], work.asked_by_name, file, progress, now)
            _keep(row, file, Actor(work.asked_by_name, work.payload["side"], row.asked_by), now)
    return {"message": "The record is put together. You can fetch it for 7 days."}


def write(
    contract: Contract, side: str, made_by: str, target: IO[bytes], progress: Progress, now: datetime
) -> None:
    """Write the archive of a contract, one row and one file at a time."""
    listed: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        every = [one for one in tables() if one.model not in (ContractDraft, Upload)]
        total = len(every) + 2
        counts: dict[str, int] = {}
        files: list[dict[str, Any]] = []
        for place, table in enumerate(every, 1):
            rows = _shared(table, contract, side)
            name = f"record/{table.name}.jsonl"
            counts[table.name] = _add(archive, listed, name, _lines(rows, table, files))
            progress.step(place, total, "Rows of the record")
        for one in files:
            _add_file(archive, listed, one)
        progress.step(total - 1, total, "Files")
        _add(archive, listed, "files.jsonl", (_line(one) for one in files))
        _add(archive, listed, "index.html", [_page(contract, counts, files, now).encode()])
        _add(archive, listed, "check_record.py", [CHECKER.read_bytes()])
        manifest = {
            "format": FORMAT,
            "contract": {"number": contract.pk, "reference": contract.reference, "title": contract.title},
            "made_at": now,
            "made_by": made_by,
            "tables": counts,
            "entries": listed,
        }
        archive.writestr("manifest.json", json.dumps(manifest, default=_told, indent=1, sort_keys=True))


def sweep(now: datetime) -> int:
    """Throw away archives that have waited long enough. Returns how many."""
    gone = 0
    for row in HandOver.objects.filter(made_at__isnull=False).exclude(file=""):
        if row.made_at is not None and elapsed(row.made_at, now) > KEPT_FOR:
            with transaction.atomic():
                if files.let_go(row.file.storage, row.file.name):
                    row.file = ""
                    row.save(update_fields=["file"])
                    gone += 1
    return gone


def _keep(row: HandOver, file: Any, actor: Actor, now: datetime) -> None:
    """Put the archive where it can be fetched, and its SHA-256 on the ledger."""
    file.flush()
    file.seek(0)
    row.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    row.size, row.made_at = file.tell(), now
    file.seek(0)
    row.file.save(f"record-{row.contract_id}.zip", File(file), save=False)
    try:
        with transaction.atomic():
            row.save()
            payload = {"hand_over": row.pk, "sha256": row.sha256, "size": row.size}
            ledger.record(row.contract, actor, "record_handed_over", payload, now)
    except BaseException:
        row.file.storage.delete(row.file.name or "")
        raise


def _shared(table: Table, contract: Contract, side: str) -> QuerySet[Model]:
    """The rows without the drafts that the other side has not seen."""
    rows = table.rows(contract)
    unseen = Q(state=VariationState.DRAFT) & ~Q(drafted_side=side)
    if table.model is Variation:
        return rows.exclude(unseen)
    if table.model is Effect:
        return rows.exclude(variation__in=Variation.objects.filter(unseen, contract=contract))
    return rows


def _lines(rows: QuerySet[Model], table: Table, files: list[dict[str, Any]]) -> Iterator[bytes]:
    fields = table.model._meta.concrete_fields
    for row in rows.iterator(chunk_size=1000):
        told = {}
        for field in fields:
            value = getattr(row, field.attname)
            if hasattr(value, "storage"):
                if value:
                    files.append(_file(table, row, field.attname, value))
                value = value.name or ""
            told[field.attname] = _plain(value)
        yield _line(told)


def _plain(value: Any) -> Any:
    """A range of days as its two ends; everything else as it is."""
    return [value.lower, value.upper] if hasattr(value, "lower_inc") else value


def _file(table: Table, row: Model, field: str, value: Any) -> dict[str, Any]:
    ending = "".join(Path(value.name).suffixes[-1:])
    return {
        "path": f"files/{table.name}/{row.pk}-{field}{ending}",
        "table": table.name,
        "row": row.pk,
        "stored": value.name,
        "recorded_sha256": getattr(row, "sha256", ""),
        "field": value,
    }


def _line(told: dict[str, Any]) -> bytes:
    return (json.dumps(told, default=_told, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _told(value: object) -> str:
    """Days and moments with all their digits: the hash of a ledger entry covers its microseconds."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _add(archive: zipfile.ZipFile, listed: dict[str, Any], name: str, parts: Iterable[bytes]) -> int:
    """Write one entry part by part, and note its SHA-256. Returns how many parts there were."""
    digest, size, number = hashlib.sha256(), 0, 0
    with archive.open(name, "w", force_zip64=True) as entry:
        for part in parts:
            entry.write(part)
            digest.update(part)
            size, number = size + len(part), number + 1
    listed[name] = {"sha256": digest.hexdigest(), "size": size}
    return number


def _add_file(archive: zipfile.ZipFile, listed: dict[str, Any], one: dict[str, Any]) -> None:
    """Write a stored file; where it is missing the list of files says so."""
    value = one.pop("field")
    try:
        with value.open("rb") as file:
            _add(archive, listed, one["path"], iter(lambda: file.read(CHUNK), b""))
    except FileNotFoundError:
        one["missing"] = True
        return
    one["sha256"] = listed[one["path"]]["sha256"]
    one["altered"] = bool(one["recorded_sha256"]) and one["recorded_sha256"] != one["sha256"]


def _page(contract: Contract, counts: dict[str, int], files: list[dict[str, Any]], now: datetime) -> str:
    duties = Duty.objects.filter(contract=contract).select_related("obligation__paragraph")
    context = {
        "contract": contract,
        "now": now,
        "counts": counts,
        "files": files,
        "duties": (
            (one, one.standing_at(now).words) for one in duties.order_by("pk").iterator(chunk_size=500)
        ),
    }
    return render_to_string("obligations/ending/record.html", context)
