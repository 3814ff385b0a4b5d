"""Patterns of what follows a word of duty: acts, effects, what is taken to be so, what merely happens."""

from __future__ import annotations

import re

ADVERBS = (
    r"(?:[\s,]*(?:also|only|always|at\s+all\s+times|at\s+any\s+time|from\s+time\s+to\s+time|in\s+(?:any"
    r"|each|every|that|such|no|either)\s+(?:event|case|circumstances?)"
    r"|even\s+so|in\s+addition|thereafter|then|further|therefore|accordingly|nevertheless|notwithstanding"
    r"|likewise|itself|themselves|first|not|never"
    r"|(?!(?:apply|supply|reply|comply|imply|multiply|fly|rely|tally)\b)[a-z]+ly"
    r"|as\s+soon\s+as\s+\w+(?:\s+\w+)?"
    r"|without\s+(?:undue\s+)?delay|at\s+(?:its"
    r"|their)\s+own\s+(?:cost|expense)(?:\s+and\s+expense)?|at\s+once|forthwith)\b){0,8}[\s,]*"
)
PARTICIPLE = (
    r"(?:[a-z]{2,}ed|made|given|sent|kept|held|taken|told|put|paid|done|shown|drawn|written|begun|brought"
    r"|built|bought|sold|found|set"
    r"|met|read|run|seen|shut|spent|left|lost|let|laid|led|dealt|cut|bound|chosen|broken|borne|worn|thrown"
    r"|known|undertaken|overwritten|withheld|upheld"
    r"|rebuilt|split|struck|sought|stolen|understood|withdrawn|carried|wiped|forgotten|hidden|grown|driven"
    r"|spoken|swept|felt|heard|fed|rewritten|reset)"
)
PASSIVE = re.compile(
    rf"{ADVERBS}(?:have\s+been|be|being|get)\b{ADVERBS}(?P<done>(?:re-?|un|over|sub-?|co-?"
    rf"|pre-?)?{PARTICIPLE})\b",
    re.I,
)
LAST_PARTICIPLE = re.compile(rf"\b{PARTICIPLE}\s*$", re.I)
BE = re.compile(rf"{ADVERBS}(?:be|remain|become)\b", re.I)
BY = re.compile(
    r"\bby\s+(?!(?:the\s+)?(?:end|close|post|e-?mail|hand|way|means|reason|virtue|law|midnight|noon|\d)\b)",
    re.I,
)


def _phrases(words: str, after: str = ADVERBS, end: str = r"\b") -> re.Pattern[str]:
    """A pattern of phrases, one a line; a blank in one stands for any blanks."""
    each = (re.sub(r"\s+", r"\\s+", line.strip()) for line in words.strip().splitlines())
    return re.compile(rf"{after}(?:{'|'.join(each)}){end}", re.I)


