"""Who a clause binds: a party by name, its people, a thing that somebody must see to, or a third party."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contracts.proposals.parties import Parties
from contracts.proposals.proposal import AUTHORITY, BOTH, NOBODY, SUPPLIER
from contracts.terms.paragraphs import Paragraph


class Sort(StrEnum):
    """What kind of subject a clause has."""

    PARTY = "party"
    PEOPLE = "people"
    """People who act for a party: its staff, its representative, a role that this document defines."""
    PRONOUN = "pronoun"
    THIRD = "third"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Subject:
    """``side`` as in a proposal; ``start`` and ``end`` where the party is named, equal where it is not.
    ``negative``: "no person", "neither party". ``given``: whether the words say whose it is.
    """

    sort: Sort
    side: str = NOBODY
    start: int = 0
    end: int = 0
    negative: bool = False

    @property
    def named(self) -> bool:
        """Whether words of the subject name the side."""
        return self.start < self.end


_NEGATIVE = re.compile(
    r"\s*(?:no(?!\s+(?:later|less|more|fewer)\b)|neither|none|nobody|nothing|no-one)\b", re.I
)
_PEOPLE = (
    r"staff|personnel|employees?|workers?|operatives?|crews?|drivers?|individuals?|persons?|people|anyone"
    r"|everyone|nobody"
    r"|representatives?|officers?|directors?|managers?|agents?|advisers?|advisors?|engineers?|technicians?"
    r"|teams?|boards?|leads?"
    r"|guards?|nurses?|clinicians?|supervisors?|operators?|administrators?|members?\s+of\s+staff"
    r"|apprentices?|volunteers?|inspectors?"
    r"|co-?ordinators?|contacts?|principals?|executives?|guardians?|nominees?|delegates?|successors?"
)
_PEOPLE_HEAD = re.compile(rf"\b(?:{_PEOPLE})\b", re.I)
_BY_PLACE = re.compile(
    r"\s+(?:of|in|to|for|by|with|from|at|on|under|over|about|between|against|through|within|which|that|who"
    r"|whose|where|held"
    r"|used|made|given|provided|produced|supplied|employed|engaged|appointed|relating|containing|affecting"
    r"|required|received|sent)\b",
    re.I,
)
_THIRD = re.compile(
    r"\b(?:sub-?\s?contractors?|sub-?\s?processors?|sub-[a-z]+(?:ants?|ers?|ors?)|manufacturers?|regulators?|commissioners?|ombudsman"
    r"|citizens?|residents?|tenants?|patients?"
    r"|service\s+users?|members\s+of\s+the\s+public|the\s+public|visitors?|parliament|ministers?"
    r"|government|secretary\s+of\s+state|courts?|tribunals?"
    r"|adjudicators?|arbitrators?|mediators?|experts?|insurers?|banks?|vendors?|suppliers?|contractors?"
    r"|licensors?|landlords?|publishers?|auditors?"
    r"|third\s+part(?:y|ies)|other\s+(?:bodies|authorities|councils|trusts|forces|organisations|agencies)"
    r"|body|bodies|agencies|authorities|councils"
    r"|manufacturer|customers?|consumers?|households?|families|parents?|carers?|pupils?|students?"
    r"|passengers?|employers?|trustees"
    r"|police|fire\s+service|inspectorate|executive|agency|landowners?|owners?|occupiers?|farmers?"
    r"|users?|companies|company|firms?|undertakers?"
    r"|workshops?|hospitals?|schools?|applicants?|candidates?|claimants?|complainants?|callers?|laboratory"
    r"|laboratories|carriers?|couriers?|testers?|assessors?|surveyors?|consultants?|lenders?|funders?)\b",
    re.I,
)
_AGENTIVE = re.compile(
    r"\b(?!(?:computer|server|router|container|trailer|order|paper|letter|number|register|sensor|scanner"
    r"|filter|reader|monitor|error|factor|meter"
    r"|boiler|cover|parameter|tender|ledger|matter|power|other|printer|folder|header|pointer|transfer"
    r"|layer|chamber|water|weather|offer"
    r"|charger|tracker|adapter|adaptor|connector|motor|tractor|elevator|generator|indicator|counter"
    r"|transformer|reactor|compressor|detector|door|floor|corridor"
    r"|mirror|vector|behaviour|labour|answer|danger|figure|calendar|cylinder|timer|trigger|buffer|cluster"
    r"|parser|newsletter|folder|poster|sticker|tanker|freezer|cooler|controller|processor)s?\b)"
    r"[a-z]+(?:ers?|ors?|ists?|ians?|ees?|ants)\b|\b\w+(?:men|women|folk|people)\b|\bmasters?\b"
    r"|\binhabitants\b",
)
_PRONOUN = re.compile(r"\s*(?:it|they|he|she|who|the\s+same|this\s+party|that\s+party)\s*", re.I)
_OF_THE_TWO = re.compile(
    r"\s*(?P<who>(?:the\s+)?other(?:\s+party)?|neither(?:\s+of\s+them)?|both|each\s+of\s+them)\s*", re.I
)
_OWNED = re.compile(r"[’']s?\s+")


def find(words: str, parties: Parties, roles: Mapping[str, str]) -> Subject:
    """What a subject's words name. Places in the answer are of ``words``."""
    negative = bool(_NEGATIVE.match(words))
    if _PRONOUN.fullmatch(words):
        return Subject(Sort.PRONOUN, negative=negative)
    if whole := _OF_THE_TWO.fullmatch(words):
        return Subject(Sort.PARTY, BOTH, *whole.span("who"), negative)
    head = _head(words)
    if role := _role(head, roles):
        return Subject(Sort.PEOPLE, role[2], role[0], role[1], negative)
    found = [one for one in parties.finditer(words) if one[0] < len(head)]
    if found:
        return _named(words, head, found, negative)
    return _unnamed(words, head, parties, negative)


