"""Importing a file of findings: kept, read without changing anything, then taken over or thrown away.

Reading and taking over are long work of the person who asks, which nobody else sees (``import_work.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction

from contracts.models import Contract
from contracts.services import files, ledger, long_work
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import Day
from obligations.services.reconciling.holding import lock
from obligations.vulnerabilities.models import ImportRun, RunState, VulnerabilityHost
from obligations.vulnerabilities.services.allowed import patching
from obligations.vulnerabilities.services.days import happened_on
from obligations.vulnerabilities.services.import_work import APPLY, READ, REOPENED
from obligations.vulnerabilities.services.keeping import BATCH, note_own_work, told_again
from obligations.vulnerabilities.services.rows_read import OWN

TYPES = (".json", ".csv", ".tsv", ".txt", ".xlsx", ".sarif")
LONGEST_LIST = 200_000
"""Characters of a pasted list."""


def upload(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    file: UploadedFile[bytes] | None = None,
    pasted: str = "",
    found: Day,
    address: str,
) -> ImportRun:
    """Keep a file, or a pasted list, and ask that it be read. Nothing of it counts yet.

    ``found``: the day on which what it lists was identified. ``address``: of the page of the run, with {}
    for its number. Raises Refused naming the field.
    """
    person = patching(contract, actor, now)
    if file is None and not pasted.strip():
        raise Refused("file", "Choose a file, or paste a list.")
    if file is not None and pasted.strip():
        raise Refused("pasted", "You chose a file and pasted a list. Which is it?")
    if len(pasted) > LONGEST_LIST:
        raise Refused("pasted", "This is too long to be pasted: save it as a file and choose that.")
    happened_on(contract, found, "found", now, "when it was identified")
    given = file or SimpleUploadedFile("pasted list.csv", pasted.encode())
    checked = files.check(given, "file" if file is not None else "pasted", TYPES)
    run = ImportRun(
        contract=contract,
        side=actor.side,
        file_name=checked.name,
        size=checked.size,
        sha256=checked.sha256,
        options={"found": found.isoformat()},
        asked_at=now,
        asked_by=person,
    )
    with files.stored(run.file, checked), transaction.atomic():
        run.save()
        ledger.record(contract, actor, "vulnerabilities_kept", {"side": str(actor.side)}, now)
        _ask(run, READ, actor, now, address)
    return run


@transaction.atomic
def read_again(
    run: ImportRun,
    actor: Actor,
    now: datetime,
    *,
    columns: Mapping[str, int] | None,
    own: bool,
    address: str,
) -> ImportRun:
    """Read a table again with the columns that a person says are what, None for what has none.

    ``own``: severities of which nobody is named who rates are the contract's own words. Raises Refused.
    """
    patching(run.contract, actor, now)
    run = _held(run, RunState.READ, RunState.REFUSED)
    if columns is not None and "identifier" not in columns:
        raise Refused("identifier", "Choose the column that has the identifier, such as CVE-2026-0001.")
    run.options = {**run.options, OWN: own, **({"columns": dict(columns)} if columns is not None else {})}
    run.state = RunState.READING
    run.save(update_fields=["options", "state"])
    _ask(run, READ, actor, now, address)
    return run


@transaction.atomic
def apply(
    run: ImportRun,
    actor: Actor,
    now: datetime,
    *,
    draft: bool,
    leave_out: bool,
    close_missing: bool,
    patched: Day,
    address: str,
) -> ImportRun:
    """Ask that a file that was read be taken over.

    ``draft``: new ones are drafts of the side; ``leave_out``: rows that cannot be taken are left out,
    which is asked where there are any; ``close_missing``: what an earlier file of the same format found on
    the same places, and this one has not, is patched on the day ``patched``, as is what the file says is
    fixed. Raises Refused.
    """
    patching(run.contract, actor, now)
    run = _held(run, RunState.READ)
    if run.counts.get("faults") and not leave_out:
        raise Refused(
            "leave_out", "Some rows cannot be taken. Say that they are left out, or correct the file."
        )
    if close_missing and not run.counts.get("findings"):
        raise Refused("close_missing", "This file does not list all that was found: missing says nothing.")
    if close_missing and run.counts.get("faults"):
        raise Refused(
            "close_missing",
            "What is missing may be among the rows that cannot be taken. Correct the file first, or leave"
            " this.",
        )
    happened_on(run.contract, patched, "patched", now, "when it was patched")
    run.options = {
        **run.options,
        "draft": draft,
        "close_missing": close_missing,
        "patched": patched.isoformat(),
    }
    if run.state != RunState.APPLYING:  # one that was stopped goes on where it was
        run.counts = {**run.counts, "taken": {}, "consumed": 0}
    run.state = RunState.APPLYING
    run.save(update_fields=["options", "state", "counts"])
    _ask(run, APPLY, actor, now, address)
    return run


@transaction.atomic
def drop(run: ImportRun, actor: Actor, now: datetime) -> None:
    """Throw a file away that was not taken over. It stays as it came, and does nothing. Raises Refused."""
    patching(run.contract, actor, now)
    run = _held(run, RunState.READ, RunState.REFUSED)
    run.state = RunState.DROPPED
    run.save(update_fields=["state"])


@transaction.atomic
def close_again(run: ImportRun, actor: Actor, now: datetime) -> int:
    """Take back that places found again by a file are open: each is patched as it was; how many.

    What was patched since is left alone. One of which no place waits then stays open until somebody says that
    it is patched. Raises Refused where nothing is left to take back.
    """
    patching(run.contract, actor, now)
    run = _held(run, RunState.APPLIED)
    lock(run.contract, now)
    hosts = list(
        VulnerabilityHost.objects.filter(
            contract=run.contract, pk__in=run.counts.get(REOPENED, []), patched_on=None
        )
        .exclude(patched_before=None)
        .select_related("vulnerability")
    )
    if not hosts:
        raise Refused("", "None of these places is open any more by this file.")
    for host in hosts:
        host.patched_on, host.patched_before = host.patched_before, None
    VulnerabilityHost.objects.bulk_update(hosts, ["patched_on", "patched_before"], batch_size=BATCH)
    rows = {host.vulnerability_id: host.vulnerability for host in hosts}
    told_again(run.contract, actor, now, list(rows.values()), len(hosts), {"undone": True})
    note_own_work(run.contract, actor, now, [row for row in rows.values() if row.draft])
    run.counts = {**run.counts, REOPENED: []}
    run.save(update_fields=["counts"])
    return len(hosts)


def _held(run: ImportRun, *states: str) -> ImportRun:
    rows = ImportRun.objects.select_for_update(of=("self",)).select_related("contract", "work")
    row = rows.get(pk=run.pk)
    if row.state not in states and not row.is_stuck:
        raise Refused("", f"This file is {row.get_state_display().lower()}: that cannot be done to it now.")
    return row


def _ask(run: ImportRun, kind: str, actor: Actor, now: datetime, address: str) -> None:
    title = "Reading a file of findings" if kind == READ else "Taking over a file of findings"
    run.work = long_work.ask(
        kind, f"{run.pk}", actor, now, title=title, payload={"run": run.pk}, leads_to=address.format(run.pk)
    )
    run.save(update_fields=["work"])
