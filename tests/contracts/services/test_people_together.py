"""Two at the same moment: a link opened twice, two first administrators, the last two who manage."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail

from contracts.models import Membership, OrganisationAdministrator, Person
from contracts.services import leaving, members, organisations
from contracts.services.errors import Refused
from contracts.services.invitations import accepting, first, making
from tests.cast import NOON, SYSTEM, make_contract, organisation
from tests.support.invitations import key_in
from tests.support.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
FINE = "three quiet herons"


def refusals(outcomes) -> list[str]:
    """The refusals among the outcomes; anything else that was raised is raised here."""
    for one in outcomes:
        if isinstance(one, Exception) and not isinstance(one, Refused):
            raise one
    return [one.message for one in outcomes if isinstance(one, Refused)]


def test_a_link_makes_one_person_however_often_it_is_used_at_once():
    council = organisation("Wrenfield Council")
    making.invite(SYSTEM, NOON, organisation=council, email="nell@duly.example")
    key = key_in(mail.outbox[0])
    outcomes = at_once(
        *(
            lambda name=name: accepting.accept_as_new(key, NOON, name=name, job_title="", password=FINE)
            for name in ("Nell Marsh", "Somebody Else", "A Third")
        )
    )
    assert len(refusals(outcomes)) == 2
    assert Person.objects.count() == 1


def test_there_is_one_first_administrator():
    _, key = first.first_link(NOON)
    outcomes = at_once(
        *(
            lambda n=n: first.make_first(
                key, NOON, name=f"Rowan {n}", email=f"r{n}@duly.example", password=FINE
            )
            for n in range(3)
        )
    )
    assert len(refusals(outcomes)) == 2
    assert Person.objects.filter(is_staff=True).count() == 1


def administered():
    """Priya and Tom administer the supplier and are on its contract."""
    cast = make_contract()
    for name in ("priya", "tom"):
        cast.people[name].organisation = cast.contract.supplier
        cast.people[name].save()
        organisations.appoint_administrator(cast.contract.supplier, SYSTEM, NOON, person=cast.people[name])
    return cast


def test_the_last_two_administrators_cannot_end_one_another():
    cast = administered()

    def leaves(by: str, whom: str):
        actor, day = leaving.actor_of(cast.people[by]), date(2026, 3, 25)
        return lambda: leaving.end_person(cast.people[whom], actor, NOON, last_day=day)

    assert len(refusals(at_once(leaves("priya", "tom"), leaves("tom", "priya")))) == 1
    assert OrganisationAdministrator.objects.filter(to_day=None).count() == 1
    assert Person.objects.filter(ends_on=date(2026, 3, 25)).count() == 1


def test_the_last_two_who_manage_or_administer_cannot_end_one_another():
    cast = administered()
    cast.contract.memberships.filter(person=cast.mina).delete()
    cast.contract.memberships.filter(person__in=[cast.priya, cast.tom]).update(manages=True)

    def ends(by: str, whom: str):
        member = Membership.objects.get(person=cast.people[whom], contract=cast.contract)
        actor, day = cast.as_(by), date(2026, 3, 20)
        return lambda: members.end_membership(member, actor, NOON, last_day=day)

    assert len(refusals(at_once(ends("priya", "tom"), ends("tom", "priya")))) == 1

    def stops(by: str, whom: str):
        actor = leaving.actor_of(cast.people[by])
        return lambda: organisations.end_administrator(
            cast.contract.supplier, actor, NOON, person=cast.people[whom]
        )

    assert len(refusals(at_once(stops("priya", "tom"), stops("tom", "priya")))) == 1
    assert OrganisationAdministrator.objects.count() == 1
