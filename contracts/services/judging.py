"""What a read document is to a contract: surely one of its schedules, perhaps one, or none of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from contracts.models import Contract, Paragraph, ParagraphVersion, Schedule
from contracts.reader import ParsedDocument
from contracts.reader.corrections import Again
from contracts.reader.editions import MAY_BE_ONE, Earlier, Edition, edition_of
from contracts.reader.judged import Judged, Known, Verdict, judge
from contracts.services import rests
from contracts.services.schedule_readings import done_again


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a document is to one schedule of the contract.

    ``judged``: held against a known outline. ``edition``: held against the words of a schedule that came from
    a document itself. One of the two is there. ``again``: the corrections of the earlier edition done again.
    """

    schedule: Schedule
    judged: Judged | None = None
    edition: Edition | None = None
    chosen: bool = False
    """Whether a person said that it is this schedule."""
    again: Again | None = None

    @property
    def verdict(self) -> Verdict:
        """Sure, unsure or not this schedule. A later edition that changes anything is a person's to take."""
        if self.judged is not None:
            return self.judged.verdict
        assert self.edition is not None
        if not self.edition.is_one and not (self.chosen and self.edition.like >= MAY_BE_ONE):
            return Verdict.NOT_THIS
        return Verdict.UNSURE if self.edition.differs else Verdict.SURE

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """A key: the likelier the schedule, the greater."""
        verdict = self.verdict
        there = verdict is not Verdict.NOT_THIS
        if self.judged is not None:
            return there, verdict is Verdict.SURE, self.judged.weight
        assert self.edition is not None
        return there, verdict is Verdict.SURE, self.edition.like


def outcomes(contract: Contract, reading: ParsedDocument, schedule: Schedule | None = None) -> list[Outcome]:
    """What a document is to each schedule of the contract, or to the one given; the likeliest first.

    8 queries a schedule.
    """
    asked = [schedule] if schedule is not None else list(contract.schedules.order_by("pk"))
    found = [replace(outcome_for(one, reading), chosen=schedule is not None) for one in asked]
    return sorted(found, key=lambda one: one.rank, reverse=True)


def outcome_for(schedule: Schedule, reading: ParsedDocument) -> Outcome:
    """What a document is to one schedule."""
    if schedule.own:
        again = done_again(schedule, reading)
        now = [piece.paragraph for piece in again.corrected.pieces]
        return Outcome(schedule, edition=edition_of(earlier(schedule), now), again=again)
    return Outcome(schedule, judged=judge(reading, known(schedule, reading)))


def known(schedule: Schedule, reading: ParsedDocument) -> list[Known]:
    """What the contract knows of the paragraphs of a schedule, in their order."""
    limits = [one.as_json() for one in reading.time_limits]
    resting = rests.on_words_of(schedule, limits)
    words = base_words(schedule)
    nothing = rests.Rests("")
    return [
        Known(
            path=row.path,
            said=": ".join(part for part in (row.heading, row.summary) if part),
            words=words.get(row.pk, ""),
            rules=resting.get(row.path, nothing).says,
            figure=resting.get(row.path, nothing).disagrees,
        )
        for row in Paragraph.objects.filter(schedule=schedule).order_by("order")
    ]


def earlier(schedule: Schedule) -> list[Earlier]:
    """The paragraphs of a schedule of the contract's own with the words of its last document, in order."""
    words = base_words(schedule)
    resting = rests.on_words_of(schedule)
    return [
        Earlier(row.path, row.heading, words.get(row.pk, ""), row.path in resting)
        for row in Paragraph.objects.filter(schedule=schedule).order_by("order")
        if row.pk in words
    ]


def base_words(schedule: Schedule) -> dict[int, str]:
    """The words that a document brought last and no variation has, by paragraph: without those left out."""
    rows: Iterable[ParagraphVersion] = ParagraphVersion.objects.filter(
        paragraph__schedule=schedule, begun_by=None
    ).order_by("in_force")
    last = {row.paragraph_id: row for row in rows}
    return {paragraph: row.text for paragraph, row in last.items() if row.used}
