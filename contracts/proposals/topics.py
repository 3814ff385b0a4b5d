"""The closed list of what a proposal is about. An organisation may state a standard term for each."""

from __future__ import annotations

import re

TOPICS: dict[str, str] = {
    "tell_of_breach": "Tell of a breach",
    "patch": "Patches and vulnerabilities",
    "certificates": "Certificates",
    "plan": "Plans",
    "testing": "Testing",
    "audit": "Audit",
    "records": "Records and retention",
    "return_erase": "Return and erase",
    "people": "People and training",
    "access": "Access",
    "sub_contractors": "Sub-contractors",
    "personal_data": "Personal data",
    "continuity": "Continuity",
    "change": "Change",
    "reporting": "Reporting",
    "other": "Other",
}
"""Key to the words a person sees, in the order in which they are offered."""

_WORDS: dict[str, tuple[float, str]] = {
    "tell_of_breach": (
        1.2,
        r"(?:security|cyber|data)[\s-](?:events?|incidents?|breach(?:es)?)"
        r"|breach(?:es)?(?:\s+of\s+security)?|incidents?"
        r"|near\s+miss(?:es)?|compromised?|intrusions?|ransom\w*|pollution|spill(?:age)?s?"
        r"|unauthorised\s+\w+"
        r"|loss\s+of\s+(?:data|equipment)|theft|goes?\s+wrong|press|public\s+statement|investigat\w+",
    ),
    "patch": (
        1.5,
        r"patch(?:es|ed|ing)?|vulnerabilit(?:y|ies)|weakness(?:es)?|fix(?:es)?|(?:security"
        r"|critical)\s+updates?|firmware"
        r"|end\s+of\s+support|stopped\s+supporting|devices?\s+cannot\s+be\s+updated|software\s+upkeep",
    ),
    "certificates": (
        1.1,
        r"certificat(?:es?|ion)(?!\s+of)|certified|accredit\w+|cyber\s+essentials(?:\s+plus)?"
        r"|iso\s?(?:/iec\s?)?\d+"
        r"|registration|licences?|toolkit|surveillance",
    ),
    "plan": (
        1.1,
        r"(?<!continuity )(?<!recovery )(?<!resilience )plans?|planning|method\s+statements?|draft",
    ),
    "testing": (
        1.1,
        r"tests?|testing|tested|testers?(?:'s)?|penetration|scans?|health\s+checks?|trials?|findings",
    ),
    "audit": (1.0, r"audit(?:s|ed|ing|ors?)?|inspect(?:s|ed|ion|ions|ors?)?|shortcomings|failings?"),
    "records": (
        1.0,
        r"records?|logs?|registers?|retain(?:ed)?|kept\s+for|keep\s+for|retention|archiv\w+|journals?"
        r"|preserve",
    ),
    "return_erase": (
        1.2,
        r"return(?:s|ed|ing)?(?!\s+to\s+service)|eras\w+|destroy\w*|destruction|delet\w+|dispos\w+|wip(?:e"
        r"|ed|ing)"
        r"|shred\w*|hand(?:ed)?\s+back|hand(?:ed)?\s+(?:[\w\s]{0,20})over|saniti[sz]\w+|give[sn]?\s+back"
        r"|exit",
    ),
    "people": (
        0.9,
        r"staff|personnel|people(?!'s)|train(?:s|ed|ing)?|vett\w+|clearances?"
        r"|(?:basic\s+)?disclosure\s+(?:check"
        r"|scotland)|individuals?"
        r"|employees?|employed|induction|screening|competen\w+|right\s+to\s+work|undertaking\s+of|drivers?"
        r"|operatives?"
        r"|barring|appoint\w*|nominat\w+|briefed|withdraw\s+a\s+person|person'?s?\s+removal",
    ),
    "access": (
        1.0,
        r"access(?:es)?|accounts?|passwords?|passes|keys?|privileges?|credentials|smartcards?"
        r"|log(?:ged)?[\s-]?in"
        r"|authenticat\w+|permissions|removable\s+media|visitors?|visits?|tokens?|users?",
    ),
    "sub_contractors": (
        1.4,
        r"sub-?\s?contract(?:s|ors?|ing|ed)?|sub-?\s?process(?:ors?|ing)|supply\s+chain|sub-?\s?let\w*",
    ),
    "personal_data": (
        1.2,
        r"personal\s+data|data\s+subjects?|data\s+protection|uk\s+gdpr|gdpr|(?<!security )controllers?"
        r"|processors?"
        r"|impact\s+assessments?"
        r"|subject\s+access|about\s+their\s+own\s+data|copy\s+of\s+their\s+data|anonymous|instructions"
        r"|processing"
        r"|information\s+commissioner|adequacy",
    ),
    "continuity": (
        1.3,
        r"continuity|disaster|(?:disaster\s+)?recover(?:y|ed)?|restor\w+\s+(?:service|the\s+service"
        r"|bookings|data|backups?)|keeping\s+going|back-?ups?|resilien\w+|outages?|standby|failover"
        r"|rehears\w+"
        r"|out\s+of\s+use|emergenc(?:y|ies)|disruption|interruption|second\s+site|escrow",
    ),
    "change": (1.0, r"chang(?:e|es|ed|ing)|variations?|modif\w+|upgrades?|migrat\w+|alter\w*|configuration"),
    "reporting": (
        0.7,
        r"reports?|reporting|monthly|quarterly|meet(?:s|ings?)?|minutes|statistics|dashboards?|performance"
        r"|measure\s+its"
        r"|working\s+group|figures",
    ),
}  # fmt: skip
_COMPILED = {
    topic: (weight, re.compile(rf"\b(?:{words})(?!\w)", re.I)) for topic, (weight, words) in _WORDS.items()
}
_OF_HEADINGS = (1.8, 0.9, 0.5)
_FIRST = 60
_LEAST = 0.6


def topic_of(act: str, trigger: str, headings: list[str], kept: bool = False) -> str:
    """The topic by the words of an act with its subject, of what starts it, and of the headings above it,
    the nearest first. A heading of several topics counts for each in part. ``kept``: whether a thing is kept.
    """
    scores = {
        topic: _said(topic, act) + 0.6 * bool(pattern.search(trigger))
        for topic, (_, pattern) in _COMPILED.items()
    }
    for share, heading in zip(_OF_HEADINGS, headings, strict=False):
        named = [topic for topic, (_, pattern) in _COMPILED.items() if pattern.search(heading)]
        for topic in named:
            scores[topic] += share / len(named)
    scores["records"] += 1.5 * kept
    best = max(scores, key=lambda topic: scores[topic] * _COMPILED[topic][0])
    return best if scores[best] * _COMPILED[best][0] >= _LEAST else "other"


def _said(topic: str, act: str) -> float:
    """How much an act speaks of a topic, what it says first most."""
    found = _COMPILED[topic][1].finditer(act)
    return min(sum(1.5 if match.start() < _FIRST else 0.8 for match in found), 3.0)
