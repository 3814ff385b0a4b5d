"""Events whose day is known before they happen: a limit that counts from the day a fact tells (R35).

The day may be told again: the limit moves with it. A limit already missed stays missed and the new one stands
beside it; a day moved so near that its limit has gone makes the thing due at once (R10).
"""

from __future__ import annotations

from dataclasses import replace

from contracts.terms.moments import When, first_moment
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.register.facts import Fact, detail_when
from obligations.rules.register.rule import Rule
from obligations.rules.time.deadlines import Deadline, Start, deadline_from
from obligations.rules.time.derivation import Step, said_when
from obligations.rules.time.working_days import Calendar


def told(rule: Rule, facts: tuple[Fact, ...]) -> list[tuple[Fact, When]]:
    """The days that were told of the event, each with its fact, in the order they were told."""
    assert rule.event_day is not None
    days = [(fact, detail_when(fact.details.get(rule.event_day))) for fact in facts]
    in_order = sorted(days, key=lambda one: (first_moment(one[0].at), one[0].natural_key))
    return [(fact, day) for fact, day in in_order if day is not None]


def deadline_of_event(
    evaluation: Evaluation, rule: Rule, start: Start, facts: tuple[Fact, ...], calendar: Calendar
) -> Deadline:
    """The deadline by the day last told, a miss by an earlier one kept; no date until a day is told."""
    days = told(rule, facts)
    if not days:
        step = Step("R44", "The day of the event is not known: enter it", rule.citation)
        return Deadline(None, None, steps=(*start.notes, step), word=rule.word)
    choices = evaluation.choice(rule)
    found: Deadline | None = None
    for fact, day in days:
        learned = fact.learned if found is not None else start.first_bit
        note = Step("R35", f"The event is on {said_when(day)}")
        begun = replace(start, at=day, first_bit=learned, notes=(*start.notes, note), repeated_hour=False)
        new = deadline_from([begun, *choices], calendar)
        found = new if found is None else _moved(found, new, fact)
    assert found is not None
    return found


def _moved(old: Deadline, new: Deadline, fact: Fact) -> Deadline:
    """The limit once the event has another day."""
    if old.due_at is None or new.due_at is None or first_moment(fact.at) <= old.due_at:
        return new
    was, now = said_when(old.due_at), said_when(new.due_at)
    text = f"The limit had passed before, so {was} stands; to be cured by {now}"
    return replace(old, steps=(*new.steps, Step("R35", text)), cure_date=new.due_date)
