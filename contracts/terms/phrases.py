"""Time limits in contract English: finding them in a paragraph, and reading one typed by a person.

``find_limits`` reads a paragraph and returns every time limit in it, as printed; ``parse_limit`` reads
one phrase ("sixty (60) Working Days") for the calculator. Words without a number ("promptly") are no
time limit (R9). A blank, or words and a figure that differ, give a limit without an amount (R18).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from contracts.terms.contexts import read_lead, tail_end
from contracts.terms.dates import find_dates, find_ordinals
from contracts.terms.frequencies import find_frequencies
from contracts.terms.hours import hour_after, hour_before
from contracts.terms.judging import bare_length, find_durations
from contracts.terms.leftovers import left_over
from contracts.terms.levelling import levelled
from contracts.terms.limits import PROBLEMS, Kind, TimeLimit
from contracts.terms.pieces import pieces
from contracts.terms.places import find_places

__all__ = ["Kind", "PhraseError", "TimeLimit", "each_limit", "find_limits", "parse_limit"]


class PhraseError(ValueError):
    """A phrase from which no length of time can be read; the message says how to write it."""


_ANY_TIME = re.compile(
    r"min|hour|hr|da[yi]|week|wk|fortnight|month|mth|quarter|year|yr|wd|annu|anniversar|ennial|\d|\[[^\]]*date"
    r"|january|february|march|april|may|june|july|august|september|october|november|december",
    re.I,
)


def find_limits(text: str) -> list[TimeLimit]:
    """Every time limit in a paragraph, in the order in which they stand."""
    return list(each_limit(text))


def each_limit(text: str) -> Iterator[TimeLimit]:
    """The same, one after the other: whoever has had enough of them need not wait for the others."""
    if not _ANY_TIME.search(text):
        return
    for piece in pieces(text):
        for limit in _find(piece.text):
            if limit.span[0] >= piece.own:
                span = (limit.span[0] + piece.start, limit.span[1] + piece.start)
                yield limit if not piece.start else replace(limit, span=span)


def _find(text: str) -> list[TimeLimit]:
    words = levelled(text)
    plain = words.plain
    limits: list[TimeLimit] = []
    for finder in (find_places, find_dates, _find_frequencies, find_ordinals):
        for limit in finder(plain):
            if not _overlaps(limit, limits):
                limits.append(limit)
    limits += find_durations(plain, limits)
    limits.sort(key=lambda limit: limit.span)
    return [_as_printed(text, replace(limit, span=words.span(limit.span))) for limit in limits]


def parse_limit(phrase: str) -> TimeLimit:
    """Read one limit as a person or a contract writes it.

    Raises PhraseError, quoting the phrase and naming the fix, where there is none, more than one, one without
    a number, or a number beside it that is not understood.
    """
    plain = levelled(phrase).plain.strip(" .;,\n")
    said = " ".join(phrase.split())
    found = find_limits(plain) or bare_length(plain)
    if not found:
        raise PhraseError(
            f"no time limit in “{said}”: write a number and a unit, for example"
            ' "within two (2) Working Days", "24 hours" or "6 months"'
        )
    if len(found) > 1:
        several = " and ".join(f"“{limit.phrase}”" for limit in found)
        raise PhraseError(f"more than one time limit in “{said}”: {several}; give one of them")
    if why := _not_read(plain, found[0]):
        raise PhraseError(f"“{said}”: {why}")
    return found[0]


def _not_read(plain: str, limit: TimeLimit) -> str:
    """Why a limit that was found cannot be counted with; empty where it can."""
    if limit.unit is None:
        return "it is a fixed date, not a length of time; give a number and a unit"
    if limit.problem is not None or limit.limit is None:
        example = f'write one number and its unit, for example "ten (10) {limit.unit.singular}s"'
        return f"{PROBLEMS[limit.problem or 'amount_blank']}; {example}"
    if others := left_over(plain, [limit]):
        return f"“{others[0].phrase}” in it is not understood ({others[0].reason}); give one limit alone"
    return ""


def _as_printed(text: str, limit: TimeLimit) -> TimeLimit:
    return replace(limit, phrase=re.sub(r"\s+", " ", text[slice(*limit.span)]))


def _overlaps(limit: TimeLimit, others: list[TimeLimit]) -> bool:
    return any(limit.span[0] < other.span[1] and other.span[0] < limit.span[1] for other in others)


def _find_frequencies(plain: str) -> Iterator[TimeLimit]:
    for find in find_frequencies(plain):
        lead = read_lead(plain, find.start)
        start = lead.start if lead.qualifier else find.start
        end = tail_end(plain, find.end) if "nniversary" in plain[find.start : find.end] else find.end
        hour = hour_before(plain, start) or hour_after(plain, end)
        if hour is not None:
            start, end = min(start, hour.start), max(end, hour.end)
        yield TimeLimit(
            phrase=plain[start:end],
            amount=find.amount,
            unit=find.unit,
            qualifier=lead.qualifier,
            kind=Kind.INTERVAL,
            span=(start, end),
            problem=find.problem or ("hour_unclear" if hour and hour.unclear else None),
            hour=hour.hour if hour else None,
        )
