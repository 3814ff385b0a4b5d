"""Patches: category, suspension, extension and agreed period, and a release day that is to be found (R20 to
R23, R48; DMP 23 10.3).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from contracts.terms.moments import Day, When, first_moment, last_moment, london_day
from contracts.terms.periods import Period
from obligations.rules.engine.after_the_end import at_the_end, bites, may_begin
from obligations.rules.engine.completion import completion_for, with_word_on_early
from obligations.rules.engine.disapplication import after_disapplying, in_force
from obligations.rules.engine.evaluation import Evaluation, later, started, what_happened
from obligations.rules.engine.event_duties import Cause, assemble
from obligations.rules.engine.limits import calendar_of, clock
from obligations.rules.register.duty import ONCE, Completion, Duty
from obligations.rules.register.facts import Fact, detail_when, period_of
from obligations.rules.register.kinds import RatingSource
from obligations.rules.register.rule import Awaited, Extension, Rule
from obligations.rules.register.severity import (
    Assessment,
    Statement,
    assess,
    category_of,
    lowered,
    word_of,
)
from obligations.rules.register.vocabulary import Vocabulary
from obligations.rules.time.deadlines import (
    AgreePeriod,
    Alternative,
    Deadline,
    Event,
    Extend,
    Lowered,
    Resume,
    Start,
    Suspend,
    deadline_from,
)
from obligations.rules.time.derivation import Step, said, said_when

EACH_TIME = "extended each time"
"""The reading by which more time is given more than once (R22)."""

_Later: TypeAlias = Suspend | Resume | Extend | AgreePeriod


@dataclass(frozen=True, slots=True)
class _Careful:
    """A patch that is there, released on a day nobody knows (R48).

    ``told``: the fact that says that it is there. ``day``: the day by which it is counted with care, which is
    the earliest that a source ``gives``, or else that of the fact.
    """

    told: Fact
    day: Day
    gives: bool

    def as_released(self) -> Fact:
        """The fact as if it were the release."""
        return replace(self.told, at=self.day, repeated_hour=False)

    def steps(self, evaluation: Evaluation, awaited: Awaited) -> tuple[Step, ...]:
        """What is to be found, and by which day the date beside it is counted."""
        which = "the earliest day that a source gives for it" if self.gives else "the day it was first seen"
        version = self.told.details.get(awaited.detail)
        text = f"Version {version} is known to mend it; the day of its release is to be found"
        counted = f"With care it is counted as if released on {said(self.day)}, {which}: no limit ends then"
        return what_happened(evaluation, self.told), Step("R48", text), Step("R48", counted)


def patch_duties(evaluation: Evaluation, rules: Sequence[Rule]) -> Iterator[Duty]:
    """The duties of the rules of one paragraph that differ by category; one for each vulnerability."""
    by_category, categories = {rule.category: rule for rule in rules}, evaluation.vocabulary.categories
    for release, careful in _releases(evaluation, rules[0]):
        said = list(statements_about(evaluation, rules[0], release.subject))
        assessed = assess(said, categories)
        rule, passed = by_category.get(assessed.category or categories[0]), None
        missed = None if careful else _missed_before(evaluation, by_category, release, said, rule)
        if missed is not None:
            rule, assessed, passed = missed
        disapplied = evaluation.terms.disapplication_of(rules[0].path, evaluation.as_at)
        if rule is None or not in_force(disapplied, release.at):
            continue
        if may_begin(evaluation, rule, release):
            yield _duty(evaluation, rule, by_category, release, assessed, passed, careful)


def _releases(evaluation: Evaluation, rule: Rule) -> list[tuple[Fact, _Careful | None]]:
    """What each limit runs from: the first release of each patch, or the careful day in its place (R48)."""
    first: dict[str, Fact] = {}
    for fact in evaluation.of_kinds(rule.on):
        first.setdefault(fact.subject or fact.at.isoformat(), fact)
    waited = careful_days(evaluation, rule, first)
    return [
        *((fact, None) for fact in first.values()),
        *((one.as_released(), one) for one in waited.values()),
    ]


def careful_days(evaluation: Evaluation, rule: Rule, released: Container[str]) -> dict[str, _Careful]:
    """The patches that are there, and whose release is not known, by what they are about (R48)."""
    found: dict[str, _Careful] = {}
    if rule.awaited is None:
        return found
    for fact in evaluation.of_kinds(rule.awaited.known_by):
        if not fact.details.get(rule.awaited.detail) or fact.subject is None or fact.subject in released:
            continue
        given = detail_when(fact.details.get(rule.awaited.earliest))
        before = found.get(fact.subject)
        if before is None:
            day = london_day(fact.at if given is None else given)
            found[fact.subject] = _Careful(fact, day, given is not None)
        elif given is not None and (not before.gives or london_day(given) < before.day):
            found[fact.subject] = _Careful(before.told, london_day(given), gives=True)
    return found


def not_released(evaluation: Evaluation, rule: Rule) -> list[str]:
    """What is known to be wrong and has no patch that anybody knows of, so that no limit runs (R48)."""
    if rule.awaited is None:
        return []
    there = {fact.subject or "" for fact in evaluation.of_kinds(rule.on)}
    there.update(careful_days(evaluation, rule, there))
    told = evaluation.of_kinds(rule.awaited.known_by)
    return list(dict.fromkeys(one.subject for one in told if one.subject and one.subject not in there))


def statements_about(evaluation: Evaluation, rule: Rule, subject: str | None) -> Iterator[Statement]:
    """What everyone said about how bad one vulnerability is, in the order it was recorded.

    Its release, its identification, whoever rates it, and whoever decides its category may all say so.
    """
    kinds = (*rule.on, *rule.aware_by, *evaluation.vocabulary.rating_kinds)
    return statements_in(evaluation.about(subject, kinds), evaluation.vocabulary)


def statements_in(facts: Iterable[Fact], vocabulary: Vocabulary) -> Iterator[Statement]:
    """What these facts say of how bad the one vulnerability is that they are about, in their order."""
    rated, categories = vocabulary.rated, vocabulary.categories
    for fact in facts:
        about, agreed = vocabulary.kind(fact.kind), bool(fact.details.get("agreed_method"))
        speaker = vocabulary.source(about.rates)
        category = fact.details.get(rated.name) if rated is not None else None
        if category in categories:
            said = Statement("", str(category), str(category), fact.learned, agreed, about.decides)
            yield replace(said, source=speaker.name, by=speaker.label) if speaker else said
        for rating in fact.details.get("ratings") or ():
            yield from _rated(vocabulary.source(str(rating.get("source")).lower()), rating.get("value"), fact)
        if fact.details.get("rating") is not None:
            yield from _rated(speaker, fact.details["rating"], fact)


def _rated(source: RatingSource | None, value: object, fact: Fact) -> Iterator[Statement]:
    if source is None:
        return
    category, word = category_of(source, value), word_of(source, value)
    if category is not None and word is not None:
        told = word.capitalize() if str(value).lower() == word else f"{value} ({word.capitalize()})"
        yield Statement(source.name, told, category, fact.learned, by=source.label)


def _missed_before(
    evaluation: Evaluation,
    rules: dict[str | None, Rule],
    release: Fact,
    said: Sequence[Statement],
    now: Rule | None,
) -> tuple[Rule, Assessment, Lowered] | None:
    """The limit that had passed when a laxer category took its place, with what stood then (R23, R49).

    ``now``: the rule of the category that counts by now; its date is the cure date.
    """
    categories = evaluation.vocabulary.categories
    for stood, came, at in lowered(said, categories):
        rule = rules.get(stood.category)
        if rule is None:
            continue
        _, start = _start(evaluation, rule, rules, release, stood)
        before = [
            one
            for one in _later_events(evaluation, rule, release)
            if first_moment(one.at) <= first_moment(at)
        ]
        old = deadline_from([start, *before, *evaluation.choice(rule)], evaluation.calendar)
        if old.due_at is None or first_moment(at) <= old.due_at:
            continue
        cure = _by_now(evaluation, now, rules, release, assess(said, categories))
        if cure is None or last_moment(cure) > old.due_at:
            citation = f"{rule.rulebook}/{rule.read_with}" if rule.read_with else None
            return (
                rule,
                stood,
                Lowered(at, cure, f"{came.category}, where it was {stood.category},", citation),
            )
    return None


def _by_now(
    evaluation: Evaluation,
    rule: Rule | None,
    rules: dict[str | None, Rule],
    release: Fact,
    assessed: Assessment,
) -> When | None:
    """The end of the limit of the category that counts by now; None where it has none or is suspended."""
    if rule is None:
        return None
    _, start = _start(evaluation, rule, rules, release, assessed)
    deadline = deadline_from([start, *_later_events(evaluation, rule, release)], evaluation.calendar)
    return deadline.due_at if deadline.hour_clock else deadline.due_date


def _start(
    evaluation: Evaluation, rule: Rule, rules: dict[str | None, Rule], release: Fact, assessed: Assessment
) -> tuple[When, Start]:
    """When the duty first bit, and the start of its clock with what was said of the category."""
    bit = bites(evaluation, release, _first_bit(evaluation, rule, release))
    start = started(evaluation, rule, release, _raised(evaluation, rules, release, assessed, bit))
    notes = (*start.notes, *_category_steps(rule, assessed), *_not_granted(evaluation, rule, release))
    others = tuple(_other_categories(evaluation, rule, rules, release, assessed))
    return bit, replace(start, notes=notes, alternatives=others)


def _duty(
    evaluation: Evaluation,
    rule: Rule,
    rules: dict[str | None, Rule],
    release: Fact,
    assessed: Assessment,
    passed: Lowered | None,
    careful: _Careful | None,
) -> Duty:
    bit, start = _start(evaluation, rule, rules, release, assessed)
    since: When = release.at
    if passed is not None:
        start = replace(start, alternatives=())  # the laxer category has come, and is the cure date
    if careful is not None and rule.awaited is not None:
        start = replace(start, notes=(*careful.steps(evaluation, rule.awaited), *start.notes[1:]))
        # what was applied had been released, on whichever day that was
        since = min(careful.day, evaluation.terms.start_date)
    cause = Cause(release, (release,), ONCE if release.subject else release.at.isoformat(), rule.party, bit)
    completion = completion_for(evaluation, rule, release.subject, cause.occurrence, since)
    choices = evaluation.choice(rule)
    events: list[Event] = [start, *_later_events(evaluation, rule, release)]
    events += [*([passed] if passed is not None else []), *choices]
    deadline = _deadline(evaluation, events, completion)
    if careful is not None and not deadline.suspended:
        deadline = replace(deadline, careful=True, literal_limit=None, cure_date=None)
    deadline = with_word_on_early(
        evaluation, rule, deadline, completion, release.subject, cause.occurrence, since
    )
    disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
    deadline, ended_by = after_disapplying(
        disapplied, deadline, release.at, completion, evaluation.chosen(rule)
    )
    deadline, ended_by = at_the_end(evaluation, rule, deadline, release, completion, ended_by)
    duty = assemble(evaluation, rule, cause, deadline, completion, ended_by)
    return _titled(duty, rule, assessed, to_be_found=careful is not None and completion is None)


def _titled(duty: Duty, rule: Rule, assessed: Assessment, *, to_be_found: bool) -> Duty:
    """The duty under what is owed: to apply the patch, or first to find the day of its release (R48)."""
    title = rule.awaited.title if to_be_found and rule.awaited is not None else rule.title
    return replace(duty, title=title if assessed.category else f"{title} (not yet categorised)")


def _deadline(evaluation: Evaluation, events: list[Event], completion: Completion | None) -> Deadline:
    """The deadline; of what was done while suspended, the one the original clock gives (R15, R21)."""
    deadline = deadline_from(events, evaluation.calendar)
    if deadline.suspended and completion is not None:
        return deadline_from([*events, Resume(completion.done, "it was dealt with")], evaluation.calendar)
    return deadline


def _first_bit(evaluation: Evaluation, rule: Rule, release: Fact) -> When:
    """When the vulnerability was identified, else when the release was recorded; never before the release."""
    found = evaluation.about(release.subject, rule.aware_by)
    return later(found[0].at, release.at) if found else release.learned


def _raised(
    evaluation: Evaluation, rules: dict[str | None, Rule], release: Fact, assessed: Assessment, bit: When
) -> When:
    """When the limit of this category first bit: with a category raised late, when it was raised (R10, R20).

    Never after the limit that stood before, which was missed by then.
    """
    weaker = rules.get(assessed.before)
    if weaker is None or assessed.since is None or weaker.limit is None:
        return bit
    begun = clock(evaluation, weaker, release.at, first_bit=bit)
    stood = deadline_from([begun], calendar_of(evaluation, weaker))
    raised = later(bit, assessed.since)
    if stood.due_at is not None and last_moment(raised) > stood.due_at:
        return stood.due_at
    return raised


def _category_steps(rule: Rule, assessed: Assessment) -> Iterator[Step]:
    citation = f"{rule.rulebook}/{rule.read_with}" if rule.read_with else None
    if assessed.category is None:
        yield Step(
            "R20", f"Not yet categorised: the strictest limit, for {rule.category}, until rated", citation
        )
        return
    for statement in assessed.statements:
        yield Step("R20", str(statement), citation)
    if len({statement.category for statement in assessed.statements}) > 1:
        yield Step("R20", f"What counts is {assessed.category}", citation)
    if assessed.lower is not None:
        text = f"Rated lower since ({assessed.lower}): the longer limit needs a decision on the record"
        yield Step("R20", text, citation)


def _other_categories(
    evaluation: Evaluation, rule: Rule, rules: dict[str | None, Rule], release: Fact, assessed: Assessment
) -> Iterator[Alternative]:
    """The dates under other categories, where which one applies is open (R20)."""
    bespoke = release.details.get("software") == "bespoke"
    for category in evaluation.vocabulary.categories:
        other = rules.get(category)
        if other is None or other is rule:
            continue
        if assessed.category is None or bespoke:
            yield Alternative(f"if categorised {category}", "R20", period=other.period)
        elif category == assessed.lower:
            yield Alternative(f"{category}, as rated since, if so decided", "R20", period=other.period)
        elif said := [one.by for one in assessed.laxer if one.category == category]:
            yield Alternative(f"{category}, as {said[0]} says", "R20", period=other.period)


# What happened after the release


def _later_events(evaluation: Evaluation, rule: Rule, release: Fact) -> list[_Later]:
    """The events of the deadline after its start, in order of time."""
    timed: list[tuple[When, int, _Later]] = []
    if rule.suspension is not None:
        path = f"{rule.rulebook}/{rule.suspension.path}"
        ends = evaluation.about(release.subject, [rule.suspension.ends])
        for fact in evaluation.about(release.subject, [rule.suspension.begins]):
            if _overtaken(fact, ends):
                continue
            reason = f"shown not to be exploitable in the service{_on_whose_word(fact)}"
            timed.append((fact.at, 2, Suspend(fact.at, reason, path, fact.source)))
        for fact in ends:
            timed.append((fact.at, 3, Resume(fact.at, "it became exploitable", path, fact.source)))
    if rule.extension is not None:
        timed += [(event.at, 1, event) for event in _extensions(evaluation, rule.extension, rule, release)]
    if rule.agreement is not None:
        path = f"{rule.rulebook}/{rule.agreement.path}"
        for fact in evaluation.about(release.subject, [rule.agreement.fact]):
            period = period_of(fact.details.get("period"))
            if period is not None:
                reason = _on_whose_word(fact).removeprefix("; ")
                timed.append((fact.at, 0, AgreePeriod(fact.at, period, reason, path, fact.source)))
    timed.sort(key=lambda item: (first_moment(item[0]), item[1]))
    return [event for _, _, event in timed]


def _overtaken(fact: Fact, ends: Sequence[Fact]) -> bool:
    """Whether what was claimed had ended again before it was claimed, so that it suspends nothing (R46)."""
    if fact.claim is None or fact.claim.happened is None:
        return False
    since, made = first_moment(fact.claim.happened), last_moment(fact.at)
    return any(last_moment(end.at) >= since and first_moment(end.at) <= made for end in ends)


def _on_whose_word(fact: Fact) -> str:
    """How what was claimed came to count (R46); empty for a fact that is established."""
    if fact.claim is None:
        return ""
    done = "proposed" if fact.claim.agreement else "claimed"
    when = "" if fact.claim.decided_at is None else f", {said_when(fact.claim.decided_at)}"
    accepted = "confirmed" if fact.claim.agreement else "accepted"
    return f"; {done} {said_when(fact.claim.made_at)} and {accepted} by the other side{when} (R46)"


def _extensions(evaluation: Evaluation, extension: Extension, rule: Rule, release: Fact) -> Iterator[Extend]:
    """Five more days, once, while the test plan was and is followed (R22)."""
    for number, fact in enumerate(_granted(evaluation, extension, release)):
        first = number == 0
        yield Extend(
            fact.at,
            extension.period,
            or_period=Period(extension.period.amount, extension.other_unit)
            if extension.other_unit and first
            else None,
            only_in_reading=None if first else EACH_TIME,
            reason=f"the patch affects the service; the agreed test plan is followed{_on_whose_word(fact)}",
            citation=f"{rule.rulebook}/{extension.path}",
            decision=fact.source,
        )


def _granted(evaluation: Evaluation, extension: Extension, release: Fact) -> list[Fact]:
    """The adverse effects that give more time: the test plan followed, and not departed from since."""
    departed = [
        first_moment(fact.at)
        for fact in [
            *evaluation.about(release.subject, evaluation.vocabulary.kinds_with(extension.requires)),
            *evaluation.said_done(release.subject),
        ]
        if fact.details.get(extension.requires) is False
    ]
    return [
        fact
        for fact in evaluation.about(release.subject, [extension.fact])
        if fact.details.get(extension.requires) is True
        and not any(moment >= first_moment(fact.at) for moment in departed)
    ]


def _not_granted(evaluation: Evaluation, rule: Rule, release: Fact) -> Iterator[Step]:
    """Say why an adverse effect gave no more time (R22)."""
    extension = rule.extension
    if extension is None:
        return
    granted = _granted(evaluation, extension, release)
    for fact in evaluation.about(release.subject, [extension.fact]):
        if fact not in granted:
            text = f"An adverse effect was found, {said_when(fact.at)}, but not that the agreed test plan"
            text += " was followed throughout: no more time"
            yield Step("R22", text, f"{rule.rulebook}/{extension.path}")
