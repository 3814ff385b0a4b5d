"""The stored versions of rulebooks, and those that a contract adopted.

What is shipped is a version like any other: it becomes a row when the first contract meets it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from contracts.models import Contract
from contracts.services.errors import Refused
from obligations.models import Adoption, EditionAdoption, Obligation, RulebookVersion
from obligations.rules.engine.contract_book import AdoptedVersion
from obligations.rules.engine.edition import this_edition
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import (
    Rulebook,
    RulebookError,
    known_rulebooks,
    load_rulebook,
    parse_rulebook,
)
from obligations.services.asking.renumbered import NOWHERE, Moves, at_its_numbers, moves_of

REMEMBERED = 64
"""Books kept ready to use; one is some hundred kilobytes."""


class BookRefused(Refused):
    """A contract's rules that cannot be used. Names the contract, the book, and what is wrong in it."""

    def __init__(self, contract: Contract, what: str) -> None:
        super().__init__("", f"{contract.reference}: {what}")


def shipped_version(key: str) -> RulebookVersion:
    """The row of the rulebook as this release ships it. Raises RulebookError for one that is not shipped."""
    book = load_rulebook(key)
    there = RulebookVersion.objects.filter(key=key, number=book.version).exclude(digest=book.digest)
    if there.exists():
        raise RulebookError(
            f"{key}: another version {book.version} is in the database; raise `version` in rulebook.toml"
        )
    version, _ = RulebookVersion.objects.defer("content").get_or_create(
        digest=book.digest,
        defaults={
            "key": book.key,
            "number": book.version,
            "dated": book.dated,
            "title": book.title,
            "content": book.content,
        },
    )
    return version


def is_shipped(key: str) -> bool:
    """Whether this release has a rulebook for a schedule."""
    return key in known_rulebooks()


def adopted_by(contract: Contract, known: datetime | None = None) -> dict[str, tuple[AdoptedVersion, ...]]:
    """The versions a contract adopted, by rulebook, in the order they were. 1 query, once read; 2
    where it has a book of its own, whose rules stand at the paragraphs as they are numbered now.

    ``known``: as recorded by a moment; a shipped one that a contract began with counts always, and one of
    the contract's own only from when it was put in force.

    Raises BookRefused where one cannot be read.
    """
    found: dict[str, list[AdoptedVersion]] = defaultdict(list)
    adoptions = Adoption.objects.filter(contract=contract).select_related("version")
    rows = list(adoptions.defer("version__content").order_by("pk"))
    moves = _moves(contract, (row.version for row in rows))
    for row in rows:
        first = row.version.key not in found and row.version.contract_id is None
        if known is not None and row.adopted_at > known and not first:
            continue
        found[row.version.key].append(AdoptedVersion(read_for(contract, row.version, moves), row.from_day))
    return {key: tuple(ones) for key, ones in found.items()}


def own_books_of(contracts: QuerySet[Contract]) -> list[Rulebook]:
    """The rulebooks of their own that contracts go by, each in the version in use. 2 queries, once read."""
    rows = Adoption.objects.filter(contract__in=contracts.values("pk"), version__contract__isnull=False)
    rows = rows.select_related("version").defer("version__content").order_by("pk")
    in_use = {row.version.key: row.version for row in rows}
    moves = moves_of(row.contract_id for row in rows)
    return [at_its_numbers(read_version(one.digest), moves.of_version(one)) for one in in_use.values()]


def _moves(contract: Contract, versions: Iterable[RulebookVersion]) -> Moves:
    """The renumberings of a contract, asked for where it has a book of its own."""
    own = any(version.contract_id is not None for version in versions)
    return moves_of([contract.pk]) if own else NOWHERE


def read_for(contract: Contract, version: RulebookVersion, moves: Moves | None = None) -> Rulebook:
    """The rulebook of a version. 1 query for one of the contract's own, unless its ``moves`` are given.

    Raises BookRefused, naming contract, book and version.
    """
    moves = _moves(contract, [version]) if moves is None else moves
    try:
        return at_its_numbers(read_version(version.digest), moves.of_version(version))
    except RulebookError as error:
        raise BookRefused(
            contract,
            f"the rulebook {version.key}, version {version.number}, cannot be read: {error}. Nothing was"
            " changed. Ask an administrator to put in place the release of Duly that wrote it.",
        ) from error


@lru_cache(maxsize=REMEMBERED)
def read_version(digest: str) -> Rulebook:
    """The rulebook with this digest, from what is shipped or else from the database. Raises RulebookError."""
    shipped = (load_rulebook(key) for key in known_rulebooks())
    for book in shipped:
        if book.digest == digest:
            return book
    book = parse_rulebook(RulebookVersion.objects.get(digest=digest).content)
    if book.digest != digest:
        raise RulebookError(f"{book.key}: the stored content does not have the digest {digest[:12]}")
    return book


def rule_of(obligation: Obligation) -> Rule | None:
    """What a version that was adopted says of an obligation, without what is laid over it; None for a
    rule that a variation brought. No query, once the version was read.
    """
    try:
        return read_version(obligation.rulebook_digest).by_key.get(obligation.rule_key)
    except RulebookVersion.DoesNotExist:
        return None


def edition_of(contract: Contract) -> int:
    """The edition of the engine that a contract goes by. 1 query.

    Raises BookRefused where it is later than this engine's.
    """
    rows = EditionAdoption.objects.filter(contract=contract).order_by("-edition")
    number = rows.values_list("edition", flat=True).first()
    if number is not None and number > this_edition():
        raise BookRefused(
            contract,
            f"its dates were worked out by edition {number} of the engine, and this release has edition"
            f" {this_edition()}. Nothing was changed. Start the newer release of Duly again.",
        )
    return number or this_edition()


def newest(contracts: Iterable[int]) -> dict[tuple[int, str], int]:
    """The number of the version in use, by contract and rulebook. 1 query."""
    rows = Adoption.objects.filter(contract__in=list(contracts)).order_by("pk")
    return {
        (contract, key): number
        for contract, key, number in rows.values_list("contract_id", "version__key", "version__number")
    }
