"""The limits of a clause: which say when its act is to be done, and which of them go together."""

from __future__ import annotations

import re
from dataclasses import replace

from contracts.terms.limit import Joined
from contracts.terms.limits import MORE_THAN, TimeLimit
from contracts.terms.limits import Kind as LimitKind
from contracts.terms.phrases import find_limits

Span = tuple[int, int]

SOON = re.compile(
    r"\b(?:as\s+soon\s+as\s+(?:is\s+)?(?:reasonably\s+)?(?:practicable|possible|practical)"
    r"|without\s+(?:any\s+)?(?:undue\s+|unreasonable\s+)?delay|immediately|promptly|forthwith|at\s+once"
    r"|straight\s*away"
    r"|on\s+(?:first\s+)?demand|with\s+all\s+(?:reasonable\s+)?speed"
    r"|as\s+quickly\s+as\s+(?:reasonably\s+)?possible"
    r"|the\s+same\s+day|expeditiously|in\s+good\s+time|in\s+a\s+timely\s+manner"
    r"|within\s+a\s+reasonable\s+(?:time|period))\b",
    re.I,
)
LONGSTOP = re.compile(
    r"\b(?:in\s+(?:any|no)\s+(?:event|case|circumstances?)|at\s+the\s+latest|in\s+all\s+cases"
    r"|in\s+every\s+case|but\s+(?:always"
    r"|never|not)?"
    r"|and\s+at\s+all\s+events|at\s+most)[\s,]*(?:(?:later|more|longer)\s+than\s*)?$",
    re.I,
)
_EARLIER_OF = re.compile(r"\bthe\s+(?:earlier|sooner|later|first|earliest|latest)\s+of\b", re.I)
_IF_SOONER = re.compile(r"\b(?:if|where)\s+(?:that\s+is\s+)?(?:sooner|earlier|later)\b", re.I)
_COUNTS = re.compile(
    r"\b(?:the|is|be|if|where)\s+(?:the\s+)?(?P<which>earlier|sooner|first|earliest|later|latest|last)\b",
    re.I,
)
_SUPPOSING = re.compile(
    r"\b(?P<word>if|where|when|whenever|unless|should|because|until"
    r"|(?<!at )once(?!\s+(?:in|an?|every|each|per|more|again))"
    r"|(?:that|which)\s+(?:is|are|was|has|have))\b",
    re.I,
)
_NEVER_TIMED = frozenset(("if", "unless", "should", "because", "until"))
_SOMETIMES_TIMED = frozenset(("where", "when", "whenever", "once"))
_ADJECTIVE = re.compile(r"(?:half-?yearly|annual|monthly|quarterly|weekly|yearly|daily|biennial)", re.I)
_OF_ANOTHER = re.compile(
    r"\b(?:before|after|until|at|in|of|with|from|for|following|under|during|by)\s+(?:the|each|any|its"
    r"|every|that|an?)\s+"
    r"(?:next|last|first|following|previous|forthcoming)?\s*$",
    re.I,
)
_AND_LIMIT = re.compile(r"\b(?:and|or)\s+(?:\([a-z]\)\s*)?(?:within\s+)?")
_BARE_AND = re.compile(r"[\s,]*(?:(?:and|but|or)\s+)?")
_NOR = re.compile(
    r"(?:(?:nor|not?)\s+(?:more|later|less|earlier|longer)|(?:an?\s+)?(?:maximum|minimum))\b", re.I
)
_OF_ITS_END = re.compile(r"(?:within|no|not)\b.*?\bof\s+(?:the\s+end|its\s+end)", re.I)


def own_limits(
    text: str, limits: list[TimeLimit], start: int, end: int, subject: Span, verb: int
) -> list[TimeLimit]:
    """The limits in a clause that say when its act is to be done, not what a condition supposes. ``verb``:
    where what is to be done begins.
    """
    inside = [_as_kept(text, one, start) for one in limits if start <= one.span[0] < end]
    own = [one for one in inside if not (_names_another(text, one) or _measures(text, one))]
    return [one for one in own if not _supposed(text, one, start, subject, verb)]


