"""The words around a length of time: what introduces it, what follows it, and what makes it no limit.

All patterns run on levelled text (see :mod:`contracts.terms.amounts`) and are matched at the very end
of what stands before a length, or at the very beginning of what stands after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from contracts.terms.limits import AT_LEAST, AT_MOST, MORE_THAN

# Each token: its role, what it says, and the words. "start" says whether a phrase may begin with it.
_TOKENS: tuple[tuple[str, str | None, str], ...] = (
    ("qualifier", AT_LEAST, r"at\s+least|(?:not|no|nor)\s+(?:less|fewer)\s+(?:frequently\s+)?th[ae]n"
                            r"|(?:a|the|an\s+absolute)\s+minimum(?:\s+(?:period|term|interval))?\s+of"
                            r"|minimum(?:\s+(?:period|term|interval))?\s+of|minimum|at\s+a\s+minimum,?"
                            r"|as\s+a\s+minimum,?"
                            r"|(?:not|no)\s+(?:earlier|sooner)\s+than"),
    ("qualifier", AT_MOST, r"(?:not|no|nor|never)\s+(?:longer|more|greater|later)\s+(?:frequently\s+)?than"
                           r"|not\s+exceeding|not\s+to\s+exceed|(?:shall|must|will|may|does|do)\s+not\s+exceed"
                           r"|up\s+to(?:\s+and\s+including)?"
                           r"|(?:an?\s+|the\s+)?maximum(?:\s+(?:period|term))?(?:\s+of)?|at\s+most"
                           r"|less\s+than|fewer\s+than"),
    ("qualifier", MORE_THAN, r"more\s+than|exceed(?:s|ing)?|in\s+excess\s+of|longer\s+than|greater\s+than"),
    ("within", None, r"within:?(?:\s+(?:the|a))?|inside(?:\s+of)?"),
    ("every", None, r"(?:once\s+)?(?:in\s+)?(?:every|each)|(?:at\s+)?(?:regular\s+)?intervals?\s+of"),
    ("notice", None, r"notice\s+(?:period\s+)?(?:to\s+\w+\s+)?of|(?:(?:up)?on\s+|by\s+)?giving|gives?"),
    ("period", None, r"(?:(?:a|the|such|any|that)\s+)?(?:(?!every\b|each\b)\w+\s+)?periods?\s+of"
                     r"|(?:(?:a|the)\s+)?(?:time\s+limit|\w+\s+times?)\s+of"
                     r"|(?:a|the)\s+further|(?:an?|the)\s+additional|further|additional|another|an\s+extra|extra"
                     r"|(?:the\s+)?next|(?:the\s+)?following|the\s+first|approximately|about|around|a\s+total\s+of"
                     r"|the\s+(?:following\s+)?period\s+of"),
    ("article", None, r"a|an|the|such|that|this|any|its|their"),
    ("lead", "for", r"for"),
    ("lead", "in", r"in"),
    ("lead", "during", r"over|during"),
    ("lead", "by", r"by"),
    ("lead", "until", r"(?:until|before)(?:\s+(?:the\s+)?(?:end|expiry)\s+of)?|by\s+(?:the\s+)?end\s+of"),
    ("lead", "after", r"after(?:\s+the\s+expiry\s+of)?|on\s+the\s+expiry\s+of|upon\s+expiry\s+of"),
    ("lead", "of", r"of"),
    ("lead", "has", r"has|have|allow(?:ed|s)?"),
    ("lead", "is", r"(?:period|time|limit|target)\s+(?:for\s+\w+\s+)?(?:is|are|(?:shall|will|must)\s+be)"),
    ("lead", "on", r"on|upon|with|given|provided?|subject\s+to"),
)  # fmt: skip
_COMPILED = [(role, value, re.compile(rf"(?<![\w-])(?:{words})\s*$", re.I)) for role, value, words in _TOKENS]
_STARTS = ("qualifier", "within", "every")


@dataclass(slots=True)
class Lead:
    """What introduces a length: where the phrase begins and the words met on the way."""

    start: int
    roles: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    qualifier: str | None = None
    outermost: int = 0

    def has(self, role: str) -> bool:
        """Whether a word of this role introduces the length."""
        return role in self.roles


def read_lead(text: str, start: int) -> Lead:
    """Walk back over the words that introduce a length beginning at ``start``."""
    lead = Lead(start=start, outermost=start)
    place, fallback = start, start
    while step := _step_back(text, place):
        role, value, place = step
        lead.roles.append(role)
        if role == "qualifier":
            lead.qualifier = lead.qualifier or value
        elif value:
            lead.values.append(value)
        if role in _STARTS:
            lead.start = place
        elif role == "period" or value in ("for", "in", "during", "after"):
            fallback = place
        if role in ("lead", "notice"):
            break
    lead.outermost = place
    if lead.start == start:
        lead.start = fallback
    return lead


def _step_back(text: str, place: int) -> tuple[str, str | None, int] | None:
    head = text[max(0, place - 60) : place]
    best: tuple[str, str | None, int] | None = None
    for role, value, pattern in _COMPILED:
        match = pattern.search(head)
        if match and (best is None or match.start() < best[2]):
            best = (role, value, match.start())
    if best is None or best[2] == len(head):
        return None
    return best[0], best[1], place - len(head) + best[2]


CLOSE = 120
"""Characters before a length in which the words stand that make no limit of it."""
NOT_A_LIMIT_BEFORE = re.compile(
    r"(?:\b(?:aged?|ages|age\s+of|(?:in\s+)?(?:the\s+)?(?:previous|preceding|last|past|prior|rolling|immediately\s+preceding))"
    r"|\b(?:[Tt]erm|[Dd]uration|[Ll]ifetime|[Ll]ength)\s+(?:of|is|shall\s+be|will\s+be)(?:\s+an?\s+(?:initial\s+)?period\s+of)?"
    r"|\bmeans\s+(?:an?|any|each|the)?\s*(?:consecutive|continuous|\w+)?\s*period\s+of"
    r"|\bfrom|(?<!within )(?<!within, )\bthe\s+first"
    r"|\binitial\s+(?:period|term)\s+of|\bany(?:\s+rolling)?|\bpenalty\s+of|\bdelay(?:ed)?\s+(?:of|by)"
    r"|\b(?:\w+)\s+over\s+the\s+(?:last|past|previous)|\bover\s+(?:each|any|every)\s+(?:\w+\s+){0,2}period\s+of"
    r"|\b(?:attempts|failures|times|breaches|faults|occasions)\s+(?:with)?in)\s*(?:period\s+of\s+)?$",
    re.I,
)
NOT_A_LIMIT_AFTER = re.compile(
    r"(?:(?:\s+|-)(?:of\s+age|old\b|rolling|course\b|event\b|helpline|training|worth\b|data\b|accounts\b|placement)"
    r"|\s*'?\s*(?:of\s+)?(?:relevant\s+|continuous\s+|post[- ]qualification\s+|practical\s+|proven\s+)?"
    r"(?:experience|service\b|employment|pay\b|salary|wages|rent\b|trading|history)"
    r"|\s+(?:a|per|each|every)\s+(?:day|week|month|quarter|year|annum)\b|\s*/\s*\d|\s+term\b|-term\b|\s+immediately\s+(?:preceding|prior\s+to|before)\b|\s+ago\b|\s+earlier\b)",
    re.I,
)
NOTICE_AFTER = re.compile(
    r"\s*'?(?:s\s*\])?\s*(?:(?:prior|advance|advanced|written|formal|reasonable|clear|or\s+more|'s)[\s,]*(?:and\s+)?)*"
    r"(?:notice|notification|warning)\b(?!\s+period\s+of)",
    re.I,
)
BEFORE_AFTER = re.compile(
    r"\s*,?\s*(?:or\s+more\s+)?(?:before|prior\s+to|in\s+advance(?:\s+of)?|ahead\s+of|preceding|previous\s+to|beforehand)\b",
    re.I,
)
FROM_AFTER = re.compile(
    r"\s*,?\s*(?:or\s+(?:less|more)\s+)?(?:after|from|following|beginning|starting|commencing|thereafter|later"
    r"|in\s+which\s+to)\b|\s*'?\s+grace\b",
    re.I,
)
ADJECTIVE_PERIOD = re.compile(
    r"(?:-|\s+)(?:(?!of\b|in\b|to\b|and\b)\w+[\s-]+){0,2}?(?:period|deadline|time\s?limit|window|terms|response|turnaround|reply|resolution|fix)\b",
    re.I,
)
INCLUSIVE_AFTER = re.compile(
    r"\s*,?\s*(?:beginning|starting|commencing)\s+(?:with|on)\b(?!\s+the\s+(?:\w+\s+)?day\s+(?:immediately\s+)?(?:after|following))"
    r"|\s*\(?inclusive\b|\s*,?\s*(?:from|of|after),?\s+\(?and\s+including\b"
    r"|\s*,?\s*\(?(?:including|counting|inclusive\s+of)\s+the\s+(?:day|date)\b",
    re.I,
)
WINDOW_AFTER = re.compile(
    r"\s*,?\s*(?:ending\s+(?:on|with|at)|expiring\s+(?:on|with|at))\b(?!\s+the\s+end\s+of\s+(?:an?\s+period\s+of\s+)?\d)",
    re.I,
)
NOTICE_OF = re.compile(r"\bnotice\s+(?:period\s+)?(?:to\s+\w+\s+)?of\b", re.I)
_WAITS = (
    r"(?:(?:until|before|earlier\s+than|sooner\s+than|prior\s+to)\s+(?:(?:the\s+)?(?:end|expiry|expiration)\s+of\s+)?"
    r"(?:(?:an?|the)\s+)?(?:period\s+of\s+)?(?:at\s+least\s+|(?:not|no)\s+less\s+than\s+)?)"
)
STANDSTILL = re.compile(
    rf"(?:\b(?:(?:may|shall|must|will|can|could|should)\s+not|cannot|no\s+\w+|nothing|neither|nor|none)\b[^.;]*?\b{_WAITS}"
    r"|\b(?:not|no)\s+(?:earlier|sooner)\s+than\s+"
    r"|\bwithout\s+(?:first\s+)?(?:giving|allowing|having\s+(?:given|allowed)|waiting)\b[^.;]{0,60})$",
    re.I | re.S,
)
_DEEMS = re.compile(
    r"\b(?:deem\w*|treated\s+as|regarded\s+as|taken\s+to\s+(?:be|have)|counts?\s+as|presumed|(?:is|be|are|becomes?)\s+effective"
    r"|takes?\s+effect|considered)\b(?:(?!\bwithin\b)[^.;])*$",
    re.I,
)


def deems(text: str, place: int) -> bool:
    """Whether the words before a place say when a thing counts as received or given, which limits nothing."""
    return bool(_DEEMS.search(text[max(0, place - 200) : place]))


KEPT = re.compile(
    r"\b(?:retain(?:ed|s)?|kept|keep|stored)\b(?:(?![.;]|\b(?:shall|must)\b).){0,60}$", re.I | re.S
)
KEEPING = re.compile(
    r"\b(?:retain\w*|retention|keep\w*|kept|preserv\w+|stor(?:e|es|ed|ing)|archiv\w+|maintain\w*|hold|held"
    r"|accessible|available|remain\w*\s+in\s+force|escrow)\b",
    re.I,
)
TELLING = re.compile(r"\b(?:notice|notif\w+|told|tells?|inform\w*|advis\w+|warn\w*|announce\w*)\b", re.I)
EXTENDING = re.compile(
    r"\b(?:an?\s+|the\s+)?(?P<word>extension|extend(?:s|ed|ing)?|prolong(?:s|ed|ing)?|lengthen(?:s|ed)?)\b"
    r"(?:(?![.;]|\b(?:within|shall|must)\b).){0,80}$",
    re.I | re.S,
)
_TAIL_STOP = re.compile(
    r"(?:and|or|the|shall|must|will|may|is|are|was|were|has|have|to|from|by|in|on|being|made|provided?|unless"
    r"|where|if|following|with|which|that|for|at|as|when|until|whether|who|whose|before|after|prior|setting"
    r"|giving|including|such|an?|their|any|each|it|they|he|she)$",
    re.I,
)
_TAIL_HEAD = re.compile(
    r"\s+(?:of|after|from|before|following|prior\s+to|(?:beginning|starting|commencing|ending)\s+(?:with|on)|in\s+advance\s+of)\s+"
    r"(?:\(?(?:and\s+including|but\s+excluding)\)?\s+)?(?:(?:the|any|an?|such|its|their|each|that|this|any\s+such)\s+)*",
    re.I,
)
_TAIL_WORD = re.compile(r"[A-Za-z][\w'-]*")


def tail_end(text: str, end: int) -> int:
    """The end of "after the Start Date" where it follows a length ending at ``end``, else ``end``."""
    head = _TAIL_HEAD.match(text, end)
    if not head or text[end : head.end()].count("\n"):
        return end
    place, words = head.end(), 0
    while words < 8:
        word = _TAIL_WORD.match(text, place)
        if not word or _TAIL_STOP.match(word[0]):
            break
        end, words, place = word.end(), words + 1, word.end()
        if word[0].lower() == "of":
            article = re.compile(r"\s+(?:the|any|an?|such|its|their|each)\b", re.I).match(text, place)
            place = article.end() if article else place
        gap = re.compile(r" +").match(text, place)
        if not gap:
            break
        place = gap.end()
    printed = text[:end].rstrip()
    return end - 3 if printed.endswith(" of") else end
