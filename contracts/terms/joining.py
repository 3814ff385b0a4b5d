"""Several lengths in one phrase: alternatives, sums and ranges, which are one limit read with care (R38).

"30 days or 1 month, whichever is the earlier", "the later of 24 hours and 1 Working Day", "14 days to 2
months", "30 days plus five Working Days", "6 months less one day". Numbers and units are never joined across.
Patterns run on levelled text.
"""

from __future__ import annotations

import re
from dataclasses import replace

from contracts.terms.amounts import AMOUNT
from contracts.terms.contexts import tail_end
from contracts.terms.frequencies import Find
from contracts.terms.limit import Joined
from contracts.terms.periods import Period, Unit

_FIRST = ("earlier", "earliest", "sooner", "soonest", "first", "shorter", "shortest", "lesser", "quicker")
_LAST = ("later", "latest", "last", "longer", "longest", "greater")
_WORDS = dict.fromkeys(_FIRST, Joined.EARLIER) | dict.fromkeys(_LAST, Joined.LATER)
_WHICH = rf"(?P<which>{'|'.join(_WORDS)})"
_AGAIN = (
    r"(?:(?:is\s+)?(?:within|in|for|inside|at\s+least|(?:not|no)\s+(?:less|later|more)\s+than|up\s+to)\s+)?"
    r"(?:(?:a\s+|the\s+)?(?:further\s+|additional\s+)?period\s+of\s+|(?:a\s+)?(?:further|additional)\s+)?"
)
_ITEM = r"(?:\(?(?:[a-d]|i{1,3}|[1-3])\)\s*)?"
THE_EARLIER_OF = re.compile(
    rf"(?<!\w)(?:the\s+)?{_WHICH}\s+of:?\s*{_ITEM}(?:(?:the\s+expiry\s+of|the\s+end\s+of)\s+)?{_AGAIN}$", re.I
)
WHICHEVER = re.compile(
    r"\s*,?\s*[\(-]?\s*which\s?ever\s+(?:(?:of\s+\w+(?:\s+\w+)?|period|date|one)\s+)*?"
    r"(?:(?:is|shall(?:\s+be)?|will(?:\s+be)?|comes?|occurs?|ends?|expires?|falls?|happens?|to\s+occur|being)\s+)?"
    rf"(?:the\s+)?{_WHICH}\b\s*\)?",
    re.I,
)
_OR = re.compile(rf"\s*,?\s*\(?(?:or|and/or)\s+(?!within\b){_AGAIN}$|\s+or\s+within\s+$", re.I)
_OR_SUCH = re.compile(rf"\s*,?\s*or\s+such\s+[^.;\d]{{1,60}}\s+or\s+{_AGAIN}$", re.I)
_OR_IF = re.compile(rf"\s*,?\s*\(?or,?\s*(?:if|where)\s+{_WHICH}\s*,?\s*{_AGAIN}$", re.I)
_IF_AFTER = re.compile(rf"\s*,?\s*(?:if|where)\s+{_WHICH}\b", re.I)
_LIST = re.compile(rf"\s*(?:[,;]\s*(?:and|or)?|and|or)\s*{_ITEM}{_AGAIN}$", re.I)
_PLUS = re.compile(
    rf"\s*,?\s*(?:plus|\+|together\s+with|and\s+then|followed\s+by|and(?=\s+(?:an?\s+)?(?:further|additional)))\s*{_AGAIN}$",
    re.I,
)
_LESS = re.compile(r"\s*,?\s*(?:less|minus)\s*$", re.I)
_RANGE = re.compile(r"\s*(?:to|up\s+to|-)\s*$", re.I)
_AND = re.compile(r"\s+and\s+$", re.I)
_SAME_THING = re.compile(r"\s*\(\s*(?:(?:i\.\s?e\.|that\s+is|being|or|=)\s*,?\s*)?$", re.I)
_BETWEEN = re.compile(r"\bbetween\s+$", re.I)
_EACH_FOR_ITSELF = re.compile(r"[^.;]{0,80}\brespectively\b", re.I)
_MORE_OF_THEM = re.compile(
    rf"(?:\s*,\s*|\s*,?\s*(?:or|and)\s+){_ITEM}{_AGAIN}{AMOUNT}\s+[^.;\n\d]{{1,40}}?(?=,?\s*[\(-]?\s*which\s?ever)",
    re.I,
)
_IN_ANOTHER_CASE = re.compile(
    r"\s+(?:in\s+(?:the\s+case|respect)\s+of|where|if|when|should)\b(?!\s+(?:earlier|later|sooner))", re.I
)
_FOR_SOME = re.compile(r"\s+for\b", re.I)
_EARLIER_OF_ANOTHER = re.compile(
    rf"\bthe\s+{_WHICH}\s+of:?\s[^.;]{{1,60}}?\b(?:and|or)\s+{_ITEM}{_AGAIN}$", re.I
)
_NO_LENGTH = re.compile(
    r"[^.;\n]{1,90}?\bwhich\s?ever\b|\s*,?\s*\(?or,?\s+(?:if|where)\s+\w*(?:er|st)\b", re.I
)
_SIZE = (Unit.YEARS, Unit.MONTHS, Unit.WEEKS, Unit.DAYS, Unit.WORKING_DAYS, Unit.HOURS, Unit.MINUTES)


def join(plain: str, finds: list[Find]) -> list[Find]:
    """The lengths, those that go together as one. What stands beside something that is none has a problem."""
    joined: list[Find] = []
    for find in finds:
        last = joined[-1] if joined else None
        if last is not None and (both := _both(plain, last, find)):
            joined[-1] = both
        else:
            joined.append(find)
    starts = [*(find.start for find in joined), len(plain)][1:] if joined else []
    return [_settled(plain, find, upto) for find, upto in zip(joined, starts, strict=True)]


