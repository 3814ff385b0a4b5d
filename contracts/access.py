"""The one gate: every view, endpoint and task that acts for a person reaches a contract through here.

Somebody else's contract answers 404, as if it were not there. A member whose role does not allow the
act gets 403 with the reason. What is kept to a distribution list that a person is not on is not there for
them either: ``Access.only_seen`` leaves it out of a question about one contract, ``hidden_from`` out of one
about many (DMP 23 Appendix 1, 1.2).

A program that acts for somebody by a token (``Person.reach``) goes no further than the token, and nowhere
but into contracts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from contracts.absence import NotThere
from contracts.acts import Act as Act  # asked for here together with the gate
from contracts.models import (
    Contract,
    DistributionList,
    ListedPerson,
    Membership,
    Organisation,
    OrganisationAdministrator,
    Person,
    Role,
    Side,
)
from contracts.terms.moments import london_day, long_day
from contracts.terms.restricted import RESERVED, is_reserved

Row = TypeVar("Row", bound=Model)


MANAGING = frozenset({Act.MANAGE, Act.END})
"""What who manages the contract may do beside their role."""

STILL_ALLOWED = MANAGING | {Act.VIEW}
"""On a closed contract: people still come and go, the record is handed over, and at last it is erased."""

ALLOWED: dict[Role, frozenset[Act]] = {
    Role.LEAD: frozenset(Act) - MANAGING,
    Role.CONTRIBUTOR: frozenset({Act.VIEW, Act.RECORD_FACT, Act.LOG_EVIDENCE}),
    Role.BOARD_MEMBER: frozenset({Act.VIEW, Act.SIGN_VARIATION}),
    Role.REVIEWER: frozenset(Act) - MANAGING,
    Role.ASSURANCE_LEAD: frozenset({Act.VIEW, Act.RECORD_FACT, Act.LOG_EVIDENCE, Act.DECIDE}),
    Role.AUDITOR: frozenset({Act.VIEW}),
    Role.ADMINISTRATOR: frozenset(
        {Act.VIEW, Act.UPLOAD_DOCUMENT, Act.CHANGE_SETTING, Act.DECIDE_ENTRY} | MANAGING
    ),
}


@dataclass(frozen=True, slots=True)
class Access:
    """A person on a contract, with the role they hold at this moment. ``manages``: beside the role they look
    after its people and terms.

    ``shown``: of the subjects of this contract that have a distribution list, those of which this person may
    know. What is not in it is hidden, so that what is kept from now on is hidden from a page under way too.
    """

    contract: Contract
    person: Person
    side: Side
    role: Role
    shown: frozenset[str] = frozenset()
    manages: bool = False

    def sees(self, subject: str) -> bool:
        """Whether this person may know of what is about a subject."""
        return not is_reserved(subject) or subject in self.shown

    def only_seen(self, rows: QuerySet[Row], subject: str = "subject") -> QuerySet[Row]:
        """The rows about what this person may know of. ``subject`` is the column that says what about."""
        reserved = Q(**{f"{subject}__startswith": RESERVED})
        return rows.exclude(reserved & ~Q(**{f"{subject}__in": self.shown}))

    def may(self, act: Act) -> bool:
        """Whether the role, or managing the contract, allows the act, and the contract is open for it; a
        token too, where one asks."""
        if not self._token_allows(act):
            return False
        allowed = act in ALLOWED[self.role] or (act in MANAGING and self.manages)
        return allowed and (self.contract.closed_at is None or act in STILL_ALLOWED)

    def _token_allows(self, act: Act) -> bool:
        return self.person.reach is None or act in self.person.reach.acts

    def require(self, act: Act) -> None:
        """Raise PermissionDenied, with the reason, unless the role allows the act, and the token too."""
        if self.contract.closed_at is not None and act not in STILL_ALLOWED:
            raise PermissionDenied(closed_words(self.contract))
        if not self._token_allows(act):
            raise PermissionDenied(f"This token does not allow you to {act.value}. Make one that does.")
        if not self.may(act):
            raise PermissionDenied(
                f"Your role on this contract, {self.role.label.lower()}, does not allow you to {act.value}."
            )


def closed_words(contract: Contract) -> str:
    """Why nothing more is written to a closed contract."""
    assert contract.closed_at is not None
    day = long_day(london_day(contract.closed_at))
    return f"{contract.reference} was closed on {day}: it can be read, and nothing more is written to it."


def on_contract(now: datetime) -> Q:
    """The condition that a membership holds on this London day."""
    day = london_day(now)
    return Q(from_day__lte=day) & (Q(to_day__isnull=True) | Q(to_day__gte=day))


def open_contract(person: Person, contract_id: int, now: datetime, act: Act = Act.VIEW) -> Access:
    """The person's access to a contract at this moment.

    Raises NotThere where they are not a member today, PermissionDenied where the role does not allow ``act``.
    """
    if person.reach is not None and not person.reach.opens(contract_id):
        raise NotThere("no such contract")
    membership = (
        Membership.objects.filter(
            on_contract(now), contract_id=contract_id, person=person, person__is_active=True
        )
        .select_related("contract__authority", "contract__supplier")
        .annotate(
            shown=ArraySubquery(_shown_to(person).filter(contract=OuterRef("contract")).values("subject"))
        )
        .first()
    )
    if membership is None:
        raise NotThere("no such contract")
    side, role = Side(membership.side), Role(membership.role)
    access = Access(membership.contract, person, side, role, frozenset(membership.shown), membership.manages)
    access.require(act)
    return access


def contracts_of(person: Person, now: datetime) -> QuerySet[Contract]:
    """The contracts a person may see today."""
    mine = Membership.objects.filter(on_contract(now), person=person)
    if person.reach is not None and person.reach.contracts is not None:
        mine = mine.filter(contract__in=person.reach.contracts)
    return Contract.objects.filter(pk__in=mine.values("contract_id")).select_related("authority", "supplier")


def hidden_from(person: Person, contract: str = "contract", subject: str = "subject") -> Q:
    """The condition that a row, of whichever contract, is about something kept from this person.

    ``contract`` and ``subject`` are the columns of the row.
    """
    shown = _shown_to(person).filter(contract=OuterRef(contract), subject=OuterRef(subject))
    return Q(**{f"{subject}__startswith": RESERVED}) & Q(~Exists(shown))


def _shown_to(person: Person) -> QuerySet[DistributionList]:
    """The lists that this person is on, and those that were lifted."""
    listed = ListedPerson.objects.filter(distribution_list=OuterRef("pk"), person=person, removed_at=None)
    return DistributionList.objects.filter(Exists(listed) | Q(lifted_at__isnull=False))


def require_staff(person: Person) -> None:
    """The gate of what concerns the whole system and no one contract, such as bank holidays.

    Raises NotThere, as if it were not there, for everyone but its administrators.
    """
    if not (_themselves(person) and person.is_staff):
        raise NotThere("no such page")


def _themselves(person: Person) -> bool:
    """Whether somebody whose account is open asks themselves, and no program by a token."""
    return person.is_active and person.reach is None


@dataclass(frozen=True, slots=True)
class OrganisationAccess:
    """Somebody who looks after an organisation, as its administrator or one of the whole system, or who works
    with what it keeps and records for its contracts.
    """

    organisation: Organisation
    person: Person
    administers: bool = False

    @property
    def names_contracts(self) -> bool:
        """Whether they are told which contracts its people are on: not for administering the system alone."""
        return self.administers

    @property
    def by_system(self) -> bool:
        """Whether they administer the whole system, and so name organisations and their administrators."""
        return self.person.is_staff


def administered_by(person: Person, now: datetime) -> QuerySet[Organisation]:
    """The organisations that a person administers today; of the system's administrators see ``is_staff``."""
    if person.reach is not None:
        return Organisation.objects.none()
    seats = OrganisationAdministrator.objects.filter(on_contract(now), person=person)
    return Organisation.objects.filter(pk__in=seats.values("organisation"))


