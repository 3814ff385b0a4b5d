"""Making a contract with its schedules, and saying who is on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.models import (
    Contract,
    Division,
    KeptBy,
    Membership,
    Organisation,
    Paragraph,
    ParagraphVersion,
    Person,
    Role,
    Schedule,
)
from contracts.models.contract import SIDE_OF_ROLE
from contracts.outlines import Outline, OutlineError, PartyWords, load_outline
from contracts.row_security import asking, writes
from contracts.services import ledger, locks
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import Day, long_day
from contracts.terms.settings import ContractSettings, SettingsError

ORDER_STEP = 100
"""Room left between two paragraphs of an outline, for what a variation inserts."""


@transaction.atomic
def create_contract(
    actor: Actor,
    now: datetime,
    *,
    reference: str,
    title: str,
    authority: Organisation,
    supplier: Organisation,
    outline_keys: Iterable[str],
    start_date: Day,
    agreement_date: Day,
    authority_word: str = "",
    supplier_word: str = "",
    commencement_date: Day | None = None,
    end_date: Day | None = None,
    division: str = Division.ENGLAND_AND_WALES,
    settings: Mapping[str, Any] | None = None,
    tracked_from: Day | None = None,
    kept_by: str = KeptBy.BOTH,
    own_documents: bool = False,
) -> Contract:
    """A contract with the paragraphs of its schedules, in force from its agreement (or start, if earlier).

    The parties' names for themselves come from the first schedule's outline unless given. ``own_documents``:
    its schedules, or more of them, come with documents uploaded later. Raises Refused naming the field.
    """
    outlines = _outlines(outline_keys, none_will_do=own_documents)
    words = outlines[0].party_words if outlines else PartyWords("Authority", "Supplier")
    if authority == supplier:
        raise Refused("supplier", "Choose two different organisations: a contract has two parties.")
    _check_days(start_date, end_date, tracked_from)
    contract = Contract.objects.create(
        reference=_new_reference(reference),
        title=required("title", title, "Enter the contract's title.", longest=200),
        authority=authority,
        supplier=supplier,
        authority_word=authority_word.strip() or words.authority,
        supplier_word=supplier_word.strip() or words.supplier,
        division=_one_of("division", division, Division.values),
        agreement_date=agreement_date,
        start_date=start_date,
        commencement_date=commencement_date,
        end_date=end_date,
        settings=_settings(settings or {}),
        tracked_from=tracked_from,
        kept_by=_one_of("kept_by", kept_by, KeptBy.values),
    )
    for outline in outlines:
        _add_schedule(contract, outline)
    ledger.record(contract, actor, "contract_created", _created(contract, outlines), now)
    return contract


@transaction.atomic
def add_member(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    person: Person,
    role: str,
    from_day: Day,
    to_day: Day | None = None,
    manages: bool = False,
) -> Membership:
    """Give a person a role on a contract. A person has one side and one role per contract. Raises Refused.

    ``manages``: beside the role they look after its people and terms; an administrator does so by the role.
    """
    role = Role(_one_of("role", role, Role.values))
    if manages and role == Role.AUDITOR:
        raise Refused("manages", "An auditor reads only; choose another role for who manages the contract.")
    if to_day is not None and to_day < from_day:
        raise Refused("to_day", f"Give a last day on or after the first, {long_day(from_day)}.")
    locks.lock(contract)
    if Membership.objects.filter(contract=contract, person=person).exists():
        raise Refused("person", f"{person.name} is on this contract already; change that membership instead.")
    with asking.job(writes.MEMBERS, contract.pk):
        member = Membership.objects.create(
            contract=contract,
            person=person,
            side=SIDE_OF_ROLE[role],
            role=role,
            from_day=from_day,
            to_day=to_day,
            manages=manages,
        )
    payload = {
        "person": person.pk,
        "name": person.name,
        "role": role,
        "side": member.side,
        "from": from_day,
        "to": to_day,
    } | ({"manages": True} if manages else {})
    ledger.record(contract, actor, "member_added", payload, now)
    return member


def _outlines(keys: Iterable[str], *, none_will_do: bool) -> list[Outline]:
    wanted = list(dict.fromkeys(keys))
    if not wanted and not none_will_do:
        raise Refused("outline_keys", "Choose at least one schedule.")
    try:
        return [load_outline(key) for key in wanted]
    except OutlineError as error:
        raise Refused("outline_keys", f"Choose a known schedule: {error}.") from error


@asking.job("references of contracts")
def is_reference_taken(reference: str, own: int | None = None) -> bool:
    """Whether a contract has this reference, also one that the asker does not see. ``own``: besides this."""
    rows = Contract.objects.filter(reference=reference)
    return (rows if own is None else rows.exclude(pk=own)).exists()


def _new_reference(reference: str) -> str:
    reference = required("reference", reference, "Enter the contract's reference.", longest=60)
    if is_reference_taken(reference):
        raise Refused("reference", f"The reference {reference} is in use; enter another.")
    return reference


def _check_days(start_date: Day, end_date: Day | None, tracked_from: Day | None) -> None:
    if end_date is not None and end_date < start_date:
        raise Refused("end_date", f"Enter an end date on or after the start date, {long_day(start_date)}.")
    if end_date is not None and tracked_from is not None and tracked_from > end_date:
        raise Refused(
            "tracked_from", f"Enter a day on or before the contract's end date, {long_day(end_date)}."
        )


def _settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What every contract is asked. What a schedule asks is answered once its rulebook is adopted."""
    try:
        return ContractSettings.from_json(settings).only_declared().as_json()
    except SettingsError as error:
        raise Refused("settings", f"{error}.") from error


def _one_of(field: str, value: str, known: list[str]) -> str:
    if value not in known:
        raise Refused(field, f"Choose one of {', '.join(known)}; {value!r} is not known.")
    return value


def _add_schedule(contract: Contract, outline: Outline) -> None:
    schedule = Schedule.objects.create(contract=contract, outline_key=outline.key, title=outline.title)
    paragraphs = Paragraph.objects.bulk_create(
        Paragraph(
            contract=contract,
            schedule=schedule,
            path=row.path,
            scope=row.scope,
            number=row.number,
            order=row.order * ORDER_STEP,
            heading=row.heading,
            summary=row.summary,
        )
        for row in outline.paragraphs
    )
    begins = min(contract.agreement_date, contract.start_date)
    ParagraphVersion.objects.bulk_create(
        ParagraphVersion(contract=contract, paragraph=paragraph, in_force=DateRange(begins, None))
        for paragraph in paragraphs
    )


def _created(contract: Contract, outlines: list[Outline]) -> dict[str, Any]:
    return {
        "reference": contract.reference,
        "title": contract.title,
        "authority": contract.authority.name,
        "supplier": contract.supplier.name,
        "schedules": [outline.key for outline in outlines],
        "agreement_date": contract.agreement_date,
        "start_date": contract.start_date,
        "commencement_date": contract.commencement_date,
        "end_date": contract.end_date,
        "division": contract.division,
        "tracked_from": contract.tracked_from,
        "kept_by": contract.kept_by,
        "settings": contract.settings,
    }
