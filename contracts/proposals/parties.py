"""What a contract calls its two parties, and whom a run of its words names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.proposals.proposal import AUTHORITY, BOTH, NOBODY, SUPPLIER, ProposalFormError
from contracts.terms.paragraphs import Paragraph

_SUPPLIERS = """
    Supplier, Provider, Service Provider, Contractor, Agency, Consultant, Operator, Processor, Vendor, Seller,
    Company, Concessionaire, Developer, Licensor, Manufacturer, Carrier, Grantee, Recipient, Undertaker,
    Delivery Partner, Integrator, Installer, Tenant, Hauler, Collector, Caterer,
    Supplier Group, Care Provider, Managing Agent, Framework Provider, Firm, Bureau, Laboratory
"""
_AUTHORITIES = """
    Authority, Council, Buyer, Client, Customer, Department, Employer, Purchaser, Commissioner, Trust, Board,
    Health Board, Ministry, Secretary of State, Force, Constabulary, Chief Constable, Controller, Funder,
    University, College, Licensee, Principal, Owner, Landlord, Contracting Authority, Corporation, Crown,
    Scottish Ministers, Minister, Agreement Holder, Contracting Body, Commissioning Body,
    Integration Joint Board, Fire Authority, Police Authority, Utility, Promoter, Borough, Museum, Regulator
"""


def _listed(words: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in words.split(","))


_SIDES = {name.casefold(): SUPPLIER for name in _listed(_SUPPLIERS)} | {
    name.casefold(): AUTHORITY for name in _listed(_AUTHORITIES)
}


@dataclass(frozen=True, slots=True)
class PartyNames:
    """The words one contract uses for its parties, without an article: "Council", "Provider".

    Several for one side are possible, the usual one first.
    """

    authority: tuple[str, ...] = ()
    supplier: tuple[str, ...] = ()

    def as_json(self) -> dict[str, list[str]]:
        """``{"authority": ["Council"], "supplier": ["Provider"]}``."""
        return {AUTHORITY: list(self.authority), SUPPLIER: list(self.supplier)}

    @classmethod
    def from_json(cls, form: object) -> PartyNames:
        """The names back. Raises ProposalFormError."""
        if not isinstance(form, Mapping) or set(form) - {AUTHORITY, SUPPLIER}:
            raise ProposalFormError("party names are a table of authority and supplier")
        names: dict[str, Any] = {side: form.get(side, []) for side in (AUTHORITY, SUPPLIER)}
        for side, said in names.items():
            if not isinstance(said, list | tuple) or not all(isinstance(name, str) for name in said):
                raise ProposalFormError(f"{side} must be a list of names")
        return cls(tuple(names[AUTHORITY]), tuple(names[SUPPLIER]))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that a document uses as of a party: how often it is told to do something, and the side that its
    words suggest, "" where they suggest none.
    """

    name: str
    times: int
    side: str = NOBODY


_NAME = r"[A-Z][\w'’&-]*(?:[ \u00a0](?:of[ ])?[A-Z][\w'’&-]*){0,3}"
_TOLD = re.compile(
    rf"\b(?:[Tt]he|[Ee]ach|[Ee]very)\s+(?P<name>{_NAME})\s+(?:shall|must|will|may|agrees|undertakes"
    rf"|is\s+(?:to|entitled|required))\b"
)
_NO_PARTY = re.compile(
    r"(?:.*\s)?(?:Parties|Party|Schedule|Contract|Agreement|Plan|Services?|System|Representative)$"
)
_ASKED = (
    r"(?:approv\w+|consent|agreement|satisfaction|discretion|request|instructions?|direction)\s+(?:of|by"
    r"|from)\s+(?:the\s+)?{name}\b"
    r"|\b{name}['’]s?\s+(?:prior\s+)?(?:written\s+)?(?:approval|consent|agreement|decision|instructions?"
    r"|request|discretion)"
    r"|\b(?:notify|tell|inform|indemnify|to)\s+(?:the\s+)?{name}\b"
    r"|\b{name}\s+(?:may|shall|will|must|is\s+entitled\s+to)\s+(?:require|inspect|audit|terminate|reject"
    r"|approve|pay|decide|reimburse|extend)"
)
"""What is asked of and told to an authority."""