def _as_kept(text: str, limit: TimeLimit, start: int) -> TimeLimit:
    """ "Kept until 3 years after the Contract ends": how long a thing is kept, and no time to act in."""
    before = text[start : limit.span[0]]
    kept = limit.kind is LimitKind.DEADLINE and _KEPT_UNTIL.search(before)
    return replace(limit, kind=LimitKind.RETENTION) if kept else limit


_KEPT_UNTIL = re.compile(
    r"\b(?:keep|kept|retain\w*|hold|held|stored?|preserved?|maintain\w*)\b[^.;]*\buntil\s+$", re.I
)


def _names_another(text: str, limit: TimeLimit) -> bool:
    """ "Before the next annual test": how often something else comes."""
    adjective = limit.kind is LimitKind.INTERVAL and _ADJECTIVE.fullmatch(limit.phrase)
    return bool(adjective and _OF_ANOTHER.search(text[max(0, limit.span[0] - 40) : limit.span[0]]))


_OF_A_WHOLE = re.compile(
    r"\s*(?:(?:in|during|over|within)\s+(?:any|an?|one|each|every|the\s+same)|without\s+(?:an?|any)|per"
    r"|at\s+a\s+time"
    r"|a\s+(?:day|week|month|year))\b",
    re.I,
)
_WORTH = re.compile(
    r"[’']s?\s+(?:training|stock|supply|cover|work|use|leave|experience|support|worth|parking|pay|rent"
    r"|fuel|wages)\b",
    re.I,
)
_OF_DOING = re.compile(r"\s+of\s+\w+ing\b", re.I)


def _measures(text: str, limit: TimeLimit) -> bool:
    """ "Out of use for more than 8 hours", "extend it by up to 2 years", "4 hours of driving", "2 weeks'
    training": no time to do anything in.
    """
    after, kind = text[limit.span[1] : limit.span[1] + 40], limit.kind
    of_a_whole = _OF_A_WHOLE.match(after) and not limit.before and kind is not LimitKind.INTERVAL
    if kind is LimitKind.EXTENSION or of_a_whole or _WORTH.match(after):
        return True
    if kind is LimitKind.INTERVAL:
        return bool(_OF_DOING.match(after))
    return limit.qualifier == MORE_THAN and not limit.before and kind is not LimitKind.RETENTION


def _supposed(text: str, limit: TimeLimit, start: int, subject: Span, verb: int) -> bool:
    """Whether a limit stands in words that suppose something: "if it is not mended within 5 days"."""
    leading = limit.span[0] < subject[0]
    said = verb if verb <= limit.span[0] else max(start, subject[1])
    words = text[start if leading else said : limit.span[0]]
    if leading:
        words = words.rpartition(",")[2]
    if _of_another_thing(words, limit):
        return True
    found = list(_SUPPOSING.finditer(words))
    return bool(found) and _reaches(words[found[-1].end() :], found[-1]["word"].lower(), limit, leading)


def _reaches(after: str, word: str, limit: TimeLimit, leading: bool) -> bool:
    """Whether what a word supposes reaches to a limit: ``after`` stands between the two."""
    ends = re.search(r"[,;]", after) or LONGSTOP.search(after)
    if ends or (word in _SOMETIMES_TIMED and re.search(r"\w\s+and\s*$", after)):
        return False
    if word == "until" and limit.kind is LimitKind.RETENTION:
        return False
    return leading or word in _NEVER_TIMED or (word in _SOMETIMES_TIMED and len(after.split()) > 1)


_RELATIVE = re.compile(r"\b(?:who|which|that)\s+(?!(?:it|the|each|all)\b)\w+[^,;]*$", re.I)
_KEEPS = re.compile(
    r"\s*(?:\w+ly\s+)?(?:keep|retain|hold|store|preserve|archive|be\s+(?:kept|retained|held|stored))\b", re.I
)


def _of_another_thing(words: str, limit: TimeLimit) -> bool:
    """ "Any pump that has been out of use for 4 hours": how long a thing was so, and no time to act in."""
    lasts = re.match(r"for\b", limit.phrase, re.I) is not None
    sufficient = lasts and re.search(r"\b(?:sufficient|enough|adequate|designed|valid|booked)\s*$", words)
    return bool(sufficient or (lasts and _RELATIVE.search(words) and not _KEEPS.match(words)))


