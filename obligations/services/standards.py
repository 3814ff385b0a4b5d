"""The standard terms of an organisation: stated by topic, and what a contract's term is beside one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contracts.models import Organisation
from contracts.proposals.topics import TOPICS
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.organisations import record
from contracts.terms.limit import Limit, read_limit
from contracts.terms.limits import Kind
from contracts.terms.phrases import PhraseError, parse_limit
from contracts.terms.strictness import Compared, Term, compare_terms
from obligations.models import StandardTerm

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Against:
    """A contract's term beside the organisation's standard for its topic."""

    topic: str
    standard: StandardTerm
    term: Term
    compared: Compared


def standards_of(organisation: int | None) -> dict[str, StandardTerm]:
    """The standard terms that an organisation, by its number, has now; by topic. 1 query."""
    rows = StandardTerm.objects.filter(organisation=organisation).order_by("topic", "-pk").distinct("topic")
    return {row.topic: row for row in rows if row.words} if organisation is not None else {}


@transaction.atomic
def state(organisation: Organisation, actor: Actor, now: datetime, *, topic: str, words: str) -> StandardTerm:
    """State what an organisation holds to about a topic, in words; "" takes the standard away.

    Raises Refused on "topic" for one that is not known, on "words" for none that can be read, and for those
    that it states already.
    """
    if actor.person is None:
        raise Refused("", "Only a person states a standard term.")
    if topic not in TOPICS:
        raise Refused("topic", "Choose one of the topics.")
    words = " ".join(words.split())
    if len(words) > LONGEST:
        raise Refused("words", f"Shorten this to {LONGEST} characters; it has {len(words)}.")
    limit, kind = _read(words) if words else (None, "")
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    before = standards_of(organisation.pk).get(topic)
    if (before.words if before else "") == words:
        says = f"“{words}” is your standard already" if words else "There is no standard for it"
        raise Refused("words", f"{says}: nothing changes.")
    made = StandardTerm.objects.create(
        organisation=organisation,
        topic=topic,
        words=words,
        limit=limit,
        kind=kind,
        stated_by=actor.person,
        stated_by_name=actor.name,
        stated_at=now,
    )
    payload = {"topic": TOPICS[topic], "words": words, "before": before.words if before else ""}
    record(organisation, actor, "standard_term_stated", payload, now)
    return made


def _read(words: str) -> tuple[dict[str, object], str]:
    try:
        found = parse_limit(words)
    except PhraseError as error:
        raise Refused("words", f"Duly cannot read this: {error}.") from error
    if found.limit is None:
        raise Refused("words", "Duly cannot read this as a time limit: write, for example, within 24 hours.")
    return found.limit.as_json(), str(Term.of(found.limit, found.kind).kind)


def against(
    standards: Mapping[str, StandardTerm], topic: str, limit: Limit | None, read_as: str
) -> Against | None:
    """A term of a contract beside the standard of its topic; None without one of the two.

    ``read_as``: the shape of its entry, or the kind of limit of its proposal.
    """
    standard = standards.get(topic)
    if standard is None or limit is None:
        return None
    term = Term.of(limit, _kind(read_as))
    return Against(topic, standard, term, compare_terms(term_of(standard), term))


def term_of(standard: StandardTerm) -> Term:
    """What a standard says."""
    return Term(read_limit(standard.limit), Kind(standard.kind))


def _kind(read_as: str) -> Kind:
    if read_as == "recurring":
        return Kind.INTERVAL
    return Kind(read_as) if read_as in tuple(Kind) else Kind.DEADLINE
