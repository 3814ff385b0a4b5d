"""Duties under a contract that variations have changed: the engine, asked once for each way a rule has stood.

A rule that was switched off and used again, or whose figure was changed, is asked about once for every span
of days in which it stood one way, and the answers are put together (R28). Everything else goes to the engine
as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from contracts.terms.moments import (
    Day,
    Moment,
    end_of_day,
    first_moment,
    last_moment,
    london_day,
    start_of_day,
)
from contracts.terms.variations import covers
from obligations.rules.engine.derive import derive
from obligations.rules.engine.lifecycle import State, state_of
from obligations.rules.engine.used_again import first_of_each, last_before, with_the_other
from obligations.rules.register.amendments import Amendments, Figure, Use, uses
from obligations.rules.register.duty import Completion, Duty
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Every, Rule, Shape
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.register.terms import ContractTerms, SignedVariation
from obligations.rules.register.vocabulary import DONE, shipped_vocabulary
from obligations.rules.time.derivation import Deadline, Reading, Step, said
from obligations.rules.time.working_days import Calendar

OLD_LIMIT = "the limit before the variation"
NEW_LIMIT = "the limit of the variation"


@dataclass(frozen=True)
class _Question:
    """What does not change from one span to the next."""

    book: Rulebook
    terms: ContractTerms
    facts: Sequence[Fact]
    completions: Sequence[Completion]
    calendar: Calendar
    as_at: Moment

    def ask(
        self,
        rules: Sequence[Rule],
        terms: ContractTerms,
        facts: Iterable[Fact],
        completions: Iterable[Completion],
    ) -> list[Duty]:
        book = replace(self.book, rules=tuple(rules))
        return derive(book, terms, facts, completions, self.calendar, self.as_at)


def amended(book: Rulebook, amendments: Amendments) -> Rulebook:
    """The rulebook with the rules that variations brought, whenever they take effect."""
    new = tuple(one.rule for one in amendments.new)
    if not new:
        return book
    return replace(_speaking(book, amendments), rules=(*book.rules, *new))


def _speaking(book: Rulebook, amendments: Amendments) -> Rulebook:
    """The rulebook, speaking of the kinds that duties brought by variations start on as well."""
    known = book.vocabulary
    for one in amendments.new:
        if kinds := [kind for kind in one.rule.on if kind not in known]:
            known = (one.known or shipped_vocabulary()).only(kinds).joined(known)
    return book if known is book.vocabulary else replace(book, vocabulary=known)


def derive_amended(
    book: Rulebook,
    terms: ContractTerms,
    amendments: Amendments,
    facts: Iterable[Fact],
    completions: Iterable[Completion],
    calendar: Calendar,
    as_at: Moment,
) -> list[Duty]:
    """Every duty as at a moment, as ``engine.derive`` says, under the amendments in effect by then (R28).

    ``book`` has the contract's own figures in it already (``contract_book``).
    """
    amendments = amendments.by(as_at)
    facts, completions = list(facts), list(completions)
    if not amendments:
        return derive(book, terms, facts, completions, calendar, as_at)
    book = _speaking(book, amendments)
    known = replace(terms, variations=tuple(one for one in terms.variations if _known(one, as_at)))
    question = _Question(book, known, facts, completions, calendar, as_at)
    special = _special(book, amendments)
    plain = [rule for rule in book.rules if (rule.path, rule.category is None) not in special]
    duties = question.ask(plain, known, facts, completions)
    for rules in special.values():
        spans = uses(rules[0].path, known.variations, amendments.again, None)
        for use in spans:
            duties += _in_span(question, rules, use, amendments.figures)
    for one in amendments.new:
        for use in uses(one.rule.path, known.variations, amendments.again, one.day):
            duties += _in_span(question, [one.rule], use, amendments.figures, born=one.day)
    return duties


def _known(one: SignedVariation, as_at: Moment) -> bool:
    """Whether both signatures of a variation were made by a moment."""
    signed = (one.supplier_signed, one.authority_signed)
    return all(when is not None and first_moment(when) <= as_at for when in signed)


def _special(book: Rulebook, amendments: Amendments) -> dict[tuple[str, bool], list[Rule]]:
    """The rules to ask about span by span; rules of one paragraph that differ by category stay together."""
    keys = {one.rule_key for one in amendments.figures}
    found: dict[tuple[str, bool], list[Rule]] = {}
    for rule in book.duties:
        if rule.key in keys or any(covers(one.path, rule.path) for one in amendments.again):
            found[rule.path, rule.category is None] = []
    for rule in book.duties:
        if (rule.path, rule.category is None) in found:
            found[rule.path, rule.category is None].append(rule)
    return found


def _in_span(
    question: _Question,
    rules: Sequence[Rule],
    use: Use,
    figures: Sequence[Figure],
    *,
    born: Day | None = None,
) -> list[Duty]:
    """The duties of these rules in one span of use, under each figure in turn."""
    mark = _mark(use, born)
    terms, facts, completions = _as_it_stood(question, rules, use, mark)
    asked = [rule for rule in rules if use.first in (None, born) or rule.shape is not Shape.ONE_OFF]
    duties = question.ask(asked, terms, facts, completions) if asked else []
    causes = {fact.source: fact for fact in question.facts}
    keys = {rule.key for rule in asked}
    for figure in (one for one in figures if one.rule_key in keys):
        before, asked = asked, [_with_figure(rule, figure) for rule in asked]
        later = question.ask(asked, terms, facts, completions)
        duties = _merged(question, before, duties, later, figure, causes)
    return _counted_on(question, _of_the_span(duties, use, mark), asked, use, mark)


def _counted_on(
    question: _Question, duties: list[Duty], rules: Sequence[Rule], use: Use, mark: str
) -> list[Duty]:
    """The duties of a span that a reinstatement began, the first of each series with its other reading."""
    first = first_of_each(duties, rules) if mark else {}
    if not first or (day := use.first) is None:
        return duties
    terms = replace(question.terms, variations=())
    had_it_run = question.ask(list(first.values()), terms, question.facts, question.completions)
    found = []
    for duty in duties:
        rule = first.get(duty.identity)
        other = last_before(rule, duty, had_it_run, day) if rule and duty.ended_by is None else None
        if rule is not None and other is not None:
            chosen = terms.chosen_reading(*rule.names)
            deadline = with_the_other(duty.deadline, other, day, chosen)
            duty = replace(duty, deadline=deadline, state=_state(question, duty, deadline))
        found.append(duty)
    return found


def _mark(use: Use, born: Day | None) -> str:
    """What tells the duties of a later span of use from those of the first, in their occurrence."""
    return "" if use.first is None or use.first == born else f" from {use.first.isoformat()}"


def _as_it_stood(
    question: _Question, rules: Sequence[Rule], use: Use, mark: str
) -> tuple[ContractTerms, list[Fact], list[Completion]]:
    """The terms, facts and completions that count in one span of use."""
    terms = replace(question.terms, variations=(use.stop,) if use.stop else ())
    named = [_unmarked(one, mark) for one in question.completions if _marks(one) == mark]
    if use.first is None:
        return terms, list(question.facts), named
    begins = start_of_day(use.first)
    if all(rule.every not in (Every.ANNIVERSARY, Every.CYCLE) for rule in rules):
        terms = replace(terms, start_date=use.first, commencement_date=use.first, tracked_from=None)
    facts = list(_facts_since(question.facts, rules, use.first))
    return terms, facts, [one for one in named if last_moment(one.done) >= begins]


def _facts_since(facts: Iterable[Fact], rules: Sequence[Rule], first: Day) -> Iterator[Fact]:
    """The facts that count where a paragraph is used again from a day on.

    What a series runs from, before that day, counts as on the day; what started or met a duty before it
    belongs to the span before; everything else says how things are and goes on to.
    """
    begins = start_of_day(first)
    anchors = {rule.anchor for rule in rules if rule.anchor}
    acts = {DONE} | {kind for rule in rules for kind in (*rule.on, *rule.met_by)}
    for fact in facts:
        if fact.kind in anchors and first_moment(fact.at) < begins:
            yield replace(fact, at=first)
        elif last_moment(fact.at) >= begins or fact.kind not in acts:
            yield fact


def _marks(one: Completion) -> str:
    _, found, day = (one.occurrence or "").partition(" from ")
    return found + day


def _unmarked(one: Completion, mark: str) -> Completion:
    return replace(one, occurrence=one.occurrence.removesuffix(mark)) if mark and one.occurrence else one


def _begins_in(duty: Duty, use: Use) -> bool:
    """Whether a duty belongs to a span that began with a reinstatement: what was owed before it did not."""
    if use.first is None:
        return True
    due = duty.deadline.due_date
    return london_day(duty.owed_from) >= use.first or (due is not None and due >= use.first)


def _of_the_span(duties: Iterable[Duty], use: Use, mark: str) -> list[Duty]:
    return [_marked(duty, use, mark) for duty in duties if not mark or _begins_in(duty, use)]


def _marked(duty: Duty, use: Use, mark: str) -> Duty:
    if not mark or use.first is None:
        return duty
    text = f"Variation {use.again} uses this paragraph again from {said(use.first)}: counted from that day"
    deadline = replace(duty.deadline, steps=(*duty.deadline.steps, Step("R28", text)))
    begins = start_of_day(use.first)
    return replace(
        duty, occurrence=duty.occurrence + mark, deadline=deadline, owed_from=max(duty.owed_from, begins)
    )


def _with_figure(rule: Rule, figure: Figure) -> Rule:
    if rule.key != figure.rule_key:
        return rule
    period = figure.period
    return replace(rule, amount=period.amount, unit=period.unit, others=(), joined=None, hour=None)


def _merged(
    question: _Question,
    rules: Sequence[Rule],
    before: Sequence[Duty],
    after: Sequence[Duty],
    figure: Figure,
    causes: dict[str, Fact],
) -> list[Duty]:
    """The duties before and after a change of figure, put together.

    What began before the day and was due before it, or was done, is as it was. What begins on or after it has
    the new limit. What was running keeps the limit that is safest for the party that owes it (R12).
    """
    old = {duty.identity: duty for duty in before}
    rule = next(rule for rule in rules if rule.key == figure.rule_key)
    found = []
    for duty in after:
        earlier = old.pop(duty.identity, None)
        if duty.rule_key != figure.rule_key:
            found.append(duty)
        elif earlier is None or _began(duty, causes) >= figure.day:
            found.append(_said_new(duty, rule, figure))
        else:
            found.append(_running(question, rule, earlier, duty, figure))
    kept = [duty for duty in old.values() if _began(duty, causes) < figure.day]
    return [*found, *kept]


def _began(duty: Duty, causes: dict[str, Fact]) -> Day:
    cause = causes.get(duty.cause_fact or "")
    return min(london_day(cause.at), london_day(duty.owed_from)) if cause else london_day(duty.owed_from)


def _running(question: _Question, rule: Rule, old: Duty, new: Duty, figure: Figure) -> Duty:
    """A duty that began before the figure changed."""
    was, now = old.deadline, new.deadline
    if was.due_at is None or was.due_date is None or now.due_at is None or now.due_date is None:
        return old
    if was.due_date < figure.day or _over_by(rule, old, figure.day):
        return old
    # nobody is made late by a signature: what would be due before the new figure's day is due at its end
    due = max(now.due_at, end_of_day(figure.day)) if now.due_date < figure.day else now.due_at
    if due == was.due_at:
        return old
    takes_new = (due > was.due_at) if rule.retention else (due < was.due_at)
    deadline = _of_both(was, now, due, rule, figure, takes_new=takes_new)
    running = replace(old, deadline=deadline, state=_state(question, old, deadline))
    return _by_its_end(running) if rule.retention else running


def _by_its_end(duty: Duty) -> Duty:
    """A minimum, which is met by its end and by nothing before (R8): here by an end that has moved."""
    if duty.state != State.OVERDUE:
        return replace(duty, done=None)
    return replace(duty, state=str(State.MET), done=duty.deadline.due_date)


def _of_both(
    was: Deadline, now: Deadline, due: Moment, rule: Rule, figure: Figure, *, takes_new: bool
) -> Deadline:
    """The deadline of what was running: of the two limits the one that counts, with the other as a reading.

    ``due``: when it is due by the new one.
    """
    told = _in_words(rule, figure)
    if takes_new:
        which = "longer" if rule.retention else "shorter"
        text = f"{told}: started before that day, so the {which} limit counts"
        other = Reading(OLD_LIMIT, "R28", was.due_date, was.due_at)
        base, beside, deadline = now, was, _due(now, due, Step("R28", text))
    else:
        text = f"{told}: started before that day, so the limit it had counts"
        other = Reading(NEW_LIMIT, "R28", london_day(due), due)
        base, beside, deadline = was, now, replace(was, steps=(*was.steps, Step("R28", text)))
    readings = [_reading(one, beside, figure.day, rule, new=takes_new) for one in base.readings]
    return replace(deadline, readings=(*readings, other))


def _reading(one: Reading, beside: Deadline, day: Day, rule: Rule, *, new: bool) -> Reading:
    """Another reading of a limit that was running: put together as the limit itself is, of the old and the
    new one of its name. ``new``: it is of the new limit, and the old one stands ``beside``.
    """
    other = next((two for two in beside.readings if two.reading == one.reading), None)
    if one.due_at is None or other is None or other.due_at is None:
        return one
    was, now = (other, one) if new else (one, other)
    assert was.due_at is not None and now.due_at is not None
    if london_day(was.due_at) < day:
        return was
    pick = max if rule.retention else min
    due = pick(was.due_at, max(now.due_at, end_of_day(day)))
    return replace(one, due_at=due, due_date=london_day(due))


def _due(deadline: Deadline, due: Moment, step: Step) -> Deadline:
    """The deadline with this as its last moment; where that moves it, the limit as it was written is kept."""
    literal = deadline.literal_limit if due == deadline.due_at else deadline.due_date
    steps = (*deadline.steps, step)
    return replace(deadline, due_at=due, due_date=london_day(due), steps=steps, literal_limit=literal)


def _over_by(rule: Rule, duty: Duty, day: Day) -> bool:
    """Whether a duty was done before a day, or has ended. A minimum is met by its end alone (R8)."""
    done = None if rule.retention else duty.done
    return duty.ended_by is not None or (done is not None and last_moment(done) < start_of_day(day))


def _state(question: _Question, duty: Duty, deadline: Deadline) -> str:
    if duty.state in (State.ENDED, State.SUSPENDED):
        return duty.state
    return str(state_of(deadline, as_at=question.as_at, done=duty.done, outcome=duty.outcome))


def _said_new(duty: Duty, rule: Rule, figure: Figure) -> Duty:
    steps = (*duty.deadline.steps, Step("R28", _in_words(rule, figure)))
    return replace(duty, deadline=replace(duty.deadline, steps=steps))


def _in_words(rule: Rule, figure: Figure) -> str:
    before = f"{rule.period} becomes " if rule.period else ""
    return f"Variation {figure.number}, from {said(figure.day)}: {before}{figure.period}"
