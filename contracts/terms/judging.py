"""From a length of time to a time limit, or to nothing: what the words around it make of it.

Patterns run on levelled text (see :mod:`contracts.terms.amounts`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from contracts.terms import contexts
from contracts.terms.contexts import Lead, read_lead, tail_end
from contracts.terms.followers import changed_unread, days_left_out_elsewhere, qualified
from contracts.terms.frequencies import Find
from contracts.terms.hours import HourFound, hour_after, hour_before
from contracts.terms.joining import WHICHEVER, join
from contracts.terms.lengths import ARTICLE, find_lengths
from contracts.terms.limits import AT_LEAST, AT_MOST, MORE_THAN, Kind, TimeLimit
from contracts.terms.periods import Unit
from contracts.terms.places import offset, often

_CLOCK = re.compile(r"\d{4}")
_LIST_GAP = re.compile(
    r"(?:\s+for\s+[\w' ]{1,40}?|\s*\([^()]{1,40}\))?\s*(?:[,;/]|[,;]?\s*(?:and|or))\s*(?:the\s+)?"
    r"|\s*,?\s*or,?\s+(?:where|if|when|in)\b[^.;,]{1,60},\s*",
    re.I,
)
_AND_NO = re.compile(r"\s*,?\s*(?:(?:and|but|or)\s+)?", re.I)
_NO_SUCH = re.compile(r"(?:nor?|not)\s+(?:earlier|sooner|later|more|less|fewer)\s+than\b", re.I)
_FIRST_DAY = re.compile(r"\b(?:earlier|sooner)\s+than\b", re.I)
_DURING = re.compile(r"\b(?:during|throughout|over|in)\s+(?:the\s+)?(?:period\s+of\s+)?$", re.I)
_LASTS = re.compile(
    r"\blasts?\s+(?:for\s+)?(?:(?:no|not)\s+(?:more|less|longer)\s+than\s+|up\s+to\s+|at\s+least\s+)?$",
    re.I,
)
_CONDITION = re.compile(r"\b(?:if|where|when|whenever|should)\b", re.I)
_OF_THE_FIRST = re.compile(r"\bthe\s+first\s+\|\s+of\b", re.I)
""" "The first 10 days of the Term": whether its first day is one of them is open (R1)."""
_MAY_NOT = re.compile(
    r"(?:\b(?:shall|must|may|will|can|could|should)\s+not|\bcannot)\b(?!\s+be\s+(?:liable|required|obliged))"
    r"(?:(?!\b(?:fail|unless|but|and)\b)[^,])*,?\s*$",
    re.I,
)
_WAIT = re.compile(r"\bwait(?:s|ed|ing)?\s+(?:for\s+)?$", re.I)
_BUT_NOT = re.compile(r"\b(?:but|and)\s+not\s+$", re.I)
_NEAR = 600
_TO_ACT = (Kind.DEADLINE, Kind.NOTICE, Kind.EXTENSION, Kind.STANDSTILL)
_DENIED = re.compile(r"\b(?:not|never|no)\b[^.;]{0,60}$", re.I)
_SENTENCE_END = re.compile(r"[.;](?:\s|$)")
_HOW_MUCH = re.compile(r"\b(?:times|more than|exceed\w*|aggregate|total)\b[^.;]{0,40}$", re.I)
_PERIOD_OF = re.compile(r"(?:period(?:\s+\w+)?|times?)\s+of\s+$", re.I)
_TO_DO_IT = re.compile(r"\s+(?:to|in\s+which)\b")
_RETENTION_PERIOD = re.compile(r"\bretention\s+(?:period|time)\b[^.;]{0,40}$", re.I)
_NOTICE_PERIOD = re.compile(r"\bnotice\s+(?:period|of)\b[^.;]{0,30}$", re.I)
_AFTER_FIRST = re.compile(r"(?:^|[.;:]\s+)after\s+$", re.I)
_LINE_LEAD = re.compile(r"(?:^|[\n\t:=|])\s*$")
_LINE_END = re.compile(r" *(?:[.;,)\n\t|]|$)")


def find_durations(plain: str, known: list[TimeLimit]) -> list[TimeLimit]:
    """Every length of time in levelled text that is a limit, but for what is ``known``."""
    limits: list[TimeLimit] = []
    for find in join(plain, [qualified(plain, find) for find in find_lengths(plain)]):
        if _overlaps(find, known) or _overlaps(find, limits[-1:]):
            continue
        previous = limits[-1] if limits else None
        if limit := _judge(plain, find, previous):
            if previous and _two_edges(plain, previous, limit):
                limits[-1] = replace(previous, problem=previous.problem or "joined_unclear")
                limit = replace(limit, problem=limit.problem or "joined_unclear")
            limits.append(limit)
    return limits


def _overlaps(find: Find, others: list[TimeLimit]) -> bool:
    return any(find.start < other.span[1] and other.span[0] < find.end for other in others)


def _two_edges(plain: str, one: TimeLimit, two: TimeLimit) -> bool:
    """ "No earlier than 6 months and no later than 3 months before": one limit with two edges."""
    return (
        two.before
        and bool(_AND_NO.fullmatch(plain[one.span[1] : two.span[0]]))
        and bool(_NO_SUCH.match(one.phrase) and _NO_SUCH.match(two.phrase))
    )


def _judge(plain: str, find: Find, previous: TimeLimit | None) -> TimeLimit | None:
    """Decide from the words around a length whether it is a time limit, and of which kind."""
    before, after = _around(plain, find)
    lead = read_lead(plain, find.start)
    if _is_clock(plain, find) or _says_something_else(plain, lead, before, after) or _opens(lead, before):
        return None
    inherits = previous is not None and bool(_LIST_GAP.fullmatch(plain[previous.span[1] : lead.outermost]))
    if not (inherits or _introduced(plain, find, lead, before, after)):
        return None
    limit = _limit(plain, find, lead)
    if inherits and previous is not None and not lead.roles:
        return replace(limit, kind=previous.kind, qualifier=previous.qualifier, before=previous.before)
    return limit


def _says_something_else(plain: str, lead: Lead, before: str, after: str) -> bool:
    """Whether the words say how old or long a thing is, or when something counts as given."""
    if contexts.NOT_A_LIMIT_BEFORE.search(before[-contexts.CLOSE :]) or contexts.NOT_A_LIMIT_AFTER.match(
        after
    ):
        return True
    if contexts.deems(plain, lead.start) and not lead.has("within"):
        return True
    return bool(_LASTS.search(before)) and not _CONDITION.search(_SENTENCE_END.split(before)[-1])


def _is_clock(plain: str, find: Find) -> bool:
    """0900 hours and 1700 hours are times of day."""
    return find.unit is Unit.HOURS and bool(_CLOCK.match(plain, find.start))


def _introduced(plain: str, find: Find, lead: Lead, before: str, after: str) -> bool:
    """Whether the words around a length make it a limit, and not the size of something."""
    if _is_a(plain, find):
        return bool(contexts.NOTICE_AFTER.match(after)) or _makes_a_limit_of_a(lead)
    if lead.has("every") and not {"for", "of", "in"}.isdisjoint(lead.values):
        # "5% for each 30 minutes", "the third day of each period", "more than 3 times in every month"
        return "in" in lead.values and not _HOW_MUCH.search(before)
    if _led_to(lead) or _goes_on_from(after) or _waits(plain, find, before) or _extends(before):
        return True
    if lead.has("period") and {"of", "by"}.isdisjoint(lead.values):
        # "the period 10 days" only names a length; "a period of 10 days" gives it
        return bool(_PERIOD_OF.search(before))
    return _stands_alone(lead, before, after)


def _opens(lead: Lead, before: str) -> bool:
    """ "After 12 months the rent rises", "until 2 days after it": when a thing begins or ends to be so."""
    if lead.values == ["after"] and lead.qualifier is None and _AFTER_FIRST.search(before):
        return True
    until = re.search(r"\buntil\s+$", before, re.I) and not contexts.STANDSTILL.search(before)
    return bool(until) and not contexts.KEEPING.search(_SENTENCE_END.split(before)[-1])


def _is_a(plain: str, find: Find) -> bool:
    """ "A month", "half an hour": said without a number."""
    return bool(ARTICLE.match(plain, find.start)) and not re.match(r"one\b", plain[find.start :], re.I)


def _waits(plain: str, find: Find, before: str) -> bool:
    """ "May not until 10 days have passed", or "T+2"."""
    t_plus = plain[find.start] == "T" and "+" in plain[find.start : find.end]
    return t_plus or bool(contexts.STANDSTILL.search(before))


def _makes_a_limit_of_a(lead: Lead) -> bool:
    """ "A month" is said of many things: it needs "within" before it, or "at least" and the like."""
    return lead.has("within") or (lead.has("qualifier") and not lead.has("period"))


def _stands_alone(lead: Lead, before: str, after: str) -> bool:
    """ "Has 10 days to answer", or a length that is all there is in its line."""
    has_to = "has" in lead.values and bool(_TO_DO_IT.match(after))
    return has_to or (bool(_LINE_LEAD.search(before)) and bool(_LINE_END.match(after)))


def _led_to(lead: Lead) -> bool:
    """Whether a word before the length opens a limit: "within", "every", "at least", "for", "in"."""
    by_role = any(lead.has(role) for role in ("within", "every", "qualifier", "notice"))
    return by_role or any(value in lead.values for value in ("for", "in", "after", "is"))


def _goes_on_from(after: str) -> bool:
    """Whether the words after the length say what it runs to or from, or make notice or a period of it."""
    followers = (
        contexts.NOTICE_AFTER,
        contexts.BEFORE_AFTER,
        contexts.FROM_AFTER,
        contexts.ADJECTIVE_PERIOD,
        contexts.WINDOW_AFTER,
    )
    return any(follower.match(after) for follower in followers)


def _extends(before: str) -> bool:
    return bool(contexts.EXTENDING.search(before))


def _limit(plain: str, find: Find, lead: Lead) -> TimeLimit:
    kind, start = _kind(plain, find, lead), lead.start
    before, after = _around(plain, find)
    if kind is Kind.EXTENSION and (word := contexts.EXTENDING.search(before)):
        start = find.start - len(before) + word.start("word")
    end = _end(plain, find, kind)
    window = bool(contexts.WINDOW_AFTER.match(after)) or _during(before, after)
    noticed = _noticed(kind, before, after)
    backwards = bool(contexts.BEFORE_AFTER.match(after)) and kind in (Kind.DEADLINE, Kind.NOTICE)
    limit = TimeLimit(
        phrase="",
        amount=find.amount,
        unit=find.unit,
        qualifier=_qualifier(before, plain[start : find.start], lead.qualifier, backwards),
        kind=kind,
        span=(start, end),
        problem=find.problem,
        inclusive=bool(contexts.INCLUSIVE_AFTER.match(after)),
        before=backwards or window or noticed,
        lengths=find.lengths,
        joined=find.joined,
        window=window,
    )
    if not (backwards or noticed) and contexts.STANDSTILL.search(before):
        limit = replace(limit, kind=Kind.STANDSTILL, standstill=True, qualifier=None)
    limit = _with_hour(plain, _with_place(plain, find, _checked(plain, find, limit)))
    return replace(limit, phrase=plain[slice(*limit.span)])


def _end(plain: str, find: Find, kind: Kind) -> int:
    """Where the phrase ends: with "notice", or with what it runs from, and with which of two counts."""
    after = plain[find.end : find.end + _NEAR]
    if kind is Kind.NOTICE and (noticed := contexts.NOTICE_AFTER.match(after)):
        return find.end + noticed.end()
    span = contexts.ADJECTIVE_PERIOD.match(after)
    end = tail_end(plain, find.end + (span.end() if span else 0))
    whichever = WHICHEVER.match(plain, end) if find.joined else None
    return whichever.end() if whichever else end


def _noticed(kind: Kind, before: str, after: str) -> bool:
    """N days' notice, which counts back from what it is notice of (R35)."""
    said = contexts.NOTICE_AFTER.match(after) or contexts.NOTICE_OF.search(before[-40:])
    return kind is Kind.NOTICE and bool(said)


