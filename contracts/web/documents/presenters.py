"""Uploaded documents in words: what the reader matched, missed, and warns about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from contracts.models import Contract, Document, Upload
from contracts.web.documents import held
from contracts.web.documents.held import ChangeGroup, HeldRow
from contracts.web.documents.warned import Group, groups
from contracts.web.text.presenters import paragraph_href, place
from contracts.web.words import count, listed, moment_words, size_words, when_words


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
    warnings: list[Group]
    warned: int
    limits: list[LimitRow]
    held: list[HeldRow]
    changes: list[ChangeGroup]
    decided: list[str]
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


@dataclass(frozen=True)
class WaitingRow:
    """An upload that is no document yet."""

    name: str
    href: str
    about: str
    uploaded: str


def waiting(contract: Contract, uploads: Iterable[Upload]) -> list[WaitingRow]:
    """Uploads on their way, one line each."""
    return [
        WaitingRow(
            name=one.name,
            href=reverse("upload_outcome", args=[contract.pk, one.pk]),
            about=size_words(one.size),
            uploaded=f"{moment_words(one.uploaded_at)} by {one.uploaded_by.name}",
        )
        for one in uploads
    ]


def report(contract: Contract, document: Document) -> Report:
    reading: dict[str, Any] = document.reading
    return Report(
        matched=count(reading.get("matched", 0), "paragraph"),
        missing=[_place(contract, document, path) for path in reading.get("missing", [])],
        extra=[Place(_said(path), "") for path in reading.get("extra", [])],
        warnings=groups(reading.get("warnings", [])),
        warned=len(reading.get("warnings", [])),
        limits=[_limit(contract, document, one) for one in reading.get("time_limits", [])],
        held=held.rows(reading),
        changes=held.changes(reading),
        decided=_decided(reading),
        unclaimed=_unclaimed(contract, document, reading) if "unclaimed" in reading else None,
    )


def _decided(reading: dict[str, Any]) -> list[str]:
    """What a person decided about its words, and what an edition did."""
    told = _edition(reading["edition"]) if reading.get("edition") else []
    if reading.get("verdict") != "unsure":
        return told
    told.append("Its words differ from what is known of the schedule, and a person decided to take it.")
    for taken, words in ((True, "Words taken where they differ"), (False, "Left as before")):
        paths = [one["path"] for one in reading["differing"] if one["taken"] is taken]
        told += _paths(words, paths)
    return told


def _edition(edition: dict[str, Any]) -> list[str]:
    day = edition["from_day"]
    since = f"from {when_words(date.fromisoformat(day))}" if day else "from the beginning"
    told = [f"A later edition, which judges {since}: {count(edition['same'], 'paragraph')} unchanged."]
    for name, words in (("moved", "At another number"), ("changed", "With other words")):
        if edition[name]:
            told.append(f"{words}: {listed([_moved(*pair) for pair in edition[name]])}.")
    return [*told, *_paths("New", edition["added"]), *_paths("Kept as before", edition["kept"])]


def _paths(words: str, paths: list[str]) -> list[str]:
    return [f"{words}: {listed([_said(path) for path in paths])}."] if paths else []


def _moved(before: str, now: str) -> str:
    return _said(now) if before == now else f"{_said(now)} (was {_said(before)})"


def _said(path: str) -> str:
    scope, _, number = path.partition("/")
    return place(scope, number)


def _place(contract: Contract, document: Document, path: str) -> Place:
    if document.schedule is None:
        return Place(_said(path), "")
    return Place(_said(path), paragraph_href(contract, f"{document.schedule.outline_key}/{path}"))


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
