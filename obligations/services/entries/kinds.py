"""Kinds of fact that people of a contract name themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import Contract
from contracts.services import ledger, locks
from contracts.services.actors import Actor
from contracts.services.errors import Refused, one_line, required
from obligations.models import OwnKind
from obligations.rules.register.kinds import FactError
from obligations.rules.register.vocabulary import Vocabulary, shipped_vocabulary
from obligations.services.asking.vocabulary import vocabulary_to_decide_with, with_own_kinds

LONGEST_LABEL = 120
DETAIL_TYPES = ("text", "day", "when", "choice", "flag")
"""What a detail of such a kind may be."""


@transaction.atomic
def add_kind(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    label: str,
    side: str = "either",
    subject: str = "",
    example: str = "",
    needs_moment: bool = False,
    details: Iterable[Mapping[str, Any]] = (),
) -> OwnKind:
    """Name a kind of fact of the contract's own. It may be recorded once a version in force speaks of it.

    ``label``: what happened, in the person's words. ``side``: who records it; ``subject``: what it is about,
    "" where it is about the contract as a whole. ``details``: further fields, each a label with its type
    (``DETAIL_TYPES``) and choices, or the name of one that is shipped. Raises Refused on the field at fault.
    """
    locks.lock(contract)
    asked = "Say what happened, for example: Crane fault."
    label = required("label", one_line(label), asked, longest=LONGEST_LABEL)
    known = vocabulary_to_decide_with(contract)
    _check_new(label, known)
    if side not in ("supplier", "authority", "either"):
        raise Refused("side", "Choose who records it.")
    row = OwnKind(
        contract=contract,
        name=_name_of(label, known),
        label=label,
        side=side,
        subject=_short("subject", subject),
        example=_short("example", example),
        needs_moment=needs_moment,
        details=[_detail(one) for one in details],
        named_by=actor.person,
        named_by_name=actor.name,
        named_at=now,
    )
    try:
        with_own_kinds(known, [row])
    except FactError as error:
        raise Refused("details", f"These details cannot be used: {error}.") from error
    row.save(force_insert=True)
    payload = {"kind": row.name, "label": label, "records": side, "about": row.subject, "side": actor.side}
    ledger.record(contract, actor, "kind_named", payload, now)
    return row


def _check_new(label: str, known: Vocabulary) -> None:
    there = next((kind for kind in known.listed if kind.label.casefold() == label.casefold()), None)
    if there is not None:
        raise Refused("label", f"“{there.label}” is there already: choose it from the list.")


def _name_of(label: str, known: Vocabulary) -> str:
    """own_ and the label in small letters, like ``own_crane_fault``; with a number where that is taken."""
    slug = _slug(label)
    name, number = slug, 2
    while name in known:
        name, number = f"{slug}_{number}", number + 1
    return name


def _slug(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return f"own_{re.sub(r'[^a-z0-9]+', '_', plain).strip('_') or 'kind'}"[:50].rstrip("_")


def _short(field: str, text: str) -> str:
    text = one_line(text)
    if len(text) > LONGEST_LABEL:
        raise Refused(field, f"Shorten this to {LONGEST_LABEL} characters; it has {len(text)}.")
    return text


def _detail(form: Mapping[str, Any]) -> dict[str, Any]:
    """One further field, with a name of its own unless it is a shipped one. Raises Refused on "details"."""
    name = form.get("name")
    if name and not form.get("label"):
        if shipped_vocabulary().detail(name) is None:
            raise Refused("details", f"There is no detail {name}: give it a label and a type.")
        return {"name": name}
    asked = "Say what the detail is called."
    label = required("details", str(form.get("label") or ""), asked, longest=LONGEST_LABEL)
    kind = form.get("type")
    if kind not in DETAIL_TYPES:
        raise Refused("details", f"Choose what “{label}” is: {', '.join(DETAIL_TYPES)}.")
    choices = [one_line(str(one)) for one in form.get("choices", ())]
    if (kind == "choice") != bool(choices):
        raise Refused("details", f"Enter what may be chosen for “{label}”, or choose another type.")
    found: dict[str, Any] = {"name": _slug(label), "label": label, "type": kind}
    return found | ({"choices": choices} if choices else {})
