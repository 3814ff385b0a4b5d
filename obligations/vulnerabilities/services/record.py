"""Recording one vulnerability by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.services.distribution import may_name
from contracts.services.errors import Refused, one_name
from contracts.services.locks import lock
from contracts.terms.moments import Day
from obligations.rules.register.severity import category_of
from obligations.rules.register.vocabulary import shipped_vocabulary
from obligations.vulnerabilities.finding import Finding, Place, Rating
from obligations.vulnerabilities.models import Category, Software, Vulnerability
from obligations.vulnerabilities.reading.ratings import called
from obligations.vulnerabilities.services.allowed import may_patch, recording
from obligations.vulnerabilities.services.days import happened_on, released_on
from obligations.vulnerabilities.services.keeping import Known, keep, looked_at

SOURCES = {"nvd": "nvd", "microsoft": "microsoft", "cvss": "cvss"}
"""The fields of ratings given by hand, and the source that each is of."""

MOST_HOSTS = 500
GIVEN = [one for one in Category.values if one != Category.NONE]


class Kept(Refused):
    """The same vulnerability of the same component is in the table already: ``row``."""

    def __init__(self, row: Vulnerability) -> None:
        super().__init__("identifier", f"{row.subject} is in the table already. What is new is added there.")
        self.row = row


@transaction.atomic
def record_one(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    identifier: str,
    component: str = "",
    title: str = "",
    reference: str = "",
    software: str = "",
    category: str = "",
    ratings: dict[str, str] | None = None,
    fixed_version: str = "",
    released: Day | None = None,
    found: Day,
    hosts: Iterable[str] = (),
    draft: bool = False,
) -> Vulnerability:
    """Keep one vulnerability of one component, as a draft of the actor's side or on the record at once.

    ``found``: the London day on which it was identified here. ``released``: that of the first public
    release of its patch, None where it is not known or there is none. ``ratings``: a word, score or CVSS
    vector by source (``SOURCES``). Raises Refused naming the field; Kept where it is in the table already.
    """
    access = recording(contract, actor, now)
    if draft and not may_patch(contract, access.side):
        raise Refused(
            "draft", "Only the side that patches keeps drafts: record it so that both sides see it."
        )
    identifier = one_name(
        "identifier", identifier, "Enter what it is called, such as CVE-2026-0001.", longest=100
    )
    component = one_name("component", component, "", longest=150) if component.strip() else ""
    finding = Finding(
        identifier,
        component,
        title=title.strip()[:300],
        reference=reference.strip(),
        software=_one_of("software", software, Software.values, "Choose what kind of software it is."),
        said=_one_of("category", category, GIVEN, "Choose a category of the contract."),
        ratings=tuple(ratings_given(ratings or {})),
        fixed_version=fixed_version.strip()[:100],
        released=released,
        places=tuple(_places(hosts)),
    )
    if not may_name(contract, access.person, finding.subject):
        raise Refused("identifier", "Choose another name: only Duly gives such names.")
    _days(contract, found, released, now)
    lock(contract)
    known = Known.of(contract, [finding], access.side)
    if (row := known.row(finding)) is not None:
        raise Kept(row)
    made = keep(contract, actor, now, looked_at([finding], known, found), draft=draft, found=found)
    fresh: Vulnerability = Vulnerability.objects.get(pk=made.new[0].pk)
    return fresh


def ratings_given(said: Mapping[str, str]) -> Iterable[Rating]:
    """The ratings given by hand, by the fields of ``SOURCES``. Raises Refused naming one that is none."""
    known = shipped_vocabulary()
    for name, value in said.items():
        if not (value := value.strip()):
            continue
        source = known.source(SOURCES[name])
        if source is None or category_of(source, value) is None:
            scored = " a score from 0.0 to 10.0, or a CVSS vector" if source and source.scores else ""
            words = (
                ", ".join(word.capitalize() for word, _ in source.words if word != "none") if source else ""
            )
            raise Refused(name, f"Enter one of {words}{',' if scored else ''}{scored}.")
        category = category_of(source, value) or ""
        by = called(source.name, value)
        yield {"by": by, "source": source.name, "value": value, "says": value, "category": category}


def _one_of(field: str, value: str, known: Iterable[str], message: str) -> str:
    if value and value not in known:
        raise Refused(field, message)
    return value


def _places(hosts: Iterable[str]) -> Iterable[Place]:
    names = list(dict.fromkeys(" ".join(one.split()) for one in hosts if one.strip()))
    if len(names) > MOST_HOSTS:
        raise Refused("hosts", f"Enter at most {MOST_HOSTS} places; import a file for more.")
    for name in names:
        if len(name) > 300:
            raise Refused("hosts", "Shorten the name of a place to 300 characters.")
        yield Place(name)


def _days(contract: Contract, found: Day, released: Day | None, now: datetime) -> None:
    happened_on(contract, found, "found", now, "when it was identified")
    if released is not None:
        released_on(released, now)
