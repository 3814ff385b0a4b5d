"""More time that the words give once, and not for every duty (R22): refused where they do not give it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from contracts.models import Contract
from contracts.services.errors import Refused
from contracts.terms.moments import When, long_day
from obligations.models import ClaimState, FactRecord
from obligations.rules.engine.patches import EACH_TIME
from obligations.rules.register.rule import Extension
from obligations.services.asking.books import books_of
from obligations.services.recording.claims import refuse_where_it_lengthens_nothing
from obligations.services.recording.names import kept_under

OVER = (ClaimState.REFUSED, ClaimState.WITHDRAWN)


def refuse_extensions(contract: Contract, what: Iterable[tuple[str, When, Mapping[str, Any]]]) -> None:
    """Refuse more time for a duty to which the words give none, and a second time where they give it once.
    ``what``: kinds, when, details. The caller holds the contract's lock, so that no other comes between.

    Whoever records it: what a paragraph does not hold nobody can give under it, and the parties agree another
    period instead. The same fact sent again is no second one. Raises Refused with the paragraph.
    """
    given = defaultdict(list)
    for book in books_of(contract).values():
        for rule in book.book.duties:
            if rule.extension is not None:
                given[rule.extension.fact].append((book, rule, rule.extension))
    for kind, happened, details in what:
        found = given.get(kind)
        if not found or not _gives(found[0][2], details):
            continue
        subject = kept_under(contract, str(details.get("subject") or ""))
        refuse_where_it_lengthens_nothing(contract, kind, subject)
        if not any(book.terms.chosen_reading(*rule.names) == EACH_TIME for book, rule, _ in found):
            _refuse_a_second(contract, kind, happened, subject, found[0][2])


def _refuse_a_second(
    contract: Contract, kind: str, happened: When, subject: str, extension: Extension
) -> None:
    paragraph = extension.path.partition("/")[2]
    facts = FactRecord.objects.filter(contract=contract, kind=kind, subject=subject, withdrawn_at=None)
    for fact in facts.exclude(claim__state__in=OVER).order_by("pk"):
        if fact.happened != happened and _gives(extension, fact.details):
            raise Refused(
                "subject",
                f"Paragraph {paragraph} gives {extension.period} more once, and that is on the record of"
                f" {long_day(fact.happened_on)}. For more the parties agree another period.",
            )


def _gives(extension: Extension, details: Mapping[str, Any]) -> bool:
    """Whether a fact with these details would give more time at all."""
    return not extension.requires or details.get(extension.requires) is True
