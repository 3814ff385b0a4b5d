"""What an act runs from or what gives rise to it, by the words before and after its time."""

from __future__ import annotations

import re

from contracts.terms.limits import Kind as LimitKind
from contracts.terms.limits import TimeLimit

Span = tuple[int, int]
Cause = tuple[int, str, Span]
"""Where words that give rise to an act begin, the word before them, and they themselves."""

_UNIT = r"(?:minutes?|hours?|hrs?|days?|weeks?|fortnights?|months?|quarters?|years?|WDs?)(?:\(s\))?[’']?s?"
_NOTICE = (
    r"(?:\s+(?:prior|advance|written|clear|formal|reasonable)(?:\s+and(?=\s+(?:written|reasonable))"
    r"|\s*,)?){0,4}"
    r"(?:\s+(?:notice|notification|warning))?(?:\s+in\s+writing)?"
)
_RUNS_FROM = re.compile(
    rf"\b{_UNIT}\)?{_NOTICE}[\s,]*(?:\((?:[^()]*)\)\s*)?(?:of\s+time\s+)?"
    r"(?P<from>of|after|from|following|before|prior\s+to|preceding|in\s+advance\s+of|ahead\s+of"
    r"|beginning\s+(?:with|on)"
    r"|starting\s+(?:with|on|from)|commencing\s+(?:with|on)|ending\s+on|upon|on|to)\s+"
    r"(?:the\s+(?:date|day|time|moment)\s+(?:on|at|when|that|of"
    r"|upon)\s+(?:which\s+)?)?(?:and\s+including\s+)?",
    re.I,
)
_EVENTS = (
    r"(?:requests?|demands?|receipt|completion|termination|expiry|discovery|being|becoming|learning"
    r"|finding|delivery|death"
    r"|departure|leaving|notice|notification|approval|award|appointment|arrival|closure|occurrence"
    r"|detection|loss|change|sale"
    r"|issue|entry|commencement|failure|breach|refusal|occasion|visit|renewal|anniversary|journey"
    r"|[a-z]+ing)"
)
_TERMS = r"(?:Term|Contract|Agreement|Period|period|hours|day|week|month|year|night)"
_SOON_AFTER = r"(?:promptly|forthwith|as\s+soon\s+as\s+(?:reasonably\s+)?(?:practicable|possible|practical))"
_CONDITION = re.compile(
    r"(?:(?<=^)|(?<=[\s,;:(]))(?P<word>in\s+the\s+event\s+(?:of|that)|in\s+(?:the|any)\s+case\s+of"
    r"|as\s+soon\s+as\s+(?:it|they|the)|whenever|wherever|where|when|if"
    r"|(?<!at )once(?!\s+(?:in|an?|every|each|per|more|again|during|within|only|twice)\b)|should|upon"
    r"|immediately\s+(?:after|on|upon|following)"
    rf"|{_SOON_AFTER}\s+(?:after|on|upon|following)"
    rf"|on(?=\s+(?:(?:the|each|any|an?|its|their|every|such|written|reasonable"
    rf"|first)\s+)*(?:[\w’'-]+\s+){{0,4}}?{_EVENTS}\b)"
    r"|at(?=\s+the\s+(?:[\w’'-]+\s+){0,3}?(?:request|end|expiry|termination|completion)\b)"
    rf"|during(?=\s+(?:an?|any|each|every|the)\s+(?!(?:first|last|next)\b"
    rf"|(?:[\w-]+\s+){{0,3}}?{_TERMS}\b))|following|after"
    rf"|before|prior\s+to|until"
    r"|from(?=\s+the\s+(?:[\w-]+\s+){0,2}?(?:date|moment|time|day))"
    r"|by(?=\s+the\s+(?:[\w-]+\s+){0,3}?(?:date|deadline|time)\s+(?:in|set|given|stated|shown|agreed)))\s+",
    re.I,
)
_NOT_A_TRIGGER = re.compile(
    r"(?:\b(?:save|except|other\s+than|even|or|regardless\s+of|whether|as\s+if|just)"
    r"|including|soon)[\s,]*$",
    re.I,
)
_ON_A_THING = re.compile(
    r"\b(?:impact|effect|bearing|based|depend\w*|rel(?:y|ies|iance)|works?|working|information|reports?"
    r"|reporting|advice|decisions?"
    r"|restrictions?|limits?|data|views?|comments?|guidance|held|kept|stored|placed|imposed|put|focus\w*"
    r"|acts?|acting|consult\w*"
    r"|agree\w*|insist\w*|charges?|levied|served|carried)\s*$",
    re.I,
)
_LENGTH = re.compile(r"\b(?:days?|hours?|weeks?|months?|years?)[\s,]*$", re.I)
_STOP = re.compile(
    r"[,;:.](?=\s|$)|\s+(?:and|but|or)\s+(?=(?:\d+\s|shall|must|will|may|in\s+any\s+event|in\s+each|then"
    r"|within|no\s+later"
    r"|not\s+later|at\s+least|every|once|on\s+request|thereafter|at\s+the\s+latest|annually|monthly"
    r"|quarterly|weekly|daily|yearly|by|to)\b)"
    r"|\s+and\s+(?=\w+\s+(?:it|them)\b)|\s+and\s+(?=(?:\w+ed|\w+en)\s+(?:every|within|once|annually"
    r"|monthly|at|no)\b)"
    r"|\s+(?:unless|save|except|together\s+with|in\s+accordance\s+with|subject\s+to|in\s+order\s+to"
    r"|so\s+that|provided\s+that"
    r"|shall|must|will|may)\b",
    re.I,
)
_ON_DEMAND = re.compile(
    r"(?:(?:its|the|each|any|such|written|reasonable|first)\s+){0,2}(?:[\w’'-]+[’']s?\s+)?(?:demand"
    r"|request|termination|expiry)\b"
    r"(?!\s+(?:of|from|by|for|that|in|to|or|and|under|date)\b)",
    re.I,
)
_ACT = re.compile(
    r"\s+(?:either\s+)?(?:deliver|submit|provide|send|give|notify|forbid|adopt|accept|reject|pay|supply"
    r"|tell|inform|agree|prepare"
    r"|appoint|install|remove|replace|repair|restore|confirm|certify|destroy|erase|make|take|keep|comply"
    r"|carry|put|return|reply"
    r"|respond|amend|correct|rectify|remedy|issue|acknowledge|produce|propose|complete|meet|approve|decide"
    r"|explain|publish|attend"
    r"|arrange|investigate|begin|start|stop|cease|disclose|object|ask|require|reimburse|collect|hand|hold"
    r"|write|bring|apply|fit)\s"
    r"(?=(?:the|a|an|its|it|them|to|any|all|each|such|up|out|back|over|in|on|whether|that|with|full"
    r"|further|one|another|him|no)\b|[A-Z])",
)
_IF_FEASIBLE = re.compile(
    r"(?:it\s+is\s+)?(?:reasonably\s+)?(?:feasible|practicable|possible|appropriate|necessary|applicable"
    r"|relevant|reasonable|available"
    r"|required|need\s+be|practical)\b(?=\s*[,.;]|\s+(?:within|and|to|in|by)\b|\s*$)",
    re.I,
)
_LIST = re.compile(
    r",\s*(?:or|and)?\s*(?!(?:the|it|they|and"
    r"|both)\b)(?:\w+\s+){0,3}\w+(?:,\s*(?:\w+\s+){0,3}\w+)*,?\s+(?:or|and)\s+\w+"
)
_OPENS = re.compile(
    r"\b(?:(?:unless\s+and\s+)?until|only\s+(?:after|once|when|upon|following|from)|before|prior\s+to"
    r"|(?:conditional|contingent|dependent)\s+(?:up)?on|except\s+(?:after|following|once)"
    r"|without\s+first)\s+",
    re.I,
)


