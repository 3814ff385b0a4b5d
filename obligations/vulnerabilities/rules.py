"""Which rules of a contract are about patches, and what counts of what was said of how bad something is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.engine.patches import statements_in
from obligations.rules.register.facts import Fact
from obligations.rules.register.severity import assess
from obligations.rules.register.vocabulary import Vocabulary

IDENTIFIED = "vulnerability_identified"
RELEASED = "patch_publicly_released"
FIX_KNOWN = "fixed_version_known"
APPLIED = "patch_applied"
NOT_EXPLOITABLE = "vulnerability_not_exploitable_demonstrated"
EXPLOITABLE = "vulnerability_becomes_exploitable"
TOGETHER = "vulnerabilities_together"
"""The verb of the ledger's entry for what was done to many at once."""

ABOUT = frozenset({IDENTIFIED, RELEASED})
"""What makes something a vulnerability of the table, wherever it was recorded."""

Rules = Mapping[tuple[str, str], str]


def patch_rules(books: Mapping[str, ContractBook]) -> Rules:
    """The category of each rule by which a patch is due, by rulebook and rule. Empty: the words ask for
    none.
    """
    return {
        (key, rule.key): rule.category
        for key, book in books.items()
        for rule in book.book.duties
        if rule.category and RELEASED in rule.on
    }


def category_of(facts: Iterable[Fact], vocabulary: Vocabulary) -> str:
    """The contract's word that counts by what these facts say of one vulnerability (R20); "" until rated."""
    said = [one for one in facts if one.kind in vocabulary and (one.claim is None)]
    return assess(list(statements_in(said, vocabulary)), vocabulary.categories).category or ""