def parties_in(paragraphs: Iterable[Paragraph]) -> tuple[Candidate, ...]:
    """Names that the document tells to do things ("the Provider shall"), the likeliest first.

    The side is the one that a name usually has; of a name that has none, or where two names have the same,
    the one that its words suggest: who approves, pays and is told is the authority.
    """
    text = "\n".join(paragraph.text for paragraph in paragraphs)
    told: Counter[str] = Counter()
    for match in _TOLD.finditer(text):
        name = " ".join(match["name"].split())
        if not _NO_PARTY.match(name):
            told[name] += 1
    found = [Candidate(name, times, _SIDES.get(name.casefold(), NOBODY)) for name, times in told.items()]
    found.sort(key=lambda one: (-one.times, one.name))
    return tuple(sorted(_sided(found, text), key=lambda one: (not one.side, -one.times, one.name)))


def _sided(found: list[Candidate], text: str) -> list[Candidate]:
    """The candidates; of the two told most often, one on each side where their words suggest it."""
    two = found[:2]
    if len(two) < 2 or {one.side for one in two} == {SUPPLIER, AUTHORITY}:
        return found
    known = [one for one in two if one.side]
    if len(known) == 1 and two[1].times * 8 < two[0].times:
        return found
    asked = [_share_asked(one, text) for one in two]
    if asked[0] == asked[1]:
        return found
    sides = (AUTHORITY, SUPPLIER) if asked[0] > asked[1] else (SUPPLIER, AUTHORITY)
    return [Candidate(one.name, one.times, side) for one, side in zip(two, sides, strict=True)] + found[2:]


def _share_asked(one: Candidate, text: str) -> float:
    """How often things are asked of or told to a name, for each time that it is told to do something."""
    name = r"\s+".join(map(re.escape, one.name.split()))
    return len(re.findall(_ASKED.format(name=name), text)) / one.times


def names_from(candidates: Sequence[Candidate]) -> PartyNames:
    """The names that the candidates suggest: of each side the one told most often."""
    chosen = {
        side: [one.name for one in candidates if one.side == side][:1] for side in (AUTHORITY, SUPPLIER)
    }
    return PartyNames(tuple(chosen[AUTHORITY]), tuple(chosen[SUPPLIER]))


class Parties:
    """Finds which party a run of words names."""

    def __init__(self, names: PartyNames) -> None:
        self.names = names
        self._named = {
            side: _pattern(said) for side, said in ((SUPPLIER, names.supplier), (AUTHORITY, names.authority))
        }

    def side(self, words: str) -> str:
        """The side that the words name; both where they name both or "the Parties"; "" for neither."""
        if _BOTH.search(words):
            return BOTH
        sides = [side for side, pattern in self._named.items() if pattern and pattern.search(words)]
        return BOTH if len(sides) == 2 else sides[0] if sides else NOBODY

    def is_name(self, words: str) -> bool:
        """Whether the words are a party's name, with an article or without, and nothing else."""
        return bool(_BOTH.fullmatch(words.strip())) or any(
            pattern.fullmatch(words.strip()) for pattern in self._named.values() if pattern
        )

    def finditer(self, words: str) -> list[tuple[int, int, str]]:
        """Where each party is named: start, end, side; in order."""
        found = [
            (match.start(), match.end(), side)
            for side, pattern in (*self._named.items(), (BOTH, _BOTH))
            if pattern
            for match in pattern.finditer(words)
        ]
        return sorted(found)


_BOTH = re.compile(
    r"\b(?:(?:both|each|either|neither|no|the|all)\s+(?:of\s+the\s+)?part(?:y|ies)|each\s+of\s+them)\b", re.I
)


def _pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    if not (said := [name.strip() for name in names if name.strip()]):
        return None
    said.sort(key=len, reverse=True)
    words = "|".join(
        r"\s+".join(map(re.escape, re.sub(r"^the\s+", "", name, flags=re.I).split())) for name in said
    )
    small = words.lower()
    return re.compile(
        rf"(?<![\w-])(?:[Tt]he\s+|[Tt]hat\s+|[Ss]uch\s+|THE\s+)?(?:{words}|{words.upper()})(?![\w-])"
        rf"|\b[Tt]he\s+(?:{small})(?![\w-])(?!\s+of\b)"
    )
