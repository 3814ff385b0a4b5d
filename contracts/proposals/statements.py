"""Sentences without a word of duty that binds: definitions, gates, facts; and why each asks nothing."""

from __future__ import annotations

import re

from contracts.proposals import kinds

_Q = '["“”„]'
_IS_ONE = re.compile(
    r"^\s*(?:An?|The)\s+(?:[\w’'-]+\s+){1,5}(?:is|are)\s+(?:one|those|any)\s+(?:that|which|who|whose|where"
    r"|in\s+which)\b"
)
_DEFINES = re.compile(
    rf"{_Q}[^\"“”„]{{1,80}}{_Q}\s*(?:\([^()]*\)\s*|,[^,]{{1,60}},\s*|(?:and"
    rf"|or)\s+{_Q}[^\"“”„]{{1,80}}{_Q}\s*)*(?:shall\s+|will\s+)?(?:means?|mean|is|are|be|ha(?:s"
    rf"|ve)\s+the\s+(?:same\s+)?meanings?|has|includes?|refers?\s+to|covers?|stands?\s+for|denotes?)\b"
    rf"|\b(?:is|are|be|called|as|known\s+as|referred\s+to\s+as|described\s+as|termed"
    rf"|count\s+as)\s+(?:an?\s+|the\s+)?{_Q}[A-Za-z]"
    r"|^\s*(?:In\s+this\s+\w+,?\s+)?(?:an?\s+|the\s+)?[A-Z][\w’'-]*(?:\s+[\w’'-]+){0,5}\s+(?:means"
    r"|shall\s+mean|(?:has|have|shall\s+have)\s+the\s+meanings?)\b"
    r"|^\s*(?:means|has\s+the\s+meaning|shall\s+mean)\b"
    r"|\b(?:shall\s+have|have|has)\s+the\s+(?:(?:same|following)\s+)?meanings?\b"
    r"|^\s*[A-Z][\w’'-]*(?:\s+[A-Z(][\w’')-]*){0,5}\s*(?::|[–—])\s+(?:the|an?|any|all|each)\s",
)
_INTERPRETATION = re.compile(
    r"\b(?:words?\s+in\s+the\s+singular|periods\s+(?:expressed|of\s+time)|in\s+writing[\"”]\s+includes"
    r"|the\s+singular|references?\s+(?:in\s+this\s+\w+\s+)?to|headings?\s+(?:are|do)"
    r"|in\s+this\s+(?:schedule|annex|part|appendix),?\s+(?:a\s+)?references?"
    r"|include\s+the\s+plural|takes?\s+precedence|prevails?|is\s+not\s+(?:complete|exhaustive)"
    r"|for\s+(?:ease\s+of\s+)?reference\s+only|(?:is|are)\s+to\s+be\s+(?:read|construed|interpreted)"
    r"|does\s+not\s+affect\s+(?:its|the)\s+(?:interpretation|meaning|construction)"
    r"|(?:is|are)\s+read\s+(?:as|with|together)|includes?\s+(?:any\s+)?(?:amend\w+|re-?enact\w+"
    r"|successors?))\b",
    re.I,
)
_EXCEPTION = re.compile(
    r"\b(?:does\s+not\s+apply|do\s+not\s+apply|need\s+not|not\s+required\s+to|nothing\s+in"
    r"|then\s+applies\s+with|is\s+exempt|are\s+exempt|no\s+(?:notice|consent|approval"
    r"|report)\s+is\s+(?:needed|required|necessary)|without\s+prejudice|is\s+excused"
    r"|does\s+not\s+have\s+to)\b",
    re.I,
)
_EFFECT = re.compile(
    r"\b(?:survives?|takes?\s+effect|comes?\s+into\s+force|remains?\s+(?:liable|responsible|the\s+property"
    r"|in\s+force)|is\s+(?:liable|governed\s+by)|belongs?\s+to|owns?\b|vests?|does\s+not\s+(?:relieve"
    r"|affect|limit)|is\s+a\s+(?:material\s+)?(?:breach|default)|bears?\s+the\s+risk"
    r"|at\s+the\s+\w+['’]s\s+risk|continues?\s+to\s+apply|ends?\s+with\s+the\s+Contract)\b",
    re.I,
)
_STATEMENT = re.compile(
    r"\b(?:acknowledges?|recognises?|agrees?\s+that|accepts?\s+that|confirms?\s+that|warrants?|represents?"
    r"|understands?|is\s+(?:the\s+)?(?:controller|processor)|notes?\s+that|has\s+(?:read|provided|given"
    r"|been)|have\s+agreed|declares?)\b",
    re.I,
)
_CONDITIONAL = re.compile(
    r"\b(?:is|are)\s+(?:strictly\s+)?(?:conditional|contingent|dependent)\s+(?:up)?on\b", re.I
)


_OF_WORDS = re.compile(
    rf"^\s*(?:in\s+this\s+\w+,?\s+)?(?:words?|references?|headings?|the\s+singular|periods|a\s+reference)\b"
    rf"|{_Q}(?-i:[a-z ]{{1,20}}){_Q}\s+includes?\b",
    re.I,
)


def defines(sentence: str) -> bool:
    """Whether the sentence says what a term means."""
    return bool(_IS_ONE.match(sentence) or _DEFINES.search(sentence)) and not _OF_WORDS.search(sentence)


def is_gate(sentence: str) -> re.Match[str] | None:
    """ "Access is conditional on clearance", where it says so."""
    return _CONDITIONAL.search(sentence)


def interprets(sentence: str) -> bool:
    """Whether the sentence says how to read the text."""
    return bool(_INTERPRETATION.search(sentence))


def why(sentence: str) -> str:
    """Why a sentence without a word of duty asks nothing."""
    for pattern, reason in (
        (_INTERPRETATION, kinds.INTERPRETATION),
        (_EXCEPTION, kinds.EXCEPTION),
        (_STATEMENT, kinds.STATEMENT),
        (_EFFECT, kinds.EFFECT),
    ):
        if pattern.search(sentence):
            return reason
    return kinds.BACKGROUND


_SEEN = re.compile(
    r"^\s*it\s+(?:will|may|should|must|can|is\s+to)\s+be\s+(?:seen|noted|appreciated|understood|remembered"
    r"|observed|recalled|noticed|apparent|clear|hoped|evident)\b",
    re.I,
)
_BACKGROUND = re.compile(
    r"^\s*(?:setting|(?:\w+\s+)?background|purposes?|introduction|context|preamble|overview|scene|outline"
    r"|preface|about"
    r"|recitals?|aims?|preliminary|the\s+service\s+in\s+outline)\b",
    re.I,
)


def is_remark(sentence: str) -> bool:
    """ "It will be seen that": a remark to the reader."""
    return bool(_SEEN.match(sentence))


def is_background(headings: tuple[str, ...]) -> bool:
    """Whether the nearest heading announces prose: "Setting", "Background"."""
    return bool(headings) and bool(_BACKGROUND.match(headings[0]))
