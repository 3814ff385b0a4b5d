"""From the paragraphs of a document to what each of them is taken to ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from contracts.proposals import kinds, leads, tables
from contracts.proposals import proposal as said
from contracts.proposals.context import Context
from contracts.proposals.leads import LeadSort
from contracts.proposals.modals import modals
from contracts.proposals.parties import Parties, PartyNames
from contracts.proposals.passages import Lead, Passage, Tree, passage
from contracts.proposals.proposal import Proposal
from contracts.proposals.reading import Read, Reader, nothing
from contracts.proposals.sentences import sentence_spans
from contracts.proposals.starts import runs_from
from contracts.proposals.subjects import roles_in
from contracts.terms.limits import TimeLimit
from contracts.terms.paragraphs import Paragraph
from contracts.terms.phrases import find_limits

_TERM = re.compile(r"\s*(?:means\b|shall\s+mean\b|has\s+the\s+meaning|have\s+the\s+meaning)", re.I)


Said = tuple[str, int, str, bool]
"""Words of a paragraph: its path, where they begin, they themselves, whether they are of its heading."""


def propose(paragraphs: Sequence[Paragraph], parties: PartyNames) -> tuple[Proposal, ...]:
    """What every paragraph is taken to ask, in document order; at least one proposal for each."""
    document = _Document(paragraphs, Parties(parties))
    found: dict[str, list[Proposal]] = {paragraph.path: [] for paragraph in paragraphs}
    for paragraph in paragraphs:
        for one in document.of(paragraph):
            found[one.path].append(one)
    return tuple(one for paragraph in paragraphs for one in document.best(paragraph, found[paragraph.path]))


class _Document:
    """The paragraphs of one document while they are read, each in the light of those above it."""

    def __init__(self, paragraphs: Sequence[Paragraph], parties: Parties) -> None:
        self.tree = Tree(paragraphs)
        self.reader = Reader(parties, roles_in(paragraphs, parties))
        self.known = frozenset(self.tree.paragraphs)
        self._sorts: dict[str, LeadSort] = {}

    def of(self, paragraph: Paragraph) -> list[Proposal]:
        """All that the words of one paragraph give; those after its last item are of that item's path."""
        if paragraph.text.strip():
            return self._read(paragraph)
        leading = self.tree.leads(paragraph.path)
        return [self._none(paragraph, kinds.LEAD_IN if leading else kinds.HEADING)]

    def best(self, paragraph: Paragraph, found: list[Proposal]) -> list[Proposal]:
        """Of what was found for a paragraph what asks, else what defines, else the best reason."""
        if asking := [one for one in found if one.kind not in (said.NONE, said.DEFINITION)]:
            return _with_topics(asking)
        better = [one for one in found if one.kind == said.DEFINITION]
        better += [one for one in found if one.why != kinds.BACKGROUND]
        return [(better or found or [self._none(paragraph, kinds.BACKGROUND)])[0]]

    def _none(self, paragraph: Paragraph, why: str) -> Proposal:
        whole = passage([(paragraph.path, 0, paragraph.text, False)])
        found = nothing(whole, self._context(paragraph, ""), said.NONE, why)
        return replace(found, certainty=said.SURE) if why == kinds.HEADING else found

    def _context(self, paragraph: Paragraph, side: str) -> Context:
        headings = tuple(one.heading or "" for one in self.tree.headings(paragraph.path))
        return Context(paragraph.path, headings, side, self.known)

    def _rows_of(self, paragraph: Paragraph) -> bool:
        """Whether the paragraph has under it a table that gives the times of its duty."""
        under = self.tree.under.get(paragraph.path, [])
        rows = [
            one for one in under if list(tables.timed_cells(self.tree.paragraphs[one].text, paragraph.text))
        ]
        return bool(rows) and "\t" in self.tree.paragraphs[rows[0]].text

    def _row(
        self, paragraph: Paragraph, above: Paragraph, start: int = 0, end: int | None = None
    ) -> list[Proposal]:
        """The duties of a row, which is a paragraph or some of its text: one for each time in it, with the
        party of the words above the table.
        """
        text = tables.without_head(above.text)
        whole = passage([(above.path, 0, text, False)])
        context = self._context(paragraph, "")
        duties = [one for one in self.reader.sentence(whole, context).proposals if one.kind == said.DUTY]
        said_ = paragraph.text[start:end]
        row = passage([(paragraph.path, start, said_, False)])
        starts = tables.start_of(whole.text)
        found = []
        for cell in tables.timed_cells(said_, above.text) if duties else ():
            found.append(
                replace(
                    duties[0],
                    act=row.words(0, cell.start) or row.words(0, len(said_)),
                    trigger=whole.words(*starts) if starts else duties[0].trigger,
                    limit=cell.limit.limit,
                    limit_words=row.words(cell.start, cell.end),
                    limit_kind=str(cell.limit.kind),
                    shape="event",
                    further=(),
                )
            )
        return found

    def _rows_in(self, paragraph: Paragraph) -> list[Proposal]:
        """The duties of a table that stands in a paragraph, its rows without numbers of their own."""
        head = tables.head_of(paragraph.text)
        if head is None:
            return []
        above = replace(paragraph, text=paragraph.text[:head])
        rows = tables.lines_after(paragraph.text, head)
        return [one for start, end in rows for one in self._row(paragraph, above, start, end)]

    def _read(self, paragraph: Paragraph) -> list[Proposal]:
        if (rows := self._table(paragraph)) is not None:
            return rows
        if paragraph.path.startswith("Definitions") or _TERM.match(paragraph.text):
            limb = self.tree.lead_of(paragraph.path) is not None or "(" in paragraph.path
            return [self._none(paragraph, kinds.LIMB)] if limb else [self._definition(paragraph)]
        body, tail = self.tree.body(paragraph.path)
        read = Read()
        spans = sentence_spans(body)
        for place, (start, end) in enumerate(spans):
            own = (paragraph.path, start, body[start:end], False)
            last = place == len(spans) - 1
            self._take(read, self._sentence(paragraph, own, place == 0, last, read.side))
        if tail < len(paragraph.text):
            self._take(read, self._tail(paragraph, tail, read.side))
        return read.proposals

    def _sentence(self, paragraph: Paragraph, own: Said, first: bool, last: bool, side: str) -> Read:
        """One sentence of a paragraph: a lead-in, an item, what goes on from the heading, or by itself."""
        if last and self._only_leads(paragraph):
            return Read([self._none(paragraph, kinds.LEAD_IN)], side)
        lead = self.tree.lead_of(paragraph.path) if first else None
        if lead is not None:
            return self._item(paragraph, lead, own)
        pieces = [own]
        if first and _goes_on(paragraph):
            pieces = [(paragraph.path, 0, paragraph.heading or "", True), own]
        return self.reader.sentence(passage(pieces, joint=" "), self._context(paragraph, side))

    def _table(self, paragraph: Paragraph) -> list[Proposal] | None:
        """What a row of a table, or the words before one, ask; None for anything else."""
        above = self.tree.above[paragraph.path]
        if "\t" in paragraph.text and above and (rows := self._row(paragraph, self.tree.paragraphs[above])):
            return rows
        if self._rows_of(paragraph):
            return [self._none(paragraph, kinds.LEAD_IN)]
        return self._rows_in(paragraph) or None

    def _take(self, read: Read, more: Read) -> None:
        read.proposals += more.proposals
        read.side = more.side or read.side

    def _definition(self, paragraph: Paragraph) -> Proposal:
        whole = passage([(paragraph.path, 0, paragraph.text, False)])
        return nothing(whole, self._context(paragraph, ""), said.DEFINITION, "")

    def _only_leads(self, paragraph: Paragraph) -> bool:
        """Whether the last words of a paragraph are a lead-in whose verb is only the word of duty."""
        return self.tree.leads(paragraph.path) and self._sort(paragraph.path) is LeadSort.BARE

    def _sort(self, path: str) -> LeadSort:
        """What the words that lead in to the paragraphs under ``path`` are to them."""
        if path not in self._sorts:
            lead = self.tree.lead_of(self.tree.under[path][0])
            self._sorts[path] = self._sort_of(path, lead) if lead else LeadSort.OTHER
        return self._sorts[path]

    def _sort_of(self, path: str, lead: Lead) -> LeadSort:
        mains = self.reader.mains(lead.text)
        if not mains:
            return LeadSort.OTHER
        after = mains[-1].modal.end
        limits = [(one.span[0] - after, _end_of(lead.text, one) - after) for one in find_limits(lead.text)]
        return leads.sort_of(lead.text[after:], limits, self.tree.items(path))

    def _item(self, paragraph: Paragraph, lead: Lead, own: Said) -> Read:
        """The first sentence of a paragraph that reads on from the one above it."""
        above = self.tree.above[paragraph.path] or ""
        sort = self._sort(above)
        context = self._context(paragraph, "")
        if whole := self._with_lead(above, sort, lead, own):
            return self.reader.sentence(whole, context)
        alone = self.reader.sentence(passage([own]), context)
        if sort is LeadSort.OTHER and alone.proposals[0].kind == said.DEFINITION:
            return alone
        limb = leads.announces_cases(lead.text)
        return Read([self._none(paragraph, kinds.LIMB if limb else kinds.CONTENT)])

    def _with_lead(self, above: str, sort: LeadSort, lead: Lead, own: Said) -> Passage | None:
        """What an item is read in: with its lead-in, or alone where it has a subject of its own; None where
        it asks nothing of its own.
        """
        stands = _stands_alone(self.reader, own[2])
        if sort is LeadSort.BARE:
            joined = [*lead.pieces, own, *self.tree.tail(above)]
            return passage([own]) if stands else passage(joined, own=len(lead.pieces))
        if sort is LeadSort.ACT:
            return None
        if _begins_with_duty(own[2]):
            return passage([*lead.pieces, own], len(lead.pieces), " ")
        pieces = lead.pieces if leads.supposes(lead.text) else ()
        return passage([*pieces, own], len(pieces)) if stands else None

    def _tail(self, paragraph: Paragraph, tail: int, side: str) -> Read:
        """The words after the last item, which belong to it (they stand in the text of the one above)."""
        last = self.tree.under[paragraph.path][-1]
        context = self._context(self.tree.paragraphs[last], side)
        read = Read(side=side)
        text = paragraph.text[tail:]
        for start, end in sentence_spans(text):
            own = (paragraph.path, tail + start, text[start:end], False)
            lead = self.tree.lead_of(last)
            if _stands_alone(self.reader, own[2]):
                self._take(read, self.reader.sentence(passage([own]), context))
            elif lead is not None and modals(own[2]):
                whole = passage([*lead.pieces, own], len(lead.pieces), " ")
                self._take(read, self.reader.sentence(whole, context))
        return read


