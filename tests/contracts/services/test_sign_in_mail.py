"""Mails about signing in: to known people only, with SITE_URL's links, tried again, and then forgotten."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.models import ApiToken, Person, SignInMail
from contracts.services import sealing
from contracts.services.sign_in.mail import WAITS, ask, deliver
from contracts.services.sign_in.mail_words import WORDS
from tests.cast import NOON, person
from tests.support.tokens import key_of

pytestmark = pytest.mark.django_db
RESET = reverse("account_reset_password")
MOMENT = {
    "at": NOON.isoformat(),
    "until": NOON.isoformat(),
    "place": "192.0.2.7",
    "device": "Firefox on Windows",
}
DATA = MOMENT | {
    "before": "a@x.example",
    "after": "b@x.example",
    "key": "k" * 43,
    "by": "Ada",
    "agreed_by": "Ben",
    "reason": "Lost",
}


@pytest.fixture
def nell(db):
    return person("nell")


@pytest.fixture
def broken(settings):
    settings.EMAIL_BACKEND = "tests.contracts.services.test_invitations.Broken"


def test_a_stranger_makes_duly_mail_nobody_and_learns_nothing(nell, django_assert_num_queries):
    """M9: an unknown address got a mail; the same queries are made for it as for a known one."""
    counted = []
    for email in (nell.email, "nobody@elsewhere.example"):
        client = Client()
        client.get(RESET)
        with django_assert_num_queries(1):
            client.post(RESET, {"email": email})
        counted.append(SignInMail.objects.latest("pk"))
    assert [one.person for one in counted] == [None, None] and mail.outbox == []
    deliver(timezone.now())
    assert [one.to for one in mail.outbox] == [[nell.email]]
    assert not SignInMail.objects.exclude(sealed="", next_try_at=None).exists()


def test_links_lead_to_site_url_whatever_host_was_asked(nell, settings):
    settings.SITE_URL = "https://duly.wrenfield.gov.uk"
    settings.ALLOWED_HOSTS = ["*"]
    Client().post(RESET, {"email": nell.email}, HTTP_HOST="evil.example")
    deliver(timezone.now())
    [message] = mail.outbox
    html = message.alternatives[0][0]
    links = re.findall(r"https?://[^\s\"<]+", message.body + html)
    assert links and all(one.startswith("https://duly.wrenfield.gov.uk") for one in links)
    assert "evil" not in message.body + html


def test_a_link_for_a_new_password_works_once_and_for_an_hour(nell):
    Client().post(RESET, {"email": nell.email})
    deliver(timezone.now())
    path = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)[1]
    client = Client()
    form = client.get(path, follow=True).request["PATH_INFO"]
    key_of(nell)
    new = {"password1": "another fine phrase 7", "password2": "another fine phrase 7"}
    client.post(form, new)
    assert Person.objects.get(pk=nell.pk).check_password("another fine phrase 7")
    assert ApiToken.objects.get(person=nell).ended_at, "a token ends with the password it was made with"
    assert b"no longer works" in Client().get(path, follow=True).content


def test_who_has_ended_gets_none(nell):
    Person.objects.filter(pk=nell.pk).update(is_active=False)
    Client().post(RESET, {"email": nell.email})
    deliver(timezone.now())
    assert mail.outbox == []


@pytest.mark.parametrize("kind", WORDS)
def test_every_mail_has_words_a_link_and_a_way_out(nell, kind, settings):
    ask(kind, nell.email, NOON, person=nell, **DATA)
    assert deliver(NOON) == 1
    [message] = mail.outbox
    assert settings.SITE_URL in message.body and "{" not in message.body and "None" not in message.body
    assert message.subject in message.alternatives[0][0]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_one_without_words_is_refused_before_anything_is_kept(nell):
    with pytest.raises(KeyError, match="moon"):
        ask("moon", nell.email, NOON, person=nell)
    assert not SignInMail.objects.exists()


def test_a_mail_that_did_not_go_is_tried_again_and_given_up(nell, broken, settings, caplog):
    ask("password_changed", nell.email, NOON, person=nell, **MOMENT)
    now = NOON
    for number, wait in enumerate(WAITS, 1):
        assert deliver(now) == 0
        row = SignInMail.objects.get()
        assert (row.tries, row.next_try_at) == (number, now + wait) and "the line is down" in row.mail_failed
        assert deliver(now) == 0 and SignInMail.objects.get().tries == number  # not before its time
        now += wait
    deliver(now)
    row = SignInMail.objects.get()
    assert row.next_try_at is None and row.sealed == "" and "was given up" in caplog.text


def test_it_goes_once_the_mail_server_is_back_and_is_forgotten_after_a_month(nell, broken, settings):
    ask("password_changed", nell.email, NOON, person=nell, **MOMENT)
    deliver(NOON)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver(NOON + WAITS[0]) == 1 and deliver(NOON + WAITS[0]) == 0
    assert len(mail.outbox) == 1 and SignInMail.objects.get().sealed == ""
    deliver(NOON + timedelta(days=31))
    assert not SignInMail.objects.exists()


def test_what_was_sealed_with_another_key_is_left_out_and_said(nell, settings, caplog, same_database_key):
    ask("password_changed", nell.email, NOON, person=nell, **MOMENT)
    settings.SECRET_KEY = "another key " * 5
    assert deliver(NOON) == 0 and "another SECRET_KEY" in caplog.text and mail.outbox == []


class TestSealing:
    def test_only_the_same_purpose_and_key_open_it(self, settings):
        sealed = sealing.seal("a", "the secret")
        assert "secret" not in sealed and sealing.unseal("a", sealed) == "the secret"
        for purpose, text in (("b", sealed), ("a", sealed[:-2] + "xx"), ("a", "plain"), ("a", "£")):
            with pytest.raises(sealing.CannotOpen):
                sealing.unseal(purpose, text)
        old, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 5
        with pytest.raises(sealing.CannotOpen):
            sealing.unseal("a", sealed)
        settings.SECRET_KEY_FALLBACKS = [old]
        assert sealing.unseal("a", sealed) == "the secret"
