"""Proposals of what paragraphs of an own schedule ask: with its reading, and anew with each edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from contracts.models import Contract, Document, Paragraph, ParagraphVersion, Proposal, Schedule
from contracts.proposals import PartyNames, names_from, parties_in, propose
from contracts.terms import paragraphs as read


def renew(schedule: Schedule, document: Document) -> int:
    """Make the proposals of a schedule anew, in the caller's transaction. Returns how many. 4 queries.

    ``document`` is the one whose words were read last. Paragraphs that are left out have none.
    """
    words = {
        row.paragraph_id: row
        for row in ParagraphVersion.objects.filter(paragraph__schedule=schedule).order_by("in_force")
    }
    rows = {
        row.path: row
        for row in Paragraph.objects.filter(schedule=schedule).order_by("order")
        if row.pk in words and words[row.pk].used
    }
    read_now = [
        read.Paragraph(row.scope, row.number, row.printed, row.heading or None, words[row.pk].text)
        for row in rows.values()
    ]
    places: Counter[str] = Counter()
    made = []
    for one in propose(read_now, names(schedule.contract, read_now)):
        places[one.path] += 1
        made.append(
            Proposal(
                contract_id=schedule.contract_id,
                schedule=schedule,
                paragraph=rows[one.path],
                document=document,
                place=places[one.path],
                kind=one.kind,
                party=one.party,
                topic=one.topic,
                certainty=one.certainty,
                content=one.as_json(),
            )
        )
    Proposal.objects.filter(schedule=schedule).delete()
    Proposal.objects.bulk_create(made, batch_size=1000)
    return len(made)


def names(contract: Contract, paragraphs: Sequence[read.Paragraph]) -> PartyNames:
    """What the parties are called: as the contract has it, then as these words have it."""
    found = names_from(parties_in(paragraphs))
    return PartyNames(
        authority=tuple(dict.fromkeys((contract.authority_word, *found.authority))),
        supplier=tuple(dict.fromkeys((contract.supplier_word, *found.supplier))),
    )
