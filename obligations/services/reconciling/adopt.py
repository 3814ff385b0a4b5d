"""Adopting the rulebooks of a contract's schedules: one obligation for every rule that makes duties."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.models import Contract, Paragraph, ParagraphVersion, Schedule
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.locks import lock
from contracts.terms.moments import Day
from contracts.terms.setting import SettingsError
from obligations.models import Obligation
from obligations.rules.register.asked import check_answers
from obligations.rules.register.rulebook import Rulebook, known_rulebooks, load_rulebook
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.reconcile import reconcile

ONE_DAY = timedelta(days=1)


@transaction.atomic
def adopt_rulebooks(contract: Contract, actor: Actor, now: datetime) -> Changes:
    """Make the obligations of every schedule that has a rulebook, and the duties that follow from them.

    Adopting again changes nothing. Raises Refused where a rule cites a paragraph the contract does not have,
    and where the contract's settings do not answer what the rulebooks ask.
    """
    lock(contract)
    _check_settings(contract)
    entries = []
    for schedule in contract.schedules.order_by("pk"):
        if schedule.outline_key not in known_rulebooks():
            continue
        book = load_rulebook(schedule.outline_key)
        if made := _adopt(contract, schedule, book):
            payload = {"rulebook": book.key, "title": book.title, "digest": book.digest, "obligations": made}
            entries.append(("rulebook_adopted", payload))
    if entries:
        ledger.record_many(contract, actor, entries, now)
    fit_to_the_words(contract)
    return reconcile(contract, now, actor, because="The contract's rulebooks were adopted")


def _check_settings(contract: Contract) -> None:
    keys = contract.schedules.order_by("pk").values_list("outline_key", flat=True)
    try:
        check_answers(
            contract.terms_settings, [load_rulebook(key) for key in keys if key in known_rulebooks()]
        )
    except SettingsError as error:
        raise Refused("settings", f"{error}.") from error


def _adopt(contract: Contract, schedule: Schedule, book: Rulebook) -> int:
    there = set(
        Obligation.objects.filter(contract=contract, rulebook_key=book.key).values_list("rule_key", flat=True)
    )
    paragraphs = dict(Paragraph.objects.filter(schedule=schedule).values_list("path", "pk"))
    begins = min(contract.agreement_date, contract.start_date)
    rows = []
    for rule in book.duties:
        if rule.path not in paragraphs:
            raise Refused("", f"The rulebook {book.key} cites {rule.path}, which the contract does not have.")
        if rule.key not in there:
            rows.append(
                Obligation(
                    contract=contract,
                    paragraph_id=paragraphs[rule.path],
                    rule_key=rule.key,
                    rulebook_key=book.key,
                    rulebook_digest=book.digest,
                    party=rule.party,
                    title=rule.title,
                    in_force=DateRange(begins, None),
                )
            )
    Obligation.objects.bulk_create(rows)
    return len(rows)


def fit_to_the_words(contract: Contract) -> int:
    """Make the obligations hold on exactly the days on which their paragraphs are used (R28, R29).

    Returns how many obligations were ended, begun or moved: 0 when they agreed already. Constant queries.
    """
    obligations = defaultdict(list)
    for row in Obligation.objects.filter(contract=contract).order_by("in_force"):
        obligations[row.rulebook_key, row.rule_key].append(row)
    paragraphs = {rows[0].paragraph_id for rows in obligations.values()}
    versions = defaultdict(list)
    for version in ParagraphVersion.objects.filter(paragraph__in=paragraphs).order_by("in_force"):
        versions[version.paragraph_id].append(version)
    changed: list[Obligation] = []
    new: list[Obligation] = []
    for rows in obligations.values():
        for place, (first, until, ended_by) in enumerate(_used(versions[rows[0].paragraph_id])):
            row = rows[place] if place < len(rows) else _next_of(rows[0])
            if (row.in_force, row.ended_by_id) != (DateRange(first, until), ended_by):
                row.in_force, row.ended_by_id = DateRange(first, until), ended_by
                (changed if place < len(rows) else new).append(row)
    Obligation.objects.bulk_update(changed, ["in_force", "ended_by"])
    Obligation.objects.bulk_create(new)
    return len(changed) + len(new)


def _used(versions: list[ParagraphVersion]) -> list[tuple[Day, Day | None, int | None]]:
    """The spans of days on which a paragraph is used, each with the variation that ends it.

    A paragraph never used keeps one day, so that the record of its obligation stays.
    """
    spans: list[tuple[Day, Day | None, int | None]] = []
    joined = False
    for version in versions:
        first, until = version.in_force.lower, version.in_force.upper
        if version.used:
            if joined:
                spans[-1] = (spans[-1][0], until, None)
            else:
                spans.append((first, until, None))
        elif joined:
            spans[-1] = (spans[-1][0], spans[-1][1], version.begun_by_id)
        elif not spans:
            spans.append((first, first + ONE_DAY, version.begun_by_id))
        joined = version.used
    return spans


def _next_of(row: Obligation) -> Obligation:
    return Obligation(
        contract_id=row.contract_id,
        paragraph_id=row.paragraph_id,
        rule_key=row.rule_key,
        rulebook_key=row.rulebook_key,
        rulebook_digest=row.rulebook_digest,
        party=row.party,
        title=row.title,
    )
