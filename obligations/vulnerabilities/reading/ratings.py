"""How bad a vulnerability is said to be: words, scores and vectors of each source, and what they mean (R20).

The words are in ``ratings.toml``; which category of the contract a rating is, the vocabulary says
(``obligations/rules/register/severity.py``). Each source's rating is kept; the stricter counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import cvss

from obligations.rules.register.names import tidy
from obligations.rules.register.severity import category_of, strictness
from obligations.rules.register.vocabulary import shipped_vocabulary
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Rating
from obligations.vulnerabilities.reading.texts import quoted

FILE = Path(__file__).with_name("ratings.toml")
EVERYBODY = "cvss"
"""The source of the vocabulary under which the words of whoever has none of their own count."""

MOST = 40
"""Ratings of one vulnerability."""

_KINDS = {"CVSS:3": cvss.CVSS3, "CVSS:4": cvss.CVSS4}
_SCORE = re.compile(r"\d{1,2}(?:\.\d{1,4})?")
_BY_SCORE = "CVSS score"
_BY_CVSS = re.compile(rf" ({_BY_SCORE}|CVSS v[\d.]+)$")


class Said(NamedTuple):
    """What a file says in one place: who rates (``by``), and a word, a score, a vector ("" if not said)."""

    by: str
    word: str = ""
    score: str = ""
    vector: str = ""


def rate(said: Iterable[Said]) -> tuple[tuple[Rating, ...], str]:
    """The ratings, one for each ``by``, and the strictest category of theirs ("" where nobody rated).

    Raises Refused for a word, a score or a vector that cannot be read: a rating that nobody understands
    might be the strictest.
    """
    found: dict[str, Rating] = {}
    for one in said:
        for rating in _ratings(one):
            found[rating.by] = _graver(found.get(rating.by, rating), rating)
    if len(found) > MOST:
        raise Refused(f"it has more than {MOST} ratings", "give one for each source")
    return tuple(found.values()), strictest(rating.category for rating in found.values())


def _graver(one: Rating, other: Rating) -> Rating:
    """Of two by the same the stricter; of two of one category that with the higher score."""
    if one.category != other.category:
        return one if strictest((one.category, other.category)) == one.category else other
    return other if (other.score or 0.0) > (one.score or 0.0) else one


def is_word(text: str) -> bool:
    """Whether a text is one of the words for how bad something is."""
    return tidy(text).lower() in _data()["words"]


def called(who: str, value: str) -> str:
    """What a rating is kept under (``Rating.by``), where who rates is known and what they gave."""
    if is_vector(value):
        return f"{who} {_version(value)}"
    return f"{who} {_BY_SCORE}" if _SCORE.fullmatch(value) else who


def parted(by: str) -> tuple[str, str]:
    """Who rates, and what of CVSS they rate by ("" for words), of what a rating is kept under."""
    what = _BY_CVSS.search(by)
    return (by, "") if what is None else (by[: what.start()], what[1])


def is_vector(value: str) -> bool:
    """Whether what somebody gave is a vector of CVSS."""
    return value.upper().startswith(("CVSS:", "AV:"))


def own_word(text: str) -> str:
    """The category of the contract that a text is the word for; "" for none."""
    named = {one.lower(): one for one in shipped_vocabulary().categories}
    return named.get(tidy(text).lower(), "")


def may_be_stricter(word: str) -> bool:
    """Whether a word of the contract's is also one of a source's scale that counts as a stricter category."""
    own, meant = own_word(word), _words(EVERYBODY).get(tidy(word).lower())
    return bool(own) and meant is not None and strictest((own, _category(EVERYBODY, meant))) != own


def strictest(categories: Iterable[str]) -> str:
    """The strictest of these categories of the vocabulary that comes with Duly; "" for none."""
    order: Sequence[str] = shipped_vocabulary().categories
    return min(categories, key=lambda one: strictness(one, order), default="")


@lru_cache(maxsize=16_384)
def _ratings(said: Said) -> tuple[Rating, ...]:
    """What one place says, one rating for each of word, vector and score that is there.

    A score beside a vector is kept only where it says another category: then the stricter counts.
    """
    by, word = tidy(said.by) or "not said", tidy(said.word).lower()
    found = []
    if word and word not in _data()["silent"]:
        found.append(_of_word(by, word, tidy(said.word)))
    vector = _of_vector(by, said.vector.strip()) if said.vector.strip() else None
    if vector is not None:
        found.append(vector)
    if said.score.strip() and said.score.strip().lower() not in _data()["silent"]:
        score = _of_score(by, said.score.strip())
        if vector is None or vector.category != score.category:
            found.append(score)
    return tuple(found)


def _of_word(by: str, word: str, written: str) -> Rating:
    if _SCORE.fullmatch(word):
        return _of_score(by, word)
    if word.startswith(("cvss:", "av:", "(av:")):
        return _of_vector(by, written)
    source = _source(by)
    meant = _words(source).get(word)
    if meant is None and source == "microsoft":  # a scanner's word for what Microsoft says of it
        source, meant = EVERYBODY, _words(EVERYBODY).get(word)
    if meant is None:
        raise Refused(
            f"{quoted(written)} is no severity", "write Critical, High, Medium, Low or None, or leave it out"
        )
    return Rating(by, source, meant, _category(source, meant), who=by, word=written)


def _of_score(by: str, text: str) -> Rating:
    score = float(text) if _SCORE.fullmatch(text) else -1.0
    if not 0.0 <= score <= 10.0:
        raise Refused(f"{quoted(text)} is no CVSS score", "write a number from 0.0 to 10.0, or leave it out")
    source = _scored(by)
    value = f"{score:.1f}" if round(score, 1) == score else text
    return Rating(f"{by} {_BY_SCORE}", source, value, _category(source, value), who=by, score=score)


def _of_vector(by: str, text: str) -> Rating:
    text = text.strip("() ").removeprefix("CVSS2#")  # as Nessus writes it
    score = base_score(text)
    if score is None:
        raise Refused(
            f"{quoted(text)} is no CVSS vector",
            "copy it whole from its source, with CVSS:3.1/ before it, or leave it out",
        )
    source = _scored(by)
    called = f"{by} {_version(text)}"
    return Rating(called, source, text, _category(source, text), who=by, score=score, vector=text)


def _version(vector: str) -> str:
    """CVSS v2, CVSS v3.1."""
    start, _, _ = vector.partition("/")
    return f"CVSS v{start[5:]}" if start[:5].upper() == "CVSS:" else "CVSS v2"


@lru_cache(maxsize=16_384)
def base_score(vector: str) -> float | None:
    """The base score of a CVSS v2, v3.x or v4 vector, None for what is none."""
    try:
        return float(_KINDS.get(vector[:6].upper(), cvss.CVSS2)(vector).base_score)
    except Exception:  # the library raises its own classes and, for odd text, others
        return None


def _scored(by: str) -> str:
    """The source under which somebody's scores and vectors count: Microsoft's are CVSS."""
    known = shipped_vocabulary().source(_source(by))
    return known.name if known is not None and known.scores else EVERYBODY


def _source(by: str) -> str:
    return str(_data()["who"].get(by.lower(), EVERYBODY))


def _words(source: str) -> Mapping[str, str]:
    found: Mapping[str, str] = _data()["words_of"].get(source, _data()["words"])
    return found


def _category(source: str, value: str) -> str:
    known = shipped_vocabulary().source(source)
    category = category_of(known, value) if known is not None else None
    if category is None:
        raise ValueError(f"the vocabulary has no category for {value!r} of {source!r}")
    return category


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
