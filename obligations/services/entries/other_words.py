"""Decisions that rest on words which a paragraph no longer has, for somebody to look at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from contracts.models import ParagraphVersion, Schedule
from contracts.terms.moments import london_day
from obligations.models import EntryDecision
from obligations.services.entries.standing import Standing, standing_of


def resting_on_other_words(schedule: Schedule, now: datetime) -> list[EntryDecision]:
    """The decisions that count whose words stand in their paragraphs no more today, in document order.

    Those that were decided without words are not asked. 5 queries; none for a schedule that ships.
    """
    if not schedule.own:
        return []
    standing = standing_of(schedule.contract, schedule)
    if not standing.decisions:
        return []
    words = _words(standing, now)
    return [made for made in standing.counting if _rests_elsewhere(made, words)]


def _words(standing: Standing, now: datetime) -> dict[str, str]:
    """What each paragraph says today, its heading before it, by path."""
    by_pk = {one.pk: one for one in standing.paragraphs}
    versions = ParagraphVersion.objects.filter(
        paragraph__schedule=standing.schedule, in_force__contains=london_day(now)
    )
    return {
        by_pk[one.paragraph_id].path: f"{by_pk[one.paragraph_id].heading}\n{one.text}" for one in versions
    }


def _rests_elsewhere(made: EntryDecision, words: Mapping[str, str]) -> bool:
    return any(one["text"] not in words.get(one["path"], "") for one in _spans(made.rests_on.values()))


def _spans(rests_on: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Every stretch of words that the entries of a decision rest on."""
    return [one for fields in rests_on for spans in fields.values() for one in spans if one.get("text")]
