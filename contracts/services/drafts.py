"""Contracts that are being made: a person's answers, kept step by step until the contract is made.

A draft is its person's alone: for everybody else it is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from contracts.absence import NotThere
from contracts.models import ContractDraft, Organisation, Person
from contracts.row_security import asking
from contracts.services.actors import Actor
from contracts.services.errors import Refused, one_line, required
from contracts.services.organisations import make_organisation

MOST = 20
"""Drafts that one person may have: one more is refused until another is made or deleted."""


def drafts_of(person: Person) -> QuerySet[ContractDraft]:
    """The drafts a person can go on with, the last changed first."""
    return ContractDraft.objects.filter(person=person, contract=None)


def draft_of(person: Person, draft_id: int) -> ContractDraft:
    """One of the person's drafts, made or not. Raises NotThere for another's. 1 query."""
    return _own(ContractDraft.objects.select_related("contract"), person, draft_id)


def begin(person: Person, now: datetime) -> ContractDraft:
    """A draft without answers: one that was begun and left, else a new one.

    Raises Refused where the person has too many.
    """
    if (empty := drafts_of(person).filter(answers={}).first()) is not None:
        return empty
    if drafts_of(person).count() >= MOST:
        raise Refused("", f"You have {MOST} contracts that are not finished. Finish or delete one first.")
    return ContractDraft.objects.create(person=person, begun_at=now, changed_at=now)


@transaction.atomic
def keep(person: Person, draft_id: int, now: datetime, *, step: str, answers: Mapping[str, Any]) -> None:
    """Keep the answers of one step; those of the others stay. Raises NotThere, Refused once it is made."""
    draft = _own(ContractDraft.objects.select_for_update(), person, draft_id)
    if draft.contract_id is not None:
        raise Refused("", "This contract is made already. Change it on its own pages.")
    draft.answers = {**draft.answers, step: dict(answers)}
    draft.changed_at = now
    draft.save(update_fields=["answers", "changed_at"])


@transaction.atomic
def delete(person: Person, draft_id: int) -> None:
    """Delete a draft. Raises NotThere, Refused where its contract is made."""
    draft = _own(ContractDraft.objects.select_for_update(), person, draft_id)
    if draft.contract_id is not None:
        raise Refused("", "This contract is made already, so there is no draft to delete.")
    draft.delete()


@asking.job("name a party")
def party_called(name: str, actor: Actor, now: datetime) -> Organisation:
    """The organisation of exactly this name, made where there is none.

    Blanks at the ends or doubled count as one, and so do capitals where only one organisation fits. Raises
    Refused on "other" where the name is empty or too long.
    """
    name = required("other", clean_name(name), "Enter the name of the other organisation.", longest=200)
    alike = list(Organisation.objects.filter(name__iexact=name).order_by("pk")[:2])
    exact = [one for one in alike if one.name == name]
    if exact or len(alike) == 1:
        return (exact or alike)[0]
    return make_organisation(actor, now, name=name)


def clean_name(name: str) -> str:
    """A name as it is kept: one line, single blanks, no character that cannot be seen."""
    return one_line(" ".join(name.split()))


def _own(rows: QuerySet[ContractDraft], person: Person, draft_id: int) -> ContractDraft:
    found = rows.filter(person=person, pk=draft_id).first()
    if found is None:
        raise NotThere("no such draft")
    return found
