"""Questions about certificates, each of a constant number of queries. What is not there raises NotThere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from contracts.absence import NotThere
from contracts.access import Access
from contracts.models import Contract
from contracts.terms.moments import Moment
from obligations.certificates.models import Certificate
from obligations.certificates.schemes import ISSUED
from obligations.models import Duty, FactRecord, Phase
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.engine.held import Gap, Held, by_scheme, gaps, held
from obligations.rules.register.names import folded
from obligations.rules.register.rule import InPlace, Shape
from obligations.rules.register.vocabulary import Vocabulary, shipped_vocabulary
from obligations.selectors import duties_of, group_of
from obligations.services.asking.engine_input import as_facts
from obligations.services.asking.versions import adopted_by
from obligations.services.asking.vocabulary import vocabulary_in

CEASED = "certification_ceased"
ASKED = ("authority_cease_data_requested", "authority_return_data_requested")
"""What may be asked for while certification is lost (DMP 23, 6.2.1, 6.2.2)."""
TESTS = "tests"
"""The group of the kinds of fact about tests and scans."""
NO_SCHEME = "Scheme not said"


@dataclass(frozen=True, slots=True)
class Kept:
    """One certificate as it counts, with what is kept of it: ``row`` is None where only the fact is.

    ``since``: the certificate of the same scheme that was issued next, if there is one.
    """

    held: Held
    fact_id: int
    row: Certificate | None
    since: Held | None

    @property
    def scheme(self) -> str:
        return self.held.scheme or NO_SCHEME


@dataclass(frozen=True)
class SchemeCover:
    """One scheme: its certificates in order, and the times in which none was in force."""

    name: str
    kept: tuple[Kept, ...]
    gaps: tuple[Gap, ...]

    @property
    def lost(self) -> Gap | None:
        """The time without one that lasts; None where one is in force, or none ever was."""
        return self.gaps[-1] if self.gaps and self.gaps[-1].until is None else None

    def in_force(self, now: Moment) -> Kept | None:
        """The one that is in force and lasts longest; None where none is."""
        there = [one for one in self.kept if one.held.at(now)]
        return max(there, key=lambda one: (one.held.ends is None, one.held.ends or now), default=None)


@dataclass(frozen=True)
class Certificates:
    """All certificates of a contract that count, by scheme, as at a moment."""

    schemes: tuple[SchemeCover, ...]
    now: Moment

    @cached_property
    def by_fact(self) -> dict[int, Kept]:
        return {one.fact_id: one for scheme in self.schemes for one in scheme.kept}


def certificates_of(contract: Contract, now: Moment) -> Certificates:
    """Every certificate on record that was not withdrawn, with its time in force. 5 queries at most."""
    records = FactRecord.objects.filter(contract=contract, kind__in=(ISSUED, CEASED), withdrawn_at=None)
    spans = held(as_facts(records), _vocabulary(contract), now)
    rows = {row.fact_id: row for row in _rows(contract)}
    found = []
    for name, ones in by_scheme(spans).items():
        kept = tuple(
            Kept(one, int(one.fact.source), rows.get(int(one.fact.source)), after)
            for one, after in zip(ones, [*ones[1:], None], strict=True)
        )
        found.append(SchemeCover(name or NO_SCHEME, kept, tuple(gaps(ones, now))))
    return Certificates(tuple(sorted(found, key=lambda one: folded(one.name))), now)


def withdrawn_of(contract: Contract) -> list[Certificate]:
    """The certificates that were withdrawn, the last first. 1 query."""
    return list(_rows(contract).exclude(fact__withdrawn_at=None).order_by("-fact__withdrawn_at"))


def certificate_at(access: Access, certificate_id: int) -> Certificate:
    """One certificate, also a withdrawn one. Raises NotThere. 1 query."""
    found = _rows(access.contract).filter(pk=certificate_id).first()
    if found is None:
        raise NotThere("no such certificate")
    found.contract = found.fact.contract = access.contract
    return found


def undescribed_at(access: Access, fact_id: int) -> FactRecord:
    """A certificate of which only the fact is recorded. Raises NotThere. 1 query."""
    rows = FactRecord.objects.filter(contract=access.contract, kind=ISSUED, withdrawn_at=None)
    found = access.only_seen(rows).filter(pk=fact_id, certificate=None).first()
    if found is None:
        raise NotThere("no such certificate")
    found.contract = access.contract
    return found


def duties_about(access: Access, subject: str) -> list[Duty]:
    """The duties about a certificate that the person may see, by date. 1 query."""
    return list(duties_of(access).filter(subject=subject))


def wanted_and_absent(books: Mapping[str, ContractBook], found: Certificates) -> list[InPlace]:
    """What a gate of the contract asks for by its scheme, and no certificate on record is there for now."""
    there = {folded(one.name) for one in found.schemes if one.in_force(found.now) is not None}
    wanted = [rule.in_place for book in books.values() for rule in book.book.duties]
    return [
        one
        for one in wanted
        if one is not None and one.fact == ISSUED and not {folded(value) for value in one.values} & there
    ]


def tests_not_done(access: Access, books: Mapping[str, ContractBook], now: Moment) -> list[Duty]:
    """The tests and scans that come round and of which the record shows none in time. 1 query."""
    known = vocabulary_in(one.book for book in books.values() for one in book.adopted)
    tests = {name for name, kind in known.kinds.items() if kind.group == TESTS}
    rules = {
        (name, rule.key)
        for name, book in books.items()
        for rule in book.book.duties
        if rule.shape is Shape.RECURRING and tests & set(rule.met_by)
    }
    overdue = duties_of(access).filter(group_of("overdue", access.side, now), shape=Shape.RECURRING)
    return [one for one in overdue if (one.obligation.rulebook_key, one.obligation.rule_key) in rules]


def asked_of_the_data(access: Access) -> list[Duty]:
    """What is owed because somebody asked for the data to be let alone, returned or erased. 1 query."""
    return list(duties_of(access).filter(cause__kind__in=ASKED).exclude(phase=Phase.WITHDRAWN))


def ceased_of(contract: Contract, subject: str) -> list[FactRecord]:
    """What somebody recorded of a certificate having ceased, and did not withdraw. 1 query."""
    rows = FactRecord.objects.filter(contract=contract, kind=CEASED, subject=subject, withdrawn_at=None)
    return list(rows)


def in_force(found: Certificates, scheme: str, at: Moment) -> Kept | None:
    """A certificate of a scheme that is in force at a moment; None where none is."""
    there = (one for one in found.schemes if folded(one.name) == folded(scheme))
    return next((one.in_force(at) for one in there), None)


def _rows(contract: Contract) -> QuerySet[Certificate]:
    return Certificate.objects.filter(contract=contract).select_related("fact", "recorded_by")


def _vocabulary(contract: Contract) -> Vocabulary:
    """What lapses as the contract's own books say it; as is shipped where they speak of no certificate."""
    books: Iterable[Vocabulary] = (ones[-1].book.vocabulary for ones in adopted_by(contract).values())
    return next((one for one in books if ISSUED in one.lapses), shipped_vocabulary())
