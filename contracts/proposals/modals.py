"""Words of duty, of permission and of prohibition, where they stand in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Force(StrEnum):
    """What a word of duty does."""

    DUTY = "duty"
    WILL = "will"
    """ "Will": a duty of a party, or what is expected to happen."""
    NOT = "not"
    MAY = "may"
    """ "May": a right of a party, or what is possible."""
    RIGHT = "right"
    FREE = "free"
    """ "Need not", "is not obliged to": a freedom from a duty."""
    NO_RIGHT = "no_right"


@dataclass(frozen=True, slots=True)
class Modal:
    """A word of duty at its place. ``inside``: where a party named in it stands ("it is the duty of")."""

    start: int
    end: int
    force: Force
    text: str
    inside: tuple[int, int] | None = None


_ADVERB = (
    r"(?:(?:also|always|nevertheless|nonetheless|thereafter|then|further|accordingly|only|in\s+(?:any"
    r"|no)\s+(?:event|circumstances?|case)"
    r"|at\s+(?:all\s+times|no\s+time|any\s+time|its\s+own\s+(?:cost|expense)(?:\s+and\s+(?:cost"
    r"|expense))?)|under\s+no\s+circumstances?|both|each|either"
    r"|hereby|jointly|promptly|if\s+so\s+\w+|otherwise|at\s+once|forthwith|immediately|likewise|similarly"
    r"|\w+ly)\s+)?"
)
_NEGATIVE = (
    rf"(?:shall|must|may|will|can|could|should)(?:\s*,)?\s+{_ADVERB}"
    r"(?:not(?!\s+(?:only|merely|just|later|less|fewer|earlier|sooner)\b)|never)\b|cannot\b"
)
_PATTERNS: tuple[tuple[Force, str], ...] = (
    (
        Force.FREE,
        r"need\s+not\b|does\s+not\s+(?:need|have)\s+to\b|do\s+not\s+(?:need|have)\s+to\b"
        r"|(?:shall|must|will|may|is|are)\s+not\s+(?:be\s+)?(?:required|obliged|bound|obligated|expected"
        r"|under\s+an?\s+(?:duty|obligation))\s+to\b"
        r"|(?:(?:shall|will)\s+(?:have|be\s+under)|has|have|is\s+under|are\s+under)\s+no\s+(?:obligation"
        r"|duty|requirement)(?:\s+to\b)?"
        r"|is\s+(?:relieved|released|excused|exempt)\s+from|(?:shall|will)\s+(?:not\s+)?be\s+(?:relieved"
        r"|released|excused|exempt)(?:ed)?\s+from",
    ),
    (
        Force.NOT,
        rf"nor\s+(?:is|are)\s+(?:it|they)\s+to\b|(?:undertakes?|agrees?|covenants?|promises?"
        rf"|commits?)(?:\s+with\s+[^,.;]{{2,40}}?)?\s+not\s+to\b|(?:commits?(?:\s+itself)?|(?:is"
        rf"|are)(?:\s+(?:required"
        rf"|obliged|bound))?)\s+not\s+to\b"
        rf"|(?:is|are|shall\s+be|will\s+be)\s+{_ADVERB}not\s+{_ADVERB}(?:permitted|allowed|authorised|free"
        rf"|at\s+liberty)\s+to\b"
        r"|(?:shall|will|must)\s+not\s+be\s+(?:permitted|allowed|authorised|free|at\s+liberty"
        r"|entitled)\s+to\b"
        r"|(?:is|are|shall\s+be)\s+(?:strictly\s+)?(?:prohibited|forbidden|precluded|barred|debarred"
        r"|restrained)(?:\s+from\b)?"
        r"|(?:shall|must|will|is\s+to|are\s+to|undertakes?\s+to"
        r"|agrees?\s+to)\s+(?:at\s+all\s+times\s+)?(?:refrain|abstain|desist)\s+from\b",
    ),
    (
        Force.NO_RIGHT,
        r"(?:is|are)\s+not\s+entitled\s+to\b|(?:has|have|shall\s+have|will\s+have)\s+no\s+(?:right"
        r"|entitlement|claim)\b(?:\s+to\b)?",
    ),
    (
        Force.RIGHT,
        rf"(?:shall|will)(?:\s*,)?\s+{_ADVERB}(?:be\s+(?:entitled|at\s+liberty|free|permitted"
        rf"|allowed)\s+to\b"
        rf"|have\s+(?:the|a)\s+(?:right|option|power|discretion)\b(?:\s+to\b)?)"
        rf"|(?:is|are)\s+{_ADVERB}(?:entitled|permitted|allowed|at\s+liberty|free|authorised)\s+to\b"
        r"|reserves?\s+the\s+(?:right|power)\s+to\b|(?:has|have)\s+(?:the|a)\s+(?:right|option|power"
        r"|discretion)\s+to\b"
        r"|(?:retains?|enjoys?)\s+the\s+right\s+to\b"
        r"|(?:shall\s+be|is|are)\s+entitled\s*,[^;.]{3,90}?,\s*to\b",
    ),
    (Force.NOT, _NEGATIVE),
    (
        Force.DUTY,
        rf"(?:is|are|shall\s+be|must\s+be|will\s+be|remains?)\s+{_ADVERB}(?:required|obliged|bound"
        rf"|obligated)\s+to\b"
        r"|(?:is|are)\s*,[^,;.]{3,60},\s*to\b|(?:undertakes?|covenants?|promises?|guarantees?)\s+that\b"
        rf"|(?:is|are)\s+under\s+(?:an?|the)\s+(?:\w+\s+)?(?:duty|obligation)\s+to\b"
        rf"|(?:is|are)\s+{_ADVERB}(?:responsible|accountable)\s+for\b"
        rf"|(?:is|are)\s+to\b(?!\s+(?:say|blame)\b)"
        rf"|(?:{_ADVERB}undertakes?|{_ADVERB}agrees?|covenants?|promises?|engages?|commits?(?:\s+itself)?"
        rf"|binds\s+itself)(?:(?:\s*,)?\s+with\s+[^,.;]{{2,40}},?)?\s+to\b"
        r"|(?:has|have)\s+(?:an?|the)\s+(?:\w+\s+)?(?:duty|obligation|responsibility)\s+to\b|(?:has"
        r"|have)\s+to\b|needs?\s+to\b|ought\s+to\b",
    ),
    (Force.MAY, r"(?-i:may|MAY)\b"),
    (Force.WILL, r"will\b|'ll\b"),
    (Force.DUTY, r"shall\b|must\b"),
)
_NAMED = re.compile(
    r"\b[Ii]t\s+(?:is|shall\s+be|will\s+be|remains)\s+(?:(?:the|a)\s+(?:sole\s+)?(?:duty|responsibility"
    r"|obligation|task)\s+of"
    r"|for)\s+(?P<who>(?:the\s+)?[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*){0,3})(?:\s+(?:alone|only"
    r"|solely))?\s+to\b"
    r"|\b[Ii]t\s+(?:falls|is)\s+to\s+(?P<who2>the\s+[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*){0,3})\s+to\b"
)
_OPEN_TO = re.compile(
    r"\b[Ii]t\s+(?:is|shall\s+be"
    r"|will\s+be)\s+open\s+to\s+(?P<who>(?:the\s+)?[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*){0,3})\s+to\b"
)
_ALL = re.compile(
    "|".join(f"(?P<{force}_{place}>{words})" for place, (force, words) in enumerate(_PATTERNS)).join(
        (r"(?<![\w'’-])(?:", ")")
    ),
    re.I,
)
_MIGHT = re.compile(
    r"shall|must|may|will|[Cc]annot|can|could|should|need|is|are|has|have|agree|undertake|covenant|promise"
    r"|commit|reserve|retain|falls|ought|engage|bind",
    re.I,
)
_NOT_OBLIGED = re.compile(
    r"\b(?:aims?|purposes?|objects?|objectives?|intentions?|effect|point|goals?|idea|reason|function"
    r"|intent|way|hope)\b[^.;]*$",
    re.I,
)


def modals(text: str) -> list[Modal]:
    """Every word of duty of a sentence, in order."""
    if not _MIGHT.search(text):
        return []
    found: list[Modal] = []
    for match in _NAMED.finditer(text):
        span = match.span("who") if match["who"] else match.span("who2")
        found.append(Modal(match.start(), match.end(), Force.DUTY, match[0], span))
    for match in _OPEN_TO.finditer(text):
        found.append(Modal(match.start(), match.end(), Force.RIGHT, match[0], match.span("who")))
    for match in _ALL.finditer(text):
        if any(one.start < match.end() and match.start() < one.end for one in found):
            continue
        if not (_is_purpose(text, match) or _is_month(text, match)):
            force = Force((match.lastgroup or "").rpartition("_")[0])
            found.append(Modal(match.start(), match.end(), force, match[0]))
    return sorted(found, key=lambda one: one.start)


def _is_purpose(text: str, match: re.Match[str]) -> bool:
    """ "Its aim is to keep", "that is to say"."""
    return match[0].endswith(" to") and bool(
        re.match(r"(?:is|are)\s+to$", match[0])
        and _NOT_OBLIGED.search(text[max(0, match.start() - 60) : match.start()])
    )


def _is_month(text: str, match: re.Match[str]) -> bool:
    """ "In May" has a capital; "the will" is a noun."""
    return match[0] == "will" and bool(
        re.search(r"\b(?:the|at|a|free|good|ill)\s+$", text[: match.start()], re.I)
    )
