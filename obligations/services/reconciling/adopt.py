"""Adopting the rulebooks of a contract's schedules, and fitting its obligations to versions and words.

There is one obligation for every rule that makes duties, on the days on which a version that the contract
goes by has the rule and its paragraph is used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.models import Contract, Paragraph, ParagraphVersion
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import ONE_DAY, Day
from contracts.terms.setting import SettingsError
from obligations.models import Adoption, EditionAdoption, Obligation
from obligations.rules.engine.contract_book import AdoptedVersion, counting
from obligations.rules.engine.edition import this_edition
from obligations.rules.register.asked import check_answers
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import Rulebook, load_rulebook
from obligations.services.asking.versions import adopted_by, is_shipped, shipped_version
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile

Span = tuple[Day, Day | None, int | None]
"""The first day, the day after the last, and the variation that ends it."""


@transaction.atomic
def adopt_rulebooks(contract: Contract, actor: Actor, now: datetime) -> Changes:
    """Bind a contract to the shipped version of the rulebook of each of its schedules, with the newest
    engine, and make the obligations and duties that follow.

    A schedule that goes by a version already keeps it: adopting again changes nothing. Raises Refused where a
    rule cites a paragraph the contract does not have, and where the contract's settings do not answer what
    the rulebooks ask.
    """
    lock(contract, now)
    _check_settings(contract)
    there = set(Adoption.objects.filter(contract=contract).values_list("version__key", flat=True))
    entries = []
    for schedule in contract.schedules.order_by("pk"):
        if is_shipped(schedule.outline_key) and schedule.outline_key not in there:
            version = shipped_version(schedule.outline_key)
            Adoption.objects.create(
                contract=contract,
                version=version,
                adopted_at=now,
                adopted_by=actor.person,
                adopted_by_name=actor.name,
            )
            payload = {
                "rulebook": version.key,
                "title": version.title,
                "version": version.number,
                "digest": version.digest,
            }
            entries.append(("rulebook_adopted", payload))
    if entries and not EditionAdoption.objects.filter(contract=contract).exists():
        EditionAdoption.objects.create(
            contract=contract,
            edition=this_edition(),
            adopted_at=now,
            adopted_by=actor.person,
            adopted_by_name=actor.name,
        )
    made = fit_to_the_words(contract)
    if entries:
        entries = [(verb, payload | {"obligations": made}) for verb, payload in entries]
        ledger.record_many(contract, actor, entries, now)
    return reconcile(contract, now, actor, because="The contract's rulebooks were adopted")


def _check_settings(contract: Contract) -> None:
    keys = contract.schedules.order_by("pk").values_list("outline_key", flat=True)
    try:
        check_answers(contract.terms_settings, [load_rulebook(key) for key in keys if is_shipped(key)])
    except SettingsError as error:
        raise Refused("settings", f"{error}.") from error


def fit_to_the_words(contract: Contract) -> int:
    """Make the obligations hold on exactly the days on which a version in use has their rule and their
    paragraphs are used (R28, R29).

    Returns how many obligations were made, ended, begun or moved: 0 when they agreed already. Constant
    queries. Raises Refused where a rule cites a paragraph the contract does not have.
    """
    books = adopted_by(contract)
    obligations = defaultdict(list)
    for row in Obligation.objects.filter(contract=contract).order_by("in_force"):
        obligations[row.rulebook_key, row.rule_key].append(row)
    for row in _missing(contract, books, set(obligations)):
        obligations[row.rulebook_key, row.rule_key].append(row)
    paragraphs = {rows[0].paragraph_id for rows in obligations.values()}
    versions = defaultdict(list)
    for version in ParagraphVersion.objects.filter(paragraph__in=paragraphs).order_by("in_force"):
        versions[version.paragraph_id].append(version)
    changed: list[Obligation] = []
    new: list[Obligation] = []
    for (book, rule_key), rows in obligations.items():
        days = _days_of(rule_key, books.get(book, ()))
        spans = _keeping_all(rows, list(_on_both(_used(versions[rows[0].paragraph_id]), days)))
        latest = _latest(rule_key, books.get(book, ()))
        for place, (first, until, ended_by) in enumerate(spans):
            row = rows[place] if place < len(rows) else _next_of(rows[0])
            says = (DateRange(first, until), ended_by, *(latest or _said(row)))
            if row.pk is None or (row.in_force, row.ended_by_id, *_said(row)) != says:
                row.in_force, row.ended_by_id, row.party, row.title, row.rulebook_digest = says
                (new if row.pk is None else changed).append(row)
    Obligation.objects.bulk_update(changed, ["in_force", "ended_by", "party", "title", "rulebook_digest"])
    Obligation.objects.bulk_create(new)
    return len(changed) + len(new)


def _said(row: Obligation) -> tuple[str, str, str]:
    return row.party, row.title, row.rulebook_digest


def _missing(
    contract: Contract, books: dict[str, tuple[AdoptedVersion, ...]], there: set[tuple[str, str]]
) -> Iterator[Obligation]:
    """An obligation, not saved yet, for every rule of a version in use that has none. 1 query at most."""
    wanted = [
        (book, rule)
        for adopted in books.values()
        for book, _, _ in counting(adopted)
        for rule in book.duties
        if (book.key, rule.key) not in there
    ]
    if not wanted:
        return
    rows = Paragraph.objects.filter(contract=contract).values_list("schedule__outline_key", "path", "pk")
    paragraphs = {(key, path): number for key, path, number in rows}
    begins = min(contract.agreement_date, contract.start_date)
    made: set[tuple[str, str]] = set()
    for book, rule in wanted:
        if (book.key, rule.path) not in paragraphs:
            raise Refused(
                "", f"The rulebook {book.key}, version {book.version}, cites {rule.path}, which the contract"
                f" {contract.reference} does not have."
            )  # fmt: skip
        if (book.key, rule.key) not in made:
            made.add((book.key, rule.key))
            yield Obligation(
                contract=contract,
                paragraph_id=paragraphs[book.key, rule.path],
                rule_key=rule.key,
                rulebook_key=book.key,
                rulebook_digest=book.digest,
                party=rule.party,
                title=rule.title,
                in_force=DateRange(begins, None),
            )


def _days_of(rule_key: str, adopted: Iterable[AdoptedVersion]) -> list[tuple[Day | None, Day | None]]:
    """The spans of days over which some version has a rule, joined; all days where a variation brought it."""
    found: list[tuple[Day | None, Day | None]] = []
    adopted = tuple(adopted)
    if not any(_has(one.book, rule_key) for one in adopted):
        return [(None, None)]
    for book, first, until in counting(adopted):
        if not _has(book, rule_key):
            continue
        if found and found[-1][1] == first and first is not None:
            found[-1] = (found[-1][0], until)
        else:
            found.append((first, until))
    return found


def _has(book: Rulebook, rule_key: str) -> Rule | None:
    rule = book.by_key.get(rule_key)
    return rule if rule is not None and rule.makes_duties else None


def _latest(rule_key: str, adopted: Iterable[AdoptedVersion]) -> tuple[str, str, str] | None:
    """Party, title and digest by the last version in use that has the rule."""
    for book, _, _ in reversed(counting(tuple(adopted))):
        if rule := _has(book, rule_key):
            return rule.party, rule.title, book.digest
    return None


def _on_both(used: list[Span], days: list[tuple[Day | None, Day | None]]) -> Iterator[Span]:
    """The days on which a paragraph is used and a version has its rule."""
    for first, until, ended_by in used:
        for begins, ends in days:
            low = first if begins is None else max(first, begins)
            high = min((one for one in (until, ends) if one is not None), default=None)
            if high is None or low < high:
                yield low, high, ended_by if high == until else None


def _keeping_all(rows: list[Obligation], spans: list[Span]) -> list[Span]:
    """A span for every row there is: a rule that is gone keeps one day, so that its record stays."""
    spans = list(spans)
    for row in rows[len(spans) :]:
        lower = row.in_force.lower
        last = spans[-1] if spans else None
        if last is not None and last[0] < lower and (last[1] is None or lower < last[1]):
            spans[-1] = (last[0], lower, None)
            spans.append((lower, last[1], last[2]))
        else:
            spans.append((lower, lower + ONE_DAY, None))
    return spans


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
