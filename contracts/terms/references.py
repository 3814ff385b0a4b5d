"""What relies on what: by number, and by the names of what a paragraph brings into being.

:func:`dangling` answers what a variation leaves hanging: paragraphs still in force that rely on a term, a
plan or a process of a paragraph that is not used any more. It reads words; there is no list of answers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from contracts.terms.defined import Creation, How, Passage, creations
from contracts.terms.naming import (
    FUNCTION_WORDS,
    Phrase,
    Stems,
    capital_runs,
    head_alike,
    likely_same,
    occurrences,
    stem,
    stems,
    words,
)
from contracts.terms.numbered import references
from contracts.terms.variations import covers


@dataclass(frozen=True, slots=True)
class Hit:
    """Something a paragraph in force rests on that a stopped paragraph brought into being.

    ``words``: the very words it rests on, as printed; ``excerpt``: the words around them. ``about``: the
    term or the paragraph that is gone; ``created_by``: the stopped paragraph, ``created_words``: how it
    brought it about. ``certain``: False where the link is read from like names.
    """

    path: str
    words: str
    excerpt: str
    about: str
    created_by: str
    created_words: str
    certain: bool

    @property
    def why(self) -> str:
        """Why this is a hit, in a sentence."""
        if self.about == self.created_by:
            return f"It refers to {self.created_by}."
        if self.certain:
            return f"{self.created_by} brings about the {self.about}."
        if stems(self.words) == stems(self.about):
            return f"{self.created_by} likely brings about the {self.about}."
        return f"{self.created_by} brings about the {self.about}, and this is likely the same."


_GIVEN_THERE = re.compile(
    r"\b(?:meaning|given|set out|requirements?|calls? for|gives?|requires?|[Pp]oints? to|defined)\b"
)
_ENDS = re.compile(r"[.;:\n]")


def dangling(paragraphs: Iterable[Passage], stopped_paths: Iterable[str]) -> list[Hit]:
    """Paragraphs still in force that rely on what the stopped ones bring into being, in document order.

    ``paragraphs``: those in force, the stopped ones among them. A stopped path takes everything under it
    along.
    """
    paragraphs, stopped = list(paragraphs), list(stopped_paths)
    gone = [passage for passage in paragraphs if _under(passage.path, stopped)]
    live = [passage for passage in paragraphs if not _under(passage.path, stopped) and not _is_form(passage)]
    known = [passage.path for passage in paragraphs]
    made, own_words = _made_there(gone, live, known, stopped), _small_names(gone)
    hits: list[Hit] = []
    for passage in live:
        hits += _by_number(passage, known, stopped)
        hits += _by_name(passage, made, own_words)
    return hits


def _is_form(passage: Passage) -> bool:
    """The form of a variation names what it changes; it does not rely on it."""
    return "variation form" in passage.path.partition("/")[0].lower()


def _under(path: str, stopped: Sequence[str]) -> bool:
    return any(covers(one, path) for one in stopped)


# ---- by number


def _by_number(passage: Passage, known: Sequence[str], stopped: Sequence[str]) -> Iterator[Hit]:
    for reference in references(passage, known):
        scope_gone = "/" not in reference.target and all(
            _under(path, stopped) for path in known if path.startswith(reference.target + "/")
        )
        if scope_gone or _under(reference.target, stopped):
            yield Hit(
                passage.path,
                reference.words,
                _around(passage.text, reference.start, reference.start + len(reference.words)),
                reference.target,
                reference.target,
                reference.target,
                reference.plain,
            )


# ---- by name


def _made_there(
    gone: Sequence[Passage], live: Sequence[Passage], known: Sequence[str], stopped: Sequence[str]
) -> list[tuple[Creation, bool]]:
    """What the stopped paragraphs bring into being, each name once, and whether nothing else does."""
    still = {
        creation.stems for passage in live for creation in creations(passage) if creation.how == How.DEFINED
    }
    made = [
        (creation, creation.how == How.DEFINED and creation.stems not in still)
        for creation in _each_name_once(gone, still)
    ]
    return made + [(creation, True) for creation in _meaning_gone(live, known, stopped)]


def _each_name_once(gone: Sequence[Passage], still: Collection[Stems]) -> Collection[Creation]:
    """What is brought into being, by the passage that does it most plainly; a mere heading counts only where
    nothing in force defines the name.
    """
    found: dict[Stems, Creation] = {}
    for passage in gone:
        for creation in creations(passage):
            if creation.how == How.HEADED and creation.stems in still:
                continue
            there = found.get(creation.stems)
            if there is None or list(How).index(creation.how) < list(How).index(there.how):
                found[creation.stems] = creation
    return found.values()


def _meaning_gone(
    live: Sequence[Passage], known: Sequence[str], stopped: Sequence[str]
) -> Iterator[Creation]:
    """Terms that a paragraph in force defines by a stopped one: the term has lost its meaning."""
    for passage in live:
        defined = [creation for creation in creations(passage) if creation.how == How.DEFINED]
        targets = [r.target for r in references(passage, known) if _under(r.target, stopped)]
        if defined and targets and _GIVEN_THERE.search(passage.text):
            yield replace(defined[0], path=targets[0])


def _small_names(gone: Sequence[Passage]) -> dict[tuple[str, str], tuple[str, str]]:
    """Pairs of words in small letters in the stopped paragraphs, "security approval", to path and words."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for passage in gone:
        for one, two in _pairs(passage.text):
            found.setdefault((stem(one), stem(two)), (passage.path, f"{one} {two}"))
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    run = words(text)
    for one, two in pairwise(run):
        small = one.text.islower() and two.text.islower() and one.joined
        if small and one.text not in FUNCTION_WORDS and two.text not in FUNCTION_WORDS:
            yield one.text, two.text


