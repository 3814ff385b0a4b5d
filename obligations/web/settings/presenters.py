"""The words of the page of settings, and of what a change would do."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from contracts.access import Access, Act
from contracts.models import Contract
from contracts.web.ledger.presenters import cited
from contracts.web.words import moment_words
from obligations.rules.register.rule import Rule
from obligations.services.choosing.settings import Change, Line, whose_words
from obligations.web.moved import named

CAREFUL = "Until somebody answers, Duly counts as if each of these applies: rather a duty too many."


@dataclass(frozen=True)
class Link:
    """Something that rests on a setting, with its paragraph."""

    text: str
    place: str
    href: str


@dataclass(frozen=True)
class SettingRow:
    """One setting on the page."""

    name: str
    question: str
    help: str
    place: str
    href: str
    rule: str
    answer: str
    open: bool
    problem: str
    says: str
    who: str
    rests: list[Link]
    rests_in_words: str
    careful: str
    change: str
    may_change: bool
    why_not: str


@dataclass(frozen=True)
class Group:
    """The settings that one schedule asks for, or every contract."""

    title: str
    rows: list[SettingRow]


def groups(access: Access, lines: list[Line]) -> list[Group]:
    """The settings by who asks for them, in the order of the lines."""
    by_book = groupby(lines, key=lambda line: line.asked.book.title if line.asked.book else "")
    return [
        Group(title or "Every contract is asked", [row(access, line) for line in found])
        for title, found in by_book
    ]


def row(access: Access, line: Line) -> SettingRow:
    """One setting in words, for who reads it."""
    contract, setting, book = access.contract, line.setting, line.asked.book
    why_not = whose_words(contract, setting, access.side)
    citation = f"{book.key}/{setting.paragraph}" if book else ""
    return SettingRow(
        name=setting.name,
        question=contract.in_its_words(setting.question),
        help=contract.in_its_words(setting.help),
        place=cited(citation) if citation else "",
        href=reverse("paragraph", args=[contract.pk, citation]) if citation else "",
        rule=setting.rule,
        answer=_answer(contract, line),
        open=line.open and not line.problem,
        problem=line.problem,
        says=_says(contract, line),
        who=_who(line),
        rests=[_link(contract, one) for one in line.asked.rules],
        rests_in_words=contract.in_its_words(setting.rests),
        careful=CAREFUL if line.open and not line.problem and line.asked.rules else "",
        change=reverse("setting", args=[contract.pk, setting.name]),
        may_change=access.may(Act.CHANGE_SETTING) and not why_not,
        why_not=why_not,
    )


def _answer(contract: Contract, line: Line) -> str:
    if line.problem:
        return "The answer on record cannot be used"
    return contract.in_its_words(line.setting.words(line.answer))


def _says(contract: Contract, line: Line) -> str:
    """What an answer that nobody gave means."""
    if line.problem:
        return f"It {line.problem}."
    if line.answer is None:
        return contract.in_its_words(line.setting.without)
    return "" if line.given else "Nobody has said so: this counts until somebody answers."


def _who(line: Line) -> str:
    if line.entry is not None:
        return f"{line.entry.actor_name}, {moment_words(line.entry.moment)}: {line.entry.payload['reason']}"
    return "Since the contract was set up" if line.given else ""


def _link(contract: Contract, rule: Rule) -> Link:
    return Link(rule.title, cited(rule.citation), reverse("paragraph", args=[contract.pk, rule.citation]))


@dataclass(frozen=True)
class Consequence:
    """What another answer does, in words."""

    after: str
    before: str
    moves: list[str]
    begin: list[Link]
    cease: list[Link]
    rests: str
    cannot_tell: bool


def consequence(contract: Contract, change: Change) -> Consequence:
    """The two answers, the rules that begin or cease to apply, and the duties that move."""
    return Consequence(
        after=contract.in_its_words(change.line.setting.words(change.after)),
        before=_answer(contract, change.line),
        moves=named(change.moves or ()),
        begin=[_link(contract, rule) for rule in change.begin],
        cease=[_link(contract, rule) for rule in change.cease],
        rests=contract.in_its_words(change.line.setting.rests),
        cannot_tell=change.moves is None,
    )
