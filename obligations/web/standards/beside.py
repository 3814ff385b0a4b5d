"""The terms of one paragraph beside the standard terms of whoever looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contracts.models import Person, Proposal
from obligations.models import EntryDecision
from obligations.rules.register.claimed import limit_of_entry
from obligations.services.coverage.paragraphs import Proposed, proposed_from, topics_of
from obligations.services.standards import Against, against, standards_of
from obligations.web.standards.presenters import sentence


def beside(person: Person, made: EntryDecision | None, rows: Iterable[Proposal]) -> list[str]:
    """A sentence for each term decided, or else proposed, where its topic has a standard. 1 query."""
    standards = standards_of(person.organisation_id)
    if not standards:
        return []
    proposed = [_proposed(row) for row in rows]

    def found() -> Iterator[Against | None]:
        if made is None:
            for one in proposed:
                yield against(standards, one.topic, one.limit, one.limit_kind)
            return
        for entry, topic in zip(made.entries, topics_of(made, proposed), strict=True):
            yield against(standards, topic, limit_of_entry(entry), entry["shape"])

    return list(dict.fromkeys(sentence(one) for one in found() if one is not None))


def _proposed(row: Proposal) -> Proposed:
    limit, kind = row.content.get("limit"), row.content.get("limit_kind")
    return proposed_from(row.kind, row.party, row.topic, row.certainty, limit, kind)
