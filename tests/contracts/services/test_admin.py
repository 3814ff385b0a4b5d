"""The back room: for staff administrators only, and it writes nothing that belongs on the record."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from contracts.models import OrganisationEntry, Person
from tests.cast import done, organisation, patch_released, person, play

pytestmark = pytest.mark.django_db

WRITABLE = {Person}
OURS = [model for model in admin.site._registry if model._meta.app_label in ("contracts", "obligations")]


@pytest.fixture
def staff(client):
    root = Person.objects.create_superuser("root@duly.example", "Root", "a long enough password")
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def backend(settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]


def listed(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_list_and_page_opens_and_only_who_signs_in_is_said_here(staff, model):
    cast = play()
    done(patch_released(cast), cast)
    assert staff.get(listed(model)).status_code == 200
    row = model._default_manager.first()
    if row is not None:
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
        response = staff.get(page)
        assert response.status_code == 200
        assert (b'name="_save"' in response.content) == (model in WRITABLE)
    add = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    assert staff.get(add).status_code == 403


def test_somebody_who_is_not_staff_does_not_get_in(client):
    client.force_login(person("priya"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(listed(Person)).status_code == 302


def test_an_account_is_closed_at_once_and_that_is_on_the_record(staff):
    zed = person("zed", organisation=organisation("Wrenfield Council"))
    page = reverse("admin:contracts_person_change", args=[zed.pk])
    staff.post(page, {"name": "Somebody Else", "email": "x@evil.example"})
    zed.refresh_from_db()
    assert (zed.is_active, zed.name, zed.email) == (False, "Zed Quill", "zed@duly.example")
    entry = OrganisationEntry.objects.get(verb="sign_in_changed")
    assert entry.actor_name == "Root" and entry.payload["is_active"] is False
    staff.post(page, {})
    assert OrganisationEntry.objects.filter(verb="sign_in_changed").count() == 1
    staff.post(page, {"is_active": "on", "is_staff": "on"})
    zed.refresh_from_db()
    assert zed.is_active and zed.is_staff and not zed.is_superuser


def test_nobody_sets_the_password_of_another_and_so_signs_in_as_them(staff):
    zed = person("zed")
    page = reverse("admin:auth_user_password_change", args=[zed.pk])
    new = {
        "password1": "another fine phrase 7",
        "password2": "another fine phrase 7",
        "usable_password": "true",
    }
    for response in (staff.get(page), staff.post(page, new)):
        assert response.status_code == 403
    zed.refresh_from_db()
    assert zed.check_password("a long enough password")
