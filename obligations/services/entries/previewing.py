"""What an entry would make of something that happens, before anybody decides on it. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.models import Paragraph
from contracts.services.errors import Refused
from contracts.terms.moments import When, end_of_day, last_moment, london_day
from obligations.models import EntryDecision, EntryOutcome
from obligations.rules.engine.contract_book import narrowed
from obligations.rules.engine.derive import derive
from obligations.rules.register.duty import Duty
from obligations.rules.register.entry import EntryError, entry_rule
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import CAUSED, Rule
from obligations.rules.register.rulebook import RulebookError, parse_rulebook
from obligations.rules.register.vocabulary import Vocabulary
from obligations.services.asking import calendars
from obligations.services.asking.books import terms_of
from obligations.services.entries.book import book_content
from obligations.services.entries.deciding import EntryRefused, with_keys
from obligations.services.entries.standing import Standing

EXAMPLE = "An example"
MOST = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """ "If this happened then, it would be due then, because": the engine's duties with their steps, the last
    ``MOST`` of them. ``rule``: what the entry says. None where the entry makes no duty, or none by then.
    """

    rule: Rule
    duties: tuple[Duty, ...]


def preview(
    standing: Standing,
    paragraph: Paragraph,
    entry: Mapping[str, Any],
    now: datetime,
    *,
    happened: When | None = None,
    details: Mapping[str, Any] | None = None,
) -> Preview:
    """What would be due under an entry, if what starts it happened then.

    ``happened``: a London day or a moment, also one to come; not asked for what time alone raises.
    ``details``: of what happened. Raises EntryRefused on the entry's field at fault, Refused on "happened".
    """
    paragraph = standing.by_path[paragraph.path]
    whole = with_keys(standing, paragraph, [entry])[0]
    try:
        rule = entry_rule(whole, standing.known)
        made = EntryDecision(paragraph=paragraph, outcome=EntryOutcome.ADDED, entries=[whole])
        book = parse_rulebook(book_content(standing.after([made]), number=1, day=london_day(now)))
    except EntryError as error:
        raise EntryRefused(error.field, str(error)) from error
    except RulebookError as error:
        raise EntryRefused("", str(error)) from error
    contract = standing.contract
    facts = _facts(rule, book.vocabulary, happened, details or {})
    moments = [now, end_of_day(contract.commencement), *([last_moment(happened)] if happened else [])]
    calendar = calendars.load().of(contract.division)
    try:
        alone = narrowed(book, [rule.key])
        duties = derive(alone, terms_of(contract), facts, (), calendar, max(moments), continuous=True)
    except ValueError as error:
        raise Refused("happened", f"No date can be worked out: {error}.") from error
    return Preview(rule, tuple([one for one in duties if one.rule_key == rule.key][-MOST:]))


def _facts(rule: Rule, known: Vocabulary, happened: When | None, details: Mapping[str, Any]) -> list[Fact]:
    """The facts by which it would have happened. Raises Refused on "happened"."""
    started = [kind for kind in (*rule.on, *rule.needs) if not known.kind(kind).clock]
    if rule.shape not in CAUSED or not started:
        return []
    if happened is None:
        raise Refused("happened", "Enter a day on which it might happen.")
    calendars.within(happened, "happened")
    return [_fact(name, known, happened, details) for name in dict.fromkeys(started)]


def _fact(name: str, known: Vocabulary, happened: When, details: Mapping[str, Any]) -> Fact:
    kind = known.kind(name)
    about = {"subject": kind.example or EXAMPLE} if kind.subject else {}
    return Fact(
        name,
        happened,
        happened,
        {**about, **details},
        recorded_side=kind.side if kind.side != "either" else "",
    )