DEEMING = _phrases(
    r"""
    be (?:\w+ly )?(?:deemed|presumed)
    be (?:\w+ly )?(?:treated|regarded|considered|taken|understood|counted) as
    be (?:treated|regarded|considered|taken|held|understood) to (?:be|have)
    be considered (?:an?|the|conclusive|received|given|accepted|approved|served)
    count (?:as|towards?|for)
    rank as
    """
)
INTERPRETATION = _phrases(
    r"""
    prevail
    take precedence
    have (?:precedence|priority|the (?:same )?meanings?)
    be (?:construed|interpreted|a reference|references? to)
    be read (?:as|with|in|subject|together)
    be (?:ignored|disregarded) in
    mean
    include the plural
    override
    supersede
    supplement
    rank (?:above|below|before|after|in)
    refer to
    bear the meaning
    govern
    form (?:an? )?(?:integral )?part of
    not affect (?:the )?(?:interpretation|construction|meaning)
    """
)
EFFECT = _phrases(
    r"""
    survive
    have (?:no )?effect
    be of (?:no|full) (?:further )?(?:force|effect)
    remain (?:(?:\w+ly )?(?:liable|responsible) for|liable|the property|vested|bound)
    remain in (?:full )?(?:force|effect)
    be (?:\w+ly )?(?:liable|answerable) (?:for|to)
    be (?:\w+ly )?responsible for (?:(?:the|any|all|every) )*(?:acts?|omissions?|defaults?|failures?|breach)
    be (?:\w+ly )?responsible for (?:(?:the|any|all|every) )*(?:loss|negligence|conduct|work of)
    be (?:\w+ly )?responsible for (?:(?:the|any|all) )*performance of
    be (?:bound by|jointly and severally|the owner)
    own
    retain (?:ownership|title|all (?:rights?|title))
    have (?:sole )?(?:ownership|title|no liability|no claim|the benefit)
    """
)
"""What follows by itself, of a party too."""
EFFECT_OF_THING = _phrases(
    r"""
    apply
    cease to (?:apply|have effect|be)
    take effect
    come into (?:force|effect|operation)
    commence
    expire
    lapse
    continue (?:in|to have|to apply|to bind|to run|until|for|after|notwithstanding)
    remain (?:with|unaffected|binding|the property)
    become (?:due|payable|void|the property)
    fall due
    be (?:\w+ly )?(?:due|payable|governed by|binding|without prejudice|of the essence)
    be (?:vested|severable|enforceable|void|voidable|invalid)
    be an? (?:\w+ )?(?:breach|default|event|ground|reason)
    be (?:\w+ly )?(?:conclusive|evidence|the (?:\w+ )?(?:property|responsibility)|owned by)
    be (?:excluded|cumulative|final|effective|in addition to)
    be limited to (?:£|the sum)
    be subject to (?:the )?(?:law|laws|jurisdiction|clause)
    be subject to (?:paragraph|schedule|terms|change control|variation)
    be subject to (?:the )?(?:\w+ )+(?:procedure|process)
    be (?:suspended|extended by|reduced|at the risk)
    constitute
    amount to
    replace (?:any|the|all) (?:earlier|previous|former|existing|other)
    vest
    belong to
    pass to
    accrue
    inure
    enure
    bind
    terminate
    end (?:automatically|on|when|with)
    fall away
    lie with
    rest with
    relieve
    (?:release|discharge) (?:the|either|any)
    affect
    prejudice
    waive
    diminish
    derogate
    entitle
    confer
    absolve
    excuse
    imply
    operate (?:as|to)
    preclude
    impair
    give rise
    (?:start|begin) (?:to run|on|from|when|again)
    run from
    cease
    stop running
    """
)
NO_ACT = _phrases(
    r"""
    be (?:\w+ly )?(?:liable|responsible|in breach|answerable|penalised|prejudiced|affected)
    be (?:entitled|in default|deemed|construed|required|obliged|bound)
    be (?:treated|taken|regarded|considered) (?:as|to|for)
    be held (?:liable|responsible)
    be (?:relieved|released|excused) (?:of|from|by)
    be (?:partners|agents?|an? (?:partner|agent)|the agent|joint)
    have any (?:liability|claim|obligation|right)
    incur any liability
    lose (?:its|any)
    """
)
NO_ACT_OF_THING = _phrases(
    r"""
    (?:relieve|release|affect|prejudice|limit|restrict|exclude)
    (?:prevent|waive|operate|oblige|create|constitute|amount|apply)
    (?:imply|discharge|absolve|extend|lessen|derogate|impose|preclude)
    (?:give rise|count|survive|entitle|confer|excuse|mean|diminish)
    be (?:\w+ly )?(?:read|interpreted|affected|prejudiced|an? \w+ of)
    be (?:grounds?|valid|binding|effective|enforceable|sufficient)
    be (?:a (?:waiver|defence|breach|reason)|conclusive|evidence|counted|included in)
    """
)
MAY_HAPPEN = r"\s*(?:(?:also|sometimes|often|still|well|already|not|only|even)\s+)?"
POSSIBLE = _phrases(
    r"""
    (?:be|become|have|need|find|wish|want|know|feel|arise)
    (?:occur|happen|differ|vary|contain|seem|appear|mean|include|involve)
    (?:show|cause|lead|affect|result|take|expect|prefer|think)
    (?:lose|fail|fall|rise|grow|suffer|experience|come|go|belong)
    (?:depend|overlap|lie|remain|exist|last|run|hold|reveal|present|pose|reach|exceed)
    """,
    MAY_HAPPEN,
)
POSSIBLE_OF_PARTY = _phrases(
    r"""
    (?:be|become|need|find|wish|want|know|feel|seem)
    (?:appear|lose|fail|suffer|experience|expect|prefer|think|depend)
    have (?:to|an? interest)
    """,
    MAY_HAPPEN,
)
EXPECTED = _phrases(
    r"""
    (?:probably|usually|often|normally|generally|typically|likely)
    (?:sometimes|eventually|largely|mostly|seldom|rarely|soon)
    (?:already|commonly|inevitably|mainly|doubtless|no doubt|always be|not always|then be)
    in (?:time|the ordinary|practice)
    have (?:been|done|had)
    (?:vary|depend|differ|tend|need|arise|occur|become|take some)
    (?:find|know|see|want|recognise|mean|help|benefit|expect)
    (?:remember|understand|appreciate|continue to be)
    """,
    r"\s*",
)
SOME_DAY = re.compile(
    r"\b(?:in\s+(?:the\s+course\s+of|due\s+course|(?:the\s+)?future)|over\s+(?:the\s+(?:next|coming|years)"
    r"|time)|(?:next|coming)\s+(?:few\s+)?(?:decade|years)|decade|sooner\s+or\s+later|in\s+most\s+cases"
    r"|as\s+a\s+rule)\b",
    re.I,
)
DECISION = re.compile(
    r"\b(?:approvals?|consents?|permissions?|authorisations?|acceptance|decisions?|refusals?"
    r"|rejections?)$",
    re.I,
)
ASKED_FOR = re.compile(r"\b(?:sought|obtained|requested|asked|applied|got|needed|required)\b", re.I)
PAYMENT = re.compile(r"\b(?:payments?|charges|fees|invoices?|sums?)\b", re.I)
PAID = re.compile(r"\b(?:paid|made|settled|reimbursed|withheld|delayed)\b", re.I)
FIRST_VERB = re.compile(rf"{ADVERBS}(?P<verb>[a-z][\w-]*)", re.I)


BY_THIRD = re.compile(
    rf"^{ADVERBS}be\b(?:(?!\b(?:of|after|from|to|before)\b)[^.;])*?\bby\s+(?:those\s+who|(?:its|their"
    rf"|the)\s+(?:makers?|manufacturers?|publishers?|regulators?|courts?)|law\b|parliament|statute)\b",
    re.I,
)

ITS_OWN = re.compile(r"^\s*\w+\s+(?:to\s+)?(?:its|their)\s+own\b", re.I)


NO_OBJECT = re.compile(
    r"\s*(?:(?:make|use|give|take|accept|do|employ|bring|permit|allow|disclose|show|issue|publish|keep"
    r"|leave|charge)\s+(?:no(?!\s+(?:longer|more|less|later|fewer|sooner|earlier)\b)|nothing|none)\b"
    r"|neither\b|,?\s*(?:in|under|at|on)\s+no\s+(?:circumstances?|event|case|time|account)\b)",
    re.I,
)
