"""From a finished draft to a contract with its rulebooks adopted, its duties and its first member."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.absence import NotThere
from contracts.access import makes_contracts_for
from contracts.models import Contract, ContractDraft, Organisation, Person, Role, Side
from contracts.models.contract import SIDE_OF_ROLE
from contracts.row_security import asking
from contracts.services.actors import Actor
from contracts.services.contracts import add_member, create_contract
from contracts.services.drafts import party_called
from contracts.services.errors import Refused
from contracts.terms.moments import Day, london_day
from obligations.services.making.answers import Answers
from obligations.services.reconciling.adopt import adopt_rulebooks


@asking.job("make a contract")
@transaction.atomic
def make_contract(person: Person, draft_id: int, now: datetime, *, as_shown: str) -> Contract:
    """Make the contract of a draft, once: a draft whose contract is made gives that contract again.

    As a job, for nobody sees the contract before they are on it.

    ``as_shown``: ``shown_as`` of the draft that the person looked at; where an answer changed since, nothing
    is made. Raises Refused on the field of the draft at fault, NotThere for another person's draft.
    """
    draft = ContractDraft.objects.select_for_update().filter(person=person, pk=draft_id).first()
    if draft is None:
        raise NotThere("no such draft")
    if draft.contract is not None:
        return draft.contract
    if as_shown != shown_as(draft):
        raise Refused("", "An answer changed after this page was shown. Check the answers again.")
    answers = Answers(draft.answers)
    ours, side = _ours(person, answers, now)
    actor = Actor.of(person, side)
    contract = _create(answers, actor, now, ours, side)
    role = _role(answers, side)
    add_member(
        contract, actor, now, person=person, role=role, from_day=london_day(now), manages=answers.manages
    )
    adopt_rulebooks(contract, actor, now)
    draft.contract, draft.changed_at = contract, now
    draft.save(update_fields=["contract", "changed_at"])
    return contract


def shown_as(draft: ContractDraft) -> str:
    """Names the state of a draft's answers."""
    return draft.changed_at.isoformat()


def _ours(person: Person, answers: Answers, now: datetime) -> tuple[Organisation, Side]:
    number, side = answers.ours, answers.side
    ours = makes_contracts_for(person, now).filter(pk=number).first() if number is not None else None
    if ours is None or side is None:
        raise Refused("ours", "Choose your organisation, and which side of the contract it is.")
    return ours, side


def _create(answers: Answers, actor: Actor, now: datetime, ours: Organisation, side: Side) -> Contract:
    other = party_called(answers.text("parties", "other"), actor, now)
    parties = {side: ours, side.other: other}
    words = answers.party_words
    return create_contract(
        actor,
        now,
        reference=answers.text("name", "reference"),
        title=answers.text("name", "title"),
        authority=parties[Side.AUTHORITY],
        supplier=parties[Side.SUPPLIER],
        outline_keys=answers.schedules,
        own_documents=answers.own_documents,
        authority_word=words.authority,
        supplier_word=words.supplier,
        agreement_date=_day(answers, "agreement_date", "Enter the day the contract was made."),
        start_date=_day(answers, "start_date", "Enter the day the contract starts."),
        commencement_date=answers.day("dates", "commencement_date"),
        end_date=answers.day("dates", "end_date"),
        division=answers.text("days", "division"),
        kept_by=answers.kept_by,
        tracked_from=answers.tracked_from,
    )


def _day(answers: Answers, field: str, message: str) -> Day:
    found = answers.day("dates", field)
    if found is None:
        raise Refused(field, message)
    return found


def _role(answers: Answers, side: Side) -> Role:
    """The person's role: one of their own side, or the administrator's."""
    text = answers.text("you", "role")
    if text not in roles_for(side):
        raise Refused("role", "Choose what you do on this contract.")
    return Role(text)


def roles_for(side: Side) -> list[Role]:
    """What a person who makes a contract may be on it: a role of their own side, or its administrator."""
    return [role for role in Role if SIDE_OF_ROLE[role] == side] + [Role.ADMINISTRATOR]
