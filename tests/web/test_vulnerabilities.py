"""The pages of vulnerabilities: the table, one of them, and recording one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from contracts.models import Person
from obligations.models import Duty, FactRecord
from obligations.services.choosing.settings import change_setting
from obligations.vulnerabilities.models import Vulnerability
from obligations.vulnerabilities.selectors import Cursor, Wanted, _beside, narrowed
from tests.cast import NOON
from tests.subjects.vulnerabilities import findings, vulnerability
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db


def address(cast, name: str, *more: object) -> str:
    return reverse(name, args=[cast.contract.pk, *more])


def sent(**changes) -> dict[str, str]:
    usual = {
        "identifier": "CVE-2026-0901",
        "component": "openssl",
        "category": "Critical",
        "fixed_version": "3.0.15",
        "hosts": "web-1\r\nweb-2",
        "draft": "no",
        **day_boxes("found", date(2026, 3, 16)),
        **day_boxes("released", date(2026, 3, 12)),
    }
    return usual | changes


def many(cast, number: int) -> None:
    """Rows as an import leaves them, all due in their turn."""
    Vulnerability.objects.bulk_create(
        Vulnerability(
            contract=cast.contract,
            subject=f"CVE-2026-{one:05} in nginx",
            folded=f"cve-2026-{one:05} in nginx",
            identifier=f"CVE-2026-{one:05}",
            component="nginx",
            category="Other",
            released_on=NOON.date(),
            found_on=NOON.date(),
            due_at=NOON + timedelta(minutes=one // 3),
            order_at=NOON + timedelta(minutes=one // 3),
            recorded_at=NOON,
            recorded_side="supplier",
            changed_at=NOON,
        )
        for one in range(number)
    )


def test_one_is_recorded_on_a_page_and_shown_with_its_date(cast, browse):
    client = browse(cast.priya)
    said = words(client.post(address(cast, "record_vulnerability"), sent(), follow=True))
    assert "It is on the record. Its patch is due by Thursday 19 March 2026." in said
    assert "CVE-2026-0901 in openssl" in said and "web-2" in said
    table = words(browse(cast.ada).get(address(cast, "vulnerabilities")))
    assert "1 vulnerability, those due first" in table and "Thu 19 Mar 2026" in table and "2 places" in table


def test_a_mistake_is_said_at_its_field(cast, browse):
    response = browse(cast.priya).post(
        address(cast, "record_vulnerability"), sent(nvd="Grave", identifier="")
    )
    assert errors(response) == {"Enter what it is called, such as CVE-2026-0001.": "id_identifier"}
    response = browse(cast.priya).post(address(cast, "record_vulnerability"), sent(nvd="Grave"))
    assert list(errors(response).values()) == ["id_nvd"]
    assert not Vulnerability.objects.exists()


def test_the_same_again_leads_to_the_one_there_is(cast, browse):
    row = vulnerability(cast)
    response = browse(cast.tom).post(address(cast, "record_vulnerability"), sent(), follow=True)
    assert response.redirect_chain[-1][0] == address(cast, "vulnerability", row.pk)
    assert "is in the table already" in words(response)


def test_a_draft_is_on_no_page_of_the_other_side(cast, browse):
    row = vulnerability(cast, draft=True)
    own = browse(cast.tom)
    assert "CVE-2026-0901" in words(own.get(address(cast, "vulnerabilities")))
    assert "The Authority does not see it" in words(own.get(address(cast, "vulnerability", row.pk)))
    for name in ("ada", "olu", "mina"):
        other = browse(cast.people[name])
        assert "CVE-2026-0901" not in words(other.get(address(cast, "vulnerabilities") + "?show=all")), name
        assert other.get(address(cast, "vulnerability", row.pk)).status_code == 404
        for page in ("board", "facts", "ledger"):
            assert "CVE-2026-0901" not in words(other.get(address(cast, page))), page
    form = words(browse(cast.ada).get(address(cast, "record_vulnerability")))
    assert "Who sees it?" not in form


def test_drafts_that_were_shown_are_submitted_and_no_others(cast, browse):
    one, two = (vulnerability(cast, f"CVE-2026-080{number}", draft=True) for number in (1, 2))
    priya, address = browse(cast.priya), reverse("submit_vulnerabilities", args=[cast.contract.pk])
    assert "Submit it" in words(priya.get(reverse("vulnerability", args=[cast.contract.pk, one.pk])))
    shown = words(priya.get(f"{address}?row={one.pk}"))
    assert "CVE-2026-0801" in shown and "CVE-2026-0802" not in shown and "the Authority sees" in shown
    assert "There is no draft of your side" in words(browse(cast.ada).get(address))
    refused = browse(cast.ada).post(address, {"row": [one.pk, two.pk]}, follow=True)
    assert Vulnerability.objects.filter(draft=True).count() == 2 and refused.status_code == 200
    said = words(priya.post(address, {"row": [one.pk, "x", "9" * 30]}, follow=True))
    assert "1 vulnerability is on the record now: the Authority sees it" in said
    assert list(Vulnerability.objects.filter(draft=True)) == [two]
    page = reverse("vulnerability", args=[cast.contract.pk, one.pk])
    assert "CVE-2026-0801" in words(browse(cast.ada).get(page))
    again = words(priya.post(address, {"row": [one.pk]}, follow=True))
    assert "There is no draft among these any more" in again


def test_the_table_is_narrowed_by_its_address(cast, browse):
    vulnerability(cast)
    vulnerability(cast, "CVE-2026-0902", category="Other", component="nginx", hosts=["db-7"], title="A leak")
    vulnerability(cast, "CVE-2026-0903", released=None)
    vulnerability(cast, "CVE-2026-0904", released=None, fixed_version="")
    client, table = browse(cast.priya), address(cast, "vulnerabilities")

    def found(query: str) -> list[str]:
        said = words(client.get(table + query))
        return [f"090{one}" for one in range(1, 5) if f"CVE-2026-090{one}" in said]

    assert found("") == ["0901", "0902", "0903", "0904"]
    assert found("?category=Critical") == ["0901", "0903", "0904"]
    assert found("?show=soon") == ["0901", "0903"]
    assert found("?show=no_day") == ["0903"]
    assert found("?show=no_fix") == ["0904"]
    assert found("?text=db-7") == found("?text=leak") == found("?text=NGINX") == ["0902"]
    assert found("?show=late") == found("?show=done") == found("?sharing=draft") == []
    assert found("?show=nonsense&at=nonsense") == ["0901", "0902", "0903", "0904"]


def test_a_careful_date_is_never_missed(cast, browse, at_noon):
    vulnerability(cast, released=None)
    at_noon.move_to(NOON.replace(month=4))
    said = words(browse(cast.priya).get(address(cast, "vulnerabilities")))
    assert "find the release day" in said and "Past its date" not in said.split("Standing")[-1]
    assert "CVE-2026-0901" not in words(
        browse(cast.priya).get(address(cast, "vulnerabilities") + "?show=late")
    )


def test_every_page_is_reached_by_next_and_back_and_costs_the_same(cast, browse, django_assert_num_queries):
    many(cast, 130)
    client, table = browse(cast.priya), address(cast, "vulnerabilities")
    seen: list[str] = []
    query = ""
    for number in (50, 50, 30):
        client.get(table)
        with django_assert_num_queries(8):
            response = client.get(table + query)
        rows = response.context["rows"]
        assert len(rows) == number
        seen += [row.name for row in rows]
        query, back = response.context["pages"].next, response.context["pages"].previous
    assert seen == sorted(set(seen)) and len(seen) == 130 and not query
    again = client.get(table + back).context["rows"]
    assert [row.name for row in again] == seen[50:100]
    first = client.get(table + client.get(table + back).context["pages"].previous)
    assert [row.name for row in first.context["rows"]] == seen[:50] and not first.context["pages"].previous


def test_a_cursor_says_what_it_read():
    cursor = Cursor(NOON.replace(microsecond=123456), 7, backwards=True)
    assert Cursor.read(str(cursor)) == cursor
    for text in (
        "",
        "a",
        "a1.2",
        "x1.2.3",
        "a1.2.x",
        "a99999999999999.1.1",
        "b-1.1.1",
        "a1.1000000.1",
        "a1.1.9e9",
    ):
        assert Cursor.read(text) is None


def test_the_plan_of_a_page_far_down_uses_the_index(cast):
    many(cast, 600)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE obligations_vulnerability")
    rows = narrowed(cast.access("priya"), Wanted(), NOON)
    far = _beside(rows, Cursor(NOON.replace(hour=14), 10)).order_by("order_at", "id")[:51]
    plan = far.explain()
    assert "vulnerability_by" in plan and "Sort" not in plan, plan


class TestWhoSeesItByDefault:
    """The forms propose what the contract's settings say of what came in their way."""

    def proposed(self, client, there) -> str:
        form = client.get(there).context["form"]
        return form["draft"].value()

    def test_each_way_has_its_own_setting_and_the_form_still_decides(self, cast, browse, uploads):
        client, typed = browse(cast.priya), address(cast, "record_vulnerability")
        read = address(cast, "findings_file", findings(cast).pk)
        assert (self.proposed(client, typed), self.proposed(client, read)) == ("no", "yes")
        for name, answer in (("drafts_typed", "own"), ("drafts_imported", "both")):
            change_setting(cast.contract, cast.as_("priya"), NOON, name=name, answer=answer, reason="So.")
            cast.contract.refresh_from_db()
        assert (self.proposed(client, typed), self.proposed(client, read)) == ("yes", "no")
        client.post(typed, sent(draft="no"))
        assert not Vulnerability.objects.get(identifier="CVE-2026-0901").draft

    def test_the_settings_page_offers_it_to_who_may_say(self, cast, browse):
        for person, offered in ((cast.priya, True), (cast.mina, True), (cast.ada, False), (cast.tom, False)):
            page = browse(person).get(address(cast, "settings")).content.decode()
            assert ("settings/drafts_typed" in page) is offered, person.name
        page = words(browse(cast.ada).get(address(cast, "setting", "drafts_typed")))
        assert "This is for the Supplier to say." in page and "Show what would move" not in page


