"""Standard terms in words, and a contract's term beside one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from contracts.models import Organisation
from contracts.proposals.topics import TOPICS
from contracts.terms.limit_words import in_words
from contracts.terms.limits import Kind
from contracts.terms.moments import london_day, long_day
from contracts.terms.strictness import Strictness, Term
from obligations.models import StandardTerm
from obligations.services.standards import Against, term_of


@dataclass(frozen=True)
class StandardRow:
    """One topic and what the organisation holds to."""

    topic: str
    words: str
    read_as: str
    who: str
    href: str


def rows(organisation: Organisation, standards: Mapping[str, StandardTerm]) -> list[StandardRow]:
    """Every topic, with its standard where there is one."""
    return [_row(organisation, key, name, standards.get(key)) for key, name in TOPICS.items()]


def _row(organisation: Organisation, key: str, name: str, one: StandardTerm | None) -> StandardRow:
    href = reverse("standard", args=[organisation.pk, key])
    if one is None:
        return StandardRow(name, "", "", "", href)
    who = f"{one.stated_by_name}, {long_day(london_day(one.stated_at))}"
    return StandardRow(name, one.words, term_words(term_of(one)), who, href)


def term_words(term: Term) -> str:
    """A term in words, with the direction that it has."""
    said = in_words(term.limit)
    before = {Kind.RETENTION: "at least ", Kind.INTERVAL: "every "}.get(term.kind, "")
    return f"{before if term.limit.cycle is None else ''}{said}"


def sentence(one: Against) -> str:
    """ "24 hours in our standard; 2 Working Days here: looser"."""
    standard, here = term_words(term_of(one.standard)), term_words(one.term)
    result, why = one.compared.result, one.compared.why
    if result is Strictness.SAME:
        return f"{here} here, as in our standard on “{TOPICS[one.topic]}”"
    because = f", as {why}" if why else ""
    return f"{standard} in our standard on “{TOPICS[one.topic]}”; {here} here: {result}{because}"
