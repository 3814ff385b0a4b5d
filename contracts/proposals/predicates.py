"""What is said after the word of duty: an act, what follows by itself, what is taken to be so."""

from __future__ import annotations

import re

_ADVERBS = (
    r"(?:\s*,?\s*(?:also|only|always|at\s+all\s+times|at\s+any\s+time|from\s+time\s+to\s+time|in\s+(?:any"
    r"|each|every|that|such|no|either)\s+(?:event|case|circumstances?)"
    r"|even\s+so|in\s+addition|thereafter|then|further|therefore|accordingly|nevertheless|notwithstanding"
    r"|likewise|itself|themselves|first|not|never"
    r"|[a-z]+ly|as\s+soon\s+as\s+\w+(?:\s+\w+)?|without\s+(?:undue\s+)?delay|at\s+(?:its"
    r"|their)\s+own\s+(?:cost|expense)(?:\s+and\s+expense)?|at\s+once|forthwith)\b)*\s*,?\s*"
)
_PARTICIPLE = (
    r"(?:[a-z]{2,}ed|made|given|sent|kept|held|taken|told|put|paid|done|shown|drawn|written|begun|brought"
    r"|built|bought|sold|found|set"
    r"|met|read|run|seen|shut|spent|left|lost|let|laid|led|dealt|cut|bound|chosen|broken|borne|worn|thrown"
    r"|known|undertaken|overwritten|withheld|upheld"
    r"|rebuilt|split|struck|sought|stolen|understood|withdrawn|carried|wiped|forgotten|hidden|grown|driven"
    r"|spoken|swept|felt|heard|fed|rewritten|reset)"
)
_PASSIVE = re.compile(
    rf"{_ADVERBS}(?:have\s+been|be|being|get)\b{_ADVERBS}(?P<done>(?:re-?|un|over|sub-?|co-?"
    rf"|pre-?)?{_PARTICIPLE})\b",
    re.I,
)
_BE = re.compile(rf"{_ADVERBS}(?:be|remain|become)\b", re.I)
_BY = re.compile(
    r"\bby\s+(?!(?:the\s+)?(?:end|close|post|e-?mail|hand|way|means|reason|virtue|law|midnight|noon|\d)\b)",
    re.I,
)