class TestOrderOfWork:
    def says(self, browse, cast, row) -> str:
        return words(browse(cast.priya).get(reverse("vulnerability", args=[cast.contract.pk, row.pk])))

    def test_it_stands_beside_the_contracts_date_strictest_first_and_moves_nothing(self, cast, browse):
        row = vulnerability(cast, category="Important", ratings={"nvd": "8.1"})
        slow = vulnerability(cast, "CVE-2026-0902", category="Other", ratings={"nvd": "4.0"})
        before = [
            (one.pk, one.due_at, one.phase, one.deadline_version) for one in Duty.objects.order_by("pk")
        ]
        table = reverse("vulnerabilities", args=[cast.contract.pk])
        assert "Order of work" not in words(browse(cast.priya).get(table))
        change_setting(
            cast.contract, cast.as_("priya"), NOON, name="cyber_essentials", answer="3.3", reason="IASME."
        )
        assert [
            (one.pk, one.due_at, one.phase, one.deadline_version) for one in Duty.objects.order_by("pk")
        ] == before
        page = self.says(browse, cast, row)
        assert "Order of work The strictest first." in page
        assert "14 days after the release, for NVD gives it a CVSS score of 8.1." in page
        assert "section 3, security update management" in page and "Check it before you rely on it." in page
        own, other = page.index("The contract’s date"), page.index("14 days after the release")
        assert own < other  # 7 days are stricter
        assert "Order of work" not in self.says(browse, cast, slow)
        assert "Cyber Essentials: Thu 26 Mar 2026" in words(browse(cast.priya).get(table))


