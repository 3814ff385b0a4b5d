"""When a clause is to be done: its times, each of which is an act of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from contracts.proposals.clauses import Clause
from contracts.proposals.limits import LONGSTOP, SOON, grouped, own_limits, which_counts
from contracts.proposals.starts import Cause, Span, causes, opens_at, runs_from
from contracts.terms.limits import Kind as LimitKind
from contracts.terms.limits import TimeLimit


@dataclass(frozen=True, slots=True)
class Timed:
    """One time of an act: a limit or none, and what it runs from or what gives rise to it.

    ``at``: where it stands; ``until``: where the next of the clause does, 0 for the last. ``joined``:
    ``earlier`` or ``later`` where one of its limits counts. ``first``: whether it is the first of its clause.
    """

    limits: tuple[TimeLimit, ...] = ()
    trigger: Span | None = None
    at: int = 0
    joined: str = ""
    first: bool = False
    until: int = 0


_AND_TIMED = re.compile(
    r"\b(?:and|but)\b[\s,]*(?:(?:also|then|thereafter|in\s+addition|additionally|again|further"
    r"|a\s+\w+(?:\s+\w+){0,2}"
    r"|once\s+more|in\s+any\s+case|as\s+well|if\s+longer)[\s,]*){0,4}$",
    re.I,
)
_AND_OTHERS = re.compile(
    r"\band\s+(?:those|others|all\s+(?:the\s+)?others?|the\s+(?:others?|rest|remainder)|any\s+others?"
    r"|every\s+other)\b"
    r"[^,;]*$",
    re.I,
)
_AND_THAT = re.compile(r"\band\s+that\b[^,;]*$", re.I)
_AND_ITS = re.compile(
    r"\band\s+(?:the|its|their|his|each|any|such|an?)\s+(?:[\w’'-]+\s+){1,4}?(?:held|kept|sent|given|made"
    r"|handed|[a-z]{3,}ed)\s+"
    r"(?:[\w’'-]+\s+){0,5}$",
    re.I,
)
_AND_ACT = re.compile(r"\band\s+(?!in\s+any)(?:[\w’'-]+\s+){1,12}$", re.I)
_AND_KEEP = re.compile(
    r"\w(?:\s*,)?\s+and\s+(?:shall\s+)?(?:then\s+)?(?:keep|retain|preserve|store|hold|maintain"
    r"|archive)\b[^,;]*$",
    re.I,
)
_KEEPS = re.compile(
    r"\s*(?:also\s+|at\s+all\s+times\s+)?(?:keep|maintain|hold|operate|have|run|provide|appoint|establish"
    r"|set\s+up"
    r"|put\s+in\s+place|retain|employ)\b",
    re.I,
)
_SOON_AND = re.compile(
    rf"(?:{SOON.pattern})[\s,]*(?:and|but)\s*(?:in\s+any\s+event\s*)?(?:(?:if|where)\s+\w+[\s,]*)?$", re.I
)


def span_of_soon(text: str, start: int, end: int) -> Span | None:
    """Where the contract's own word for soon stands ("promptly"), which is no length (R9)."""
    match = SOON.search(text, start, end)
    return match.span() if match else None


def times(text: str, limits: list[TimeLimit], clause: Clause, verb: int, gate: bool = False) -> list[Timed]:
    """The times of one clause, each of which is an act of its own (several where "and" parts them).

    ``verb``: where what is to be done begins. Limits that go together, as in "each quarter, within 5 Working
    Days of its end" or "the earlier of", are in one. An act before the first time has none.
    """
    start, end, subject = clause.start, clause.end, clause.subject
    if gate:
        opens = opens_at(text, verb, end) or opens_at(text, start, subject[0])
        return [Timed((), opens, verb, first=True)]
    groups = grouped(text, own_limits(text, limits, start, end, subject, verb))
    timed = [
        Timed(tuple(one), runs_from(text, one, end, subject), one[0].span[0], which_counts(text, one))
        for one in groups
    ]
    free = _free(causes(text, start, end, subject), timed)
    further = [one for one in free if _is_of_another(text, verb if one[0] >= verb else start, one, timed)]
    found = _joined_with(timed, further)
    if all(_comes_later(text, verb, one) or _follows_a_cause(text, verb, one, free) for one in found):
        found = [Timed((), None, verb), *found]
    return _with_causes(found, [one for one in free if one not in further])


def _free(every: list[Cause], timed: list[Timed]) -> list[Cause]:
    """The causes that stand in none of the times."""
    taken = [
        (one.limits[0].span[0], max(one.limits[-1].span[1], one.trigger[1] if one.trigger else 0))
        for one in timed
    ]
    notices = [one.limits[0].span for one in timed if one.limits[0].kind is LimitKind.NOTICE]
    return [
        one
        for one in every
        if not any(first <= one[0] < last for first, last in taken)
        and not any(one[2][0] <= first < one[2][1] for first, _ in notices)
    ]


