"""Decisions that rest on words which a paragraph no longer has, for somebody to look at again."""

from __future__ import annotations

from collections.abc import Mapping
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
    return on_other_words(standing, _texts(standing, now))


def on_other_words(standing: Standing, texts: Mapping[int, str]) -> list[EntryDecision]:
    """The same, where the words of today are known: ``texts`` by the paragraph's key. No query."""
    words = {one.path: f"{one.heading}\n{texts.get(one.pk, '')}" for one in standing.paragraphs}
    return [made for made in standing.counting if _rests_elsewhere(made, words)]


def _texts(standing: Standing, now: datetime) -> dict[int, str]:
    """What each paragraph says today, by its key."""
    versions = ParagraphVersion.objects.filter(
        paragraph__schedule=standing.schedule, in_force__contains=london_day(now)
    )
    return dict(versions.values_list("paragraph_id", "text"))


def _rests_elsewhere(made: EntryDecision, words: Mapping[str, str]) -> bool:
    return any(one["text"] not in words.get(one["path"], "") for one in _spans(made))


def _spans(made: EntryDecision) -> list[Mapping[str, Any]]:
    """Every stretch of words that a decision rests on."""
    if not made.entries:
        return _sentences(made)
    kept = [ones for fields in made.rests_on.values() for ones in fields.values()]
    return [one for ones in kept for one in ones if one.get("text")]


def _sentences(made: EntryDecision) -> list[Mapping[str, Any]]:
    """What was read in a paragraph when somebody said that it asks for nothing, at its number of now."""
    read = [one["proposal"] for one in made.proposed or ()]
    told = [one["sentence"] for one in read if one.get("sentence", {}).get("path") == one["path"]]
    return [{**words, "path": made.paragraph.path} for words in told]