class TestWhatIsExploited:
    def test_an_administrator_of_the_system_loads_a_list_and_pages_show_it(self, cast, browse):
        row = vulnerability(cast, category="Other")
        here = reverse("exploit_lists")
        assert browse(cast.priya).get(here).status_code == 404
        Person.objects.filter(pk=cast.mina.pk).update(is_staff=True)
        client = browse(cast.mina)
        content = (
            b'{"dateReleased": "2026-03-16", "vulnerabilities":'
            b' [{"cveID": "CVE-2026-0901", "dateAdded": "2026-03-15", "dueDate": "2026-03-16"}]}'
        )
        bad = client.post(here, {"file": SimpleUploadedFile("kev.json", content[:-2])})
        assert "id_file" in errors(bad).values()
        done = words(client.post(here, {"file": SimpleUploadedFile("kev.json", content)}, follow=True))
        assert (
            "It is loaded: Known exploited vulnerabilities (CISA) of 16 March 2026, 1 vulnerability." in done
        )
        page = words(browse(cast.priya).get(address(cast, "vulnerability", row.pk)))
        assert "Yes, in the list since 15 March 2026 (KEV of 16 March 2026)" in page
        assert "Monday 16 March 2026" not in page  # what KEV calls due is no date here
        table = browse(cast.priya).get(address(cast, "vulnerabilities"), {"exploited": "known"})
        assert "Known to be exploited" in words(table) and len(table.context["rows"]) == 1