def _during(before: str, after: str) -> bool:
    """ "During the six months before": a time that ends there, not a day in it (R35)."""
    return bool(_DURING.search(before) and contexts.BEFORE_AFTER.match(after))


def _checked(plain: str, find: Find, limit: TimeLimit) -> TimeLimit:
    """The limit with what its words leave open. Clear Working Days before a day are at least so many."""
    start, end = limit.span
    unread = changed_unread(plain, find)
    if (
        limit.problem == "unit_unclear"
        and limit.before
        and re.search(r"\bclear\b", plain[find.start : find.end], re.I)
    ):
        limit = replace(limit, problem=None, qualifier=AT_LEAST)
    if unread is not None:
        return replace(limit, span=(start, max(end, unread)), problem=limit.problem or "words_unclear")
    problem = limit.problem or _left_open(plain, find, limit)
    return replace(limit, problem=problem)


def _left_open(plain: str, find: Find, limit: TimeLimit) -> str | None:
    """What words elsewhere in the sentence, or before the length, leave open; None where they do not."""
    if limit.kind in _TO_ACT and days_left_out_elsewhere(plain, find):
        return "words_unclear"
    if _holds_back(plain, find, limit):
        return "direction_unclear"
    length = plain[find.start : find.end]
    ranged = limit.before and re.search(r"\b(?:to|and|or)\b|\d-\d", length) and not limit.joined
    if ranged or (limit.before and _FIRST_DAY.search(plain[limit.span[0] : find.start])):
        return "direction_unclear"
    return None