def _both(plain: str, one: Find, two: Find) -> Find | None:
    gap = plain[one.end : two.start]
    tail = tail_end(plain, one.end)
    if tail <= two.start and _one_start(plain, one, two):
        gap = plain[tail : two.start]
    how = _how(plain, one, two, gap)
    if how is None or two.joined is not None or one.joined not in (None, how):
        return None
    closed = _SAME_THING.fullmatch(gap) and plain[two.end : two.end + 1] == ")"
    return _as_one(
        replace(one, end=two.end + bool(closed), problem=one.problem or two.problem), two, how, gap
    )


def _as_one(one: Find, two: Find, how: Joined, gap: str) -> Find:
    """Both in one, a range with one unit as its upper end."""
    lengths = (*_lengths(one), *_lengths(two))
    if len(lengths) < 2:
        return replace(one, amount=None, problem=one.problem or "amount_blank")
    if how is Joined.EITHER and len(lengths) == 2 and one.unit is two.unit and _RANGE.fullmatch(gap):
        return replace(one, amount=max(length.amount for length in lengths))
    return replace(one, lengths=lengths, joined=how)


def _lengths(find: Find) -> tuple[Period, ...]:
    if find.lengths:
        return find.lengths
    return (Period(find.amount, find.unit),) if find.amount and find.unit else ()


def _one_start(plain: str, one: Find, two: Find) -> bool:
    """Whether both run from one thing: "30 days after receipt or 1 month after receipt", or named once."""
    first, second = (
        " ".join(plain[find.end : tail_end(plain, find.end)].lower().split()[1:]) for find in (one, two)
    )
    return not first or not second or first == second


def _how(plain: str, one: Find, two: Find, gap: str) -> Joined | None:
    """How two neighbours go together by the words before, between and after them; None: they do not."""
    before, after = plain[max(0, one.start - 80) : one.start], plain[two.end : two.end + 160]
    if _EACH_FOR_ITSELF.match(after) or _another_case(gap, after):
        return None
    if (said := _said(gap)) is not None:
        return said
    which, alternatives = _which(plain, two, before), (_OR, _SAME_THING, _OR_SUCH)
    if which is not None:
        return which if any(pattern.fullmatch(gap) for pattern in (*alternatives, _LIST)) else None
    between = bool(_BETWEEN.search(before) and _AND.fullmatch(gap))
    return _bare(one, two, gap, between or any(pattern.fullmatch(gap) for pattern in alternatives))


def _another_case(gap: str, after: str) -> bool:
    """ "28 days, or 14 days in the case of a cottage", "14 days (7 days for urgent ones)": two cases, and no
    two readings of one.
    """
    in_brackets = bool(_SAME_THING.fullmatch(gap))
    case = _IN_ANOTHER_CASE.match(after) or (in_brackets and _FOR_SOME.match(after))
    return bool(case) and (in_brackets or bool(_OR.fullmatch(gap)))


def _said(gap: str) -> Joined | None:
    """What the words between them say by themselves: plus, less, or if earlier."""
    for pattern, joined in ((_PLUS, Joined.PLUS), (_LESS, Joined.LESS)):
        if pattern.fullmatch(gap):
            return joined
    match = _OR_IF.fullmatch(gap)
    return None if match is None else _WORDS[match["which"].lower()]


def _bare(one: Find, two: Find, gap: str, alternative: bool) -> Joined | None:
    if alternative or _RANGE.fullmatch(gap):
        return Joined.EITHER
    return Joined.PLUS if _AND.fullmatch(gap) and _shrinks(one, two) else None


def _which(plain: str, two: Find, before: str) -> Joined | None:
    """Which of them counts, where the words before or after them say so."""
    if match := THE_EARLIER_OF.search(before):
        return _WORDS[match["which"].lower()]
    more = _MORE_OF_THEM.match(plain, two.end)
    for place in (two.end, tail_end(plain, two.end), more.end() if more else two.end):
        if match := WHICHEVER.match(plain, place) or _IF_AFTER.match(plain, place):
            return _WORDS[match["which"].lower()]
    return None


def _shrinks(one: Find, two: Find) -> bool:
    """ "Two months and ten days": each part smaller than the one before, so one length and not a list."""
    last = one.lengths[-1].unit if one.lengths else one.unit
    if last not in _SIZE or two.unit not in _SIZE:
        return False
    return _SIZE.index(last) < _SIZE.index(two.unit) and {last, two.unit} != {Unit.DAYS, Unit.WORKING_DAYS}


def _settled(plain: str, find: Find, upto: int) -> Find:
    """The length with the words that say which counts; beside what is no length it cannot be read alone.

    ``upto``: where the next length begins, or the end.
    """
    before = plain[max(0, find.start - 80) : find.start]
    opening = THE_EARLIER_OF.search(before) or (_BETWEEN.search(before) if find.lengths else None)
    start = find.start - len(before) + opening.start() if opening else find.start
    if find.joined is not None:
        closing = WHICHEVER.match(plain, find.end)
        return replace(find, start=start, end=closing.end() if closing else find.end)
    beside = (
        opening
        or _EARLIER_OF_ANOTHER.search(before)
        or _NO_LENGTH.match(plain[:upto], tail_end(plain, find.end))
    )
    if beside and find.problem is None and not _BETWEEN.search(before):
        return replace(find, start=start, problem="joined_unclear")
    return find
