"""Subjects of which the record says the same, so that the engine need be asked about one of them only.

Patches come out by the dozen on one day. Where of two subjects one fact each is on the record, and the facts
differ in nothing but the name of the subject and the number in the record, what follows from them differs in
nothing else either: the engine knows names only as the same or another. It is checked of each answer that it
mentions neither; where it does, everybody is asked about for themselves.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace

from obligations.rules.register.duty import Duty
from obligations.rules.register.facts import Fact
from obligations.rules.register.names import folded

NAMES = [one.name for one in fields(Duty)]
SUBJECT, CAUSE = NAMES.index("subject"), NAMES.index("cause_fact")


def alike(
    subjects: Iterable[str], facts: Mapping[str, Sequence[Fact]], wide: Iterable[Fact]
) -> dict[str, list[str]]:
    """By one subject of each kind the others of which the same is on the record.

    ``facts``: those about each subject; ``wide``: those about the contract, none of which may name a subject.
    """
    spoken_of = folded(_written([dict(fact.details) for fact in wide]))
    by_shape: dict[tuple[object, ...], list[str]] = defaultdict(list)
    taken: set[str] = set()
    for subject in sorted(subjects):
        shape = _shape(facts.get(subject, ()))
        name = folded(subject)
        if shape is None or name in taken or name in spoken_of:
            continue
        taken.add(name)
        by_shape[shape].append(subject)
    return {first: others for first, *others in by_shape.values() if others}


def _shape(facts: Sequence[Fact]) -> tuple[object, ...] | None:
    """A fact without its subject and its number; None where there is another number than one, or a claim."""
    if len(facts) != 1 or facts[0].claim is not None:
        return None
    (fact,) = facts
    details = _written({name: value for name, value in fact.details.items() if name != "subject"})
    stamped = fact.at.isoformat(), fact.recorded_at.isoformat()
    return fact.kind, *stamped, details, fact.recorded_by, fact.repeated_hour, fact.recorded_side


def _written(details: object) -> str:
    return json.dumps(details, sort_keys=True, default=str, ensure_ascii=False)


def speaks_of(duties: Collection[Duty], fact: Fact) -> bool:
    """Whether what follows from a fact mentions its subject or its number, but for what the duty is about."""
    for duty in duties:
        if (duty.subject, duty.cause_fact) != (fact.subject, fact.source):
            return True
        said = repr(replace(duty, subject="", cause_fact=""))
        if str(fact.subject) in said or f"'{fact.source}'" in said:
            return True
    return False


def said_of(duties: Collection[Duty], facts: Iterable[Fact]) -> Iterator[Duty]:
    """The same, of other subjects' facts."""
    told = [[getattr(duty, name) for name in NAMES] for duty in duties]
    for fact in facts:
        for values in told:
            values[SUBJECT], values[CAUSE] = fact.subject, fact.source
            yield Duty(*values)
