"""Taking over what a template decides: decisions of the person who does it, with the template named.

Nothing counts before it is put in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import Contract, Schedule
from contracts.services import ledger, locks
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import london_day
from obligations.models import BookTemplate, EntryDecision, EntryOutcome, TemplateUse
from obligations.rules.register.book_template import ASKS
from obligations.rules.register.entry import EntryError, entry_rule
from obligations.rules.register.template_carry import KEYS, renamed_entry
from obligations.services.book_templates.keeping import form_of
from obligations.services.book_templates.planning import FIELDS, Plan, Taken, plan_of
from obligations.services.entries.deciding import EntryRefused, keep, new_row, with_keys
from obligations.services.entries.kinds import add_kind
from obligations.services.entries.standing import Standing, standing_of


@transaction.atomic
def take_over(
    contract: Contract, schedule: Schedule, template: BookTemplate, actor: Actor, now: datetime, *, seen: str
) -> list[EntryDecision]:
    """Take over everything that ``plan`` showed: a decision for each paragraph, the template named.

    Raises Refused on "template" for one that was retired, and where something changed since it was shown.
    """
    locks.lock(contract)
    if template.retired_at is not None:
        raise Refused("template", f"“{template.title}” was retired: choose another template.")
    standing = standing_of(contract, schedule)
    form = form_of(template)
    found = plan_of(standing, form, london_day(now))
    if found.seen != seen:
        raise Refused("", "Something changed since this was shown. Look at it again, then take it over.")
    if not found.taken:
        raise Refused(
            "", "No paragraph has the same words and is undecided here: there is nothing to take over."
        )
    names = _name_kinds(standing, found, actor, now)
    standing = standing_of(contract, schedule)
    rows = _rows(standing, found, names, actor, now)
    keep(standing, rows, actor, now)
    uses = [
        TemplateUse(contract=contract, template=template, decision=row, path=one.source.path)
        for row, one in zip(rows, found.taken, strict=True)
    ]
    TemplateUse.objects.bulk_create(uses)
    payload = {
        "template": template.pk,
        "title": template.title,
        "schedule": schedule.title,
        "paragraphs": [row.paragraph.citation for row in rows],
        "side": actor.side,
    }
    ledger.record(contract, actor, "template_used", payload, now)
    return rows


def _name_kinds(standing: Standing, found: Plan, actor: Actor, now: datetime) -> dict[str, str]:
    """Name the kinds that what is taken over speaks of. Returns the template's names with those here."""
    names = {}
    for kind in found.kinds:
        fields = {name: kind[name] for name in FIELDS if name != "name"}
        names[kind["name"]] = add_kind(standing.contract, actor, now, **fields).name
    return names


def _rows(
    standing: Standing, found: Plan, names: Mapping[str, str], actor: Actor, now: datetime
) -> list[EntryDecision]:
    rows: list[EntryDecision] = []
    keys: dict[str, str] = {}
    for one in found.taken:
        row = _row(standing, one, names, actor, now)
        both = zip(one.source.entries, row.entries, strict=True)
        keys |= {theirs["key"]: ours["key"] for theirs, ours in both}
        rows.append(row)
    for row in rows:
        row.entries = [_with_keys_here(entry, keys) for entry in row.entries]
    _check(standing, rows)
    return rows


def _row(
    standing: Standing, one: Taken, names: Mapping[str, str], actor: Actor, now: datetime
) -> EntryDecision:
    last = standing.last(one.paragraph)
    outcome = EntryOutcome.ADDED if one.source.outcome == ASKS else EntryOutcome.NONE
    row = new_row(standing, one.paragraph, actor, now, (last.number if last else 0) + 1, outcome)
    row.why = one.source.why
    if one.entries:
        entries = [renamed_entry(entry, names) for entry in one.entries]
        row.entries = with_keys(standing, one.paragraph, entries)
        both = zip(row.entries, one.rests_on, strict=True)
        row.rests_on = {entry["key"]: said for entry, said in both if said}
    return row


def _check(standing: Standing, rows: Iterable[EntryDecision]) -> None:
    for row in rows:
        for entry in row.entries:
            try:
                entry_rule(entry, standing.known)
            except EntryError as error:
                says = f"Paragraph {row.paragraph.number} cannot be taken over: {error}"
                raise EntryRefused("", says) from error


def _with_keys_here(entry: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    return {name: keys.get(value, value) if name in KEYS else value for name, value in entry.items()}