def _joined_with(timed: list[Timed], further: list[Cause]) -> list[Timed]:
    """The times and the further causes in order; a limit right after such a cause is of its act."""
    found = list(timed)
    for at, _, span in further:
        after = next((one for one in found if one.at > at), None)
        if after is not None and not any(at < other[0] < after.at for other in further):
            found[found.index(after)] = replace(after, trigger=after.trigger or span, at=at)
        else:
            found.append(Timed((), span, at))
    return sorted(found, key=lambda one: one.at)


def _comes_later(text: str, verb: int, one: Timed) -> bool:
    """Whether an act without a length stands before this one: "record every use, and keep it for a year"."""
    if one.at < verb:
        return False
    before = text[verb : one.at]
    if _is_further(text, verb, one.at) or _AND_THAT.search(before) or _AND_ITS.search(before):
        return True
    joined = _AND_ACT.search(before)
    bounded = LONGSTOP.search(before) or _SOON_AND.search(before)
    soon_before = joined and SOON.search(before[: joined.start()]) and not bounded
    return bool(soon_before or _keeps_on(before, one, bool(joined)))


_THEN_ACT = re.compile(r"(?:\band|,)\s+(?!in\s+any)(?:[\w’'-]+\s+){1,12}$", re.I)


def _follows_a_cause(text: str, verb: int, one: Timed, free: list[Cause]) -> bool:
    """ "Check it before use and service it every 12 weeks": what comes round, or runs from something
    of its own, is not of the cause before it, so that there is an act before it.
    """
    before = text[verb : one.at]
    own = _comes_round(one) or (one.trigger is not None and bool(one.limits))
    joined = _THEN_ACT.search(before) if one.at > verb and own and not LONGSTOP.search(before) else None
    return joined is not None and any(verb < each[0] < verb + joined.start() for each in free)


def _keeps_on(before: str, one: Timed, joined: bool) -> bool:
    """ "Keep the log for 2 years", "and test it each year": of a thing that another act keeps going."""
    kind = one.limits[0].kind if one.limits else None
    if kind is LimitKind.RETENTION:
        return bool(_AND_KEEP.search(before))
    return kind is LimitKind.INTERVAL and joined and bool(_KEEPS.match(before))


_ONLY_ASIDE = re.compile(r"(?:without|at|in|by|for|subject|with|acting|from|as)\b(?:\s+[\w’'-]+){0,5}", re.I)
_OR_UNTOLD = re.compile(r"\bor\s+without\s+(?:any\s+|prior\s+|such\s+)?(?:notice|warning)\s*$", re.I)


def _is_of_another(text: str, verb: int, one: Cause, timed: list[Timed]) -> bool:
    """Whether a cause after "and" is of another act: the act before it has a time, or a verb follows."""
    if _OR_UNTOLD.search(text[verb : one[0]]):
        return True
    if not _is_further(text, verb, one[0]):
        return False
    timed_before = any(verb <= each.at < one[0] for each in timed) or SOON.search(text, verb, one[0])
    return bool(timed_before or re.match(r"\s*,\s*(?:then\s+)?[a-z]+\b(?!\s*,)", text[one[2][1] :]))


def _is_further(text: str, verb: int, at: int) -> bool:
    """Whether a time or cause at a place stands right after "and", behind an act: "and, on request, give"."""
    before = text[verb:at]
    if _AND_OTHERS.search(before):
        return True
    match = _AND_TIMED.search(before)
    said = before[: match.start()].strip(" ,") if match else ""
    acts = bool(said) and not _ONLY_ASIDE.fullmatch(said)
    return acts and not (LONGSTOP.search(before) or _SOON_AND.search(before))


def _with_causes(found: list[Timed], plain: list[Cause]) -> list[Timed]:
    """The times with their places in the clause and, where nothing else starts them, with a cause."""
    whole = []
    for place, one in enumerate(found):
        until = found[place + 1].at if place + 1 < len(found) else 0
        trigger = one.trigger or (None if _comes_round(one) else _near(one, plain, until, found[0]))
        whole.append(replace(one, trigger=trigger, first=place == 0, until=until))
    return whole


def _comes_round(one: Timed) -> bool:
    return bool(one.limits) and one.limits[0].kind is LimitKind.INTERVAL


def _near(one: Timed, plain: list[Cause], until: int, first: Timed) -> Span | None:
    """The cause that goes with a time: the one after it, else the one before."""
    later = [each[2] for each in plain if one.at < each[0] and (not until or each[0] < until)]
    sooner = [each[2] for each in plain if each[0] <= one.at]
    alone = one is first and not until
    for near in (sooner, later) if alone else (later, sooner):
        if near:
            return near[0]
    return None if one is first else first.trigger
