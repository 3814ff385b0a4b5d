"""Uploading a version, saying where each requirement is met, and submitting it (A 4.2.1, 4.3.1, 4.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet

from contracts.models import Contract
from contracts.services import files
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.locks import lock
from contracts.terms.moments import Day, When, is_moment, london_day
from obligations.plans.kinds import NEW, PlanKind, number
from obligations.plans.models import PlanRequirement, PlanState, PlanVersion
from obligations.plans.selectors import in_force
from obligations.plans.services import acting

TYPES = (".pdf", ".docx", ".txt", ".md")
REFUSED = (PlanState.NOT_APPROVED, PlanState.REFUSED_AGAIN, PlanState.IN_DISPUTE)


def upload_version(
    contract: Contract, actor: Actor, now: datetime, *, plan: str, name: str, file: UploadedFile[bytes] | None
) -> PlanVersion:
    """Keep a file as the draft of the next version.

    Raises Refused on ``file`` where it is missing, empty, too large, of another type or the file of an
    earlier version; on ``name``; and for the whole where a draft is open or the paragraph is not in force.
    """
    kind = acting.kind_of(contract, plan)
    person, state = acting.allowed(kind, "version", "upload", NEW, contract, actor, now)
    name = required("name", name, "Enter what you call this version, for example 1.0.", longest=60)
    checked = files.check(file, "file", TYPES)
    row = PlanVersion(
        contract=contract,
        plan=plan,
        name=name,
        state=state,
        file_name=checked.name,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=person,
        uploaded_at=now,
    )
    with files.stored(row.file, checked), transaction.atomic():
        lock(contract)
        _in_force(contract, kind, london_day(now))
        earlier = list(PlanVersion.objects.filter(contract=contract, plan=plan).order_by("number"))
        _unlike(row, earlier, kind)
        row.number = len(earlier) + 1
        row.round = _round(PlanVersion.objects.filter(contract=contract, plan=plan), row.number)
        row.save(force_insert=True)
        places = _places_before(earlier)
        PlanRequirement.objects.bulk_create(
            PlanRequirement(contract=contract, version=row, path=path, place=places.get(path, ""))
            for path in kind.requirements
        )
        acting.put_in_ledger(row, actor, now, "upload")
    return row


@transaction.atomic
def place_requirements(
    version: PlanVersion, actor: Actor, now: datetime, *, places: Mapping[str, str]
) -> PlanVersion:
    """Say where in the plan each requirement is met. ``places``: by paragraph path. Raises Refused."""
    kind, version = _locked(version)
    acting.allowed(kind, "version", "place", version.state, version.contract, actor, now)
    acting.requirement_words(kind, list(places), "places")
    rows = {row.path: row for row in version.checklist.all()}
    for path, place in places.items():
        if len(place.strip()) > 300:
            raise Refused(path, "Shorten this to 300 characters.")
        rows[path].place = place.strip()
    PlanRequirement.objects.bulk_update(rows.values(), ["place"])
    acting.put_in_ledger(
        version, actor, now, "place", {"places": {number(path): rows[path].place for path in rows}}
    )
    return version


@transaction.atomic
def discard_version(version: PlanVersion, actor: Actor, now: datetime) -> PlanVersion:
    """Put a draft aside. It stays on the record. Raises Refused."""
    kind, version = _locked(version)
    _, version.state = acting.allowed(kind, "version", "discard", version.state, version.contract, actor, now)
    version.save(update_fields=["state"])
    acting.put_in_ledger(version, actor, now, "discard")
    return version


@transaction.atomic
def submit_version(
    version: PlanVersion, actor: Actor, now: datetime, *, on: When | None = None
) -> PlanVersion:
    """Submit a draft for approval, on a London day or at a moment, now unless said.

    Raises Refused on the path of a requirement without its place, on ``on``, and for the whole.
    """
    kind, version = _locked(version)
    contract = version.contract
    person, state = acting.allowed(kind, "version", "submit", version.state, contract, actor, now)
    _in_force(contract, kind, london_day(now))
    others = PlanVersion.objects.filter(contract=contract, plan=version.plan)
    if waiting := others.filter(state=PlanState.SUBMITTED).first():
        raise Refused("", f"Version {waiting.name} waits for a decision; submit the next one after it.")
    if empty := next((row.path for row in version.checklist.all() if not row.place), ""):
        raise Refused(empty, f"Say where requirement {number(empty)} is met before you submit.")
    when = acting.moment_of(on, now, "on")
    last = others.filter(decided_on__isnull=False).order_by("-number").first()
    acting.lines_up(when, last.decided if last else None, "on", "the decision on the version before")
    before, version.state, version.submitted_by = version.state, state, person
    version.submitted_on, version.submitted_at = london_day(when), when if is_moment(when) else None
    version.round = _round(others, version.number)
    version.save(update_fields=["state", "submitted_by", "submitted_on", "submitted_at", "round"])
    acting.put_in_ledger(version, actor, now, "submit", {"on": when})
    events = ["update", "submit"] if version.round > 1 else ["submit"]
    facts = []
    for event in events:
        facts += acting.record(kind, contract, actor, now, event, when, version=version.name)
    acting.keep(version, person, actor, "submit", before, when, facts)
    return version


def not_in_force(kind: PlanKind) -> str:
    """Why nothing is uploaded or submitted while the paragraph of the plan is not in force."""
    return f"Paragraph {number(kind.in_force)} is not in force, so no further version is submitted."


def _in_force(contract: Contract, kind: PlanKind, day: Day) -> None:
    if not in_force(contract, kind, day):
        raise Refused("", not_in_force(kind))


def _round(versions: QuerySet[PlanVersion], number: int) -> int:
    """The round of the version with this number: one more than the approvals before it that stand."""
    return 1 + versions.filter(number__lt=number).exclude(approved_sha256="").count()


def _unlike(row: PlanVersion, earlier: list[PlanVersion], kind: PlanKind) -> None:
    """Refuse a second draft, a name used before, and a file that is that of a version sent before."""
    for one in earlier:
        if one.state == PlanState.DRAFT:
            raise Refused("", f"Version {one.name} is still a draft: submit or discard it first.")
        if one.state == PlanState.DISCARDED:
            continue
        if one.name == row.name:
            raise Refused("name", f"There is a version {one.name} already; enter another name.")
        if one.sha256 == row.sha256:
            refused = ", which was refused" if one.state in REFUSED else ""
            raise Refused(
                "file",
                f"This is the same file as version {one.name}{refused}. Choose the amended {kind.short}.",
            )


def _places_before(earlier: list[PlanVersion]) -> dict[str, str]:
    """Where the version before met each requirement, to start from."""
    sent = [one for one in earlier if one.state != PlanState.DISCARDED]
    return {row.path: row.place for row in sent[-1].checklist.all()} if sent else {}


def _locked(version: PlanVersion) -> tuple[PlanKind, PlanVersion]:
    lock(version.contract)
    fresh = PlanVersion.objects.select_related("contract").get(pk=version.pk)
    return acting.kind_of(fresh.contract, fresh.plan), fresh
