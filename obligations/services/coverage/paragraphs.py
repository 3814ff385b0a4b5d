"""One schedule paragraph by paragraph: its words, what it asks, which limits nobody claimed, its duties.

For a schedule that ships with Duly the register's own entries count; for one of the contract's own what
people decided, and what of it is in force.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Count, F

from contracts.access import Access
from contracts.models import Paragraph, ParagraphVersion, Proposal, Schedule
from contracts.terms.found import limits_in
from contracts.terms.limit import Limit, read_limit
from contracts.terms.limits import TimeLimit
from contracts.terms.moments import Day
from contracts.terms.periods import Period
from contracts.terms.unclaimed import Unclaimed, beside
from obligations.models import Duty, EntryDecision, EntryOutcome
from obligations.rules.register.claimed import (
    Claim,
    claim_of_entry,
    claims_of_rule,
    limit_of_entry,
    unclaimed_of,
)
from obligations.rules.register.rule import Rule, Shape
from obligations.rules.register.rulebook import Rulebook
from obligations.services.asking.books import books_of
from obligations.services.asking.renumbered import moves_of
from obligations.services.asking.versions import adopted_by


class Read(StrEnum):
    """How far a paragraph is read."""

    ASKS = "asks"
    NOTHING = "nothing"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class CoveredEntry:
    """One thing that a paragraph asks. ``in_force``: the version in use says so. ``counts``: it still does
    once what was decided is put in force. ``topic``: a key of ``contracts.proposals.topics``, "" where it
    is not known.
    """

    title: str
    shape: str
    party: str
    limit: Limit | None
    word: str
    in_force: bool
    counts: bool = True
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What Duly takes a paragraph to ask, which counts for nothing: keys of ``contracts.proposals``."""

    kind: str
    party: str
    topic: str
    certainty: str
    limit: Limit | None = None
    limit_kind: str = ""


@dataclass(frozen=True)
class CoveredParagraph:
    """A paragraph as it stands on a day. ``text``: "" where no document has brought the words. ``why``: the
    reason for which it asks nothing. ``later``: somebody looked at it and left it. ``template``: the title
    of the one it was taken over from.
    """

    paragraph: Paragraph
    text: str
    used: bool
    read: Read
    in_force: bool
    entries: tuple[CoveredEntry, ...] = ()
    why: str = ""
    later: bool = False
    template: str = ""
    proposed: tuple[Proposed, ...] = ()
    duties: int = 0
    claims: tuple[Claim, ...] = field(default=(), repr=False)

    @cached_property
    def limits(self) -> tuple[TimeLimit, ...]:
        """The time limits in its words."""
        return limits_in(self.text)

    @cached_property
    def left(self) -> list[TimeLimit]:
        """Those that no entry of the schedule has."""
        return unclaimed_of(self.paragraph.path, self.limits, self.claims)

    @cached_property
    def numbers(self) -> list[Unclaimed]:
        """Numbers beside a word of time that were read as no limit."""
        return beside(self.text, self.limits) if any(map(str.isalnum, self.text)) else []


@dataclass(frozen=True, slots=True)
class _Says:
    """What is said of one paragraph. ``in_force``: the version in use says all of it, and nothing else."""

    read: Read = Read.UNDECIDED
    entries: tuple[CoveredEntry, ...] = ()
    why: str = ""
    in_force: bool = False
    template: str = ""


