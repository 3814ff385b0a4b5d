"""The kinds of fact that a contract has: those that are shipped, and those of the books that it adopted."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from contracts.models import Contract
from obligations.models import OwnKind
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.register.vocabulary import Vocabulary, shipped_vocabulary
from obligations.services.asking.versions import REMEMBERED, adopted_by, read_version

OWN = "own"
"""The group of the kinds that people of a contract named."""


def vocabulary_of(contract: Contract) -> Vocabulary:
    """What may be recorded on a contract: the shipped kinds, and before them those that only its adopted
    books have. 1 query, once the versions were read. Raises BookRefused where one cannot be read.
    """
    return vocabulary_in(one.book for ones in adopted_by(contract).values() for one in ones)


def vocabulary_in(adopted: Iterable[Rulebook]) -> Vocabulary:
    """The same, of the versions that a contract adopted, in their order."""
    return _with_books(tuple(book.digest for book in adopted))


def vocabulary_to_decide_with(contract: Contract) -> Vocabulary:
    """What an entry may speak of: all of ``vocabulary_of``, and every kind the contract named, in force or
    not. 2 queries.
    """
    return with_own_kinds(vocabulary_of(contract), OwnKind.objects.filter(contract=contract))


def with_own_kinds(known: Vocabulary, kinds: Iterable[OwnKind]) -> Vocabulary:
    """A vocabulary with kinds that people named, beside those it has."""
    new = [row for row in kinds if row.name not in known]
    return known.with_own(own_form(new)) if new else known


def own_form(kinds: Iterable[OwnKind]) -> dict[str, Any]:
    """Kinds that people named as tables of a vocabulary."""
    kinds = list(kinds)
    details = {one["name"]: one for row in kinds for one in row.details if "label" in one}
    return {
        "detail": list(details.values()),
        "kind": [
            {
                "name": row.name,
                "group": OWN,
                "label": row.label,
                "side": row.side,
                "subject": row.subject,
                "example": row.example,
                "needs_moment": row.needs_moment,
                "details": [one["name"] for one in row.details],
            }
            for row in kinds
        ],
    }


def label_of(contract: int, kind: str) -> str:
    """A kind of fact in words, on the contract of this number; one that is gone keeps its own name.

    No query for a shipped kind, and 1 in a process for one that the contract named: those never change.
    """
    known = shipped_vocabulary().kinds.get(kind)
    if known is not None:
        return known.label
    try:
        return _own_label(contract, kind)
    except OwnKind.DoesNotExist:
        return kind.replace("_", " ").capitalize()


@lru_cache(maxsize=4096)
def _own_label(contract: int, kind: str) -> str:
    return OwnKind.objects.values_list("label", flat=True).get(contract=contract, name=kind)


@lru_cache(maxsize=REMEMBERED)
def _with_books(digests: tuple[str, ...]) -> Vocabulary:
    """What is shipped counts wherever a book, of an earlier release perhaps, says it otherwise; of all else
    the latest book.
    """
    known = shipped_vocabulary()
    for digest in reversed(digests):
        theirs = read_version(digest).vocabulary
        if any(kind.name not in known for kind in theirs.listed):
            known = theirs.joined(known)
    return known
