"""One fact as it would be kept: its words checked, named as the contract spells it. Saves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from contracts.models import Contract, KeptBy
from contracts.services.actors import Actor
from contracts.services.distribution import may_name
from contracts.services.errors import Refused
from contracts.terms.moments import (
    LONDON,
    When,
    first_moment,
    is_moment,
    london,
    london_day,
    place_in_london,
)
from contracts.terms.restricted import RESERVED, is_reserved, key_for
from obligations.models import FactRecord
from obligations.rules.register.facts import Fact, FactError, FactKind, check, detail_when
from obligations.rules.register.names import tidy
from obligations.rules.register.vocabulary import DONE, Vocabulary
from obligations.services.asking import calendars
from obligations.services.recording import names
from obligations.services.recording.at_the_end import AgainstTheEnd
from obligations.subjects import fact_page

FIELDS = {"at": "happened"}
"""What the vocabulary calls a field, and what the service does; other fields keep their name."""


def row_of(
    contract: Contract,
    actor: Actor,
    now: datetime,
    known: Vocabulary,
    what: tuple[str, When, Mapping[str, Any]],
    spelt: names.Spelt,
    end: AgainstTheEnd,
    *,
    established: bool,
) -> tuple[FactRecord, FactKind, tuple[str, ...]]:
    """One fact as it would be kept, its kind, and the details nobody uses. Raises Refused."""
    kind, happened, details = what
    clean = cleaned(details)
    if not tidy(str(clean.get("subject", ""))):
        clean.pop("subject", None)
    about, ignored = _checked(known, kind, happened, clean, now)
    end.check(kind, happened, clean)
    if established:
        _for_this_side(contract, about, actor)
    subject = _called(contract, actor, about, clean, spelt)
    row = FactRecord(
        pk=key_for(subject),
        contract=contract,
        kind=kind,
        subject=subject,
        happened_on=london_day(happened),
        happened_at=happened if is_moment(happened) else None,
        stamped=_stamp(happened),
        repeated_hour=_in_the_repeated_hour(happened),
        details=_stored(clean),
        made_on=about.page if fact_page(about.page) is not None else "",
        recorded_at=now,
        recorded_by=actor.person,
        recorded_by_name=actor.name,
        recorded_side=actor.side,
    )
    return row, about, ignored


def _called(
    contract: Contract, actor: Actor, about: FactKind, clean: dict[str, Any], spelt: names.Spelt
) -> str:
    """The name under which the contract keeps what it is about, put into its details. Raises Refused."""
    typed = str(clean.get("subject", ""))
    _may_be_called(contract, actor, about, typed)
    subject = spelt.kept_under(typed)
    if subject != typed:
        _may_be_called(contract, actor, about, subject)
        clean["subject"] = subject
    return subject


def cleaned(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details that say something, without the blanks around texts."""
    said = {name: value for name, value in details.items() if value not in (None, "")}
    return {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}


def _may_be_called(contract: Contract, actor: Actor, about: FactKind, subject: str) -> None:
    """Refuse the name of what is kept to a distribution list where it would tell on it (Appendix 1, 1.2)."""
    if not may_name(contract, actor.person, subject):
        raise Refused("subject", f"Choose another name: only Duly gives names with {RESERVED} in them.")
    if is_reserved(subject) and (about.contract_wide or about.name == DONE):
        raise Refused("subject", f"This is about the whole contract: choose another name than {subject}.")


def _checked(
    known: Vocabulary, kind: str, happened: When, details: Mapping[str, Any], now: datetime
) -> tuple[FactKind, tuple[str, ...]]:
    """The kind of the fact and the details nobody uses."""
    try:
        about = known.kind(kind)
        ignored = check(Fact(kind, happened, now, details), now=now, known=known)
    except FactError as error:
        raise Refused(FIELDS.get(error.field, error.field), str(error)) from error
    _is_about_something(about, str(details.get("subject") or ""))
    if first_moment(happened) > now:
        raise Refused("happened", "This is in the future; enter when it happened.")
    calendars.within(happened, "happened")
    for detail in about.details:
        if detail.type in ("day", "when") and (when := detail_when(details.get(detail.name))):
            calendars.within(when, detail.name)
    return about, tuple(ignored)


def _is_about_something(about: FactKind, subject: str) -> None:
    if about.subject and not about.contract_wide and about.name != DONE and not subject:
        example = f", for example {about.example}" if about.example else ""
        raise Refused("subject", f"Enter what it is about: {about.subject}{example}.")
    if len(subject) > 200:
        raise Refused("subject", "Shorten this to 200 characters.")


def _for_this_side(contract: Contract, about: FactKind, actor: Actor) -> None:
    """Where both parties keep the contract each records its own acts; one alone records both (R33)."""
    if contract.kept_by != KeptBy.BOTH or actor.person is None or about.side == "either":
        return
    if actor.side != about.side:
        word = contract.word_for(about.side)
        raise Refused("kind", f"Ask the {word} to record this: it is theirs to record.")


def _stamp(happened: When) -> str:
    """A moment with an offset that is not London's, as it was written: its own day may count (R13)."""
    if not is_moment(happened) or happened.utcoffset() == london(happened).utcoffset():
        return ""
    return happened.isoformat()


def _in_the_repeated_hour(happened: When) -> bool:
    """Whether a London time was given without saying which of October's two hours it means (R13)."""
    if not is_moment(happened) or happened.tzinfo is not LONDON or happened.fold:
        return False
    return place_in_london(happened.replace(tzinfo=None))[1]


def _stored(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details as JSON keeps them: days and moments in ISO 8601."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in details.items()}