def covered(access: Access, schedule: Schedule, day: Day) -> list[CoveredParagraph]:
    """Every paragraph of a schedule, in its order, as it stands on a London day. 9 queries at most.

    Duties are those that the viewer may know of. Raises BookRefused where an adopted version cannot be read.
    """
    contract = access.contract
    paragraphs = list(Paragraph.objects.filter(contract=contract, schedule=schedule).order_by("order", "pk"))
    last: dict[int, EntryDecision] = {}
    proposed: dict[int, list[Proposed]] = {}
    texts, duties = _texts(schedule, day), _duties(access, schedule)
    if schedule.own:
        versions = adopted_by(contract).get(schedule.outline_key)
        book = versions[-1].book if versions else None
        proposed = _proposed(schedule)
        last, counted = _decisions(schedule)
        made = {one.path: counted.get(one.pk) for one in paragraphs}
        says = _decided(book, made, {one.path: proposed.get(one.pk, []) for one in paragraphs})
        claims = tuple(_claims(book, counted.values()))
    else:
        book = _book_on(schedule, day)
        brought = {one.path: texts[one.pk].number for one in paragraphs if one.pk in texts}
        says = {**_without_duty(brought), **_registered(book)} if book else {}
        claims = tuple(_claims(book, ()))
    rows = []
    for one in paragraphs:
        one.schedule, one.contract = schedule, contract
        said = says.get(one.path, _Says())
        words = texts.get(one.pk, _Text())
        rows.append(
            CoveredParagraph(
                paragraph=one,
                text=words.text,
                used=words.used,
                read=said.read,
                in_force=said.in_force,
                entries=said.entries,
                why=said.why,
                template=said.template,
                later=one.pk in last and last[one.pk].outcome == EntryOutcome.SKIPPED,
                proposed=tuple(proposed.get(one.pk, ())),
                duties=duties[one.pk],
                claims=claims,
            )
        )
    return rows


def _book_on(schedule: Schedule, day: Day) -> Rulebook | None:
    """The rulebook of a shipped schedule as the contract goes by it on a day: with its own figures, and with
    the figures and the rules that its variations brought. 6 queries at most.
    """
    found = books_of(schedule.contract).get(schedule.outline_key)
    if found is None:
        return None
    periods = {one.rule_key: one.period for one in found.figures(day)}
    to_come = {one.rule.key for one in found.amendments.new if one.day > day}
    rules = (rule for rule in found.book.rules if rule.key not in to_come)
    return replace(found.book, rules=tuple(_with(rule, periods.get(rule.key)) for rule in rules))


def _with(rule: Rule, period: Period | None) -> Rule:
    return rule if period is None else replace(rule, amount=period.amount, unit=period.unit)


def _without_duty(brought: Mapping[str, str]) -> dict[str, _Says]:
    """What there is to say of paragraphs that a variation brought, where it brought no duty with them."""
    return {
        path: _Says(Read.NOTHING, why=f"Variation {number} brought it without a duty.", in_force=True)
        for path, number in brought.items()
        if number
    }


def _registered(book: Rulebook) -> dict[str, _Says]:
    """What the register of a shipped schedule says, by path."""
    found: dict[str, _Says] = {}
    for rule in book.rules:
        before = found.get(rule.path, _Says())
        if rule.shape is Shape.NONE:
            read = Read.ASKS if before.entries else Read.NOTHING
            found[rule.path] = _Says(read, before.entries, before.why or rule.why or "", in_force=True)
        else:
            entry = CoveredEntry(
                rule.title, str(rule.shape), rule.party, rule.limit, rule.word or "", in_force=True
            )
            found[rule.path] = _Says(Read.ASKS, (*before.entries, entry), before.why, in_force=True)
    return found


def _decided(
    book: Rulebook | None,
    made: Mapping[str, EntryDecision | None],
    proposed: Mapping[str, Sequence[Proposed]],
) -> dict[str, _Says]:
    """What people decided, by path, and what of it is in force."""
    rules: dict[str, list[Mapping[str, Any]]] = {}
    whys: dict[str, str] = {}
    for file in book.content["files"].values() if book is not None else ():
        for rule in file.get("rule", ()):
            rules.setdefault(rule["path"], []).append(rule)
        whys |= {none["path"]: none["why"] for none in file.get("none", ())}
    return {
        path: _said(one, rules.get(path, []), whys.get(path, ""), topics_of(one, proposed[path]))
        for path, one in made.items()
        if one is not None
    }


def topics_of(made: EntryDecision, proposed: Sequence[Proposed]) -> list[str]:
    """The topic of each entry of a decision: that of the proposal it came from; else the one topic of all
    that is proposed for its paragraph, "" where there are several.
    """
    said = [one["proposal"].get("topic", "") for one in made.proposed or () if one.get("entry")]
    if len(said) == len(made.entries):
        return said
    topics = set(said) or {one.topic for one in proposed if one.kind != "none"}
    return [next(iter(topics)) if len(topics) == 1 else ""] * len(made.entries)