_DEEMING = re.compile(
    rf"{_ADVERBS}(?:be\s+(?:\w+ly\s+)?(?:deemed|treated|regarded|presumed|considered|taken|held|understood"
    rf"|counted)\s+(?:to\b|as\b|for\b|received\b|given\b|accepted\b|approved\b|served\b|a\b|an\b"
    rf"|conclusive)|count\s+(?:as|towards?|for)\b|rank\s+as\b)",
    re.I,
)
_INTERPRETATION = re.compile(
    rf"{_ADVERBS}(?:prevail|take\s+precedence|have\s+(?:precedence|priority|the\s+(?:meanings?"
    rf"|same\s+meanings?))|be\s+(?:construed|interpreted|read\s+(?:as|with|in|subject|together)"
    rf"|a\s+reference|references?\s+to)|mean\b|include\s+the\s+plural|"
    rf"override|supersede|supplement|rank\s+(?:above|below|before|after|in)|refer\s+to"
    rf"|bear\s+the\s+meaning|be\s+ignored\s+in|govern\b|form\s+(?:an?\s+)?(?:integral\s+)?part\s+of"
    rf"|be\s+disregarded\s+in|not\s+affect\s+(?:the\s+)?(?:interpretation|construction|meaning))",
    re.I,
)
_EFFECT = re.compile(
    rf"{_ADVERBS}(?:survive|have\s+(?:no\s+)?effect|be\s+of\s+(?:no|full)\s+(?:further\s+)?(?:force"
    rf"|effect)|remain\s+(?:(?:\w+ly\s+)?(?:liable|responsible)\s+for|liable|the\s+property|vested|bound"
    rf"|in\s+(?:full\s+)?(?:force|effect))"
    rf"|be\s+(?:\w+ly\s+)?(?:liable\s+(?:for|to)|responsible\s+for\s+(?:the\s+|any\s+|all\s+"
    rf"|every\s+)*(?:acts?|omissions?|defaults?|failures?|breach|loss|negligence|conduct|performance\s+of"
    rf"|work\s+of)|bound\s+by|jointly\s+and\s+severally|the\s+owner)"
    rf"|own\b|retain\s+(?:ownership|title|all\s+(?:rights?|title))|have\s+(?:sole\s+)?(?:ownership|title"
    rf"|no\s+liability|no\s+claim|the\s+benefit))\b",
    re.I,
)
_EFFECT_OF_THING = re.compile(
    rf"{_ADVERBS}(?:apply|cease\s+to\s+(?:apply|have\s+effect|be)|take\s+effect|come\s+into\s+(?:force"
    rf"|effect|operation)|commence\b|expire|lapse\b|continue\s+(?:in|to\s+have|to\s+apply|to\s+bind"
    rf"|to\s+run|until|for|after|notwithstanding)"
    rf"|remain\s+(?:with|effective|unaffected|binding|valid|the|a\b)|constitute|amount\s+to"
    rf"|be\s+(?:\w+ly\s+)?(?:governed\s+by|binding|without\s+prejudice|of\s+the\s+essence"
    rf"|an?\s+(?:\w+\s+)?(?:breach|default|event|ground|reason)|vested|severable|enforceable|void|voidable"
    rf"|invalid|valid"
    rf"|conclusive|evidence|the\s+(?:\w+\s+)?(?:property|responsibility)|owned\s+by|excluded"
    rf"|limited\s+to\s+(?:£|the\s+sum)|cumulative|final|effective|in\s+addition\s+to"
    rf"|subject\s+to\s+(?:the\s+)?(?:law|laws|jurisdiction|clause|paragraph|schedule|terms"
    rf"|change\s+control|variation)|suspended|extended\s+by|reduced|at\s+the\s+risk)"
    rf"|vest\b|belong\s+to|pass\s+to|accrue|inure|enure|bind\b|terminate\b|end\s+(?:automatically|on|when"
    rf"|with)|fall\s+away|lie\s+with|rest\s+with|relieve|release\s+(?:the|either|any)|discharge\s+(?:the"
    rf"|either|any)|(?:affect|prejudice|waive|diminish|derogate|entitle|confer|absolve|excuse|imply"
    rf"|operate\s+(?:as|to)|preclude|impair|give\s+rise)\b|start\s+(?:to\s+run|on|from|when|again)"
    rf"|begin\s+(?:to\s+run|on|from|when|again)|run\s+from|cease\b|stop\s+running)\b",
    re.I,
)
_NO_ACT = re.compile(
    rf"{_ADVERBS}(?:be\s+(?:\w+ly\s+)?(?:liable|responsible|in\s+breach|answerable|penalised|prejudiced"
    rf"|affected|entitled|in\s+default|(?:treated|taken|regarded|considered)\s+(?:as|to|for)|deemed"
    rf"|construed|held\s+(?:liable|responsible)|required|obliged|(?:relieved|released|excused)\s+(?:of"
    rf"|from))|have\s+any\s+(?:liability|claim|obligation|right)|incur\s+any\s+liability|lose\s+(?:its"
    rf"|any))\b",
    re.I,
)
_NO_ACT_OF_THING = re.compile(
    rf"{_ADVERBS}(?:relieve|release|affect|prejudice|limit|restrict|exclude|prevent|waive|operate|oblige"
    rf"|create|constitute|amount|apply|imply|discharge|absolve|extend|lessen|derogate|impose|preclude"
    rf"|give\s+rise|count|survive|entitle|confer|excuse|mean|diminish|be\s+(?:\w+ly\s+)?(?:read"
    rf"|interpreted|affected|prejudiced|a\s+(?:waiver|defence|breach|reason)|an?\s+\w+\s+of|grounds?|valid"
    rf"|binding|effective|enforceable|sufficient|conclusive|evidence|counted|included\s+in))\b",
    re.I,
)
_POSSIBLE = re.compile(
    r"\s*(?:also\s+|sometimes\s+|often\s+|still\s+|well\s+|already\s+|not\s+|only\s+|even\s+)?(?:(?:be"
    r"|become|have|need|find|wish|want|know|feel|arise|occur|happen|differ|vary|contain|seem|appear|mean"
    r"|include|involve|show|cause|lead|affect|result|take|expect|prefer|think|lose|fail|fall|rise|grow"
    r"|suffer|experience|come|go|belong|depend|overlap|lie|remain|exist|last|run|hold|reveal|present|pose"
    r"|reach|exceed)\b)",
    re.I,
)
_EXPECTED = re.compile(
    r"\s*(?:probably|usually|often|normally|generally|typically|likely|sometimes|in\s+time"
    r"|in\s+the\s+ordinary|eventually|largely|mostly|always\s+be|not\s+always|seldom|rarely|soon|then\s+be"
    r"|already|commonly|in\s+practice|inevitably|mainly|doubtless|no\s+doubt|have\s+(?:been|done|had)|vary"
    r"|depend|differ|tend|need\b|arise|occur|become|take\s+some|find|know|see|want|recognise|mean\b|help\b"
    r"|benefit|expect|remember|understand|appreciate|continue\s+to\s+be)\b",
    re.I,
)
_SOME_DAY = re.compile(
    r"\b(?:in\s+(?:the\s+course\s+of|due\s+course|(?:the\s+)?future)|over\s+(?:the\s+(?:next|coming|years)"
    r"|time)|(?:next|coming)\s+(?:few\s+)?(?:decade|years)|decade|sooner\s+or\s+later|in\s+most\s+cases"
    r"|as\s+a\s+rule)\b",
    re.I,
)
_GIVEN_BY_AUTHORITY = re.compile(
    r"\b(?:approvals?|consents?|permissions?|authorisations?|agreement|acceptance|decisions?|payments?"
    r"|instructions?|charges|fees|invoices?|sums?)\b",
    re.I,
)
_AUTHORITY_DOES = re.compile(
    r"\b(?:withheld|delayed|granted|refused|approved|paid|decided|accepted|settled|reimbursed)\b", re.I
)
_GIVING = re.compile(r"\b(?:given|issued|made|notified|confirmed|sent)\b", re.I)
_FIRST_VERB = re.compile(rf"{_ADVERBS}(?P<verb>[a-z][\w-]*)", re.I)