def grouped(text: str, own: list[TimeLimit]) -> list[list[TimeLimit]]:
    """The limits, those of one act together."""
    groups: list[list[TimeLimit]] = []
    for limit in own:
        if groups and _together(text, groups[-1], limit):
            groups[-1].append(limit)
        else:
            groups.append([limit])
    return [_with_second(text, group) for group in groups]


_CASE = re.compile(r"\s*\)?\s*(?:in|at|on|during|for|where|if|when|outside|by)\b", re.I)


def in_two(text: str, limit: TimeLimit) -> list[TimeLimit]:
    """ "Within 6 hours, or 2 hours in winter": two times, each of its own case, not two readings."""
    parts = (
        re.search(r"\s*(?:,?\s*\bor\b|\()\s*", text[slice(*limit.span)])
        if limit.joined is Joined.EITHER
        else None
    )
    if parts is None or len(limit.lengths) != 2 or not _CASE.match(text, limit.span[1]):
        return [limit]
    cut = limit.span[0] + parts.start(), limit.span[0] + parts.end()
    alone = [
        replace(limit, lengths=(), joined=None, amount=one.amount, unit=one.unit) for one in limit.lengths
    ]
    return [
        replace(alone[0], span=(limit.span[0], cut[0]), phrase=text[limit.span[0] : cut[0]]),
        replace(alone[1], span=(cut[1], limit.span[1]), phrase=text[cut[1] : limit.span[1]]),
    ]


def _together(text: str, group: list[TimeLimit], two: TimeLimit) -> bool:
    """Whether a limit is of the same act as those before it."""
    one = group[-1]
    between = text[one.span[1] : two.span[0]]
    if _EARLIER_OF.search(_opening(text, group[0])):
        return len(group) < 3
    if LONGSTOP.search(between) or (_BARE_AND.fullmatch(between) and _NOR.match(two.phrase)):
        return True
    alternative = "whichever" in text[two.span[0] : two.span[1] + 60] and len(between) < 80
    if alternative or (
        re.search(r"\bor\b", between) and _IF_SOONER.search(text, two.span[1], two.span[1] + 70)
    ):
        return True
    return _of_a_round(text, one, two, between)


def _of_a_round(text: str, one: TimeLimit, two: TimeLimit, between: str) -> bool:
    """ "Each quarter, within 5 Working Days of its end": how often, and how long after each."""
    if one.kind is two.kind or LimitKind.INTERVAL not in (one.kind, two.kind):
        return False
    if not re.search(r"\band\b|\bor\b|;", between):
        return True
    joined = re.fullmatch(r"[\s,]*and\s+(?:in\s+any\s+(?:event|case)[\s,]*)?", between)
    return bool(joined and _OF_ITS_END.match(text[two.span[0] :]))


def _opening(text: str, limit: TimeLimit) -> str:
    return text[max(0, limit.span[0] - 30) : limit.span[1]]


def _with_second(text: str, group: list[TimeLimit]) -> list[TimeLimit]:
    """ "The earlier of 5 days of the report and 60 days of the end": the second length, which no
    words beside it introduce.
    """
    first = group[0]
    if len(group) > 1 or first.problem != "joined_unclear" or not _EARLIER_OF.search(_opening(text, first)):
        return group
    for joined in _AND_LIMIT.finditer(text, first.span[1], first.span[1] + 120):
        found = find_limits("within " + text[joined.end() : joined.end() + 80])
        if found and found[0].span[0] == 0:
            span = (joined.end(), joined.end() + found[0].span[1] - len("within "))
            return [first, replace(found[0], span=span)]
    return group


def which_counts(text: str, group: list[TimeLimit]) -> str:
    """Of several limits of one act: ``earlier``, ``later``, or ``each``; "" of one."""
    if len(group) < 2:
        return ""
    match = _COUNTS.search(text, max(0, group[0].span[0] - 30), group[-1].span[1] + 70)
    if match is None:
        return "each"
    return "later" if match["which"].lower() in ("later", "latest", "last") else "earlier"
