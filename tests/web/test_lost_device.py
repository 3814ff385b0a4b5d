"""A lost device: two administrators and the person take the second factor away together, nobody alone."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracts.models import FactorRecovery, OrganisationEntry, Session
from contracts.services import organisations
from contracts.services.sign_in import recovery
from contracts.services.sign_in.mail import deliver
from tests.cast import NOON, SYSTEM, make_contract, person
from tests.support.factors import with_app
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
KEY = re.compile(r"http\S+(/recovery/[\w-]+)")
WHY = {"reason": "Ben called me: his phone fell into the harbour."}


@pytest.fixture
def cast():
    """Ada and Mina administer the council, to which Ben belongs; Priya administers the supplier."""
    made = make_contract()
    parties = {"ada": "authority", "mina": "authority", "ben": "authority", "priya": "supplier"}
    for name, party in parties.items():
        made.people[name].organisation = getattr(made.contract, party)
        made.people[name].save()
    for name in ("ada", "mina", "priya"):
        one = made.people[name]
        organisations.seat(one.organisation, SYSTEM, NOON, person=one)
    with_app(made.ben)
    return made


def page(who) -> str:
    return reverse("lost_device", args=[who.pk])


def agree(who) -> str:
    return reverse("lost_device_agree", args=[who.pk])


def link() -> str:
    deliver(NOON)
    return next(found[1] for one in reversed(mail.outbox) if (found := KEY.search(one.body)))


def factors(who) -> int:
    return Authenticator.objects.filter(user=who).count()


def test_one_asks_another_agrees_and_the_person_confirms(cast, browse):
    bens, stranger = browse(cast.ben), browse()
    assert "Ben Castellan is told by mail" in words(browse(cast.ada).post(page(cast.ben), WHY, follow=True))
    opened = link()
    assert mail.outbox[-1].to == [cast.ben.email] and "fell into the harbour" in mail.outbox[-1].body
    assert "A second administrator has not agreed yet" in words(stranger.get(opened))
    assert "A second administrator has not agreed yet" in words(stranger.post(opened, follow=True))
    assert factors(cast.ben) == 2
    assert "confirms it with the link" in words(browse(cast.mina).post(agree(cast.ben), follow=True))
    assert factors(cast.ben) == 2 and bens.get("/account").status_code == 200
    said = words(stranger.post(opened, follow=True))
    assert "Your second factor is taken away" in said
    assert factors(cast.ben) == 0 and bens.get("/account").status_code == 302
    assert not Session.objects.filter(person=cast.ben).exists()
    assert stranger.post(opened).status_code == 410
    verbs = [one.verb for one in OrganisationEntry.objects.filter(verb__startswith="factor").order_by("pk")]
    assert verbs == ["factor_recovery_asked", "factor_recovery_agreed", "factor_recovered"]
    deliver(NOON)
    assert mail.outbox[-1].subject == "Your second factor was taken away"


def test_nobody_does_it_alone(cast, browse):
    ada = browse(cast.ada)
    ada.post(page(cast.ben), WHY)
    assert "Agree" not in words(ada.get(page(cast.ben))).split("Ask for it")[-1].replace("Agreed", "")
    assert "nobody does this alone" in words(ada.post(agree(cast.ben), follow=True))
    assert FactorRecovery.objects.get().agreed_at is None
    row = FactorRecovery.objects.get()
    for wrong in ({"agreed_by": cast.ada}, {"agreed_by": cast.ben}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorRecovery.objects.filter(pk=row.pk).update(agreed_at=NOON, agreed_by_name="X", **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorRecovery.objects.filter(pk=row.pk).update(done_at=NOON)


def test_it_is_there_for_who_looks_after_the_person_alone(cast, browse):
    rosa = person("rosa", is_staff=True)
    with_app(rosa)
    for who, whom, status in (
        (cast.ada, cast.ben, 200),
        (rosa, cast.ben, 200),
        (cast.priya, cast.ben, 404),  # of another organisation
        (cast.olu, cast.ben, 404),
        (cast.ben, cast.ben, 404),  # nobody for themselves
        (cast.ada, cast.ada, 404),
        (cast.ada, rosa, 404),  # an administrator of the system is looked after by others of the system
        (person("sol", is_staff=True), rosa, 200),
    ):
        assert browse(who).get(page(whom)).status_code == status, (who, whom)
        if status == 404:
            assert browse(who).post(page(whom), WHY).status_code == 404
            assert browse(who).post(agree(whom)).status_code == 404
    assert browse().get(page(cast.ben)).status_code == 302
    assert not FactorRecovery.objects.exists()


def test_the_person_and_either_administrator_may_stop_it(cast, browse):
    for stops in ("link", "ada", "mina"):
        browse(cast.ada).post(page(cast.ben), WHY)
        opened = link()
        if stops == "link":
            browse().post(opened, {"stop": "yes"})
        else:
            browse(cast.people[stops]).post(agree(cast.ben), {"stop": "yes"})
        assert browse().post(opened).status_code == 410, stops
        assert "can no longer be done" in words(browse(cast.mina).post(agree(cast.ben), follow=True))
    assert factors(cast.ben) == 2


def test_it_is_too_old_after_a_week_and_can_be_asked_anew(cast, browse, at_noon):
    browse(cast.ada).post(page(cast.ben), WHY)
    browse(cast.mina).post(agree(cast.ben))
    opened = link()
    at_noon.move_to(NOON + timedelta(days=7))
    assert browse().post(opened).status_code == 410 and factors(cast.ben) == 2
    assert "is told by mail" in words(browse(cast.ada).post(page(cast.ben), WHY, follow=True))


def test_who_no_longer_administers_does_not_count(cast, browse):
    browse(cast.ada).post(page(cast.ben), WHY)
    browse(cast.mina).post(agree(cast.ben))
    organisations.end_administrator(cast.contract.authority, SYSTEM, NOON, person=cast.mina)
    assert "Mina Sorrel no longer administers" in words(browse().post(link(), follow=True))
    assert factors(cast.ben) == 2


def test_every_mistake_is_said(cast, browse):
    ada = browse(cast.ada)
    assert set(errors(ada.post(page(cast.ben), {"reason": " "})).values()) == {"id_reason"}
    ada.post(page(cast.ben), WHY)
    assert "asked for already" in " ".join(errors(ada.post(page(cast.ben), WHY)))
    nobody = browse(cast.ada).get(page(cast.mina))
    assert "there is nothing to take away" in words(nobody)
    assert browse().get(reverse("confirm_recovery", args=["x" * 43])).status_code == 404


class TestFromTheCommandLine:
    def run(self, *words_: str) -> str:
        said = StringIO()
        call_command("lost_device", *words_, stdout=said)
        return said.getvalue()

    def test_it_counts_as_one_of_the_two(self, cast, browse):
        said = self.run(cast.ben.email, "--because", "He came to my desk")
        assert "An administrator agrees now" in said
        with pytest.raises(CommandError, match="nobody does this alone"):
            self.run(cast.ben.email, "--because", "He came to my desk")
        browse(cast.ada).post(agree(cast.ben))
        browse().post(link())
        assert factors(cast.ben) == 0
        assert FactorRecovery.objects.get().asked_by_name == "Duly (command line)"

    def test_for_the_only_administrator_there_is_it_is_enough_with_the_person(self, db):
        rosa = person("rosa", is_staff=True)
        with_app(rosa)
        self.run(rosa.email, "--because", "I lost my phone")
        assert "Agreed" in self.run(rosa.email, "--because", "I lost my phone")
        found = recovery.opened(link().rpartition("/")[2], NOON)
        recovery.confirm(found, NOON)
        assert factors(rosa) == 0

    def test_somebody_unknown_is_refused(self, db):
        with pytest.raises(CommandError, match="no account"):
            self.run("nobody@duly.example", "--because", "x")
