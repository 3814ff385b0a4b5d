"""A later edition of a schedule of the contract's own: what is unchanged is carried, the rest is decided.

A paragraph keeps its row, and so everything that rests on it, where its words are found again, even at
another number. Words that a variation brought stay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from contracts.models import Document, Paragraph, ParagraphVersion, Proposal, Schedule
from contracts.reader import ParsedDocument
from contracts.reader.corrections import Again
from contracts.reader.editions import Edition, How, Pair
from contracts.services import ledger, proposals, rests
from contracts.services.actors import Actor
from contracts.services.contracts import ORDER_STEP
from contracts.services.documents import report_of_file
from contracts.services.errors import Refused
from contracts.services.own_schedules import add_paragraphs
from contracts.services.paragraph_rows import leave_out, write_paths
from contracts.services.schedule_readings import carry, done_again, keep_reading
from contracts.services.words import lay_variations_over
from contracts.terms.moments import Day
from contracts.terms.words import Span


@dataclass(frozen=True, slots=True)
class Taken:
    """What a person decided on an edition.

    ``keep``: the paragraphs that keep the words they had, by their new path; by the earlier one where the
    paragraph is gone, which then stays. ``from_day``: from which day the new words judge, None from the
    beginning.
    """

    keep: frozenset[str] = frozenset()
    from_day: Day | None = None


def take_edition(
    document: Document,
    reading: ParsedDocument,
    schedule: Schedule,
    edition: Edition,
    taken: Taken,
    actor: Actor,
    now: datetime,
) -> None:
    """Insert a document as the later edition of its schedule and bring paragraphs and words in line with it.

    In the caller's transaction, with the contract locked. Raises what those raise who rest on the schedule
    and cannot follow (``services/rests.py``).
    """
    again = done_again(schedule, reading)
    rows = {row.path: row for row in Paragraph.objects.filter(schedule=schedule).order_by("order")}
    _check_as_seen(edition, again, rows)
    document.schedule = schedule
    document.reading = _report(again.corrected.reading(), edition, taken)
    document.save(force_insert=True)
    keep_reading(document, reading)
    carry(schedule, document, again, actor, now)
    _remove(rows, edition, taken)
    _renumber(rows, edition, taken)
    moved = {path: row.path for path, row in rows.items() if path != row.path}
    _add(document, schedule, edition, taken)
    _give_words(document, rows, edition, taken)
    proposals.renew(schedule, document)
    payload = {
        "schedule": schedule.outline_key,
        "title": schedule.title,
        "document": document.pk,
        "name": document.name,
        "sha256": document.sha256,
        "from_day": taken.from_day,
        "renumbered": moved,
        "kept": sorted(taken.keep),
        "corrections": len(again.kept),
        "corrections_lost": len(again.lost),
        **{str(how): len(edition.those(how)) for how in How},
    }
    ledger.record(document.contract, actor, "edition_taken", payload, now)
    rests.follow(schedule, moved, actor, now)


def _check_as_seen(edition: Edition, again: Again, rows: Mapping[str, Paragraph]) -> None:
    """Refuse where somebody corrected the reading, or took an edition, since this one was held against it."""
    now = [pair.now for pair in edition.pairs if pair.now is not None]
    same = now == [piece.paragraph for piece in again.corrected.pieces]
    if not same or any(pair.before is not None and pair.before.path not in rows for pair in edition.pairs):
        raise Refused(
            "",
            "Somebody corrected how the schedule is read since you opened this. Look at the edition again.",
        )


def _remove(rows: dict[str, Paragraph], edition: Edition, taken: Taken) -> None:
    """Take away what was never agreed: paragraphs that are left out from the beginning, where nothing rests
    on them and no variation touches them. They are gone from ``rows`` too. A query for each kind of thing.
    """
    if taken.from_day is not None:
        return
    gone = {rows[pair.path].pk for pair in edition.those(How.GONE) if pair.path not in taken.keep}
    for relation in Paragraph._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if not gone or model is Proposal or isinstance(model, str):
            continue
        there = model._base_manager.filter(**{f"{name}__in": gone})
        if model is ParagraphVersion:
            there = there.exclude(begun_by=None)
        gone -= set(there.values_list(name, flat=True))
    Paragraph.objects.filter(pk__in=gone).delete()
    for path in [path for path, row in rows.items() if row.pk in gone]:
        del rows[path]


def _renumber(rows: Mapping[str, Paragraph], edition: Edition, taken: Taken) -> None:
    """Give each paragraph its number, heading and place in the later edition. 2 queries.

    A paragraph that is gone and whose number another has now is called "(left out)". What a variation
    inserted, and what is gone, stays behind the paragraph it stood behind.
    """
    placed: dict[int, int] = {}
    now_at: set[str] = set()
    for place, pair in enumerate(edition.pairs, 1):
        if pair.now is None:
            continue
        now_at.add(pair.now.path)
        if pair.before is not None:
            row, new = rows[pair.before.path], pair.now
            row.path, row.scope, row.number = new.path, new.scope, new.number
            row.printed, placed[row.pk] = new.printed[:60], place * ORDER_STEP
            if pair.path not in taken.keep:
                row.heading = (new.heading or "")[:255]
    behind, step = 0, 0
    for row in rows.values():  # in the order they had
        if row.pk in placed:
            row.order, behind, step = placed[row.pk], placed[row.pk], 0
            continue
        step = min(step + 1, ORDER_STEP - 1)
        row.order = behind + step
        if row.path in now_at:
            leave_out(row)
    write_paths(list(rows.values()))


def _add(document: Document, schedule: Schedule, edition: Edition, taken: Taken) -> None:
    """The paragraphs that are new, each at its place."""
    places = {pair.path: place for place, pair in enumerate(edition.pairs, 1)}
    found = [pair.now for pair in edition.those(How.ADDED) if pair.now is not None]
    orders = [places[one.path] * ORDER_STEP for one in found]
    add_paragraphs(schedule, document, found, orders=orders, from_day=taken.from_day)


def _give_words(document: Document, rows: Mapping[str, Paragraph], edition: Edition, taken: Taken) -> None:
    """The words of the edition, from the beginning or from a day, for all that no variation brought."""
    wanted = _wanted(rows, edition, taken)
    if taken.from_day is not None and taken.from_day > _begins(document):
        spans = {
            paragraph: Span(taken.from_day, None, text, document.pk, used, None)
            for paragraph, (text, used) in wanted.items()
        }
        lay_variations_over(document.contract, spans)
        return
    not_of_a_variation = Q(text="") | Q(document__isnull=False) | Q(begun_by=None)
    versions = list(ParagraphVersion.objects.filter(not_of_a_variation, paragraph__in=wanted))
    for version in versions:
        text, used = wanted[version.paragraph_id]
        version.text, version.document = text, document
        version.used = version.used and used if version.begun_by_id is None else version.used
    ParagraphVersion.objects.bulk_update(versions, ["text", "document", "used"])
    lay_variations_over(document.contract)


def _wanted(rows: Mapping[str, Paragraph], edition: Edition, taken: Taken) -> dict[int, tuple[str, bool]]:
    """The words that each paragraph gets and whether it is used, by the number of its row."""
    wanted = {}
    for pair in edition.pairs:
        if pair.before is None or pair.before.path not in rows or pair.path in taken.keep:
            continue
        row = rows[pair.before.path].pk
        if pair.now is None:
            wanted[row] = (pair.before.words, False)
        elif taken.from_day is None or pair.how is How.CHANGED:
            wanted[row] = (pair.now.text, True)
    return wanted


def _begins(document: Document) -> Day:
    contract = document.contract
    return min(contract.agreement_date, contract.start_date)


def _report(reading: ParsedDocument, edition: Edition, taken: Taken) -> dict[str, Any]:
    found = [pair for pair in edition.pairs if pair.before is not None and pair.now is not None]
    form = {
        "matched": len(found),
        "missing": [_old(pair) for pair in edition.those(How.GONE)],
        "extra": [],
        "edition": {
            "from_day": taken.from_day.isoformat() if taken.from_day else None,
            "same": len(edition.those(How.SAME)),
            "moved": [[_old(pair), pair.path] for pair in edition.those(How.MOVED)],
            "changed": [[_old(pair), pair.path] for pair in edition.those(How.CHANGED)],
            "added": [pair.path for pair in edition.those(How.ADDED)],
            "kept": sorted(taken.keep),
        },
    }
    return form | report_of_file(reading)


def _old(pair: Pair) -> str:
    return pair.before.path if pair.before is not None else ""


def changed_paths(edition: Edition) -> Collection[str]:
    """The paths, in the later edition, at which a person chooses between two wordings."""
    return [pair.path for pair in edition.those(How.CHANGED, How.GONE)]
