"""What is said after the word of duty: an act, what follows by itself, what is taken to be so."""

from __future__ import annotations

import re

from contracts.proposals import predicate_words as words


def passive(predicate: str) -> str:
    """The participle of "be revoked"; empty where the predicate is not passive."""
    match = words.PASSIVE.match(predicate)
    return match["done"].lower() if match else ""


def is_state(predicate: str) -> bool:
    """Whether it says what a thing is to be: "be kept", "remain clean"."""
    return bool(words.BE.match(predicate))


_NEAR = 300
"""Characters after a participle in which its "by" is looked for."""


def agent(predicate: str) -> list[int]:
    """Where what follows each "by" begins that is of the main participle: "be kept and cleaned by", and not
    "be kept in rooms owned by".
    """
    main = words.PASSIVE.match(predicate)
    if main is None:
        return []
    found = words.BY.finditer(predicate, main.end("done"), main.end("done") + _NEAR)
    return [match.end() for match in found if not _of_another(predicate[main.end("done") : match.start()])]


def _of_another(between: str) -> bool:
    """Whether the words between a participle and "by" hold another one that "by" goes with: "be opened until
    it has been approved by".
    """
    if _OTHER_CLAUSE.search(between):
        return True
    last = words.LAST_PARTICIPLE.search(between)
    if last is None:
        return False
    joined = re.fullmatch(r"[\s,]*(?:and|or|and/or)\s*(?:\w+ly\s+)?", between[: last.start()])
    return joined is None


_OTHER_CLAUSE = re.compile(r"\b(?:until|unless|once|when|where|if)\b", re.I)


def is_not_to_fail(predicate: str) -> bool:
    """ "Shall not fail to report": two denials make a duty."""
    return bool(re.match(r"\s*(?:in\s+any\s+way\s+)?(?:fail|omit|neglect|refuse)\s+to\b", predicate))


def forbids(predicate: str) -> bool:
    """ "Make no charge", "neither give nor take", "in no circumstances sell": denied after its verb."""
    return bool(words.NO_OBJECT.match(predicate))


def by_third(predicate: str) -> bool:
    """ "Be paid by those who engage them": somebody who is no party does it."""
    return bool(passive(predicate) and words.BY_THIRD.search(predicate))


def by_somebody(predicate: str) -> bool:
    """ "Be sent by the Care Commission": somebody with a name does it."""
    return bool(passive(predicate) and re.search(r"\bby\s+(?:the\s+|an?\s+)?(?-i:[A-Z])", predicate))


def of_its_own(predicate: str) -> bool:
    """ "Keep their own orders": what acts for itself is somebody, not a thing of a party."""
    return bool(words.ITS_OWN.match(predicate))


def is_deeming(predicate: str) -> bool:
    """ "Be deemed to have been given"."""
    return bool(words.DEEMING.match(predicate))


def is_interpretation(predicate: str) -> bool:
    """ "Prevail", "be construed"."""
    return bool(words.INTERPRETATION.match(predicate))


def is_effect(predicate: str, of_thing: bool) -> bool:
    """ "Survive", "be liable for": what follows by itself. ``of_thing``: of what is no party."""
    return bool(words.EFFECT.match(predicate) or (of_thing and words.EFFECT_OF_THING.match(predicate)))


def denies(predicate: str, of_thing: bool) -> bool:
    """After "shall not": what is no act, so that nothing is forbidden ("be liable", "affect")."""
    return bool(words.NO_ACT.match(predicate) or (of_thing and words.NO_ACT_OF_THING.match(predicate)))


def is_possibility(predicate: str, of_party: bool) -> bool:
    """After "may": what can happen and nobody decides."""
    return bool((words.POSSIBLE_OF_PARTY if of_party else words.POSSIBLE).match(predicate))


def is_expectation(predicate: str) -> bool:
    """After "will": what is expected and nobody owes."""
    return bool(words.EXPECTED.match(predicate) or words.SOME_DAY.search(predicate))


def authority_does(subject: str, predicate: str) -> bool:
    """Whether it is naturally the authority's act: to give or refuse an approval, to pay an invoice."""
    head = re.split(r"\s+(?:of|for|to|under|by|in)\s", subject)[0]
    if words.DECISION.search(head.rstrip(" ,")):
        return not words.ASKED_FOR.search(predicate)
    if words.PAYMENT.search(head):
        return bool(words.PAID.search(predicate))
    return passive(predicate) in ("approved", "paid", "decided", "withheld", "reimbursed")


def first_verb(predicate: str) -> tuple[int, int]:
    """Where the first verb of the predicate stands; an empty place where there is none."""
    match = words.FIRST_VERB.match(predicate)
    return match.span("verb") if match else (0, 0)
