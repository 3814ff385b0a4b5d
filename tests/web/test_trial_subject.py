"""A subject from a folder and one line: ``tests/trial/visits``, and its name in SUBJECTS."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from importlib import import_module, reload
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings as project
from django.contrib import admin
from django.db import connection
from django.test import override_settings
from django.urls import clear_url_caches, reverse

import compliance.urls
import obligations.api.urls
import obligations.web.urls
from compliance.celery import add_subjects, app
from contracts.access import Act
from contracts.services.errors import Refused
from obligations import subjects
from obligations.breaches import tasks as breaches
from obligations.demo.days import Days
from obligations.demo.player import Player
from obligations.models import Duty
from obligations.rules.register.kinds import FactKind
from obligations.rules.time.working_days import load_calendar
from obligations.web.facts.whole import recorded_at
from tests.access.addresses import every
from tests.access.passes import Matrix
from tests.access.test_matrix import frame
from tests.access.world import committed
from tests.cast import NOON
from tests.support import database
from tests.support.addresses import Things, of_a_contract, things
from tests.web.conftest import day_boxes, words
from tests.web.test_subjects import gate_asks, tables_are_said

pytestmark = pytest.mark.django_db
LINE = "tests.trial.visits"
ITS_OWN = ["visits", "note_visit", "visit", "visit_called"]


def addresses_again() -> None:
    """Addresses are read when a process starts; here the process goes on, so they are read again."""
    login = admin.site.login
    for module in (obligations.web.urls, obligations.api.urls, compliance.urls):
        reload(module)
    admin.site.login = login  # reading them wraps it once more
    clear_url_caches()
    every.cache_clear()


@pytest.fixture(scope="module", autouse=True)
def installed(django_db_setup, django_db_blocker, test_database):
    """The one line, for the time of these tests; and what a migration would do: the table."""
    assert app.conf.beat_schedule  # read once in a process: not with the trial in it
    folders = [{**project.TEMPLATES[0], "DIRS": [*project.TEMPLATES[0]["DIRS"], visits_folder()]}]
    with override_settings(SUBJECTS=[*project.SUBJECTS, LINE], TEMPLATES=folders):
        apps.get_app_config("obligations").import_models()
        if "visit" not in apps.all_models["obligations"]:  # read before, and taken out below
            apps.register_model("obligations", import_module(f"{LINE}.models").Visit)
        addresses_again()
        with django_db_blocker.unblock():
            make_table(test_database[1])
        try:
            yield
        finally:
            del apps.all_models["obligations"]["visit"]
            apps.clear_cache()
            with closing(database.connect(test_database[1])) as owner, owner.cursor() as cursor:
                cursor.execute("DROP TABLE obligations_visit")
    addresses_again()


def visits_folder() -> Path:
    return Path(__file__).parent.parent / "trial" / "visits" / "templates"


def make_table(owner_url: str) -> None:
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        editor.create_model(apps.get_model("obligations", "Visit"))
    statements = editor.collected_sql
    connection.close()
    with closing(database.connect(owner_url)) as owner, owner.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def here(cast, uploads) -> Things:
    return things(cast)


def test_its_addresses_are_among_those_that_the_guards_ask():
    assert set(ITS_OWN) <= set(of_a_contract())


@pytest.mark.django_db(transaction=True)
def test_the_matrix_of_access_holds_for_it(test_database, tmp_path):
    with committed(test_database[1], tmp_path) as world:
        matrix = Matrix(world, only=frozenset(ITS_OWN), look=frame)  # the others are asked in tests/access
        for each in matrix.passes[:-1]:
            each()
    assert matrix.asking.faults == [] and matrix.asking.asked > 100 and matrix.asking.done


def test_what_it_says_of_itself_is_held_to_as_of_any_other(here, browse, monkeypatch):
    [subject] = [one for one in subjects.installed() if one.name == "visits"]
    tables_are_said(subject)
    gate_asks(subject, here, browse, monkeypatch)
    assert browse(here.cast.olu).get(here.address("note_visit")).status_code == 403


def test_it_is_in_the_bar_and_what_is_noted_is_told_in_the_ledger_with_its_link(cast, browse):
    client, number = browse(cast.priya), cast.contract.pk
    board = client.get(reverse("board", args=[number]))
    assert "Claims Site visits" in words(board)
    assert f'href="{reverse("visits", args=[number])}"' in board.content.decode()
    sent = {"place": "The data centre", **day_boxes("on", date(2026, 3, 16))}
    noted = client.post(reverse("note_visit", args=[number]), sent, follow=True)
    assert "The visit is noted." in words(noted)
    ledger = client.get(reverse("ledger", args=[number]))
    assert "Noted a visit to The data centre on 16 March 2026" in words(ledger)
    visit = apps.get_model("obligations", "Visit").objects.get()
    assert f'href="{reverse("visit", args=[number, visit.pk])}"' in ledger.content.decode()


def test_a_refusal_of_its_service_stands_beside_the_field(cast, browse):
    sent = {"place": "The data centre", **day_boxes("on", date(2026, 3, 18))}
    page = browse(cast.priya).post(reverse("note_visit", args=[cast.contract.pk]), sent)
    assert "A visit lies in the past" in words(page)
    assert not cast.contract.ledger.filter(verb="visit_noted").exists()


def test_other_programs_reach_it_through_the_same_gate(here, browse):
    address = f"/api/v1/contracts/{here.cast.contract.pk}/visits/"
    assert browse(here.cast.olu).get(address).json() == {
        "results": [{"place": "The data centre", "on": "2026-03-16"}]
    }
    assert browse(here.cast.zed).get(address).status_code == 404
    assert browse().get(address).status_code in (401, 403)


def test_the_demo_plays_its_acts_as_its_people_may(cast):
    player = Player(cast.contract, cast.people, Days(NOON.date(), load_calendar()))
    event = {"on": "-1 10:00", "visit": "The data centre", "happened": "-2"}
    player.play({**event, "by": "priya"})
    with pytest.raises(Exception, match="does not allow you to record what happened"):
        player.play({**event, "by": "olu"})
    with pytest.raises(Refused, match="lies in the past"):
        player.play({**event, "by": "priya", "happened": "+1"})
    assert [one.place for one in apps.get_model("obligations", "Visit").objects.all()] == ["The data centre"]


def test_its_facts_are_recorded_on_its_page_and_a_fact_leads_to_the_one_thing(cast):
    kind = FactKind("site_visited", "contract", "A site was visited", "either", page="visits")
    assert recorded_at(cast.contract, kind) == reverse("visits", args=[cast.contract.pk])
    assert subjects.fact_page("visits").whole == "The visit to {subject}"


def test_its_tasks_are_on_the_clock_and_its_part_of_the_back_room_is_read(cast):
    visits = import_module(f"{LINE}.tasks")
    celery = SimpleNamespace(conf=SimpleNamespace(beat_schedule={}))
    add_subjects(celery)
    assert celery.conf.beat_schedule[visits.count_visits.name]["schedule"] == 60
    assert breaches.make_closing_reports.name in celery.conf.beat_schedule
    assert visits.count_visits() == 0
    assert [module.__name__ for module in subjects.load("admin")][-1] == "tests.trial.visits.admin"


def test_its_tables_belong_to_the_application_and_its_acts_to_the_matrix():
    assert apps.get_model("obligations", "Visit")._meta.db_table == "obligations_visit"
    assert Duty._meta.app_label == "obligations"
    assert {name: act for one in subjects.installed() for name, act in one.acts.items()}["visits"] == Act.VIEW
