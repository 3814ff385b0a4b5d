"""The page of long work: how far it is, stopping it, what came of it, and for whom it is there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from contracts.models import LongWork
from contracts.services import long_work
from contracts.services.actors import Actor
from contracts.services.distribution import new_subject, restrict_to_list
from contracts.services.errors import Refused
from tests.cast import NOON, person, play
from tests.web.conftest import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Kinds of work as a contract's and the system's; what they do is in the payload."""
    monkeypatch.setattr(long_work, "KINDS", {})

    def does(work, progress, now):
        match work.payload:
            case {"refuse": why}:
                raise Refused("", why)
            case {"fail": _}:
                raise RuntimeError("<b>secret</b>")
        return {"message": "12 duties would change."}

    long_work.kind("usual")(does)
    long_work.kind("to_the_end", may_be_stopped=False)(does)
    long_work.kind("of_the_system", for_staff=True)(does)


def ask(cast, who="priya", kind="usual", **more) -> LongWork:
    actor = Actor.of(cast.people[who], "neither")
    given = {"contract": cast.contract, "title": "Working out the version", "leads_to": "/what-if"} | more
    return long_work.ask(kind, "1", actor, NOON, **given)


def at(work: LongWork) -> str:
    return f"/long-work/{work.pk}"


def test_how_far_it_is_is_shown_and_looked_at_again_without_javascript(cast, browse):
    work, client = ask(cast), browse(cast.priya)
    page = client.get(at(work))
    assert "It begins within seconds." in words(page) and page["Refresh"] == "5"
    claimed = long_work._claim(NOON, long_work.KINDS)
    long_work.Progress(claimed, long_work.KINDS["usual"], long_work.Clock(NOON)).step(3, 12, "Third contract")
    page = client.get(at(work))
    assert "Third contract: 3 of 12 done." in words(page) and page["Refresh"] == "5"
    assert '<progress id="progress" max="12" value="3">' in page.content.decode()
    assert "<script" not in page.content.decode().split("<body", 1)[1]


def test_done_it_says_what_came_of_it_and_leads_on(cast, browse):
    work = long_work.run(ask(cast), NOON)
    page = browse(cast.priya).get(at(work))
    assert "12 duties would change." in words(page) and "Refresh" not in page
    assert '<a class="govuk-link" href="/what-if">See what came of it</a>' in page.content.decode()
    assert "Asked for midday on 17 March 2026 by Priya Nair" in words(page)


def test_the_refusal_is_kept_and_shown(cast, browse):
    work = long_work.run(ask(cast, payload={"refuse": "This names no <rule>. Name one."}), NOON)
    page = browse(cast.priya).get(at(work))
    assert "Refused This names no <rule>. Name one. Go back to where you asked for it" in words(page)
    assert "<rule>" not in page.content.decode()


def test_the_failure_is_said_in_plain_words(cast, browse):
    work = ask(cast, payload={"fail": True})
    client = browse(cast.priya)
    for turn in range(3):
        if turn:
            assert "It is tried again shortly." in words(client.get(at(work)))
        long_work.run_waiting(NOON + timedelta(hours=turn))
    said = words(client.get(at(work)))
    assert "Something went wrong, 3 times. Nothing more is tried. Ask for it again" in said
    assert "secret" not in said


def test_stopped_by_who_asked(cast, browse):
    work, client = ask(cast), browse(cast.priya)
    assert "Stop it" in words(client.get(at(work)))
    said = words(client.post(f"{at(work)}/cancel", follow=True))
    assert "It was stopped before its end." in said and "by Priya Nair" in said and "Stop it" not in said
    assert "Stopped" in words(client.post(f"{at(work)}/cancel", follow=True))


def test_being_stopped_it_says_so(cast, browse):
    work, client = ask(cast), browse(cast.priya)
    long_work._claim(NOON, long_work.KINDS)
    said = words(client.post(f"{at(work)}/cancel", follow=True))
    assert "It is being stopped." in said and "Stop it" not in said