def _holds_back(plain: str, find: Find, limit: TimeLimit) -> bool:
    """ "Shall not disclose it for 30 days", "waits 10 days before signing", "but not within 10 days": a time
    in which a thing is not to be done, in words that are not read as a standstill (R35).
    """
    if limit.kind is not Kind.DEADLINE or limit.standstill:
        return False
    said = _SENTENCE_END.split(plain[max(0, limit.span[0] - _NEAR) : limit.span[0]])[-1]
    for_so_long = re.match(r"for\b", plain[limit.span[0] :], re.I) and _MAY_NOT.search(said)
    return bool(for_so_long or _WAIT.search(said) or _BUT_NOT.search(said))


def _with_place(plain: str, find: Find, limit: TimeLimit) -> TimeLimit:
    """ "Within 5 Working Days of the end of each Quarter" is a place in the calendar (R40)."""
    found = offset(plain, find)
    if found is None or limit.problem or limit.joined or limit.kind not in (Kind.DEADLINE, Kind.NOTICE):
        return limit
    cycle, end = found
    how = often(cycle)
    return TimeLimit("", how.amount, how.unit, None, Kind.INTERVAL, (limit.span[0], end), cycle=cycle)


def _with_hour(plain: str, limit: TimeLimit) -> TimeLimit:
    start, end = limit.span
    before, after = hour_before(plain, start), hour_after(plain, end)
    found: HourFound | None = before or after
    if found is None or limit.kind not in (Kind.DEADLINE, Kind.NOTICE, Kind.INTERVAL, Kind.STANDSTILL):
        return limit
    problem = limit.problem or ("hour_unclear" if found.unclear or (before and after) else None)
    if problem is None and limit.cycle is None and limit.unit in (Unit.HOURS, Unit.MINUTES):
        problem = "joined_unclear"  # "within 4 hours, by 5pm": hours have no last day
    return replace(
        limit, span=(min(start, found.start), max(end, found.end)), hour=found.hour, problem=problem
    )


