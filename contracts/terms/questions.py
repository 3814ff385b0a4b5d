"""What a contract's own documents answer about how its limits are counted, and the words that answer it.

``QUESTIONS`` says what is asked; ``find`` looks through paragraphs for the sentences that may answer a
question, by their grammar, and reads an answer from them where they give one. A person decides.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from contracts.terms.question_answers import READERS
from contracts.terms.setting import Setting, read_settings
from contracts.terms.settings import CONTRACT_WIDE

FILE = Path(__file__).with_name("questions.toml")
MOST = 8
"""Sentences shown for one question."""
LONGEST = 1500
"""Characters of a sentence that are looked at."""


class Kept(StrEnum):
    """Where an answer counts: as the contract's division, as one of its settings, or on the record alone."""

    DIVISION = "division"
    SETTING = "setting"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``setting`` is the form of its answer, None where it is answered in words.

    ``patterns`` are what a sentence that answers it looks like, the surest first.
    """

    name: str
    asks: str
    help: str
    rests: str
    kept: Kept
    setting: Setting | None
    patterns: tuple[re.Pattern[str], ...]


class Passage(Protocol):
    """A paragraph with its words, and what names it for its reader."""

    @property
    def citation(self) -> str: ...

    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer a question, with the answer it seems to give, in its stored form.

    ``start`` and ``end`` are its place in the text of the paragraph.
    """

    citation: str
    start: int
    end: int
    words: str
    answer: Any = None

    @property
    def key(self) -> str:
        """Names it among those of its contract."""
        return f"{self.citation}#{self.start}-{self.end}"


def find(question: Question, passages: Iterable[Passage]) -> list[Candidate]:
    """The sentences that may answer a question, the surest first, then in the order of the documents."""
    found: list[tuple[int, Candidate]] = []
    for passage in passages:
        for start, end in sentences(passage.text):
            words = passage.text[start:end]
            rank = _rank(question, words[:LONGEST])
            if rank is not None:
                answer = _read(question, words[:LONGEST])
                found.append((rank, Candidate(passage.citation, start, end, words, answer)))
    return [candidate for _, candidate in sorted(found, key=lambda one: one[0])[:MOST]]


_STOP = re.compile(
    r"(?:(?<![\s.(][A-Za-z])(?<!\bNo)(?<!\bno)(?<!e\.g)(?<!i\.e)[.!?][\"”’')\]]*|;(?=\s+[\"“][A-Z]))"
    r"(?P<gap>\s+)(?=[\"“‘(\[]?[A-Z0-9])"
)
"""The end of a sentence, or of one of several definitions in it."""


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence of a paragraph begins and ends, without the blanks around it."""
    start = 0
    for stop in _STOP.finditer(text):
        yield from _trimmed(text, start, stop.start("gap"))
        start = stop.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if stripped := text[start:end].strip():
        first = text.index(stripped[0], start)
        yield first, first + len(stripped)


def _rank(question: Question, words: str) -> int | None:
    return next((rank for rank, pattern in enumerate(question.patterns) if pattern.search(words)), None)


def _read(question: Question, words: str) -> Any:
    """The answer in the words, where they give one that the question can have."""
    reader = READERS.get(question.name)
    found = reader(words) if reader is not None else None
    if found is None or question.setting is None:
        return None
    try:
        question.setting.read(found)
    except ValueError:
        return None
    return found


def read_questions(data: Mapping[str, Any]) -> dict[str, Question]:
    """The declared questions by name, in their order. Raises SettingsError, KeyError or re.error."""
    return {row["name"]: _question(row, data["parts"]) for row in data["question"]}


def _question(row: Mapping[str, Any], parts: Mapping[str, str]) -> Question:
    kept, setting = Kept(row["kept"]), None
    if kept is Kept.SETTING:
        setting = CONTRACT_WIDE[row["name"]]
    elif "setting" in row:
        table = {"name": row["name"], "question": row["asks"], **row["setting"]}
        setting = read_settings([table])[row["name"]]
    patterns = tuple(_pattern(one, parts) for one in row["patterns"])
    return Question(row["name"], row["asks"], row["help"], row["rests"], kept, setting, patterns)


def _pattern(text: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    for name, part in parts.items():
        text = text.replace(f"<{name}>", part)
    return re.compile(re.sub(r"(?<!\[) (?![\]*-])", r"\\s+", text), re.IGNORECASE | re.DOTALL)


QUESTIONS: Mapping[str, Question] = read_questions(tomllib.loads(FILE.read_text(encoding="utf-8")))
"""What every contract's documents are asked, by name."""