def _by_name(
    passage: Passage,
    made: Sequence[tuple[Creation, bool]],
    small: dict[tuple[str, str], tuple[str, str]],
) -> list[Hit]:
    """The names in the passage's number, heading and words, each span read as the likeliest thing."""
    hits: dict[tuple[Stems, str], Hit] = {}
    for text in (_own_name(passage), passage.heading or "", passage.text):
        taken: list[tuple[int, int]] = []
        for creation, only in made:
            for phrase in occurrences(text, creation.stems):
                if not _overlaps(taken, phrase.start, phrase.end) and not _longer_name(
                    text, phrase.start, phrase.end
                ):
                    taken.append((phrase.start, phrase.end))
                    hits.setdefault(
                        (creation.stems, phrase.words), _hit(passage, text, phrase, creation, only)
                    )
        for phrase in capital_runs(text):
            like = _likeliest(phrase.stems, [one for one, _ in made])
            if like and not _overlaps(taken, phrase.start, phrase.end):
                taken.append((phrase.start, phrase.end))
                hits.setdefault((like.stems, phrase.words), _hit(passage, text, phrase, like, False))
        hits = _small_hits(passage, text, made, small, taken, hits)
    return list(hits.values())


def _own_name(passage: Passage) -> str:
    number = passage.path.partition("/")[2]
    return "" if number[:1].isdigit() else number


def _longer_name(text: str, start: int, end: int) -> bool:
    """Whether the words found are part of a longer name: Risk Approval of Risk Approval Statement."""
    return any(
        phrase.start <= start and end <= phrase.end and phrase.end - phrase.start > end - start
        for phrase in capital_runs(text)
    )


def _likeliest(name: Stems, made: Iterable[Creation]) -> Creation | None:
    alike = [creation for creation in made if likely_same(name, creation.stems)]
    return min(
        alike,
        key=lambda creation: (abs(len(creation.stems) - len(name)), list(How).index(creation.how)),
        default=None,
    )


def _small_hits(
    passage: Passage,
    text: str,
    made: Sequence[tuple[Creation, bool]],
    small: dict[tuple[str, str], tuple[str, str]],
    taken: list[tuple[int, int]],
    hits: dict[tuple[Stems, str], Hit],
) -> dict[tuple[Stems, str], Hit]:
    """Names in small letters that the stopped paragraphs use too, of the kind of thing they bring about."""
    run = words(text)
    for one, two in pairwise(run):
        pair = (one.stem, two.stem)
        if not one.joined or pair not in small or _overlaps(taken, one.start, two.end):
            continue
        owner = next((made_one for made_one, _ in made if head_alike(made_one.stems[-1], pair[1])), None)
        if owner is None or len(owner.stems) < 2:
            continue
        printed = text[one.start : two.end]
        path, there = small[pair]
        hits.setdefault(
            (owner.stems, printed),
            Hit(passage.path, printed, _around(text, one.start, two.end), owner.name, path, there, False),
        )
    return hits


def _hit(passage: Passage, text: str, phrase: Phrase, creation: Creation, certain: bool) -> Hit:
    """A hit. It is certain only where the name is printed as a name: "information system" may be any
    system.
    """
    as_a_name = phrase.words[0].isupper() or creation.name[0].islower()
    return Hit(
        passage.path,
        phrase.words,
        _around(text, phrase.start, phrase.end),
        creation.name,
        creation.path,
        creation.words,
        certain and as_a_name,
    )


def _overlaps(taken: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    return any(start < upto and begun < end for begun, upto in taken)


def _around(text: str, start: int, end: int, reach: int = 90) -> str:
    """The words around a place, to the ends of its sentence or ``reach`` characters each way."""
    before = [match.end() for match in _ENDS.finditer(text, max(0, start - reach), start)]
    after = _ENDS.search(text, end, min(len(text), end + reach))
    first = before[-1] if before else max(0, start - reach)
    last = after.start() if after else min(len(text), end + reach)
    first = text.find(" ", first, start) + 1 or first if first and not before else first
    return " ".join(text[first:last].split())