def _said(made: EntryDecision, rules: list[Mapping[str, Any]], why: str, topics: Sequence[str]) -> _Says:
    """One decision beside what the version in use says of its paragraph."""
    decided = [
        _of_table(one, in_force=one in rules, topic=topic)
        for one, topic in zip(made.entries, topics, strict=True)
    ]
    old = [_of_table(one, in_force=True, counts=False) for one in rules if one not in made.entries]
    return _Says(
        Read.NOTHING if made.outcome == EntryOutcome.NONE else Read.ASKS,
        (*decided, *old),
        made.why,
        in_force=rules == made.entries and why == made.why,
        template=getattr(made, "template", None) or "",
    )


def _of_table(
    entry: Mapping[str, Any], *, in_force: bool, counts: bool = True, topic: str = ""
) -> CoveredEntry:
    limit = limit_of_entry(entry)
    return CoveredEntry(
        entry["title"], entry["shape"], entry["party"], limit, entry.get("word", ""), in_force, counts, topic
    )


def _decisions(schedule: Schedule) -> tuple[dict[int, EntryDecision], dict[int, EntryDecision]]:
    """By paragraph the last decision, and the last that counts, at the numbers of now. 2 queries."""
    last: dict[int, EntryDecision] = {}
    counted: dict[int, EntryDecision] = {}
    rows = EntryDecision.objects.filter(contract=schedule.contract, schedule=schedule)
    rows = rows.annotate(template=F("taken_from__template__title")).order_by("number")
    moves_of([schedule.contract_id]).follow(schedule.outline_key, rows)
    for made in rows:
        last[made.paragraph_id] = made
        if made.outcome != EntryOutcome.SKIPPED:
            counted[made.paragraph_id] = made
    return last, counted


def _proposed(schedule: Schedule) -> dict[int, list[Proposed]]:
    """By paragraph what is proposed. 1 query."""
    found: dict[int, list[Proposed]] = {}
    rows = Proposal.objects.filter(contract=schedule.contract, schedule=schedule).order_by("place")
    columns = ("kind", "party", "topic", "certainty", "content__limit", "content__limit_kind")
    for row in rows.values("paragraph_id", *columns):
        found.setdefault(row["paragraph_id"], []).append(proposed_from(*(row[name] for name in columns)))
    return found


def proposed_from(
    kind: str, party: str, topic: str, certainty: str, limit: Mapping[str, Any] | None, limit_kind: str | None
) -> Proposed:
    """What is proposed, from the columns of its row."""
    read = read_limit(limit) if limit else None
    return Proposed(kind, party, topic, certainty, read, limit_kind or "")


def _claims(book: Rulebook | None, counted: Iterable[EntryDecision]) -> Iterable[Claim]:
    for rule in book.rules if book is not None else ():
        yield from claims_of_rule(rule)
    for made in counted:
        for entry in made.entries:
            yield claim_of_entry(entry, made.rests_on.get(entry["key"], {}))


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a paragraph on a day, whether they bind, and the number of the variation they came by."""

    text: str = ""
    used: bool = False
    number: str = ""


def _texts(schedule: Schedule, day: Day) -> dict[int, _Text]:
    """By paragraph its words on a day, and whether they bind. 1 query."""
    rows = ParagraphVersion.objects.filter(
        contract=schedule.contract, paragraph__schedule=schedule, in_force__contains=day
    )
    found = rows.values_list("paragraph_id", "text", "used", "begun_by__number")
    return {paragraph: _Text(text, used, number or "") for paragraph, text, used, number in found}


def _duties(access: Access, schedule: Schedule) -> Counter[int]:
    """How many duties the viewer may know of, by paragraph. 1 query."""
    rows = access.only_seen(Duty.objects.filter(contract=access.contract))
    rows = rows.filter(obligation__paragraph__schedule=schedule)
    pairs = rows.values_list("obligation__paragraph").annotate(Count("pk")).order_by()
    return Counter(dict(pairs))