@pytest.mark.parametrize(("who", "may"), [("tom", False), ("ada", False), ("olu", False), ("mina", True)])
def test_others_on_the_contract_see_it_and_only_who_manages_it_stops_it(cast, browse, who, may):
    work, client = ask(cast), browse(cast.people[who])
    assert ("Stop it" in words(client.get(at(work)))) is may
    said = words(client.post(f"{at(work)}/cancel", follow=True))
    assert ("This is not for you to stop" in said) is not may
    work.refresh_from_db()
    assert work.state == ("cancelled" if may else "waiting")


def test_what_must_be_ended_is_not_stopped(cast, browse):
    work, client = ask(cast, kind="to_the_end"), browse(cast.priya)
    assert "Stop it" not in words(client.get(at(work)))
    assert "cannot be stopped half-way" in words(client.post(f"{at(work)}/cancel", follow=True))


def test_stopping_needs_the_form_of_the_page(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.priya)
    work = ask(cast)
    assert client.post(f"{at(work)}/cancel").status_code == 403
    assert client.get(f"{at(work)}/cancel").status_code == 405
    work.refresh_from_db()
    assert work.state == "waiting"


def reaches(client: Client, work: LongWork) -> list[int]:
    return [client.get(at(work)).status_code, client.post(f"{at(work)}/cancel").status_code]


def test_for_nobody_else_it_is_there(cast, browse):
    other = play(reference="WF-2026-099")
    other.contract.memberships.filter(person=other.priya).delete()
    theirs = ask(other, who="ada")
    own = long_work.ask("usual", "ada", Actor.of(cast.ada, "neither"), NOON, title="Ada's own")
    for work in (theirs, own):
        for client in (browse(cast.zed), browse(cast.priya)):
            assert reaches(client, work) == [404, 404]
        assert reaches(browse(cast.ada), work) == [200, 302]
        assert browse().get(at(work)).url.startswith("/accounts/login/?next=/long-work/")
    assert browse(cast.ada).get("/long-work/999999999999999999999999").status_code == 404


def test_who_left_the_contract_does_not_see_what_they_asked_for(cast, browse):
    work = ask(cast)
    cast.contract.memberships.filter(person=cast.priya).update(to_day=date(2026, 3, 16))
    assert reaches(browse(cast.priya), work) == [404, 404]


def test_the_systems_own_is_for_its_administrators_only(cast, browse):
    rosa, ruth = (person(name, is_staff=True) for name in ("rosa", "ruth"))
    work = long_work.ask("of_the_system", "1", Actor.of(rosa, "neither"), NOON, title="Bank holidays")
    assert reaches(browse(cast.mina), work) == [404, 404]
    assert browse(ruth).get(at(work)).status_code == 200
    type(rosa).objects.filter(pk=rosa.pk).update(is_staff=False)
    assert reaches(browse(rosa), work) == [404, 404]
    assert reaches(browse(ruth), work) == [200, 302]


def test_what_is_about_something_kept_to_a_list_is_there_for_who_is_on_it(cast, browse):
    subject = new_subject(cast.contract, NOON)
    people = [cast.priya.pk, cast.ada.pk]
    restrict_to_list(cast.contract, cast.as_("priya"), NOON, subject=subject, people=people)
    work = ask(cast, subject=subject)
    assert browse(cast.ada).get(at(work)).status_code == 200
    assert reaches(browse(cast.tom), work) == [404, 404]


def test_the_number_of_queries_does_not_grow(cast, browse, django_assert_max_num_queries):
    work, client = ask(cast), browse(cast.tom)
    for number in range(20):
        long_work.ask("usual", f"other {number}", Actor.of(cast.tom, "neither"), NOON, title="More",
                      contract=cast.contract)  # fmt: skip
    with django_assert_max_num_queries(6):
        client.get(at(work))
