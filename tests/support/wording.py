"""What every step and every other reading is like, whatever it says: asked wherever tests derive duties."""

from __future__ import annotations

import re
from collections.abc import Iterable

from obligations.rules.register.duty import Duty
from tests.support.rules_and_tests import rules

RULES = frozenset(rules())
CITATION = re.compile(r"^\w+/(main|Part [AB]|Annex 1|Appendix \d|Definitions|Variation Form)/\S.*$")
DEFAULT = frozenset({"the default reading", "from the last completion"})
"""Named where another was chosen; they are no rule's doing."""

SPOKEN = frozenset({"BST", "CHECK", "CVSS", "GMT", "UTC"})
"""What is written in capitals because everybody says it so."""


def faults_of(text: str) -> list[str]:
    """What is wrong with the words of a step: they begin like a sentence, end without a stop, and do not
    shout.
    """
    found = []
    if not (text[:1].isupper() or text[:1].isdigit()):
        found.append(f"begins oddly: {text!r}")
    if text[-1:] in (".", " ") or "  " in text or "None" in text:
        found.append(f"is not a clean sentence: {text!r}")
    plain = re.sub(r"“[^”]*”|\S*[:/-]\S*", "", text)
    loud = [word for word in re.findall(r"\w*[A-Z]{2}\w*", plain) if word not in SPOKEN]
    if loud:
        found.append(f"shouts {loud}: {text!r}")
    return found


def well_said(duties: Iterable[Duty]) -> None:
    """Every step and reading names a rule that exists, and is written as the others are."""
    for duty in duties:
        for step in duty.deadline.steps:
            assert step.rule in RULES, step
            assert not faults_of(step.text), (duty.rule_key, faults_of(step.text))
            assert step.citation is None or CITATION.match(step.citation), step
        for reading in duty.deadline.readings:
            assert reading.rule in RULES or reading.reading in DEFAULT, reading
            assert reading.reading != reading.reading.upper(), reading
