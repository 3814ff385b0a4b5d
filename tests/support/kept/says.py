"""What a database of Duly says at a moment, in words that do not depend on how this release stores it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from contracts.models import Contract, LedgerEntry
from contracts.terms.moments import LONDON
from obligations.breaches.models import Breach
from obligations.models import Duty, Evidence, Notice
from obligations.plans.models import PlanVersion
from obligations.rules.notices.stages import AGAIN


def everything(moment: datetime) -> dict[str, Any]:
    """The migrations it has, what each contract holds, and every duty with its date and state."""
    return {
        "moment": moment.isoformat(),
        "migrations": leaves(),
        "contracts": {one.reference: contract(one) for one in Contract.objects.order_by("reference")},
        "duties": duties(moment),
    }


def leaves() -> dict[str, list[str]]:
    """The last migrations applied of each app: those on which no other applied one rests."""
    loader = MigrationLoader(connection)
    found: dict[str, list[str]] = {}
    for app, name in sorted(loader.applied_migrations):
        if (app, name) not in loader.graph.node_map:
            continue  # of an application that this release has no more
        after = loader.graph.node_map[app, name].children
        if not any(one.key[0] == app and one.key in loader.applied_migrations for one in after):
            found.setdefault(app, []).append(name)
    return found


def duties(moment: datetime) -> list[dict[str, Any]]:
    """Every duty: by what it is known in the contract, its date and its state. Sorted."""
    rows = Duty.objects.select_related("contract", "obligation", "ended_by")
    return sorted((duty(row, moment) for row in rows), key=name)


def name(said: dict[str, Any]) -> tuple[str, ...]:
    """What a duty is known by."""
    return tuple(said[part] for part in ("contract", "rulebook", "rule", "subject", "occurrence"))


def duty(row: Duty, moment: datetime) -> dict[str, Any]:
    return {
        "contract": row.contract.reference,
        "rulebook": row.obligation.rulebook_key,
        "rule": row.obligation.rule_key,
        "subject": row.subject,
        "occurrence": row.occurrence,
        "party": row.party,
        "word": row.word,
        "owed_from": london(row.owed_from),
        "due_date": row.due_date.isoformat() if row.due_date else None,
        "due_at": london(row.due_at),
        "provisional": row.provisional,
        "flagged": row.flagged,
        "version": row.deadline_version,
        "phase": str(row.phase),
        "standing": str(row.standing_at(moment)),
        "done_on": row.done_on.isoformat() if row.done_on else None,
        "done_at": london(row.done_at),
        "ended_by": row.ended_by.number if row.ended_by else None,
    }


def london(moment: datetime | None) -> str | None:
    return moment.astimezone(LONDON).isoformat() if moment else None


def contract(one: Contract) -> dict[str, Any]:
    """How much a contract holds, the end of each chain of its record, and what became of its workflows."""
    sent, cancelled = {"sent_at": None}, {"cancelled_at": None}
    # reminders of what ends, and again of what is overdue, came with a later release
    rows = Notice.objects.filter(contract=one, fact=None).exclude(stage__in=AGAIN)
    evidence = Evidence.objects.filter(contract=one).select_related("decision")
    versions = PlanVersion.objects.filter(contract=one).order_by("plan", "number")
    return {
        "goes_by": goes_by(one),
        "members": one.memberships.count(),
        "facts": one.facts.filter(withdrawn_at=None).count(),
        "facts_withdrawn": one.facts.exclude(withdrawn_at=None).count(),
        "notices": {
            "sent": rows.exclude(**sent).count(),
            "cancelled": rows.filter(**sent).exclude(**cancelled).count(),
            "waiting": rows.filter(**sent, **cancelled).count(),
        },
        "evidence": dict(sorted(Counter(outcome(row) for row in evidence).items())),
        "variations": {row.number: str(row.state) for row in one.variations.order_by("number")},
        "plans": {f"{row.plan} {row.name}": str(row.state) for row in versions},
        "breaches": {
            row.reference: str(row.state) for row in Breach.objects.filter(contract=one).order_by("reference")
        },
        "ledger": chains(one),
    }


def goes_by(one: Contract) -> dict[str, list[Any]]:
    """The versions of rulebooks and the editions of the engine that it adopted."""
    versions = {(row.version.key, row.version.number) for row in one.adoptions.select_related("version")}
    return {
        "versions": [list(each) for each in sorted(versions)],
        "editions": sorted({row.edition for row in one.editions.all()}),
    }


def outcome(evidence: Evidence) -> str:
    return str(evidence.decision.outcome) if hasattr(evidence, "decision") else "no decision"


def chains(one: Contract) -> dict[str, dict[str, Any]]:
    """The number and the hash of the last entry of each chain; "" is the one that everybody reads."""
    ends = LedgerEntry.objects.filter(contract=one).order_by("kept_to", "-number").distinct("kept_to")
    return {row.kept_to: {"entries": row.number, "head": row.hash} for row in ends}