def open_organisation(person: Person, organisation_id: int, now: datetime) -> OrganisationAccess:
    """The gate of an organisation's people. Raises NotThere for who does not look after it today. 1 query."""
    own = Exists(administered_by(person, now).filter(pk=OuterRef("pk")))
    rows = Organisation.objects.annotate(administered=own)
    organisation = rows.filter(pk=organisation_id).first() if _themselves(person) else None
    if organisation is None or not (person.is_staff or organisation.administered):
        raise NotThere("no such organisation")
    return OrganisationAccess(organisation, person, bool(organisation.administered))


def decides_for(person: Person, now: datetime) -> QuerySet[Organisation]:
    """The organisations whose templates and standard terms a person uses and keeps at this moment: the ones
    they administer, and their own where they decide on a contract what its paragraphs ask.
    """
    if person.reach is not None:
        return Organisation.objects.none()
    roles = [role for role, acts in ALLOWED.items() if Act.DECIDE_ENTRY in acts]
    deciding = Membership.objects.filter(on_contract(now), person=person, role__in=roles)
    theirs = Q(people=person) & Q(Exists(deciding))
    return Organisation.objects.filter(
        theirs | Q(pk__in=administered_by(person, now).values("pk"))
    ).distinct()


def open_practice(person: Person, organisation_id: int, now: datetime) -> OrganisationAccess:
    """The gate of what an organisation keeps for its contracts: templates and standard terms. 1 query.

    Raises NotThere for everybody else, also for administrators of the whole system.
    """
    return _one_of(decides_for(person, now), person, organisation_id)


def records_for(person: Person, now: datetime) -> QuerySet[Organisation]:
    """The organisation for whose contracts a person records what happened at this moment: their own, where
    they do so on its side of one that is open.
    """
    if person.reach is not None:
        return Organisation.objects.none()
    roles = [role for role, acts in ALLOWED.items() if Act.RECORD_FACT in acts]
    mine = Membership.objects.filter(on_contract(now), person=person, role__in=roles)
    mine = mine.filter(contract__closed_at=None)
    supplier = Q(side=Side.SUPPLIER, contract__supplier=OuterRef("pk"))
    authority = Q(side=Side.AUTHORITY, contract__authority=OuterRef("pk"))
    return Organisation.objects.filter(Exists(mine.filter(supplier | authority)), people=person)


def open_records(person: Person, organisation_id: int, now: datetime) -> OrganisationAccess:
    """The gate of what an organisation records once for several contracts. 1 query. Raises NotThere."""
    return _one_of(records_for(person, now), person, organisation_id)


def _one_of(rows: QuerySet[Organisation], person: Person, organisation_id: int) -> OrganisationAccess:
    organisation = rows.filter(pk=organisation_id).first() if _themselves(person) else None
    if organisation is None:
        raise NotThere("no such organisation")
    return OrganisationAccess(organisation, person)


def makes_contracts_for(person: Person, now: datetime) -> QuerySet[Organisation]:
    """The organisations for which a person may make contracts at this moment."""
    return administered_by(person, now)
