"""Importing a file of findings: choosing it, what it would do, correcting its columns, taking it over."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contracts.access import Access, Act, open_contract
from contracts.models import Side
from contracts.services import long_work
from contracts.terms.moments import london_day, long_day, parse_when
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.pages import SignedIn
from contracts.web.words import count, short_day
from obligations.vulnerabilities import selectors
from obligations.vulnerabilities.models import ImportRun, RunState
from obligations.vulnerabilities.services import importing
from obligations.vulnerabilities.services.allowed import IMPORTED, may_patch, usually_draft
from obligations.vulnerabilities.services.import_work import REOPENED
from obligations.vulnerabilities.services.rows_read import OWN
from obligations.vulnerabilities.web.forms import ApplyForm, ColumnsForm, ImportForm
from obligations.vulnerabilities.web.views import FORM, actor_of, page

AT_ONCE = 200_000
"""Bytes of a file that is read in the request itself."""

EARLIER = 10
KINDS = {
    "new": "New",
    "undecided": "Among them said not to be affected: you decide",
    "updated": "Known, with something new",
    "reopened": "Among them open again in places that were patched",
    "closed": "Patched by this file",
    "gone": "Not found again",
    "same": "Known, nothing new",
    "again": "Found again though it is recorded as patched",
    "fixed": "Fixed, and not in the table: left out",
    "faults": "Cannot be taken",
}
"""What may become of a row, in the words of the page."""


@require_http_methods(FORM)
@login_required
def start(request: SignedIn, contract_id: int) -> HttpResponse:
    """Chooses a file, or pastes a list."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    form = ImportForm(*sent(request), initial={"found": london_day(now)})
    made = act(
        request,
        form,
        lambda data: importing.upload(
            access.contract,
            actor_of(access),
            now,
            file=data["file"],
            pasted=data["pasted"],
            found=data["found"],
            address=_address(contract_id),
        ),
        lambda made: _go_on(made, made.size <= AT_ONCE),
        twice=noted("You sent this already, so it was kept once.", redirect("import_findings", contract_id)),
    )
    if made:
        return made
    patches = may_patch(access.contract, access.side)
    word = access.contract.word_for(Side.SUPPLIER)
    context: dict[str, object] = {
        "form": form,
        "why_not": "" if patches else f"The {word} imports what its scanners find.",
        "earlier": [_earlier(one) for one in selectors.runs_of(access)[:EARLIER]] if patches else [],
    }
    return page(request, access, "import", context)


def _address(contract_id: int) -> str:
    return reverse("findings_file", args=[contract_id, 0]).removesuffix("0") + "{}"


def _go_on(run: ImportRun, at_once: bool) -> Done:
    """To the page of the file; where it is small its work is done first, here."""
    if at_once and run.work is not None:
        long_work.run(run.work, timezone.now())
    return Done("", redirect("findings_file", run.contract_id, run.pk))


def _earlier(run: ImportRun) -> dict[str, Any]:
    return {
        "name": run.file_name,
        "href": reverse("findings_file", args=[run.contract_id, run.pk]),
        "says": f"{run.get_state_display()}; {run.asked_by.name}, {long_day(london_day(run.asked_at))}",
    }


