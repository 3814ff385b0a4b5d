"""The ledger, people, the reading rules, the demo's mail, and pages that say what went wrong."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults

from compliance import unwell
from contracts.models import LedgerEntry
from contracts.services import ledger
from contracts.web.rules import presenters as rules
from obligations import subjects
from obligations.web.ledger.presenters import OWN
from tests.cast import NOON, SYSTEM, done, happened, make_contract, patch_released, person
from tests.support.factors import with_app
from tests.web.conftest import words

SENTENCES = {**OWN, **subjects.sentences()}


@pytest.mark.django_db
class TestLedger:
    def page(self, cast, browse, **query):
        return browse(cast.olu).get(reverse("ledger", args=[cast.contract.pk]), query)

    def test_it_tells_the_story_in_sentences_newest_first(self, cast, browse):
        done(patch_released(cast), cast)
        page = words(self.page(cast, browse))
        told = [
            "“Apply Critical patches” (CVE-2026-0001), paragraph 10.3 was met on time, done on 16 March 2026",
            "Logged a note as evidence for “Apply Critical patches” (CVE-2026-0001), paragraph 10.3",
            "The Supplier came to owe “Apply Critical patches” (CVE-2026-0001), paragraph 10.3, due",
            "Recorded that this happened: “A security patch was publicly released” (CVE-2026-0001)",
            "Priya Nair was added as security lead",
            "Contract WF-2026-014 was set up, with 1 schedule",
        ]
        places = [page.index(sentence) for sentence in told]
        assert places == sorted(places)

    def test_every_verb_that_is_written_has_a_sentence(self, cast):
        happened(cast, "breach_of_security_occurred", NOON, "B-1")
        done(patch_released(cast), cast)
        written = set(LedgerEntry.objects.values_list("verb", flat=True))
        assert written <= set(SENTENCES), written - set(SENTENCES)

    def test_a_verb_nobody_knows_yet_is_still_shown(self, cast, browse):
        ledger.record(cast.contract, SYSTEM, "moon_landed", {"because": "It was time"}, NOON)
        assert "Moon landed" in words(self.page(cast, browse))

    @pytest.mark.parametrize("verb", sorted(SENTENCES))
    def test_an_entry_with_nothing_in_it_does_not_break_the_page(self, verb, browse):
        cast = make_contract()
        ledger.record(cast.contract, SYSTEM, verb, {}, NOON)
        assert self.page(cast, browse).status_code == 200

    def test_pages_cost_the_same(self, cast, browse, django_assert_num_queries):
        client, address = browse(cast.olu), reverse("ledger", args=[cast.contract.pk])
        with django_assert_num_queries(11):
            client.get(address)
        ledger.record_many(cast.contract, SYSTEM, [("moon_landed", {"n": n}) for n in range(120)], NOON)
        with django_assert_num_queries(11):
            page = client.get(address)
        assert page.content.decode().count('class="duly-row"') == 50
        assert "Contract WF-2026-014 was set up" in words(client.get(address, {"page": 99}))

    def test_the_csv_file_holds_every_entry_in_order_and_no_formula(self, cast, browse):
        ledger.record(cast.contract, SYSTEM, "=HYPERLINK(1)", {"note": "Grüße, “CSV”\nnew line"}, NOON)
        response = browse(cast.ada).get(reverse("ledger_csv", args=[cast.contract.pk]))
        assert response.streaming and "attachment" in response["Content-Disposition"]
        told = b"".join(response.streaming_content)
        assert told.startswith(b"\xef\xbb\xbf") and told.count(b"\xef\xbb\xbf") == 1  # Excel asks for it
        rows = list(csv.DictReader(io.StringIO(told.decode("utf-8-sig"), newline="")))
        entries = list(LedgerEntry.objects.order_by("number"))
        assert [int(row["number"]) for row in rows] == [entry.number for entry in entries]
        assert [row["hash"] for row in rows] == [entry.hash for entry in entries]
        assert rows[-1]["verb"] == "'=HYPERLINK(1)"
        assert json.loads(rows[-1]["payload"])["note"] == "Grüße, “CSV”\nnew line"

    def test_the_json_file_is_json_and_holds_every_entry(self, cast, browse):
        response = browse(cast.ada).get(reverse("ledger_json", args=[cast.contract.pk]))
        rows = json.loads(b"".join(response.streaming_content))
        assert len(rows) == LedgerEntry.objects.count()
        assert rows[0]["verb"] == "contract_created" and rows[0]["previous_hash"] == ""
        assert all(
            row["previous_hash"] == before["hash"] for before, row in zip(rows, rows[1:], strict=False)
        )


@pytest.mark.django_db
def test_people_with_their_roles_in_the_contracts_own_words(browse):
    cast = make_contract("order_schedule_9")
    page = words(browse(cast.tom).get(reverse("people", args=[cast.contract.pk])))
    assert "The Client is Wrenfield Council. The Agency is Harbourlight Systems." in page
    assert "Tom Ashdown (you) Agency: Contributor" in page
    assert "Olu Adeyemi Neither side: Auditor" in page and "Read only" in page
    assert "Zed Quill" not in page


class TestReadingRules:
    def test_every_rule_has_an_address_of_its_own(self, db):
        page = Client().get(reverse("reading_rules")).content.decode()
        known = re.findall(r"^### (R\d+)", rules.SOURCE.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(known) >= 30
        for rule in known:
            assert page.count(f'id="{rule}"') == 1, rule
        targets = set(re.findall(r'href="#([^"]+)"', page)) - {"main-content"}
        assert all(f'id="{target}"' in page for target in targets), targets

    def test_html_in_the_file_is_text_and_files_of_the_docs_are_no_links(self):
        made = rules.html(
            "# T\n\nsee [words](words.md), [R3](#r3), <b>x</b>\n\n### R3 Days\n\n| a |\n| --- |\n| b |\n"
        )
        assert "words.md" not in made and "see words," in made
        assert '<a href="#R3" class="govuk-link">R3</a>' in made and 'id="R3"' in made
        assert "<b>" not in made and "<h1" not in made and 'scope="col"' in made

    def test_a_copy_without_the_file_says_so(self, db, monkeypatch):
        monkeypatch.setattr(rules, "SOURCE", Path("/nowhere/reading.md"))
        assert "The rules are not in this copy of Duly." in words(Client().get(reverse("reading_rules")))


@pytest.mark.django_db
class TestDemoMail:
    @pytest.fixture
    def folder(self, settings, tmp_path):
        settings.LOCAL = settings.DEMO = True
        settings.MAIL_CATCHER_DIR = tmp_path / "mail"
        return tmp_path / "mail"

    def caught(self, folder, number=1, text="", subject="Due soon: Apply Critical patches", kind="plain"):
        folder.mkdir(exist_ok=True)
        key = f"{1773748800 * 10**9 + number:020d}-{number}"
        head = f"From: Duly <duly@duly.example>\nTo: Priya Nair <priya@duly.example>\nSubject: {subject}\n"
        head += f"Content-Type: text/{kind}; charset=utf-8\n\n"
        (folder / f"{key}.eml").write_bytes((head + text).encode())
        return key

    def test_no_mail_yet(self, folder, browse):
        cast = make_contract()
        assert "No mail has been sent yet." in words(browse(cast.zed).get(reverse("mail")))

    def test_the_newest_comes_first_and_a_message_is_shown_as_text(self, folder, browse):
        cast = make_contract()
        self.caught(folder, 1, "first")
        text = "Due <script>alert(1)</script> on\nThursday: http://127.0.0.1:8000/contracts/1/duties/2"
        key = self.caught(folder, 2, text, subject="=?utf-8?b?RsOkbGxpZyA8Yj4=?=")
        page = browse(cast.olu).get(reverse("mail"))
        assert page.content.decode().index("Fällig &lt;b&gt;") < page.content.decode().index("Due soon")
        message = browse(cast.olu).get(reverse("message", args=[key]))
        assert "<script>alert" not in message.content.decode()
        assert 'href="http://127.0.0.1:8000/contracts/1/duties/2"' in message.content.decode()

    def test_a_message_in_html_only_is_shown_without_its_tags(self, folder, browse):
        cast = make_contract()
        key = self.caught(folder, 1, "<p onclick='x()'>Hello <b>Ada</b></p><img src=x>", kind="html")
        page = browse(cast.olu).get(reverse("message", args=[key])).content.decode()
        assert "Hello Ada" in page and "onclick" not in page and "<img" not in page

    def test_many_come_page_by_page(self, folder, browse):
        cast = make_contract()
        for number in range(30):
            self.caught(folder, number, "text", subject=f"Message {number}")
        first = words(browse(cast.olu).get(reverse("mail")))
        assert "Message 29" in first and "Message 4 " not in first
        assert "Message 4 " in words(browse(cast.olu).get(reverse("mail"), {"page": 2}))

    @pytest.mark.parametrize(
        "key", ["..", "x", "00000000000000000001-9", "..%2f..%2fetc%2fpasswd", "a" * 500]
    )
    def test_no_other_file_can_be_named(self, folder, browse, key):
        cast = make_contract()
        self.caught(folder)
        assert browse(cast.olu).get(f"/mail/{key}").status_code == 404

    def test_without_the_demo_and_a_mail_server_the_systems_administrators_read_it(
        self, folder, browse, settings
    ):
        cast, key = make_contract(), self.caught(folder)
        rosa = person("rosa", is_staff=True)
        with_app(rosa)  # outside the demo an administrator has a second factor
        settings.DEMO, settings.CATCHES_MAIL = False, True
        page = browse(rosa).get(reverse("message", args=[key]))
        assert "Caught mail" in words(page) and "Demo mail" not in words(page)
        for address in (reverse("mail"), reverse("message", args=[key])):
            assert browse(cast.priya).get(address).status_code == 404
        settings.CATCHES_MAIL = False
        assert browse(rosa).get(reverse("mail")).status_code == 404
        settings.CATCHES_MAIL, settings.LOCAL = True, False
        assert browse(rosa).get(reverse("mail")).status_code == 404

    def test_outside_the_demo_there_is_none(self, folder, browse, settings):
        cast = make_contract()
        key = self.caught(folder)
        settings.DEMO = False
        assert browse(cast.olu).get(reverse("mail")).status_code == 404
        assert browse(cast.olu).get(reverse("message", args=[key])).status_code == 404
        settings.DEMO, settings.LOCAL = True, False
        assert browse(cast.olu).get(reverse("mail")).status_code == 404


class TestWhatWentWrong:
    def test_an_address_that_is_none(self, db):
        response = Client().get("/no/such/page")
        assert response.status_code == 404
        assert "Page not found" in words(response) and "duly.css" in response.content.decode()

    def test_a_form_without_its_token(self, db):
        response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x"})
        assert response.status_code == 403
        assert "Please send that again" in words(response)

    def test_a_fault_of_ours_and_a_broken_request(self):
        request = RequestFactory().get("/")
        broken = defaults.bad_request(request, SuspiciousOperation("x"))
        assert broken.status_code == 400 and "This request cannot be read" in words(broken)
        fault = unwell.server_error(request)
        assert fault.status_code == 500 and "Something went wrong" in words(fault)

    def test_too_much_in_one_form(self, db, browse):
        cast = make_contract()
        address = reverse("draft_variation", args=[cast.contract.pk])
        response = browse(cast.priya).post(address, {f"field-{n}": "x" for n in range(2500)})
        assert response.status_code == 400
        assert "This request cannot be read" in words(response)

    def test_a_file_whose_name_has_5000_letters(self, db, browse):
        cast = make_contract()
        file = io.BytesIO(b"1. Boats")
        file.name = "x" * 5000 + ".txt"  # an uploaded file of Django's would shorten it
        response = browse(cast.priya).post(reverse("upload", args=[cast.contract.pk]), {"file": file})
        assert response.status_code == 400
        assert "Give the file a name of at most 200 characters" in words(response)

    def test_what_a_role_does_not_allow_says_which_role(self, db, browse):
        cast = make_contract()
        response = browse(cast.olu).get(reverse("record", args=[cast.contract.pk]))
        assert response.status_code == 403
        said = "Your role on this contract, auditor, does not allow you to record what happened."
        assert said in words(response)