def passive(predicate: str) -> str:
    """The participle of "be revoked"; empty where the predicate is not passive."""
    match = _PASSIVE.match(predicate)
    return match["done"].lower() if match else ""


def is_state(predicate: str) -> bool:
    """Whether it says what a thing is to be: "be kept", "remain clean"."""
    return bool(_BE.match(predicate))


def agent(predicate: str) -> list[int]:
    """Where what follows each "by" begins: the one who does it."""
    return [match.end() for match in _BY.finditer(predicate)]


_BY_THIRD = re.compile(
    rf"^{_ADVERBS}be\b(?:(?!\b(?:of|after|from|to|before)\b)[^.;])*?\bby\s+(?:those\s+who|(?:its|their"
    rf"|the)\s+(?:makers?|manufacturers?|publishers?|regulators?|courts?)|law\b|parliament|statute)\b",
    re.I,
)
_ITS_OWN = re.compile(r"^\s*\w+\s+(?:to\s+)?(?:its|their)\s+own\b", re.I)


def by_third(predicate: str) -> bool:
    """ "Be paid by those who engage them": somebody who is no party does it."""
    return bool(passive(predicate) and _BY_THIRD.search(predicate))


def by_somebody(predicate: str) -> bool:
    """ "Be sent by the Care Commission": somebody with a name does it."""
    return bool(passive(predicate) and re.search(r"\bby\s+(?:the\s+|an?\s+)?(?-i:[A-Z])", predicate))


def of_its_own(predicate: str) -> bool:
    """ "Keep their own orders": what acts for itself is somebody, not a thing of a party."""
    return bool(_ITS_OWN.match(predicate))


def is_deeming(predicate: str) -> bool:
    """ "Be deemed to have been given"."""
    return bool(_DEEMING.match(predicate))


def is_interpretation(predicate: str) -> bool:
    """ "Prevail", "be construed"."""
    return bool(_INTERPRETATION.match(predicate))


def is_effect(predicate: str, of_thing: bool) -> bool:
    """ "Survive", "be liable for": what follows by itself. ``of_thing``: of what is no party."""
    return bool(_EFFECT.match(predicate) or (of_thing and _EFFECT_OF_THING.match(predicate)))


def denies(predicate: str, of_thing: bool) -> bool:
    """After "shall not": what is no act, so that nothing is forbidden ("be liable", "affect")."""
    return bool(_NO_ACT.match(predicate) or (of_thing and _NO_ACT_OF_THING.match(predicate)))


def is_possibility(predicate: str) -> bool:
    """After "may": what can happen and nobody decides."""
    return bool(_POSSIBLE.match(predicate))


def is_expectation(predicate: str) -> bool:
    """After "will": what is expected and nobody owes."""
    return bool(_EXPECTED.match(predicate) or _SOME_DAY.search(predicate))


def authority_does(subject: str, predicate: str) -> bool:
    """Whether it is naturally the authority's act: approval withheld, an invoice paid (rule of thumb)."""
    if _GIVEN_BY_AUTHORITY.search(subject):
        return bool(_AUTHORITY_DOES.search(predicate) or _GIVING.search(predicate))
    done = passive(predicate)
    return done in ("approved", "paid", "decided", "withheld", "accepted", "reimbursed")


def first_verb(predicate: str) -> tuple[int, int]:
    """Where the first verb of the predicate stands; an empty place where there is none."""
    match = _FIRST_VERB.match(predicate)
    return match.span("verb") if match else (0, 0)
