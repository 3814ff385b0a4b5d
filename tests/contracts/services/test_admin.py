"""The back room: for staff administrators only, and it writes nothing that belongs on the record."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from contracts.models import Organisation, Person
from tests.cast import done, patch_released, person, play

pytestmark = pytest.mark.django_db

WRITABLE = {Person, Organisation}
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
def test_every_list_and_page_opens_and_only_people_and_organisations_can_be_written(staff, model):
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
    assert staff.get(add).status_code == (200 if model in WRITABLE else 403)


def test_somebody_who_is_not_staff_does_not_get_in(client):
    client.force_login(person("priya"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(listed(Person)).status_code == 302


def test_an_address_is_kept_in_small_letters(staff):
    form = {
        "email": "Wes@Duly.Example", "name": "Wes", "job_title": "", "organisation": "",
        "password1": "a long enough password", "password2": "a long enough password",
    }  # fmt: skip
    response = staff.post(reverse("admin:contracts_person_add"), form)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert Person.objects.get(name="Wes").email == "wes@duly.example"
