"""Time limits in contract English: finding them in a paragraph, and reading one typed by a person.

``find_limits`` reads a paragraph and returns every time limit in it, as printed; ``parse_limit`` reads
one phrase ("sixty (60) Working Days") for the calculator. Words without a number ("promptly") are no
time limit (R9). A blank, or words and a figure that differ, give a limit without an amount (R18).
"""

from __future__ import annotations

import re
from dataclasses import replace

from contracts.terms import contexts
from contracts.terms.amounts import level
from contracts.terms.contexts import Lead, read_lead, tail_end
from contracts.terms.dates import find_dates, find_ordinals
from contracts.terms.frequencies import Find, find_frequencies
from contracts.terms.joining import join
from contracts.terms.lengths import ARTICLE, find_lengths
from contracts.terms.limits import AT_LEAST, AT_MOST, MORE_THAN, PROBLEMS, Kind, TimeLimit
from contracts.terms.periods import Unit

__all__ = ["Kind", "PhraseError", "TimeLimit", "find_limits", "parse_limit"]


class PhraseError(ValueError):
    """A phrase from which no length of time can be read; the message says how to write it."""


_CLOCK = re.compile(r"\d{4}")
_LIST_GAP = re.compile(
    r"(?:\s+for\s+[\w' ]{1,40}?|\s*\([^()]{1,40}\))?\s*(?:[,;/]|[,;]?\s*(?:and|or))\s*(?:the\s+)?", re.I
)
_ANY_TIME = re.compile(
    r"min|hour|hr|da[yi]|week|fortnight|month|quarter|year|annu|anniversar|ennial|\d|\[[^\]]*date"
    r"|january|february|march|april|may|june|july|august|september|october|november|december",
    re.I,
)
_NEAR = 600
_DENIED = re.compile(r"\b(?:not|never|no)\b[^.;]{0,60}$", re.I)
_SENTENCE_END = re.compile(r"[.;](?:\s|$)")
_HOW_MUCH = re.compile(r"\b(?:times|more than|exceed\w*|aggregate|total)\b[^.;]{0,40}$", re.I)
_PERIOD_OF = re.compile(r"(?:period(?:\s+\w+)?|times?)\s+of\s+$", re.I)
_TO_DO_IT = re.compile(r"\s+(?:to|in\s+which)\b")
_RETENTION_PERIOD = re.compile(r"\bretention\s+(?:period|time)\b[^.;]{0,40}$", re.I)
_NOTICE_PERIOD = re.compile(r"\bnotice\s+(?:period|of)\b[^.;]{0,30}$", re.I)
_LINE_LEAD = re.compile(r"(?:^|[\n\t:=|])\s*$")
_LINE_END = re.compile(r" *(?:[.;,)\n\t|]|$)")


def find_limits(text: str) -> list[TimeLimit]:
    """Every time limit in a paragraph, in the order in which they stand."""
    if not _ANY_TIME.search(text):
        return []
    plain = level(text)
    limits = list(find_dates(plain))
    frequencies = (_frequency(plain, find) for find in find_frequencies(plain))
    limits += [limit for limit in frequencies if not _overlaps(limit, limits)]
    limits += [limit for limit in find_ordinals(plain) if not _overlaps(limit, limits)]
    limits += _durations(plain, limits)
    limits.sort(key=lambda limit: limit.span)
    return [replace(limit, phrase=_as_printed(text, limit.span)) for limit in limits]


def parse_limit(phrase: str) -> TimeLimit:
    """Read one length of time as a person or a contract writes it.

    Raises PhraseError, naming the fix, where there is none, more than one, or one without a number.
    """
    plain = level(phrase).strip(" .;,\n")
    found = find_limits(plain) or _bare(plain)
    if not found:
        raise PhraseError(
            f"no time limit in {phrase.strip()!r}: write a number and a unit, for example"
            ' "within two (2) Working Days", "24 hours" or "6 months"'
        )
    if len(found) > 1:
        several = " and ".join(f'"{limit.phrase}"' for limit in found)
        raise PhraseError(f"more than one time limit: {several}; give one of them")
    limit = found[0]
    if limit.unit is None:
        raise PhraseError(f'"{limit.phrase}" is a fixed date, not a length of time; give a number and a unit')
    if limit.problem is not None or limit.amount is None:
        why = PROBLEMS[limit.problem or "amount_blank"]
        raise PhraseError(
            f'"{limit.phrase}": {why}; write one number, for example "ten (10) {limit.unit.singular}s"'
        )
    return limit


def _as_printed(text: str, span: tuple[int, int]) -> str:
    return re.sub(r"\s+", " ", text[span[0] : span[1]])


def _overlaps(limit: TimeLimit | Find, others: list[TimeLimit]) -> bool:
    start, end = limit.span if isinstance(limit, TimeLimit) else (limit.start, limit.end)
    return any(start < other.span[1] and other.span[0] < end for other in others)


