"""What each subject says of itself is so, and the house learns of it in one place."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

import obligations
from contracts.access import Access
from contracts.web import bar
from obligations import subjects
from obligations.models import Duty
from obligations.rules.register.facts import vocabulary
from obligations.subjects import Subject
from obligations.web.ledger import presenters
from tests.support.addresses import Things, of_subject, only_post, things

SUBJECTS = {subject.name: subject for subject in subjects.installed()}
EVERY = pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
USUAL = {
    "models": "models",
    "pages": "web.urls",
    "api": "api.urls",
    "admin": "admin",
    "tasks": "tasks",
    "ledger": "web.ledger",
    "following": "services.following",
    "demo": "demo",
    "once": "web.once",
    "ways": "web.ways",
    "telling": "telling",
}
"""Where each room is in every folder: so that one who knows one subject knows all."""


@EVERY
def test_what_is_in_the_folder_is_named_and_in_its_usual_place(subject):
    folder = Path(str(import_module(subject.package).__file__)).parent
    there = {room: path for room, path in USUAL.items() if (folder / f"{path.replace('.', '/')}.py").exists()}
    assert {room: getattr(subject, room) for room in subjects.ROOMS if getattr(subject, room)} == there
    assert all(subject.load(room) is not None for room in there)


@EVERY
def test_its_tables_are_those_of_its_models_and_each_belongs_to_a_contract(subject):
    tables_are_said(subject)


def tables_are_said(subject: Subject) -> None:
    module = subject.load("models")
    if module is None:
        assert (subject.tables, subject.protected) == ((), ())
        return
    models = [model for model in Duty._meta.apps.get_models() if model.__module__ == module.__name__]
    assert all(model._meta.get_field("contract").related_model.__name__ == "Contract" for model in models)
    joined = [many.remote_field.through for model in models for many in model._meta.local_many_to_many]
    assert set(subject.tables) == {model._meta.db_table for model in models + joined}
    kept = {model._meta.db_table for model in models if not may_be_deleted(model)}
    assert set(subject.protected) == kept


def may_be_deleted(model) -> bool:
    """Whether no trigger of the database forbids it."""
    guards = [one for one in getattr(model._meta, "triggers", []) if type(one).__name__ == "Protect"]
    return not any("DELETE" in str(one.operation) for one in guards)


@EVERY
def test_each_of_its_addresses_says_what_a_role_must_allow(subject):
    every = [page for room in ("pages", "api") if getattr(subject, room) for page in patterns(subject, room)]
    assert set(subject.acts) == {page.name for page in every}
    assert set(subject.links.values()) <= set(subject.acts)
    assert all("contract_id" in page.pattern.converters for page in every)
    if subject.menu is not None:
        assert subject.menu.act == subject.acts[subject.menu.address]
    if subject.facts is not None:
        assert {subject.facts.address, subject.facts.called} <= set(subject.acts)


def patterns(subject: Subject, room: str) -> list:
    module = subject.load(room)
    assert module is not None
    return module.urlpatterns


@EVERY
@pytest.mark.django_db
def test_the_gate_asks_for_that_act_first(subject, cast, uploads, browse, monkeypatch):
    gate_asks(subject, things(cast), browse, monkeypatch)


def gate_asks(subject: Subject, here: Things, browse, monkeypatch) -> None:
    """Each address of a subject is asked for, and what the gate was asked for is what the subject says."""
    asked, require = [], Access.require
    monkeypatch.setattr(Access, "require", lambda self, act: (asked.append(act), require(self, act))[1])
    client = browse(here.cast.priya)
    for name, act in subject.acts.items():
        asked.clear()
        if name.startswith("api_"):
            client.get(f"/api/v1/contracts/{here.cast.contract.pk}/{subject.name}/")
        elif name in only_post():
            client.post(here.address(name))
        else:
            client.get(here.address(name))
        assert asked and asked[0] == act, name


def test_places_in_the_bar_sentences_and_links_are_each_taken_once():
    places = [entry.place for entry in bar.entries()]
    assert len(places) == len(set(places)) == 13 + len(SUBJECTS)
    assert not set(presenters.OWN) & set(subjects.sentences())
    assert not set(presenters.LINKS) & set(subjects.links())


def test_every_kind_of_fact_with_a_page_names_a_subject_that_has_one():
    assert {kind.page for kind in vocabulary().values() if kind.page} <= {
        subject.name for subject in SUBJECTS.values() if subject.facts is not None
    }


def test_the_linter_knows_every_subject_and_lets_the_core_import_none():
    root = Path(obligations.__file__).parent.parent
    rules = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [rule] = [one for one in rules if one.get("exhaustive")]
    assert set(rule["layers"][0].split(" | ")) == set(SUBJECTS), "name it in that layer of pyproject.toml"
    assert "ignore_imports" not in rule and rule["containers"] == ["obligations"]


def test_a_subject_that_is_not_there_or_not_one_is_refused_by_name(settings):
    settings.SUBJECTS = ["obligations.no_such_folder"]
    with pytest.raises(ImproperlyConfigured, match=r"'obligations\.no_such_folder'.*subject\.py"):
        subjects.installed()
    settings.SUBJECTS = ["obligations.plans", "obligations.plans"]
    with pytest.raises(ImproperlyConfigured, match="both have 'plans'"):
        subjects.installed()


def test_two_subjects_with_the_same_word_are_refused(settings, monkeypatch):
    plans = import_module("obligations.plans.subject")
    monkeypatch.setattr(plans, "SUBJECT", replace(plans.SUBJECT, links={"breach": "plan"}))
    settings.SUBJECTS = ("obligations.breaches", "obligations.plans")
    try:
        with pytest.raises(ImproperlyConfigured, match=r"breaches and .*plans both have 'breach'"):
            subjects.installed()
            subjects.links()
    finally:
        subjects._read.cache_clear()
    with pytest.raises(ImproperlyConfigured, match="must be a Subject with package"):
        monkeypatch.setattr(plans, "SUBJECT", replace(plans.SUBJECT, package="obligations.plan"))
        subjects.installed()


def test_a_subject_without_samples_says_which_file_to_add():
    with pytest.raises(AssertionError, match=r"Add tests/subjects/no_such_subject\.py with samples"):
        of_subject(Subject(package="obligations.no_such_subject"))


def test_a_wrong_name_of_a_module_is_not_passed_over():
    with pytest.raises(ModuleNotFoundError, match=r"obligations\.plans\.webb"):
        replace(SUBJECTS["plans"], pages="webb.urls").load("pages")
