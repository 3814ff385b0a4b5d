"""Invitations: to whom, by whom, sent again, taken back, accepted once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, transaction

from contracts.models import (
    Invitation,
    InvitationLink,
    KeptBy,
    LedgerEntry,
    OrganisationAdministrator,
    OrganisationEntry,
    Person,
    Role,
    Side,
)
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.invitations import accepting, making
from contracts.services.invitations.links import LinkState, hash_of, opened
from tests.cast import NOON, SYSTEM, make_contract, organisation, person
from tests.support.invitations import key_in

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=10)
FINE = "three quiet herons"


def refused(doing, *args, **kwargs) -> Refused:
    with pytest.raises(Refused) as raised:
        doing(*args, **kwargs)
    return raised.value


@pytest.fixture
def council():
    return organisation("Wrenfield Council")


def invite(council, email="nell@duly.example", **more):
    return making.invite(SYSTEM, NOON, organisation=council, email=email, **more)


def accept(key, now=LATER, name="Nell Marsh", password=FINE):
    return accepting.accept_as_new(key, now, name=name, job_title="", password=password)


def test_who_is_invited_gets_one_mail_in_text_and_html_and_only_a_hash_is_kept(council, settings):
    settings.SITE_URL = "https://duly.example"
    made = invite(council, "  Nell@Duly.Example ")
    [sent] = mail.outbox
    key = key_in(sent)
    assert made.mailed and sent.to == ["nell@duly.example"]
    assert f"https://duly.example/join/{key}" in sent.body
    [(html, kind)] = sent.alternatives
    assert kind == "text/html" and f"https://duly.example/join/{key}" in html
    assert "midday on 24 March 2026" in sent.body
    link = InvitationLink.objects.get()
    assert link.key_hash == hash_of(key) and link.mailed_at == NOON
    stored = str(list(Invitation.objects.values()) + list(InvitationLink.objects.values()))
    assert key not in stored + str(list(OrganisationEntry.objects.values()))


def test_a_new_person_is_made_once(council):
    invite(council, administers=True)
    key = key_in(mail.outbox[0])
    nell = accept(key)
    assert nell.check_password(FINE) and nell.organisation == council and not nell.is_staff
    assert OrganisationAdministrator.objects.get().person == nell
    again = refused(accept, key)
    assert "accepted already" in again.message
    assert Person.objects.count() == 1
    verbs = list(OrganisationEntry.objects.order_by("pk").values_list("verb", "actor_name"))
    assert verbs == [
        ("person_invited", "Duly (tests)"),
        ("invitation_accepted", "Nell Marsh"),
        ("administrator_appointed", "Nell Marsh"),
    ]


def test_a_link_works_until_its_last_moment(council):
    invite(council)
    key = key_in(mail.outbox[0])
    end = NOON + timedelta(days=7)
    assert opened(key, end - timedelta(microseconds=1)).state == LinkState.OPEN
    assert opened(key, end).state == LinkState.EXPIRED
    assert "too old" in refused(accept, key, now=end).message
    assert not Person.objects.exists()


def test_sent_again_the_earlier_link_dies_and_the_time_begins_anew(council):
    made = invite(council)
    making.send_again(made.invitation, SYSTEM, LATER)
    first, second = (key_in(one) for one in mail.outbox)
    assert first != second
    assert "newer mail" in refused(accept, first).message
    assert opened(second, NOON + timedelta(days=7)).state == LinkState.OPEN
    assert accept(second).email == "nell@duly.example"


def test_sent_again_at_once_is_refused_but_not_where_the_mail_did_not_go(council, settings):
    made = invite(council)
    assert "Wait a minute" in refused(making.send_again, made.invitation, SYSTEM, NOON).message
    settings.EMAIL_BACKEND = "tests.contracts.services.test_invitations.Broken"
    failed = invite(council, "ivo@duly.example")
    assert not failed.mailed
    link = failed.invitation.links.get()
    assert link.mailed_at is None and link.mail_failed == "OSError: the line is down"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert making.send_again(failed.invitation, SYSTEM, NOON).mailed


class Broken:
    """A mail server that cannot be reached."""

    def __init__(self, *args, **kwargs):
        pass

    def open(self):
        return True

    def close(self):
        pass

    def send_messages(self, messages):
        raise OSError("the line\nis down")


def test_a_revoked_invitation_does_nothing_more(council):
    made = invite(council)
    making.revoke(made.invitation, SYSTEM, LATER)
    assert "taken back" in refused(accept, key_in(mail.outbox[0])).message
    assert "revoked already" in refused(making.send_again, made.invitation, SYSTEM, LATER).message
    assert "revoked already" in refused(making.revoke, made.invitation, SYSTEM, LATER).message
    invite(council)  # and may be invited anew


def test_the_answer_of_the_mail_server_is_kept(council, mail_server):
    mail_server.box.refuse["ivo@duly.example"] = "550 5.1.1 no such mailbox"
    taken, not_taken = invite(council), invite(council, "ivo@duly.example")
    assert taken.invitation.links.get().mail_answer == "250 OK queued as 1"
    assert not_taken.invitation.links.get().mail_failed == "550 5.1.1 no such mailbox"
    assert mail_server.box.recipients == ["nell@duly.example"]
    assert mail_server.box.ids[0].startswith("<invitation-")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "nell",
        "nell@",
        "a@b.example, c@d.example",
        "nell@duly.example\nBcc: x@y.example",
        "ne\x00ll@b.example",
    ],
)
def test_an_address_that_is_none_is_refused_at_its_field(council, email):
    assert refused(invite, council, email).field == "email"
    assert not Invitation.objects.exists() and not mail.outbox


def test_names_in_many_scripts_are_kept_and_none_reaches_the_headers(council):
    council.name = "Comhairle nan Eilean Siar & 東京"
    council.save()
    invite(council)
    nell = accept(key_in(mail.outbox[0]), name="  Siân\u202e  O’Brien-Łukasz\r\nBcc: spy@evil.example ")
    assert nell.name == "Siân O’Brien-Łukasz Bcc: spy@evil.example"
    making.invite(Actor.of(nell, Side.NEITHER), NOON, organisation=council, email="ivo@duly.example")
    message = mail.outbox[-1].message()
    assert message["Bcc"] is None and "\n" not in mail.outbox[-1].subject
    assert mail.outbox[-1].recipients() == ["ivo@duly.example"]
    [(html, _)] = mail.outbox[-1].alternatives
    assert "Siar &amp; 東京" in html and "Siar & 東京" in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("84736251", "entirely numeric"),
        ("short", "too short"),
        ("password", "too common"),
        ("nell@duly.example", "too similar"),
        ("three\x00herons", "null"),
    ],
)
def test_a_weak_password_is_refused_and_the_invitation_still_works(council, password, why):
    invite(council)
    key = key_in(mail.outbox[0])
    weak = refused(accept, key, password=password)
    assert weak.field == "password" and why in weak.message
    assert accept(key)


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "x" * 201, "\x1b[2Jx"])
def test_a_name_that_is_none_is_refused(council, name):
    invite(council)
    assert refused(accept, key_in(mail.outbox[0]), name=name).field == "name"


def test_the_same_address_is_invited_once_at_a_time(council):
    invite(council)
    again = refused(invite, council, "NELL@duly.example")
    assert again.field == "email" and "17 March 2026" in again.message
    row = Invitation.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="invitation_open_once_each"), transaction.atomic():
        row.save(force_insert=True)


def test_who_has_an_account_reads_the_same_as_who_has_none_for_the_inviter(council):
    """Only who holds the link learns that the address has an account: it came to their mailbox."""
    person("zed")
    known, unknown = invite(council, "zed@duly.example"), invite(council, "ivo@duly.example")
    assert known.mailed and unknown.mailed
    bodies = [one.body.replace(key_in(one), "") for one in mail.outbox]
    assert bodies[0] == bodies[1]


def test_who_has_an_account_accepts_as_themselves_only(council):
    zed, other = person("zed"), person("olu")
    invite(council, "Zed@duly.example")
    key = key_in(mail.outbox[0])
    assert "another address" in refused(accepting.accept_as, key, other, LATER).message
    assert "sign in" in refused(accept, key).message
    accepting.accept_as(key, zed, LATER)
    zed.refresh_from_db()
    assert zed.organisation == council
    assert "accepted already" in refused(accepting.accept_as, key, zed, LATER).message


def test_a_person_belongs_to_one_organisation(council):
    zed = person("zed")
    zed.organisation = organisation("Harbourlight Systems")
    zed.save()
    invite(council, zed.email)
    assert "belong to another" in refused(accepting.accept_as, key_in(mail.outbox[0]), zed, LATER).message


def test_nobody_sends_mails_without_end(council, monkeypatch):
    zed = Actor.of(person("zed"), Side.NEITHER)
    monkeypatch.setattr(making, "MOST_IN_AN_HOUR", 3)
    for number in range(3):
        making.invite(zed, NOON, organisation=council, email=f"n{number}@duly.example")
    many = refused(making.invite, zed, NOON, organisation=council, email="n9@duly.example")
    assert many.field == "email" and "3 invitations" in many.message
    making.invite(zed, NOON + timedelta(minutes=61), organisation=council, email="n9@duly.example")


def test_one_address_is_not_mailed_without_end(council):
    made = invite(council)
    for number in range(1, making.MOST_TO_ONE):
        making.send_again(made.invitation, SYSTEM, NOON + timedelta(minutes=2 * number))
    many = refused(making.send_again, made.invitation, SYSTEM, NOON + timedelta(hours=5))
    assert "Wait until tomorrow" in many.message
    assert len(mail.outbox) == making.MOST_TO_ONE


def test_what_an_invitation_was_to_is_never_edited_and_its_end_stays(council):
    made = invite(council).invitation
    made.administers = True
    with pytest.raises(DatabaseError, match="invitation_asked_never_edited"), transaction.atomic():
        made.save()
    made.refresh_from_db()
    making.revoke(made, SYSTEM, LATER)
    with pytest.raises(DatabaseError, match="invitation_ended_stays_so"), transaction.atomic():
        Invitation.objects.update(revoked_at=None)


def test_the_record_is_append_only(council):
    invite(council)
    for change in (
        OrganisationEntry.objects.all().delete,
        lambda: OrganisationEntry.objects.update(verb="x"),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            change()


class TestToAContract:
    @pytest.fixture
    def cast(self):
        return make_contract()

    def to(self, cast, by, role, email="nell@duly.example", **more):
        return making.invite(by, NOON, contract=cast.contract, email=email, role=role, **more)

    def test_the_side_and_its_organisation_follow_from_the_role(self, cast):
        made = self.to(cast, cast.as_("mina"), Role.REVIEWER, manages=True).invitation
        assert (made.side, made.organisation) == (Side.AUTHORITY, cast.contract.authority)
        nell = accept(key_in(mail.outbox[0]))
        member = cast.contract.memberships.get(person=nell)
        assert (member.role, member.side, member.manages) == (Role.REVIEWER, Side.AUTHORITY, True)
        assert nell.organisation == cast.contract.authority
        verbs = list(LedgerEntry.objects.order_by("-pk").values_list("verb", flat=True)[:3])
        assert verbs == ["member_added", "invitation_accepted", "person_invited"]

    def test_whatever_a_contract_or_a_person_is_called_the_mail_has_the_headers_it_should(self, cast):
        cast.contract.reference, cast.contract.title = "WF\r\nBcc: x@evil.example", "<b>Portal</b>\n"
        cast.contract.save()
        cast.mina.name = "Mina\nBcc: y@evil.example " + "z" * 150
        cast.mina.save()
        assert self.to(cast, Actor.of(cast.mina, Side.NEITHER), Role.AUDITOR).mailed
        message = mail.outbox[0].message()
        assert message["Bcc"] is None and mail.outbox[0].recipients() == ["nell@duly.example"]
        assert len(mail.outbox[0].subject) <= 150
        assert "<b>Portal</b>" not in mail.outbox[0].alternatives[0][0]

    def test_who_manages_for_a_side_invites_that_side(self, cast):
        cast.contract.memberships.filter(person=cast.mina).delete()
        cast.contract.memberships.filter(person=cast.priya).update(manages=True)
        cast.contract.memberships.filter(person=cast.ada).update(manages=True)
        self.to(cast, cast.as_("priya"), Role.CONTRIBUTOR)
        self.to(cast, cast.as_("priya"), Role.AUDITOR, "olga@duly.example")
        for role in (Role.REVIEWER, Role.ADMINISTRATOR):
            assert refused(self.to, cast, cast.as_("priya"), role, "ivo@duly.example").field == "role"
        assert refused(self.to, cast, cast.as_("tom"), Role.CONTRIBUTOR, "ivo@duly.example").field == "role"

    def test_the_other_side_is_invited_until_somebody_manages_for_it(self, cast):
        cast.contract.memberships.filter(person=cast.mina).delete()
        cast.contract.memberships.filter(person=cast.priya).update(manages=True)
        self.to(cast, cast.as_("priya"), Role.REVIEWER, manages=True)
        nell = accept(key_in(mail.outbox[0]))
        assert cast.contract.memberships.get(person=nell).manages
        assert refused(self.to, cast, cast.as_("priya"), Role.REVIEWER, "ivo@duly.example").field == "role"
        making.invite(
            Actor.of(nell, Side.AUTHORITY),
            NOON,
            contract=cast.contract,
            email="i@duly.example",
            role="reviewer",
        )

    def test_a_contract_kept_by_one_side_has_no_people_of_the_other(self, cast):
        cast.contract.kept_by = KeptBy.SUPPLIER
        cast.contract.save()
        alone = refused(self.to, cast, cast.as_("mina"), Role.REVIEWER)
        assert alone.field == "role" and "Let both keep it" in alone.message

    def test_somebody_who_is_on_it_is_not_invited(self, cast):
        there = refused(self.to, cast, cast.as_("mina"), Role.REVIEWER, "TOM@duly.example")
        assert there.field == "email" and "Tom Ashdown is on this contract" in there.message

    def test_somebody_with_an_account_joins_after_signing_in(self, cast):
        self.to(cast, cast.as_("mina"), Role.AUDITOR, "zed@duly.example")
        accepting.accept_as(key_in(mail.outbox[0]), cast.zed, LATER)
        assert cast.access("zed").role == Role.AUDITOR

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
    def test_who_acts_for_neither_side_manages_by_role_or_not_at_all(self, cast, role):
        assert refused(self.to, cast, cast.as_("mina"), role, manages=True).field == "manages"
