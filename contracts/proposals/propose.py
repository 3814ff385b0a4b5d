"""From the paragraphs of a document to what each of them is taken to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from contracts.proposals import proposal as said
from contracts.proposals.parties import Parties, PartyNames
from contracts.proposals.proposal import Proposal, Words
from contracts.terms.paragraphs import Paragraph
from contracts.terms.phrases import find_limits

_SENTENCE = re.compile(r"[^\s].*?(?:[.;](?=\s)|$)", re.S)
_DUTY_WORD = re.compile(
    r"\b(?:shall|must|may|will|is\s+to|are\s+to|is\s+required\s+to|undertakes?\s+to|agrees?\s+to)\b(?:\s+not\b)?"
)


def propose(paragraphs: Sequence[Paragraph], parties: PartyNames) -> tuple[Proposal, ...]:
    """What every paragraph is taken to ask, in document order; at least one proposal for each."""
    known = Parties(parties)
    return tuple(one for paragraph in paragraphs for one in _of(paragraph, known))


def _of(paragraph: Paragraph, parties: Parties) -> Iterator[Proposal]:
    found = [
        one
        for match in _SENTENCE.finditer(paragraph.text)
        if (one := _sentence(paragraph, match.start(), match.end(), parties))
    ]
    if not found:
        why = "It has no words of duty." if paragraph.text.strip() else "It is a heading."
        found = [Proposal(paragraph.path, said.NONE, why=why, certainty=said.LIKELY)]
    yield from found


def _sentence(paragraph: Paragraph, start: int, end: int, parties: Parties) -> Proposal | None:
    text = paragraph.text[start:end]
    word = _DUTY_WORD.search(text)
    if word is None:
        return None

    def words(first: int, last: int) -> Words:
        return Words(paragraph.path, start + first, start + last, text[first:last])

    named = [one for one in parties.finditer(text) if one[1] <= word.start()]
    side = named[-1][2] if named else said.NOBODY
    kind = said.PROHIBITION if "not" in word[0] else said.RIGHT if word[0] == "may" else said.DUTY
    found = Proposal(
        paragraph.path,
        kind,
        side,
        shape="right" if kind == said.RIGHT else "continuous",
        sentence=words(0, len(text)),
        party_words=words(*named[-1][:2]) if named else None,
        duty_word=words(*word.span()),
    )
    limit = next((one for one in find_limits(text) if one.limit), None)
    if limit is None:
        return found
    return replace(
        found,
        shape="event",
        limit_words=words(*limit.span),
        limit=limit.limit,
        limit_kind=str(limit.kind),
    )