class TestImporting:
    def test_a_pasted_list_is_read_shown_and_taken_over(self, cast, browse, uploads):
        client = browse(cast.priya)
        text = "CVE,Component,Severity,Patch released\nCVE-2026-0911,zlib,High,2026-03-12\nx,,High,\n"
        form = {"pasted": text, **day_boxes("found", date(2026, 3, 16))}
        response = client.post(address(cast, "import_findings"), form, follow=True)
        said, here = words(response), response.redirect_chain[-1][0]
        assert "CVE-2026-0911 in zlib" in said and "Thu 19 Mar 2026" in said
        assert not Vulnerability.objects.exists()
        sent_so = {"draft": "yes", **day_boxes("patched", date(2026, 3, 17))}
        if "What cannot be taken" in said:
            assert "id_leave_out" in errors(client.post(here, sent_so)).values()
        done = words(client.post(here, sent_so | {"leave_out": "on"}, follow=True))
        assert "It is taken over." in done and "New 1" in done.replace("New  1", "New 1")
        assert Vulnerability.objects.filter(draft=True, identifier="CVE-2026-0911").exists()
        assert browse(cast.ada).get(here).status_code == 404

    def test_columns_are_corrected_and_the_table_is_read_again(self, cast, browse, uploads):
        run = findings(cast, "Finding,Thing\nCVE-2026-0911,zlib\n")
        client, there = browse(cast.priya), address(cast, "findings_columns", run.pk)
        assert "Which column is what" in words(client.get(there))
        response = client.post(there, {"identifier": "0", "component": "1", "whose": "source"}, follow=True)
        assert "CVE-2026-0911 in zlib" in words(response)
        assert list(errors(client.post(there, {"component": "1", "whose": "source"}))) == [
            "Choose the column that has the identifier, such as CVE-2026-0001."
        ]

    def test_of_a_list_it_is_asked_whose_word_important_is(self, cast, browse, uploads):
        run = findings(cast, "CVE-2026-0911 zlib Important\n")
        client, there = browse(cast.priya), address(cast, "findings_columns", run.pk)
        said = words(client.get(address(cast, "findings_file", run.pk)))
        assert "Critical It says Important, and not whose word that is" in said and "Whose word" in words(
            client.get(there)
        )
        assert list(errors(client.post(there, {"whose": "mine"})))  # no such answer
        assert "New, in the contract’s words: Important 1." in words(
            client.post(there, {"whose": "contract"}, follow=True)
        )

    def test_a_draft_patched_by_mistake_is_opened_again_on_its_page(self, cast, browse):
        row = vulnerability(cast, draft=True)
        Vulnerability.objects.filter(pk=row.pk).update(state="done", done_on=date(2026, 3, 17))
        client, here = browse(cast.priya), address(cast, "vulnerability", row.pk)
        assert "It is not patched after all" in words(client.get(here))
        done = words(client.post(address(cast, "vulnerability_reopen", row.pk), follow=True))
        assert "It is open again." in done and "not patched after all" not in done

    def test_what_is_thrown_away_did_nothing(self, cast, browse, uploads):
        run = findings(cast)
        response = browse(cast.tom).post(address(cast, "findings_drop", run.pk), follow=True)
        assert "Nothing of it was taken over" in words(response) and not Vulnerability.objects.exists()