def runs_from(text: str, group: list[TimeLimit], end: int, subject: Span) -> Span | None:
    """The words after the length that say what it runs from: "of the Commencement Date"."""
    limit = group[-1] if group[0].kind is LimitKind.INTERVAL else group[0]
    match = _RUNS_FROM.search(text, limit.span[0], min(end, limit.span[1] + 90))
    if not match or match.start() > limit.span[1] + 3:
        return None
    word = match["from"].lower()
    if limit.kind is LimitKind.INTERVAL and limit.cycle is None and word in ("of", "to", "on"):
        return None
    if word in ("on", "to") and limit.kind is not LimitKind.NOTICE:
        return None
    until = _until(text, match.end(), end, subject)
    act = _ACT.search(text, match.end(), until) if _INNER.search(text[: limit.span[0]]) else None
    return _trimmed(text, match.end(), act.start() if act else until)


_INNER = re.compile(r"(?:\b(?:shall|must|will|may|to)|^|[:,;])[\s,]*(?:\w+ly\s+)?$")


def _until(text: str, start: int, end: int, subject: Span) -> int:
    """Where words that name an event end: at a comma, before "and shall", or where the subject begins."""
    stop = min(end, subject[0]) if start < subject[0] else end
    match = _STOP.search(text, start, stop)
    while match and match[0] == "." and text[match.end() : match.end() + 1].isdigit():
        match = _STOP.search(text, match.end(), stop)
    if match and match[0] == "," and _is_list(text, start, match.start(), stop):
        match = _STOP.search(text, match.end(), stop)
    return match.start() if match else stop


def _is_list(text: str, start: int, comma: int, stop: int) -> bool:
    """ "Any loss, alteration or disclosure of it": the comma is between things of one list."""
    return bool(_LIST.match(text, comma, stop)) and len(text[start:comma].split()) <= 4


def _trimmed(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip(" ,"))
    last = end - (len(piece) - len(piece.rstrip(" ,;:.")))
    return (first, last) if first < last else None


def opens_at(text: str, start: int, end: int) -> Span | None:
    """What has to come first, of a gate."""
    match = _OPENS.search(text, start, end)
    if match is None:
        return None
    stop = re.search(r"[,;](?=\s)|\.\s*$", text[match.end() : end])
    return _trimmed(text, match.end(), match.end() + stop.start() if stop else end)


def causes(text: str, start: int, end: int, subject: Span) -> list[Cause]:
    """What gives rise to an act, wherever it stands in its clause."""
    found: list[Cause] = []
    place = start
    while match := _CONDITION.search(text, place, end):
        place = match.end()
        if _is_cause(text, start, match) and (
            span := _trimmed(text, place, _until(text, place, end, subject))
        ):
            if alone := _ON_DEMAND.match(text, *span):
                span = alone.span()
            found.append((match.start(), " ".join(match["word"].lower().split()), span))
            place = max(place, span[1])
    return found


def _is_cause(text: str, start: int, match: re.Match[str]) -> bool:
    before = text[max(start, match.start() - 24) : match.start()]
    supposes = match["word"].lower() in ("where", "when", "whenever", "if", "once", "should")
    if _NOT_A_TRIGGER.search(before) or (_LENGTH.search(before) and not supposes):
        return False
    if match["word"].lower() == "on" and _ON_A_THING.search(before):
        return False
    if _IF_FEASIBLE.match(text, match.end()):
        return False
    opens = not text[start : match.start()].strip(" ,;") or text[: match.start()].rstrip().endswith(
        (",", "and", "or")
    )
    return opens or match["word"].lower() != "should"