def _end_of(text: str, limit: TimeLimit) -> int:
    """Where a limit ends, with what it runs from."""
    starts = runs_from(text, [limit], len(text), (0, 0))
    return max(limit.span[1], starts[1] if starts else 0)


def _with_topics(found: list[Proposal]) -> list[Proposal]:
    """The proposals of one paragraph; one without a topic of its own has that of the one before."""
    whole: list[Proposal] = []
    for one in found:
        before = whole[-1].topic if whole else "other"
        whole.append(replace(one, topic=before) if one.topic == "other" else one)
    return whole


def _goes_on(paragraph: Paragraph) -> bool:
    """Whether the heading is the beginning of the sentence: the text goes on in small letters."""
    heading = paragraph.heading or ""
    return bool(modals(heading)) and paragraph.text[:1].islower()


def _begins_with_duty(text: str) -> bool:
    """ "(a) must carry a pass": the subject is in the words above."""
    found = modals(text)
    return bool(found) and not text[: found[0].start].strip(" ,")


def _stands_alone(reader: Reader, text: str) -> bool:
    """Whether words have a subject and a word of duty of their own."""
    mains = reader.mains(text)
    if not mains or mains[0].shared or mains[0].described:
        return False
    return mains[0].subject[0] < mains[0].subject[1]
