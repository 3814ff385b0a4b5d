"""Reads the sentences by hand (``sentences/README.md``) and holds what is proposed against them.

usage: .venv/bin/python -m tests.contracts.proposals.sentence_book [FILE ...]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts.proposals import PartyNames, Proposal, propose
from contracts.terms.paragraphs import Paragraph
from tests.contracts.proposals.scoring import rows

FOLDER = Path(__file__).parent / "sentences"
NAMES = PartyNames(("Buyer",), ("Supplier",))
_ASKED = re.compile(
    r"(?P<kind>\w+)(?:\s+(?P<party>\w+))?(?:\s+\[(?P<limits>[^\]]*)\])?(?:\s+<(?P<trigger>[^>]*)>)?$"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a sentence asks. ``trigger`` is None where it is not judged."""

    kind: str
    party: str
    limits: tuple[str, ...]
    trigger: str | None

    @property
    def unread(self) -> bool:
        """Whether its limit is one that is not to be read."""
        return self.limits == ("?",)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what it asks."""

    words: str
    asks: tuple[Asked, ...]


def sentences(*names: str) -> list[Sentence]:
    """Every sentence, file by file; ``names`` chooses files."""
    paths = sorted(path for path in FOLDER.glob("*.txt") if not names or path.stem in names)
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [_sentence(line) for line in lines if line and not line.startswith("#")]


def _sentence(line: str) -> Sentence:
    words, asked = line.split(" => ")
    return Sentence(words, tuple(_asked(one.strip()) for one in asked.split(" + ")))


def _asked(form: str) -> Asked:
    match = _ASKED.match(form)
    if match is None:
        raise ValueError(f"{form!r} is not what a sentence asks; see sentences/README.md")
    limits = tuple(one.strip() for one in (match["limits"] or "").split(";") if one.strip())
    return Asked(match["kind"], match["party"] or "", limits, match["trigger"])


def proposed(words: str) -> tuple[Proposal, ...]:
    """What is proposed for a sentence that is a paragraph of its own."""
    return propose([Paragraph("main", "1", "1", None, words)], NAMES)


def wrong(sentence: Sentence) -> str:
    """What is wrong with the proposals for a sentence; empty where they are right."""
    found = proposed(sentence.words)
    kinds = [(one.kind, one.party) for one in found]
    expected = [(one.kind, one.party) for one in sentence.asks]
    if kinds != expected:
        return f"{kinds}; right: {expected}"
    return "; ".join(filter(None, map(_unlike, sentence.asks, found)))


def _unlike(asked: Asked, found: Proposal) -> str:
    if asked.unread:
        return "" if found.limit is None and found.certainty == "unsure" else "the limit is not left open"
    said = [f"{amount} {unit} {direction}" for _, amount, unit, direction in rows(found)]
    if sorted(said) != sorted(asked.limits):
        return f"{said}; right: {list(asked.limits)}"
    trigger = " ".join(found.trigger.text.split()) if found.trigger else ""
    if asked.trigger is not None and trigger != asked.trigger:
        return f"from “{trigger}”; right: “{asked.trigger}”"
    return ""


def problems(chosen: Sequence[Sentence]) -> Iterator[tuple[str, str]]:
    """The words of each sentence that is not read rightly, and what is wrong."""
    for sentence in chosen:
        if said := wrong(sentence):
            yield sentence.words, said


if __name__ == "__main__":
    every = sentences(*sys.argv[1:])
    bad = list(problems(every))
    for words, said in bad:
        sys.stdout.write(f"{words}\n    {said}\n")
    sys.stdout.write(f"{len(every) - len(bad)} of {len(every)} are right\n")
