"""That the dates of a contract are incomplete: for every page that could be taken to say nothing is due."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from contracts.models import Contract
from contracts.web.words import count
from obligations.services.coverage.counts import Coverage


@dataclass(frozen=True)
class Incomplete:
    """Why nobody may rely on the dates: ``says`` in one sentence, ``more`` what follows from it, and where it
    goes on.
    """

    says: str
    more: str
    link: str
    href: str


def incomplete(contract: Contract, found: Coverage) -> Incomplete | None:
    """What to say of a contract's dates; None where all of it is read and in force."""
    if found.complete:
        return None
    documents = reverse("documents", args=[contract.pk])
    if not found.schedules and not found.unread:
        return Incomplete(
            "This contract has no schedule yet, so its dates are incomplete.",
            "Upload its documents. Nothing can be due before somebody has said what they ask.",
            "Documents of this contract",
            documents,
        )
    if found.in_force == found.paragraphs:
        return Incomplete(
            f"{count(found.unread, 'document')} not read yet, dates are incomplete.",
            "What it asks is in no list and no count here until it is read and somebody has said what it is.",
            "Documents of this contract",
            documents,
        )
    link, href = "See what is read and what is not", reverse("coverage", args=[contract.pk])
    return Incomplete(says(found), _more(found), link, href)


def says(found: Coverage) -> str:
    """How far a contract is read, in one sentence."""
    read = f"{found.decided:,} of {count(found.paragraphs, 'paragraph')} read"
    if not found.undecided:
        are = "is" if found.waiting == 1 else "are"
        return f"{read}, {found.waiting:,} of them {are} not in force yet, dates are incomplete."
    return f"{read}, dates are incomplete."


def _more(found: Coverage) -> str:
    parts = []
    if found.undecided:
        many = found.undecided > 1
        left = f"What {found.undecided:,} paragraphs ask" if many else "What 1 paragraph asks"
        parts.append(f"{left}, nobody has decided yet.")
    if found.undecided and found.waiting:
        are = "1 decided paragraph is" if found.waiting == 1 else f"{found.waiting:,} decided paragraphs are"
        parts.append(f"{are} not in force yet.")
    if found.unread:
        are = "1 document is" if found.unread == 1 else f"{found.unread:,} documents are"
        parts.append(f"{are} not read yet.")
    return " ".join([*parts, "What these ask is in no list and no count here."])