def _qualifier(before: str, words: str, qualifier: str | None, backwards: bool) -> str | None:
    """ "No later than 10 days before" leaves the tenth day before in time; "less than a year", a year."""
    if backwards and re.search(r"\blater\s+than\b", words, re.I):
        return None
    if backwards and _FIRST_DAY.search(words):
        return AT_MOST
    if qualifier == MORE_THAN and _DENIED.search(before):
        return AT_MOST
    if re.search(r"intervals?\s+of\s+(?:(?:not|no)\s+)?less\s+than", words, re.I):
        return AT_LEAST
    return qualifier


def _kind(plain: str, find: Find, lead: Lead) -> Kind:
    before, after = _around(plain, find)
    if lead.has("every") or re.search(r"\bintervals?\s+$", plain[: lead.start][-20:], re.I):
        return Kind.INTERVAL
    given = lead.has("notice") and not contexts.ADJECTIVE_PERIOD.match(after)
    if contexts.NOTICE_AFTER.match(after) or given:
        return Kind.NOTICE
    if lead.has("within"):
        return Kind.DEADLINE
    if _extends(before):
        return Kind.EXTENSION
    sentence = _sentence(before, plain[find.start : find.end], after)
    if contexts.BEFORE_AFTER.match(after):
        return Kind.NOTICE if contexts.TELLING.search(sentence) else Kind.DEADLINE
    if _is_retention(lead, before, sentence):
        return Kind.RETENTION
    return Kind.NOTICE if _NOTICE_PERIOD.search(before) else Kind.DEADLINE


def _is_retention(lead: Lead, before: str, sentence: str) -> bool:
    """Whether something is to be kept that long, which is nobody's limit to do anything."""
    if lead.qualifier and contexts.KEPT.search(before):
        return True
    lasts = "for" in lead.values
    if lasts and lead.qualifier == AT_LEAST and not re.search(r"\b(?:if|where)\b", sentence, re.I):
        return True  # "if it is down for at least 4 hours" is a condition and keeps nothing
    lasting = lasts or lead.has("period") or lead.qualifier == AT_LEAST
    if lasting and contexts.KEEPING.search(sentence) and "after" not in lead.values:
        return True
    return bool(_RETENTION_PERIOD.search(before))


def _around(plain: str, find: Find) -> tuple[str, str]:
    """As much of the text before and after a length as can bear on it."""
    return plain[max(0, find.start - _NEAR) : find.start], plain[find.end : find.end + _NEAR]


def _sentence(before: str, length: str, after: str) -> str:
    """The sentence a length stands in."""
    return _SENTENCE_END.split(before)[-1] + length + _SENTENCE_END.split(after)[0]


def bare_length(plain: str) -> list[TimeLimit]:
    """A length that is the whole phrase, with nothing to introduce it: "one (1) Working Day"."""
    for find in join(plain, find_lengths(plain)):
        head = plain[: find.start].strip().lower()
        if head in ("", "in", "of", "the", "by", "for", "period of", "a period of", "the next"):
            rest = plain[find.end :].strip().lower()
            if rest in ("", "'", "period", "later"):
                return [_limit(plain, find, read_lead(plain, find.start))]
    return []
