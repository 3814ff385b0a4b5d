"""Templates in the browser: kept, listed, exported, imported, used; and for whom they are there."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from obligations.models import BookTemplate, EntryDecision
from obligations.services.book_templates.keeping import keep_template
from tests.cast import NOON, Cast, organisation
from tests.support.own_book import ENTRIES, HARBOUR, decided, own_cast, own_contract, own_schedule
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db) -> Cast:
    cast = own_cast()
    for path, entry in ENTRIES.items():
        decided(cast, path, entry)
    for name in ("priya", "tom"):
        cast.people[name].organisation = organisation("Harbourlight Systems")
        cast.people[name].save()
    return cast


@pytest.fixture
def other(cast) -> Cast:
    """The next contract: one paragraph says it otherwise, one is new."""
    other = own_contract(reference="NEXT")
    changed = HARBOUR["main/3"].replace("3 Working", "5 Working")
    own_schedule(other, words=HARBOUR | {"main/3": changed, "main/7": "Oars are counted."})
    return other


def kept(cast: Cast) -> BookTemplate:
    ours = organisation("Harbourlight Systems")
    return keep_template(cast.contract, cast.schedule, ours, cast.as_("priya"), NOON, title="Harbour")


def at(name: str, cast: Cast) -> str:
    return reverse(name, args=[cast.contract.pk, cast.schedule.pk])


def hidden(response, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]*)"', response.content.decode())[0]


def test_a_schedule_is_kept_and_listed(cast, browse):
    client = browse(cast.priya)
    page = client.get(at("keep_template", cast))
    assert "5 of 7 paragraphs are decided." in words(page)
    sent = {"title": "Harbour", "token": hidden(page, "token")}
    answer = client.post(at("keep_template", cast), sent)
    made = BookTemplate.objects.get()
    assert answer.url == reverse("template", args=[made.organisation_id, made.pk])
    assert client.post(at("keep_template", cast), sent).status_code == 302
    assert BookTemplate.objects.count() == 1
    says = words(client.get(reverse("templates", args=[made.organisation_id])))
    assert "Harbour 7 paragraphs, 5 decided. Kept from WF-2026-014 by Priya Nair on 17 March 2026." in says
    says = words(client.get(answer.url))
    assert (
        "Tell the Council of a crane fault, each time something happens, the supplier, 3 Working Days" in says
    )
    assert "Keep the Harbour Log entry, each time something happens, the supplier, at least 6 years" in says


def test_a_title_that_is_there_is_an_error_at_its_field(cast, browse):
    kept(cast)
    answer = browse(cast.priya).post(at("keep_template", cast), {"title": "harbour"})
    assert errors(answer) == {
        "There is a template “harbour” already: give this one another title.": "id_title"
    }


def test_who_belongs_to_no_organisation_is_told_so(cast, browse):
    assert "your account names none" in words(browse(cast.ada).get(at("keep_template", cast)))
    assert browse(cast.tom).get(at("keep_template", cast)).status_code == 403


def test_an_export_comes_back_as_an_import(cast, browse):
    made, client = kept(cast), browse(cast.priya)
    file = client.get(reverse("template_export", args=[made.organisation_id, made.pk]))
    assert file["Content-Disposition"] == 'attachment; filename="harbour.duly.json"'
    there = reverse("template_import", args=[made.organisation_id])
    upload = SimpleUploadedFile("x.json", file.content)
    answer = client.post(there, {"file": upload, "title": "Harbour again"})
    again = BookTemplate.objects.get(title="Harbour again")
    assert answer.url == reverse("template", args=[made.organisation_id, again.pk])
    assert again.content["paragraphs"] == made.content["paragraphs"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 2}, "format: This is format 2; this release reads format 1."),
        ({"paragraphs": [{"path": "x"}]}, "paragraphs[0].path: It must be a scope and a number"),
        ({"made_by": "x"}, "made_by: This is no template of Duly"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_at_the_file_that_names_its_field(cast, browse, change, says):
    made = kept(cast)
    there = reverse("template_import", args=[made.organisation_id])
    upload = SimpleUploadedFile("x.json", json.dumps(made.content | change).encode())
    answer = browse(cast.priya).post(there, {"file": upload, "title": "Kept title"})
    [(message, field)] = errors(answer).items()
    assert message.startswith(says) and field == "id_file"
    assert 'value="Kept title"' in answer.content.decode()
    assert BookTemplate.objects.count() == 1


def test_using_one_is_shown_first_and_then_decided(cast, other, browse):
    made, client = kept(cast), browse(cast.priya)
    assert "Harbour" in words(client.get(at("use_template", other)))
    address = f"{at('use_template', other)}?template={made.pk}"
    page = client.get(address)
    says = words(page)
    assert "4 paragraphs would be decided as in the template. 1 paragraph with other words stays" in says
    assert "<del>3</del>" in page.content.decode() and "<ins>5</ins>" in page.content.decode()
    assert "7 : The template has no such paragraph." in says
    assert not EntryDecision.objects.filter(contract=other.contract).exists()
    sent = {"seen": hidden(page, "seen"), "token": hidden(page, "token")}
    answer = client.post(address, sent)
    assert answer.status_code == 302
    assert EntryDecision.objects.filter(contract=other.contract).count() == 4
    assert "4 paragraphs are decided as in “Harbour”" in words(client.get(answer.url))
    again = client.post(address, sent | {"token": ""})
    [message] = errors(again)
    assert message == "Something changed since this was shown. Look at it again, then take it over."


def test_a_retired_one_is_offered_no_more(cast, other, browse):
    made, client = kept(cast), browse(cast.priya)
    client.post(reverse("template_retire", args=[made.organisation_id, made.pk]))
    made.refresh_from_db()
    assert made.retired_by == cast.priya
    assert "has no template yet" in words(client.get(at("use_template", other)))
    says = words(client.get(reverse("template", args=[made.organisation_id, made.pk])))
    assert "Retired by Priya Nair" in says and "Retire it" not in says


OF_THE_ORGANISATION = ["templates", "template_import", "template", "template_export", "template_retire"]


@pytest.mark.parametrize("name", OF_THE_ORGANISATION)
def test_nobody_else_finds_them(cast, browse, name):
    made = kept(cast)
    args = [made.organisation_id] + ([made.pk] if name not in ("templates", "template_import") else [])
    elsewhere = [organisation("Elsewhere Board").pk, *args[1:]]
    method = "post" if name == "template_retire" else "get"
    assert getattr(browse(cast.priya), method)(reverse(name, args=args)).status_code in (200, 302)
    for who in ("tom", "ada", "zed", "olu"):
        assert getattr(browse(cast.people[who]), method)(reverse(name, args=args)).status_code == 404
    assert getattr(browse(cast.priya), method)(reverse(name, args=elsewhere)).status_code == 404
    assert "/accounts/login/" in getattr(browse(), method)(reverse(name, args=args)).url


def test_another_organisations_template_is_not_offered(cast, other, browse):
    made = kept(cast)
    other.ada.organisation = organisation("Wrenfield Council")
    other.ada.save()
    client = browse(other.ada)
    assert "has no template yet" in words(client.get(at("use_template", other)))
    page = client.get(f"{at('use_template', other)}?template={made.pk}")
    assert "would be decided" not in words(page)
