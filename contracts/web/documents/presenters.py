"""Uploaded documents in words: what the reader matched, missed, and warns about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from contracts.models import Contract, Document
from contracts.web.text.presenters import paragraph_href, place
from contracts.web.words import count, moment_words, size_words


@dataclass(frozen=True)
class DocumentRow:
    """One line of the list."""

    name: str
    href: str
    about: str
    found: str
    uploaded: str


@dataclass(frozen=True)
class Place:
    """A paragraph named in the report; ``href`` is empty where the contract has no such paragraph."""

    text: str
    href: str


@dataclass(frozen=True)
class Warned:
    """What the reader warns about, and where."""

    where: str
    says: str


@dataclass(frozen=True)
class LimitRow:
    """A time limit that the reader found."""

    paragraph: Place
    phrase: str
    kind: str


@dataclass(frozen=True)
class NumberRow:
    """A number beside a word of time that is no limit, in its words, and why nothing was read from it."""

    paragraph: Place
    words: str
    reason: str


@dataclass(frozen=True)
class Report:
    """The reading report of one document."""

    matched: str
    missing: list[Place]
    extra: list[Place]
    warnings: list[Warned]
    limits: list[LimitRow]
    unclaimed: list[NumberRow] | None
    """None where the document was read before they were listed."""


def row(contract: Contract, document: Document) -> DocumentRow:
    reading = document.reading
    schedule = document.schedule.title if document.schedule else "No schedule"
    return DocumentRow(
        name=document.name,
        href=reverse("document", args=[contract.pk, document.pk]),
        about=f"{schedule}, {size_words(document.size)}",
        found=f"{count(reading.get('matched', 0), 'paragraph')} matched, "
        f"{count(len(reading.get('warnings', [])), 'warning')}",
        uploaded=f"{moment_words(document.uploaded_at)} by {document.uploaded_by.name}",
    )


def report(contract: Contract, document: Document) -> Report:
    reading: dict[str, Any] = document.reading
    return Report(
        matched=count(reading.get("matched", 0), "paragraph"),
        missing=[_place(contract, document, path) for path in reading.get("missing", [])],
        extra=[Place(_said(path), "") for path in reading.get("extra", [])],
        warnings=[_warned(one) for one in reading.get("warnings", [])],
        limits=[_limit(contract, document, one) for one in reading.get("time_limits", [])],
        unclaimed=_unclaimed(contract, document, reading) if "unclaimed" in reading else None,
    )


def _said(path: str) -> str:
    scope, _, number = path.partition("/")
    return place(scope, number)


def _place(contract: Contract, document: Document, path: str) -> Place:
    if document.schedule is None:
        return Place(_said(path), "")
    return Place(_said(path), paragraph_href(contract, f"{document.schedule.outline_key}/{path}"))


def _warned(warning: dict[str, Any]) -> Warned:
    line = warning.get("line")
    text = str(warning.get("text", ""))
    return Warned(f"Line {line}" if line else "", text[:1].upper() + text[1:])


def _unclaimed(contract: Contract, document: Document, reading: dict[str, Any]) -> list[NumberRow]:
    extra = set(reading.get("extra", ()))
    rows = []
    for one in reading["unclaimed"]:
        path = f"{one['scope']}/{one['paragraph']}"
        there = Place(_said(path), "") if path in extra else _place(contract, document, path)
        reason = str(one["reason"])
        rows.append(NumberRow(there, str(one["words"]), reason[:1].upper() + reason[1:]))
    return rows


def _limit(contract: Contract, document: Document, limit: dict[str, Any]) -> LimitRow:
    path = f"{limit.get('scope')}/{limit.get('paragraph')}"
    kind = str(limit.get("kind") or "").replace("_", " ")
    return LimitRow(_place(contract, document, path), str(limit.get("phrase", "")), kind)