def _frequency(plain: str, find: Find) -> TimeLimit:
    lead = read_lead(plain, find.start)
    start = lead.start if lead.qualifier else find.start
    end = tail_end(plain, find.end) if "nniversary" in plain[find.start : find.end] else find.end
    return TimeLimit(
        phrase=plain[start:end],
        amount=find.amount,
        unit=find.unit,
        qualifier=lead.qualifier,
        kind=Kind.INTERVAL,
        span=(start, end),
        problem=find.problem,
    )


def _durations(plain: str, known: list[TimeLimit]) -> list[TimeLimit]:
    limits: list[TimeLimit] = []
    for find in join(plain, find_lengths(plain)):
        if _overlaps(find, known) or _overlaps(find, limits[-1:]):
            continue
        previous = limits[-1] if limits else None
        if limit := _judge(plain, find, previous):
            limits.append(limit)
    return limits


def _judge(plain: str, find: Find, previous: TimeLimit | None) -> TimeLimit | None:
    """Decide from the words around a length whether it is a time limit, and of which kind."""
    before, after = _around(plain, find)
    if contexts.NOT_A_LIMIT_BEFORE.search(before) or contexts.NOT_A_LIMIT_AFTER.match(after):
        return None
    if _is_clock(plain, find):
        return None
    lead = read_lead(plain, find.start)
    inherits = previous is not None and bool(_LIST_GAP.fullmatch(plain[previous.span[1] : lead.outermost]))
    if not (inherits or _introduced(plain, find, lead, before, after)):
        return None
    limit = _limit(plain, find, lead)
    if inherits and previous is not None and not lead.roles:
        return replace(limit, kind=previous.kind, qualifier=previous.qualifier, before=previous.before)
    return limit


def _is_clock(plain: str, find: Find) -> bool:
    """0900 hours and 1700 hours are times of day."""
    return find.unit is Unit.HOURS and bool(_CLOCK.match(plain, find.start))


def _introduced(plain: str, find: Find, lead: Lead, before: str, after: str) -> bool:
    """Whether the words around a length make it a limit, and not the size of something."""
    if ARTICLE.match(plain, find.start) and not re.match(r"one\b", plain[find.start :], re.I):
        return bool(contexts.NOTICE_AFTER.match(after)) or _makes_a_limit_of_a(lead)
    if lead.has("every") and "in" in lead.values:
        # "more than 3 times in every month" says how much is too much, not by when
        return not _HOW_MUCH.search(before)
    if _led_to(lead) or _goes_on_from(after):
        return True
    if lead.has("period") and {"of", "by"}.isdisjoint(lead.values):
        # "the period 10 days" only names a length; "a period of 10 days" gives it
        return bool(_PERIOD_OF.search(before)) or _extends(before)
    return _stands_alone(lead, before, after) or _extends(before)


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
    )
    return any(follower.match(after) for follower in followers)


def _extends(before: str) -> bool:
    return bool(contexts.EXTENDING.search(before))


def _limit(plain: str, find: Find, lead: Lead) -> TimeLimit:
    kind, start = _kind(plain, find, lead), lead.start
    before, after = _around(plain, find)
    backwards = bool(contexts.BEFORE_AFTER.match(after)) and kind in (Kind.DEADLINE, Kind.NOTICE)
    if kind is Kind.EXTENSION and (word := contexts.EXTENDING.search(before)):
        start = find.start - len(before) + word.start("word")
    noticed = contexts.NOTICE_AFTER.match(after)
    span = contexts.ADJECTIVE_PERIOD.match(after)
    if noticed and kind is Kind.NOTICE:
        end = find.end + noticed.end()
    else:
        end = tail_end(plain, find.end + (span.end() if span else 0))
    return TimeLimit(
        phrase=plain[start:end],
        amount=find.amount,
        unit=find.unit,
        qualifier=_qualifier(before, plain[start : find.start], lead.qualifier, backwards),
        kind=kind,
        span=(start, end),
        problem=find.problem,
        inclusive=bool(contexts.INCLUSIVE_AFTER.match(after)),
        before=backwards,
        lengths=find.lengths,
        joined=find.joined,
    )


def _qualifier(before: str, words: str, qualifier: str | None, backwards: bool) -> str | None:
    """ "No later than 10 days before" is at least 10 days before; "less than a year" apart, a year."""
    if backwards and re.search(r"\blater\s+than\b", words, re.I):
        return AT_LEAST
    if backwards and re.search(r"\b(?:earlier|sooner)\s+than\b", words, re.I):
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
    if contexts.NOTICE_AFTER.match(after) or lead.has("notice"):
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


def _bare(plain: str) -> list[TimeLimit]:
    """A length that is the whole phrase, with nothing to introduce it: "one (1) Working Day"."""
    for find in join(plain, find_lengths(plain)):
        head = plain[: find.start].strip().lower()
        if head in ("", "in", "of", "the", "by", "after", "for", "period of", "a period of", "the next"):
            rest = plain[find.end :].strip().lower()
            if rest in ("", "'", "period", "later"):
                return [_limit(plain, find, read_lead(plain, find.start))]
    return []
