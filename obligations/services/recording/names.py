"""The name under which a contract keeps a thing: as it was first written, whatever spelling came after."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, F, Func, Q, QuerySet, Value

from contracts.access import Access
from contracts.models import Contract
from obligations.models import ACTIVE_PHASES, Duty, FactRecord, KnownName, Obligation
from obligations.rules.register.names import folded, tidy
from obligations.rules.register.rule import Rule
from obligations.rules.register.vocabulary import Vocabulary
from obligations.services.asking.books import books_of
from obligations.services.asking.vocabulary import vocabulary_in

MOST = 50
"""So many names are offered at most."""


def kept_under(contract: Contract, name: str) -> str:
    """The name under which the contract keeps what is called so: the first spelling, else this one, tidied.

    1 query. Writes nothing.
    """
    return Spelt(contract, [name]).kept_under(name)


class Spelt:
    """How a contract spells some names: as each was first written. 1 query for all; writes nothing."""

    def __init__(self, contract: Contract, names: Iterable[str]) -> None:
        keys = {folded(name) for name in names if tidy(name)}
        known = KnownName.objects.filter(contract=contract, folded__among=keys).order_by("-pk")
        self._first = dict(known.values_list("folded", "name")) if keys else {}

    def kept_under(self, name: str) -> str:
        """The first spelling; a name that is new to it is kept as it is written here, tidied."""
        if not (tidied := tidy(name)):
            return ""
        return self._first.setdefault(folded(tidied), tidied)


def remember(contract: Contract, names: Iterable[str]) -> None:
    """Keep the names that a contract knows from now on. 1 query, none without a name."""
    known = [KnownName(contract=contract, name=name, folded=folded(name)) for name in names if name]
    KnownName.objects.bulk_create(known, ignore_conflicts=True, batch_size=1000)


def open_names(contract: Contract, kind: str, seen_by: Access) -> list[str]:
    """The names that a fact of this kind may be about: of duties still open that it may meet, date or end,
    and of acts that had to come before what it proposes, where those are about the same kind of thing.

    Only what the person may know of, by name, ``MOST`` at most. 4 queries at most.
    """
    books = books_of(contract)
    known = vocabulary_in(one.book for book in books.values() for one in book.adopted)
    rules = [
        (key, rule) for key, book in books.items() for rule in book.book.duties if not rule.is_of_the_whole
    ]
    followed = [(key, rule.key) for key, rule in rules if kind in followed_by(rule)]
    awaited = [(key, rule.key) for key, rule in rules if rule.awaited is not None and kind in rule.on]
    earlier = _earlier(kind, [rule for _, rule in rules], known)
    found = {*_of_duties(contract, followed, seen_by), *_of_facts(contract, earlier, seen_by)}
    found.update(_of_duties(contract, awaited, seen_by, to_be_found=True))
    return sorted(found, key=folded)[:MOST]


def names_of_its_sort(contract: Contract, kind: str, seen_by: Access) -> list[str]:
    """The names of open duties that began otherwise, about things of the sort that this kind is about.

    It may be about one of those, or about a new one. As ``open_names``.
    """
    books = books_of(contract)
    known = vocabulary_in(one.book for book in books.values() for one in book.adopted)
    about = known.kind(kind)
    sort = "" if about.contract_wide else about.subject
    alike = [
        (key, rule.key)
        for key, book in books.items()
        for rule in book.book.duties
        if not rule.is_of_the_whole
        and kind not in rule.on
        and any(known.kind(name).subject == sort for name in rule.on)
    ]
    return sorted(_of_duties(contract, alike, seen_by), key=folded)[:MOST] if sort else []


def _earlier(kind: str, rules: Iterable[Rule], known: Vocabulary) -> set[str]:
    """The kinds of the acts that had to come before this, where those are about the same kind of thing."""
    return {
        met
        for rule in rules
        if rule.takes_prior and kind in rule.on
        for met in rule.met_by
        if known.kind(met).subject == known.kind(kind).subject
    }


def names_alike(contract: Contract, name: str, seen_by: Access) -> list[str]:
    """The names on this contract's record that differ from this one by blanks and signs alone, in none of
    the ways in which names are compared: CVE 2026 7 beside CVE-2026-7. Nothing where it is known itself.

    Only what the person may know of. 1 query.
    """
    if not (bare := _letters(folded(name))):
        return []
    signs = (Value("[^[:alnum:]]"), Value(""), Value("g"))
    letters = Func(F("folded"), *signs, function="regexp_replace", output_field=CharField())
    rows = KnownName.objects.filter(contract=contract).annotate(letters=letters)
    found = list(rows.filter(letters=bare).order_by("pk").values_list("folded", "name"))
    known = any(one == folded(name) for one, _ in found)
    return [] if known else [one for _, one in found if seen_by.sees(one)]


def _letters(name: str) -> str:
    return "".join(char for char in name if char.isalnum())


def _of_duties(
    contract: Contract, rules: Iterable[tuple[str, str]], seen_by: Access, *, to_be_found: bool = False
) -> Iterable[str]:
    """The names of what duties under these rules are about, as far as they are open. ``to_be_found``: only
    those of which the day that the limit runs from is not known (R48).
    """
    wanted = [Q(rulebook_key=book, rule_key=key) for book, key in rules]
    if not wanted:
        return ()
    obligations = Obligation.objects.filter(reduce(or_, wanted), contract=contract)
    duties = Duty.objects.filter(obligation__in=obligations.values("pk"), phase__in=ACTIVE_PHASES)
    duties = duties.filter(careful=True) if to_be_found else duties
    return _first(seen_by.only_seen(duties))


def _of_facts(contract: Contract, kinds: set[str], seen_by: Access) -> Iterable[str]:
    """The names of what facts of these kinds are about."""
    facts = FactRecord.objects.filter(contract=contract, kind__in=kinds, withdrawn_at=None)
    return _first(seen_by.only_seen(facts)) if kinds else ()


def _first(rows: QuerySet[Any]) -> Iterable[str]:
    rows = rows.exclude(subject="").order_by("subject")
    return rows.values_list("subject", flat=True).distinct()[:MOST]


def followed_by(rule: Rule) -> set[str]:
    """The kinds that say something of a thing which a duty of this rule is about already."""
    kinds = {*rule.met_by, *rule.aware_by, *rule.ends_on, *rule.needs, *rule.runs_from, *rule.undone_by}
    if rule.suspension is not None:
        kinds |= {rule.suspension.begins, rule.suspension.ends}
    kinds |= {one.fact for one in (rule.extension, rule.agreement) if one is not None}
    return kinds - set(rule.on)