class TestActing:
    """From the page of one vulnerability, and for many at once."""

    def page(self, cast, name, *args):
        return reverse(name, args=[cast.contract.pk, *args])

    def test_what_can_happen_is_offered_by_side_and_state(self, cast, browse):
        row, draft = vulnerability(cast), vulnerability(cast, "CVE-2026-0902", draft=True)
        priya = browse(cast.priya)
        own = words(priya.get(self.page(cast, "vulnerability", row.pk)))
        for says in ("It is patched", "It cannot be exploited here", "It is unlikely to be patched in time"):
            assert says in own, says
        assert "A patch affected the service" in own and "A patch was applied" not in own
        of_draft = words(priya.get(self.page(cast, "vulnerability", draft.pk)))
        assert "It is patched" in of_draft and "It cannot be exploited here" not in of_draft
        theirs = words(browse(cast.ada).get(self.page(cast, "vulnerability", row.pk)))
        assert "It is patched" not in theirs and "The Authority agreed another period" in theirs
        asked = words(browse(cast.ada).get(self.page(cast, "vulnerability_patched", row.pk)))
        assert "The Supplier records this: it patches." in asked

    def test_patched_with_a_note_from_its_page(self, cast, browse):
        row, client = vulnerability(cast), browse(cast.priya)
        address = self.page(cast, "vulnerability_patched", row.pk)
        assert "Where is it in place?" in words(client.get(address))
        data = day_boxes("done", date(2026, 3, 16)) | {
            "done_by": "Platform",
            "note": "CHG-7",
            "places": [one.pk for one in row.hosts.all()],
            "token": "t" * 32,
        }
        assert "It is patched." in words(client.post(address, data, follow=True))
        wrong = client.post(address, data | {"token": "u" * 32})
        assert "not waiting for this any more: patched" in words(wrong)

    def test_not_exploitable_is_claimed_with_its_day(self, cast, browse, uploads):
        row, client = vulnerability(cast), browse(cast.priya)
        address = self.page(cast, "vulnerability_not_exploitable", row.pk)
        assert "Until the Authority accepts it, the date without it counts." in words(client.get(address))
        data = day_boxes("since", date(2026, 3, 16)) | day_boxes("until", date(2026, 4, 30))
        data |= {
            "justification": "component_not_present",
            "reason": "It is not installed.",
            "token": "t" * 32,
        }
        assert any(
            "link to the evidence" in one or "Attach" in one for one in errors(client.post(address, data))
        )
        data |= {"link": "https://evidence.example/1", "token": "u" * 32}
        said = words(client.post(address, data, follow=True))
        assert "This is a claim. The Authority is told today." in said and "Waits for an answer" in said

    def test_release_days_are_looked_at_and_then_recorded_and_taken_back(self, cast, browse):
        rows = [vulnerability(cast, f"CVE-2026-08{one}", released=None) for one in (11, 12, 13)]
        client, address = browse(cast.priya), self.page(cast, "vulnerability_releases")
        page = client.get(address)
        assert "openssl 3.0.15" in words(page)
        key = page.context["releases"][0].key
        assert "Enter the day of one release at least." in words(client.post(address, {}))
        data = day_boxes(key, date(2026, 3, 13))
        looked = words(client.post(address, data))
        assert "What it would do" in looked and "Fri 20 Mar 2026" in looked
        assert not FactRecord.objects.filter(kind="patch_publicly_released").exists()
        assert "openssl 3.0.15" in words(client.post(address, data | {"back": "yes"}))
        done = client.post(address, data | {"sure": "yes"}, follow=True)
        assert "Recorded for 3 vulnerabilities." in words(done) and rows[0].subject in words(done)
        again = client.post(address, data | {"sure": "yes"}, follow=True)
        assert "No release day is to be found." in words(again)
        there = done.redirect_chain[-1][0]
        assert "Say why it is taken back." in words(client.post(there, {"reason": ""}))
        back = client.post(there, {"reason": "The wrong release."}, follow=True)
        assert "Taken back for 3 vulnerabilities." in words(back)
        assert "All of it was taken back." in words(client.get(there))

    def test_many_are_patched_from_the_table(self, cast, browse):
        rows = [vulnerability(cast, f"CVE-2026-08{one}") for one in (11, 12, 13)]
        client, address = browse(cast.priya), self.page(cast, "vulnerabilities_together")
        table = client.get(self.page(cast, "vulnerabilities") + "?category=Critical").content.decode()
        assert f"{address}?category=Critical" in table
        assert "CVE-2026-0811 in openssl" in words(client.get(address))
        data = day_boxes("day", date(2026, 3, 16)) | {"act": "patched"}
        assert "Tick one vulnerability at least." in words(client.post(address, data))
        data |= {"row": [rows[0].pk, rows[1].pk]}
        assert "Patched" in words(client.post(address, data))
        done = client.post(address, data | {"sure": "yes"}, follow=True)
        assert "Recorded for 2 vulnerabilities." in words(done)
        assert Vulnerability.objects.filter(state="done").count() == 2
        assert "The Supplier records this" in words(browse(cast.ada).get(address))

    def test_many_are_claimed_not_to_be_exploitable_and_taken_back(self, cast, browse):
        rows = [vulnerability(cast, f"CVE-2026-08{one}") for one in (11, 12)]
        draft = vulnerability(cast, "CVE-2026-0813", draft=True)
        client, address = browse(cast.priya), self.page(cast, "vulnerabilities_not_exploitable")
        assert address in client.get(self.page(cast, "vulnerabilities_together")).content.decode()
        asked = words(client.get(address))
        assert "each is a claim" in asked and rows[0].subject in asked and draft.subject not in asked
        data = day_boxes("day", date(2026, 3, 16)) | day_boxes("until", date(2026, 4, 30))
        data |= {"row": [row.pk for row in rows], "reason": "It is not installed."}
        assert "Choose why they cannot be exploited." in errors(client.post(address, data))
        data |= {"justification": "component_not_present", "link": "https://evidence.example/1"}
        looked = words(client.post(address, data))
        assert "2 to be claimed: the Authority is told of each and decides on it." in looked
        assert "19 Mar 2026, until the claim is accepted" in looked
        done = client.post(address, data | {"sure": "yes"}, follow=True)
        assert "2 vulnerabilities are said not to be exploitable here." in words(done)
        there = done.redirect_chain[-1][0]
        back = client.post(there, {"reason": "It is installed."}, follow=True)
        assert "Taken back for 2 vulnerabilities." in words(back)
        told = words(client.get(reverse("ledger", args=[cast.contract.pk])))
        assert "that they cannot be exploited in the service (entry" in told


def test_what_a_file_said_not_to_be_affected_is_decided_on_its_page(cast, browse):
    row = vulnerability(cast)
    Vulnerability.objects.filter(pk=row.pk).update(justification="vulnerable_code_not_present")
    priya, here = browse(cast.priya), address(cast, "vulnerability", row.pk)
    assert "Affected? Decide" in words(priya.get(address(cast, "vulnerabilities") + "?show=undecided"))
    page = priya.get(here).content.decode()
    assert address(cast, "vulnerability_not_exploitable", row.pk) in page and "It is affected" in page
    assert "It is affected" not in words(browse(cast.ada).get(here))
    done = priya.post(address(cast, "vulnerability_affected", row.pk), follow=True)
    assert "Decided: it is affected." in words(done) and "somebody decides" not in words(done)
