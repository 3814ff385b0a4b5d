"""The category of a vulnerability from the words of those who rate it (R20; DMP 23 10.2).

Who rates, what each of their words stands for and which categories there are is the vocabulary's. Here is how
a rating is read (a word, a score, a CVSS vector) and which of several counts: where sources disagree the
stricter one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.terms.moments import When, first_moment
from obligations.rules.register.kinds import RatingSource

NO_CATEGORY = "none"
"""What a rating of no severity at all stands for, such as a score of 0.0."""

_SCORES = ((7.0, "high"), (4.0, "medium"), (0.1, "low"), (0.0, "none"))
SCORE_WORDS = tuple(word for _, word in _SCORES)
"""The words that a score may mean."""

_NOBODY = "The supplier"
"""Who speaks where no source does: the category the supplier itself gave under 10.2."""


def strictness(category: str, categories: Sequence[str]) -> int:
    """0 for the strictest of the categories; larger is laxer."""
    return categories.index(category) if category in categories else len(categories)


def word_of(source: RatingSource, value: object) -> str | None:
    """The rating word, in lower case, behind a word, a score or a CVSS vector; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _word_of_score(float(value)) if source.scores else None
    text = str(value).strip()
    if text.lower() in dict(source.words):
        return text.lower()
    if not source.scores:
        return None
    try:
        return _word_of_score(float(text))
    except ValueError:
        return _word_of_vector(text)


def category_of(source: RatingSource, value: object) -> str | None:
    """Category of one rating; NO_CATEGORY for 0.0; None where the rating cannot be read."""
    word = word_of(source, value)
    return None if word is None else dict(source.words)[word]


def _word_of_score(score: float) -> str | None:
    if not 0.0 <= score <= 10.0:
        return None
    return next(word for floor, word in _SCORES if score >= floor)


def _word_of_vector(text: str) -> str | None:
    """The base severity of a CVSS v2, v3 or v4 vector, or None."""
    import cvss  # slow to import, and only vectors need it

    kind = {"CVSS:3": cvss.CVSS3, "CVSS:4": cvss.CVSS4}.get(text[:6].upper(), cvss.CVSS2)
    try:
        scored = kind(text)
    except Exception:  # the library raises its own classes and, for odd text, others
        return None
    return _word_of_score(float(scored.base_score))


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody's word about how bad a vulnerability is, known from ``since``.

    ``source``: who rates, by name, or "" for the category the supplier itself gave under 10.2; ``by``: what
    a page calls them.
    ``agreed``: it comes from the scoring method agreed in the risk documentation, which overrides (10.2).
    ``decided``: a decision on the record, which alone makes a stricter category laxer again.
    """

    source: str
    word: str
    category: str
    since: When
    agreed: bool = False
    decided: bool = False
    by: str = _NOBODY

    def __str__(self) -> str:
        return f"{self.by} says {self.word}: contract category {self.category}"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The category that counts. ``category`` is None until rated, NO_CATEGORY for a score of 0.0.

    ``since``: when this category was first known; ``before``: the laxer category that stood until then.
    ``lower``: the category under the newest ratings where that is laxer than what counts (a decision is
    needed). ``laxer``: what single sources say now, where others say what counts (R12).
    """

    category: str | None
    since: When | None = None
    before: str | None = None
    lower: str | None = None
    statements: tuple[Statement, ...] = ()
    laxer: tuple[Statement, ...] = ()


def assess(statements: Sequence[Statement], categories: Sequence[str]) -> Assessment:
    """The category that counts, by R20. ``categories``: all there are, the strictest first."""

    def place(category: str) -> int:
        return strictness(category, categories)

    ordered = tuple(sorted(statements, key=lambda s: (first_moment(s.since), place(s.category), s.source)))
    if not ordered:
        return Assessment(None)
    standing = _standing(ordered)
    strictest = min(standing, key=lambda s: place(s.category))
    since = min((s.since for s in standing if s.category == strictest.category), key=first_moment)
    earlier = [s for s in standing if first_moment(s.since) < first_moment(since)]
    before = min((s.category for s in earlier), key=place, default=None)
    newest = {s.source: s for s in standing}
    now = min((s.category for s in newest.values()), key=place)
    lower = now if place(now) > place(strictest.category) else None
    laxer = tuple(s for s in newest.values() if place(s.category) > place(strictest.category))
    return Assessment(strictest.category, since, before, lower, ordered, laxer)


def lowered(
    statements: Sequence[Statement], categories: Sequence[str]
) -> Iterator[tuple[Assessment, Assessment, When]]:
    """Each time at which a laxer category took the place of one: what stood, what came, and when (R20).

    The first rating of what was not yet categorised takes the place of nothing.
    """

    def place(one: Assessment) -> int:
        return strictness(one.category or "", categories)

    if len(statements) < 2:
        return
    stood = Assessment(None)
    for moment, at in sorted({first_moment(one.since): one.since for one in statements}.items()):
        known = [one for one in statements if first_moment(one.since) <= moment]
        came = assess(known, categories)
        if stood.category is not None and place(came) > place(stood):
            yield stood, came, at
        stood = came


def _standing(ordered: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """What counts: the agreed method alone where recorded; otherwise everything since the last decision."""
    agreed = tuple(s for s in ordered if s.agreed)
    pool = agreed or ordered
    decisions = [n for n, s in enumerate(ordered) if s.decided]
    if not decisions:
        return pool
    last = ordered[decisions[-1]]
    return (*tuple(s for s in pool if first_moment(s.since) > first_moment(last.since)), last)