def _head(words: str) -> str:
    """The words before a preposition: what the subject is. "Every member of the staff" is the staff."""
    head = _BY_PLACE.split(words, maxsplit=1)[0]
    return words if _MEMBER.search(head) else head


_MEMBER = re.compile(r"\b(?:members?|any|each|all|one|none|some|most)\s*$", re.I)


def _named(words: str, head: str, found: list[tuple[int, int, str]], negative: bool) -> Subject:
    """A subject whose first words name a party: the party, its people, or a thing of it."""
    start, end, side = found[0]
    after = words[end : len(head)]
    sides = {one[2] for one in found}
    joined = re.match(r"\s*(?:,|&|(?:and|or|nor|and/or)\b)", after)
    if sides >= {SUPPLIER, AUTHORITY} and re.search(r"\b(?:and|or|nor|&)\b", words[end : found[1][0]]):
        return Subject(Sort.PARTY, BOTH, start, found[-1][1], negative)
    owned = _OWNED.match(after)
    if (side == BOTH and not owned) or not after.strip(" ,") or joined:
        return Subject(Sort.PARTY, side, start, end, negative)
    if _PEOPLE_HEAD.search(after):
        return Subject(Sort.PEOPLE, side, start, end, negative)
    if re.match(r"[\s,]*(?:\(|acting\b|itself\b|alone\b|also\b|only\b|not\b)", after):
        return Subject(Sort.PARTY, side, start, end, negative)
    if _THIRD.search(after) and owned:
        return Subject(Sort.THIRD, NOBODY, negative=negative)
    return Subject(Sort.THING, NOBODY, start, end, negative)


def _unnamed(words: str, head: str, parties: Parties, negative: bool) -> Subject:
    """A subject whose first words name nobody: people who may be of a party, a third party, or a thing."""
    if _PEOPLE_HEAD.search(head):
        rest = words[len(head) :]
        of = re.match(r"\s+(?:of|for|from|employed\s+by|engaged\s+by|appointed\s+by|nominated\s+by)\s+", rest)
        named = [one for one in parties.finditer(words) if of and one[0] <= len(head) + of.end() + 1]
        if named:
            return Subject(Sort.PEOPLE, named[0][2], named[0][0], named[0][1], negative)
        if not _THIRD.search(head):
            return Subject(Sort.PEOPLE, negative=negative)
    if _THIRD.search(head) or _agentive(head):
        return Subject(Sort.THIRD, negative=negative)
    return Subject(Sort.THING, negative=negative)


def _agentive(head: str) -> bool:
    """Whether the last word of a subject is of somebody who acts: "travellers", "ships' masters"."""
    last = head.split()[-1:] if head.split() else []
    return bool(last and _AGENTIVE.fullmatch(last[0].lower().strip(",")))


def _role(head: str, roles: Mapping[str, str]) -> tuple[int, int, str] | None:
    for name, side in roles.items():
        if match := re.search(rf"\b{re.escape(name)}s?\b(?![’'])", head):
            return match.start(), match.end(), side
    return None


_ROLE_NAME = r"[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*){0,4}"
_MEANS = re.compile(rf"[\"“]({_ROLE_NAME})[\"”]\s+(?:shall\s+)?(?:means?|is|has)\b(?P<said>[^\"“]{{0,300}})")
_OWN_ROLE = re.compile(rf"[’']s?\s+({_ROLE_NAME})")
_IS_THE_PERSON = re.compile(
    rf"\b[Tt]he\s+(?P<name>{_ROLE_NAME})\s+(?:is|means|shall\s+be|will\s+be)\s+(?:the|an?|any)\s+"
    r"(?:person|individual|officer|member|employee|official|post-holder)\b(?P<said>[^.;]{0,200})"
)
_CALLED = re.compile(
    rf"(?P<said>[^.;]{{0,200}})\((?:the|each,?\s+an?|an?|its"
    rf"|together,?\s+the)?\s*[\"“](?P<name>{_ROLE_NAME})[\"”]\)"
)


def roles_in(paragraphs: Iterable[Paragraph], parties: Parties) -> dict[str, str]:
    """Names that this document gives to people of one party: "Authorised Officer" to its side."""
    roles: dict[str, str] = {}
    for paragraph in paragraphs:
        scope, _, number = paragraph.path.partition("/")
        if scope.startswith("Definitions") and "(" not in number:
            _take(roles, number, paragraph.text[:300], parties)
        for first, last, side in parties.finditer(paragraph.text):
            if (owned := _OWN_ROLE.match(paragraph.text, last)) and side in (SUPPLIER, AUTHORITY):
                _take(roles, owned[1], paragraph.text[first:last], parties)
        for match in _IS_THE_PERSON.finditer(paragraph.text):
            _take(roles, match["name"], match["said"], parties)
        if '"' in paragraph.text or "“" in paragraph.text:
            for match in _MEANS.finditer(paragraph.text):
                _take(roles, match[1], match["said"], parties)
            for match in _CALLED.finditer(paragraph.text):
                _take(roles, match["name"], match["said"], parties)
    return roles


def _take(roles: dict[str, str], name: str, said: str, parties: Parties) -> None:
    name = " ".join(name.split())
    if not _PEOPLE_HEAD.search(name) or parties.side(name):
        return
    named = [side for _, _, side in parties.finditer(said) if side in (SUPPLIER, AUTHORITY)]
    owned = re.search(r"[’']s\b", said)
    if named and (len(set(named)) == 1 or owned or re.search(r"\b(?:by|of)\s+the\b", said)):
        roles.setdefault(name, named[0])
