"""What the rules of a contract rest on in its words, and where a document's figures disagree with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.models import FigureDecision, Schedule
from contracts.outlines import load_outline, outline_keys
from contracts.services.rests import Rests
from contracts.terms.limit import Limit
from contracts.terms.limit_words import in_words
from contracts.terms.phrases import find_limits
from obligations.models import EntryDecision
from obligations.rules.register.agreement import Row, agreement, same_limit
from obligations.rules.register.rulebook import Rulebook, load_rulebook
from obligations.services.asking.books import decided_limit
from obligations.services.asking.versions import adopted_by, is_shipped


def rests_on(schedule: Schedule, time_limits: Sequence[Mapping[str, Any]]) -> dict[str, Rests]:
    """By path: what the rules on a paragraph say, and the figure of the document that they do not count with.

    The rules are those of the version that the contract adopted, else of the book that ships; on a schedule
    of the contract's own also what was decided and is not in force yet. 3 queries.
    """
    says: dict[str, list[str]] = defaultdict(list)
    for made in (
        EntryDecision.objects.filter(schedule=schedule).select_related("paragraph").order_by("number")
    ):
        says[made.paragraph.path] = [f"{entry['title']}. {entry['summary']}" for entry in made.entries]
    decided = {path: Rests(" ".join(each)) for path, each in says.items() if each}
    book = _book(schedule)
    if book is None:
        return decided
    says.clear()
    for rule in book.duties:
        says[rule.path].append(f"{rule.title}. {rule.summary}")
    rows = agreement(book, time_limits) if time_limits else []
    disagrees = _disagreements(schedule, book, rows)
    return decided | {
        path: Rests(" ".join(each), " ".join(disagrees.get(path, ()))) for path, each in says.items()
    }


def _book(schedule: Schedule) -> Rulebook | None:
    adopted = adopted_by(schedule.contract).get(schedule.outline_key)
    if adopted is not None:
        return adopted[-1].book
    return load_rulebook(schedule.outline_key) if is_shipped(schedule.outline_key) else None


def _disagreements(schedule: Schedule, book: Rulebook, rows: Sequence[Row]) -> dict[str, list[str]]:
    own = {
        row.limit_key: decided_limit(row)
        for row in FigureDecision.objects.filter(
            contract_id=schedule.contract_id, rulebook_key=book.key
        ).order_by("pk")
        if row.own
    }
    there: dict[str, list[Limit]] = defaultdict(list)
    for row in rows:
        if row.found is not None and row.found.limit is not None:
            there[row.path].append(row.found.limit)
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if says := _disagrees(schedule.outline_key, row, own, there[row.path]):
            found[row.path].append(says)
    return found


def _disagrees(key: str, row: Row, own: Mapping[str, Limit], there: Sequence[Limit]) -> str:
    """In what the words disagree with one limit of the register; "" where they do not."""
    if row.expected is None:
        return ""
    wanted = own.get(row.expected.key, row.expected.limit)
    if any(same_limit(wanted, one) for one in there):  # two rules may count with one figure
        return ""
    counted = f"“{row.expected.title}” is counted with {in_words(wanted)}"
    if row.found is not None:
        return f"{counted}; these words say “{row.found.phrase}”."
    if not _says_a_limit(key, row.path):
        return ""
    return f"{counted}; these words name no time limit for it."


def _says_a_limit(key: str, path: str) -> bool:
    """Whether the standard words of a paragraph name a limit at all: some rules know it from elsewhere."""
    if key not in outline_keys():
        return True
    known = load_outline(key).by_path.get(path)
    return known is None or bool(find_limits(known.summary))