@require_http_methods(FORM)
@login_required
def run(request: SignedIn, contract_id: int, run_id: int) -> HttpResponse:
    """What a file would do, and taking it over."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    found = selectors.run_at(access, run_id)
    counts = found.counts
    form = ApplyForm(
        *sent(request),
        other=access.contract.word_for(Side(access.side).other),
        faults=counts.get("faults", 0),
        gone=counts.get("gone", 0),
        findings=bool(counts.get("findings")),
        initial={
            "draft": "yes" if usually_draft(access.contract, IMPORTED) else "no",
            "patched": london_day(now),
        },
    )
    made = act(
        request,
        form,
        lambda data: importing.apply(
            found,
            actor_of(access),
            now,
            draft=data["draft"] == "yes",
            leave_out=data.get("leave_out", False),
            close_missing=data.get("close_missing", False),
            patched=data["patched"],
            address=_address(contract_id),
        ),
        lambda made: _go_on(made, made.size <= AT_ONCE),
        twice=noted("You sent this already.", redirect("findings_file", contract_id, run_id)),
    )
    if made:
        return made
    answer = page(request, access, "findings", {"form": form, **_shown(access, found)})
    if found.state in (RunState.READING, RunState.APPLYING) and not found.is_stuck:
        answer["Refresh"] = "3"
    return answer


def _shown(access: Access, found: ImportRun) -> dict[str, Any]:
    counts = found.counts
    return {
        "run": found,
        **_stands(found),
        "label": counts.get("label", ""),
        "notes": counts.get("notes", []),
        "rows": [(label, counts.get(kind, 0)) for kind, label in KINDS.items() if counts.get(kind)],
        "taken": [(label, number) for kind, label in KINDS.items() if (number := _taken(found, kind))],
        "categories": [
            ("Not yet categorised" if name == "unrated" else name, number)
            for name, number in sorted(counts.get("categories", {}).items())
        ],
        "late": counts.get("late", 0),
        "sample": [_line(one) for one in found.sample],
        "faults": found.faults,
        "more_faults": max(counts.get("faults", 0) - len(found.faults), 0),
        "has_columns": bool(counts.get("columns")),
        "in_doubt": _in_doubt(found),
        "reopened": len(counts.get(REOPENED, ())) if found.state == RunState.APPLIED else 0,
        "tables": count(counts.get("rows", 0), "row"),
    }


def _in_doubt(found: ImportRun) -> bool:
    """Whether it has words of which nobody can know whose they are, or had until somebody said."""
    return bool(found.counts.get("doubted")) or OWN in found.options


def _stands(found: ImportRun) -> dict[str, Any]:
    """How far it has come."""
    stuck = found.is_stuck
    return {
        "read": found.state in (RunState.READ, RunState.APPLIED) or (stuck and "rows" in found.counts),
        "may_apply": found.state == RunState.READ or (stuck and found.state == RunState.APPLYING),
        "busy": found.state in (RunState.READING, RunState.APPLYING) and not stuck,
        "work": found.work,
    }


def _taken(found: ImportRun, kind: str) -> int:
    return int(found.counts.get("taken", {}).get(kind, 0)) if found.state == RunState.APPLIED else 0


def _line(one: dict[str, Any]) -> dict[str, str]:
    due = parse_when(one["due"]) if one["due"] else None
    words = short_day(london_day(due)) if due is not None else "No date"
    return {
        "kind": KINDS.get(one["kind"], one["kind"]),
        "subject": one["subject"],
        "category": one["category"] or "Not yet categorised",
        "due": f"{words} with care" if due is not None and one["careful"] else words,
        "where": one["where"],
        "doubt": one.get("doubt", ""),
        "again": _again(one),
    }


def _again(one: dict[str, Any]) -> str:
    """What it means that it was found again where it was patched; "" where it was not (R20)."""
    if not one.get("again"):
        return ""
    places = count(int(one["again"]), "place")
    late = ": it is late at once" if one["late"] else ""
    return (
        f"Open again in {places}: the patch did not hold there, or was rolled back. The limit is still that"
        f" of the day of its release{late}"
    )


@require_POST
@login_required
def close_again(request: SignedIn, contract_id: int, run_id: int) -> HttpResponse:
    """Takes back that places which a file found again are open."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    found = selectors.run_at(access, run_id)
    there = redirect("findings_file", contract_id, run_id)
    return press(
        request,
        lambda: importing.close_again(found, actor_of(access), now),
        lambda number: Done(f"{count(number, 'place')} stand as patched again, as before the file.", there),
        back=there,
    )


@require_http_methods(FORM)
@login_required
def columns(request: SignedIn, contract_id: int, run_id: int) -> HttpResponse:
    """Corrects which column of a table is what, or whose its words are, and reads it again."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    found = selectors.run_at(access, run_id)
    said = found.counts.get("columns")
    if not said and not _in_doubt(found):
        raise Http404("nothing of it is to be corrected")
    said = said or {"headings": [], "mapping": {}, "samples": []}
    own = bool(found.options.get(OWN))
    form = ColumnsForm(*sent(request), headings=said["headings"], mapping=said["mapping"], own=own)
    made = act(
        request,
        form,
        lambda _: importing.read_again(
            found,
            actor_of(access),
            now,
            columns=form.chosen(),
            own=form.own(),
            address=_address(contract_id),
        ),
        lambda made: _go_on(made, made.size <= AT_ONCE),
    )
    if made:
        return made
    context: dict[str, object] = {
        "form": form,
        "run": found,
        "samples": said["samples"],
        "headings": said["headings"],
    }
    return page(request, access, "columns", context)


@require_POST
@login_required
def drop(request: SignedIn, contract_id: int, run_id: int) -> HttpResponse:
    """Throws a file away that was not taken over."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    found = selectors.run_at(access, run_id)
    return press(
        request,
        lambda: importing.drop(found, actor_of(access), now),
        lambda _: Done(
            "It is thrown away. Nothing of it was taken over.", redirect("import_findings", contract_id)
        ),
        back=redirect("findings_file", contract_id, run_id),
    )
