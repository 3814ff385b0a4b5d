"""A duty's page, logging evidence and deciding on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracts.models import KeptBy, LedgerEntry
from obligations.models import Decision, Duty, Evidence, Phase
from obligations.services.recording.evidence import decide
from obligations.vulnerabilities.models import Vulnerability
from tests.cast import NOON, RIVERSIDE, Cast, done, happened, patch_released, play
from tests.support.duties import make_duty
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db
DONE = day_boxes("done", date(2026, 3, 16)) | {"done_by": "The platform team"}
NOTE = DONE | {"kind": "note", "note": "Patched and restarted."}


def at(duty: Duty, page: str = "duty") -> str:
    return reverse(page, args=[duty.contract_id, duty.pk])


def of(evidence: Evidence) -> str:
    return reverse("decide", args=[evidence.contract_id, evidence.pk])


def needs_approval(cast: Cast) -> Duty:
    """A duty whose evidence the other side decides on."""
    return make_duty(cast, "D-1", approver="authority")


class TestThePage:
    def test_it_says_what_is_asked_by_when_and_how_that_was_worked_out(self, cast, browse):
        page = words(browse(cast.ada).get(at(patch_released(cast))))
        assert "Apply Critical patches (CVE-2026-0001)" in page
        assert "Due by the end of Thursday 19 March 2026 2 days left" in page
        assert "Owed by Supplier" in page
        assert "10.3" in page and "Our summary. It is no part of the contract." in page
        assert "It began with A security patch was publicly released , 12 March 2026." in page
        assert "Recorded at midday on 17 March 2026 by Priya Nair, Supplier." in page
        assert "12 March 2026 is left out ( rule R1" in page
        assert "None of this is legal advice." in page

    def test_each_step_links_to_its_rule_and_paragraph_as_at_the_day(self, cast, browse):
        page = browse(cast.ada).get(at(patch_released(cast))).content.decode()
        assert 'href="/reading-rules#R1"' in page
        assert "paragraphs/dmp_schedule_23/main/10.3?on_day=" in page

    def test_days_left_out_are_named(self, cast, browse):
        duty = patch_released(cast, category="Other")
        page = words(browse(cast.priya).get(at(duty)))
        assert "Wednesday 10 June 2026" in page
        assert "Good Friday" in page and "at weekends" in page
        assert "Fri 3 Apr 2026: Good Friday" in page

    def test_other_readings_are_shown_with_their_dates(self, cast, browse):
        happened(cast, "breach_of_security_occurred", datetime(2026, 3, 12, 10, 0, tzinfo=UTC), "B-1")
        duty = Duty.objects.get(subject="B-1", obligation__paragraph__number="8.2.2")
        page = words(browse(cast.priya).get(at(duty)))
        assert "The words allow another reading" in page
        assert "from awareness: Thursday 19 March 2026" in page
        assert "Due at once: the limit had gone when the duty began" in page
        assert "That limit, 16 March 2026, had gone" in page

    def test_a_word_without_a_number_gets_no_date(self, cast, browse):
        happened(cast, "breach_of_security_occurred", NOON, "B-1")
        duty = Duty.objects.get(subject="B-1", obligation__paragraph__number="10.5.2")
        page = words(browse(cast.priya).get(at(duty)))
        assert "Due, in the contract’s own word “promptly”" in page
        assert "no date is invented" in page

    def test_a_provisional_date_says_where_the_calendar_ends(self, cast, browse):
        duty = make_duty(cast, "far", due=date(2040, 1, 2), provisional=True)
        page = words(browse(cast.priya).get(at(duty)))
        assert "Provisional date" in page and "public holidays are published up to" in page

    @pytest.mark.parametrize(
        ("phase", "says"),
        [
            (Phase.SUSPENDED, "Suspended"),
            (Phase.BEFORE, "due before Duly kept this contract"),
            (Phase.WITHDRAWN, "followed from something recorded in error"),
            (Phase.MET_LATE, "Met late"),
        ],
    )
    def test_each_phase_has_its_words(self, cast, browse, phase, says):
        due = None if phase == Phase.SUSPENDED else date(2026, 3, 10)
        duty = make_duty(cast, phase, phase=phase, due=due)
        assert says in words(browse(cast.olu).get(at(duty)))

    def test_history_is_told_from_the_ledger_in_sentences(self, cast, browse):
        duty = patch_released(cast)
        done(duty, cast)
        page = words(browse(cast.olu).get(at(duty)))
        assert "The Supplier came to owe this duty, due Thursday 19 March 2026." in page
        assert "Logged a note as evidence for this duty, done on 16 March 2026 by The platform team." in page
        assert "This duty was met on time, done on 16 March 2026." in page

    def test_it_costs_the_same_with_much_evidence(self, cast, browse, django_assert_num_queries):
        duty = needs_approval(cast)
        client = browse(cast.ada)

        def log(number):
            return Evidence(
                contract=cast.contract,
                duty=duty,
                kind="note",
                note=f"note {number}",
                done_on=date(2026, 3, 16),
                done_by="Tom",
                submitted_at=NOON,
                submitted_by=cast.tom,
                submitted_side="supplier",
            )

        Evidence.objects.bulk_create([log(1)])
        with django_assert_num_queries(11):
            client.get(at(duty))
        Evidence.objects.bulk_create([log(number) for number in range(40)])
        with django_assert_num_queries(11):
            assert "note 39" in words(client.get(at(duty)))


class TestLoggingEvidence:
    def test_a_note_meets_a_duty_that_nobody_approves(self, cast, browse):
        duty = patch_released(cast)
        response = browse(cast.tom).post(at(duty, "log_evidence"), NOTE, follow=True)
        assert "The evidence is logged." in words(response) and "Met on time" in words(response)
        assert "Done on 16 March 2026" in words(response)
        evidence = Evidence.objects.get()
        assert (evidence.done_on, evidence.submitted_by) == (date(2026, 3, 16), cast.tom)

    def test_a_file_is_kept_and_comes_back_as_a_download_only(self, cast, browse, uploads):
        duty = patch_released(cast)
        page = b"<script>alert(1)</script>"
        file = SimpleUploadedFile("Prüfung <b>.txt", page)
        client = browse(cast.priya)
        response = client.post(at(duty, "log_evidence"), DONE | {"kind": "file", "file": file}, follow=True)
        assert "Prüfung <b>.txt" in words(response).replace("< b >", "<b>") or "Prüfung" in words(response)
        evidence = Evidence.objects.get()
        download = browse(cast.ada).get(reverse("evidence_file", args=[duty.contract_id, evidence.pk]))
        assert b"".join(download.streaming_content) == page
        assert download["Content-Disposition"].startswith("attachment")
        assert download["Content-Type"] == "application/octet-stream"
        assert download["X-Content-Type-Options"] == "nosniff"

    def test_a_link_is_shown_as_a_link(self, cast, browse):
        duty = patch_released(cast)
        link = "https://example.com/change/7?a=1&b=2"
        client = browse(cast.priya)
        response = client.post(at(duty, "log_evidence"), DONE | {"kind": "link", "link": link}, follow=True)
        assert 'href="https://example.com/change/7?a=1&amp;b=2" rel="noreferrer' in response.content.decode()

    @pytest.mark.parametrize(
        ("wrong", "box"),
        [
            ({"done_day": ""}, "id_done_day"),
            (day_boxes("done", date(2026, 3, 18)), "id_done_day"),
            ({"done_by": " "}, "id_done_by"),
            ({"kind": ""}, "id_kind"),
            ({"kind": "hearsay"}, "id_kind"),
            ({"note": "  "}, "id_note"),
            ({"kind": "link", "link": ""}, "id_link"),
            ({"kind": "link", "link": "javascript:alert(1)"}, "id_link"),
            ({"kind": "link", "link": "ftp://example.com"}, "id_link"),
            ({"kind": "file"}, "id_file"),
            ({"done_time": "teatime"}, "id_done_time"),
        ],
    )
    def test_a_mistake_is_said_at_its_field_and_nothing_is_kept(self, cast, browse, wrong, box):
        duty = patch_released(cast)
        response = browse(cast.priya).post(at(duty, "log_evidence"), NOTE | wrong)
        assert response.status_code == 200
        assert box in errors(response).values()
        assert not Evidence.objects.exists()

    @pytest.mark.parametrize(
        ("name", "content", "says"),
        [
            ("virus.exe", b"MZ", "Choose a file of one of these types"),
            ("empty.txt", b"", "The file is empty"),
            ("page.html", b"<p>", "Choose a file of one of these types"),
            ("large.txt", b"x" * 2001, "Choose a file of at most"),
        ],
    )
    def test_a_file_that_is_not_taken_says_why(self, cast, browse, uploads, settings, name, content, says):
        settings.MAX_UPLOAD_BYTES = 2000
        duty = patch_released(cast)
        sent = DONE | {"kind": "file", "file": SimpleUploadedFile(name, content)}
        response = browse(cast.priya).post(at(duty, "log_evidence"), sent)
        [(said, target)] = errors(response).items()
        assert says in said and target == "id_file"
        assert not Evidence.objects.exists()

    def test_pressing_the_button_twice_logs_once(self, cast, browse):
        duty = needs_approval(cast)
        client = browse(cast.priya)
        token = client.get(at(duty, "log_evidence")).context["form"]["token"].value()
        twice = [
            client.post(at(duty, "log_evidence"), NOTE | {"token": token}, follow=True) for _ in range(2)
        ]
        assert "The evidence is logged." in words(twice[0])
        assert "You sent this already, so it was logged once." in words(twice[1])
        assert Evidence.objects.count() == 1

    def test_a_corrected_form_goes_through(self, cast, browse):
        duty = patch_released(cast)
        client = browse(cast.priya)
        token = client.get(at(duty, "log_evidence")).context["form"]["token"].value()
        wrong = NOTE | day_boxes("done", date(2026, 3, 18)) | {"token": token}
        assert "id_done_day" in errors(client.post(at(duty, "log_evidence"), wrong)).values()
        assert client.post(at(duty, "log_evidence"), NOTE | {"token": token}).status_code == 302
        assert Evidence.objects.count() == 1

    def test_a_limit_in_hours_needs_the_time(self, cast, browse):
        alert = datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
        happened(cast, "protective_monitoring_alert_raised", alert, "A-1")
        duty = Duty.objects.filter(subject="A-1", derivation__hour_clock=True).first()
        if duty is None:
            pytest.skip("no rule of this rulebook counts in hours from an alert")
        client = browse(cast.priya)
        today = NOTE | day_boxes("done", date(2026, 3, 17))
        assert "id_done_time" in errors(client.post(at(duty, "log_evidence"), today)).values()
        timed = client.post(at(duty, "log_evidence"), today | {"done_time": "11am"})
        assert timed.status_code == 302

    def test_the_other_side_reads_why_there_is_no_button(self, cast, browse):
        duty = patch_released(cast)
        client = browse(cast.ada)
        page = client.get(at(duty))
        assert "The Supplier owes this duty and logs its evidence." in words(page)
        assert at(duty, "log_evidence") not in page.content.decode()
        response = client.post(at(duty, "log_evidence"), NOTE)
        assert "The Supplier owes this duty" in words(response)
        assert not Evidence.objects.exists()

    def test_roles_that_do_not_log_get_403(self, cast, browse):
        duty = patch_released(cast)
        for person in (cast.grace, cast.olu, cast.mina):
            assert browse(person).post(at(duty, "log_evidence"), NOTE).status_code == 403
            assert at(duty, "log_evidence") not in browse(person).get(at(duty)).content.decode()

    def test_a_met_duty_takes_no_more(self, cast, browse):
        duty = patch_released(cast)
        done(duty, cast)
        client = browse(cast.priya)
        assert "takes no more evidence: met on time" in words(client.get(at(duty)))
        assert "takes no more evidence" in words(client.get(at(duty, "log_evidence")))
        client.post(at(duty, "log_evidence"), NOTE)
        assert Evidence.objects.count() == 1

    def test_a_lost_file_is_said_to_be_missing(self, cast, browse, uploads):
        duty = patch_released(cast)
        file = SimpleUploadedFile("proof.txt", b"patched")
        browse(cast.priya).post(at(duty, "log_evidence"), DONE | {"kind": "file", "file": file})
        evidence = Evidence.objects.get()
        evidence.file.storage.delete(evidence.file.name)
        address = reverse("evidence_file", args=[duty.contract_id, evidence.pk])
        assert browse(cast.priya).get(address).status_code == 409


class TestDeciding:
    @pytest.fixture
    def submitted(self, cast) -> Evidence:
        """Evidence for a plan's documentation, which the authority decides on."""
        happened(cast, "service_change_proposed", date(2026, 3, 2), "Change 4")
        duty = Duty.objects.filter(approver="authority").first() or needs_approval(cast)
        return Evidence.objects.create(
            contract=cast.contract,
            duty=duty,
            kind="note",
            note="Here it is.",
            done_on=date(2026, 3, 16),
            done_by="Tom",
            submitted_at=NOON,
            submitted_by=cast.tom,
            submitted_side="supplier",
        )

    def test_the_authority_accepts(self, cast, browse, submitted):
        response = browse(cast.ada).post(of(submitted), {"outcome": "accepted"}, follow=True)
        assert "The evidence is accepted." in words(response)
        assert "Accepted at midday on 17 March 2026 by Ada Fairweather, Authority." in words(response)

    def test_rejecting_needs_a_reason_and_shows_it(self, cast, browse, submitted):
        client = browse(cast.ada)
        response = client.post(of(submitted), {"outcome": "rejected", "reason": " "})
        assert errors(response) == {"Say what is missing, so that it can be put right.": "id_reason"}
        assert not Decision.objects.exists()
        page = words(client.post(of(submitted), {"outcome": "rejected", "reason": "No dates."}, follow=True))
        assert "No dates." in page and "owed again" in page

    @pytest.mark.parametrize("sent", [{}, {"outcome": ""}, {"outcome": "perhaps"}])
    def test_a_choice_is_needed(self, cast, browse, submitted, sent):
        response = browse(cast.ada).post(of(submitted), sent)
        assert list(errors(response).values()) == ["id_outcome"]

    def test_twice_is_answered_plainly(self, cast, browse, submitted):
        client = browse(cast.ada)
        client.post(of(submitted), {"outcome": "accepted"})
        again = client.post(of(submitted), {"outcome": "rejected", "reason": "No."}, follow=True)
        assert "decided on already" in words(again)
        assert Decision.objects.get().outcome == "accepted"

    def test_one_side_alone_records_the_others_decision_from_its_letter(self, cast, browse):
        cast.contract.kept_by = KeptBy.SUPPLIER
        cast.contract.save()
        evidence = done(patch_released(cast), cast, by="priya")
        client = browse(cast.priya)
        page = words(client.get(of(evidence)))
        assert "What did the Authority decide?" in page and "Which letter of the Authority says so?" in page
        missing = client.post(of(evidence), {"outcome": "accepted"})
        assert list(errors(missing).values()) == ["id_reason"]
        page = words(
            client.post(of(evidence), {"outcome": "accepted", "reason": "WC/7 of 16 March"}, follow=True)
        )
        assert "by the Authority, recorded from its letter by Priya Nair" in page
        assert "WC/7 of 16 March" in page
        assert Decision.objects.get().from_letter

    def test_nobody_decides_on_their_own_and_reads_why(self, cast, browse):
        duty = patch_released(cast)
        evidence = done(duty, cast, by="priya")
        client = browse(cast.priya)
        page = client.get(at(duty))
        assert "You logged this evidence yourself, so somebody else decides on it." in words(page)
        assert of(evidence) not in page.content.decode()
        client.post(of(evidence), {"outcome": "accepted"})
        assert not Decision.objects.exists()

    def test_ones_own_side_does_not_decide(self, cast, browse, submitted):
        page = words(browse(cast.priya).get(at(submitted.duty)))
        assert "The Authority decides on this evidence, not your own side." in page
        browse(cast.priya).post(of(submitted), {"outcome": "accepted"})
        assert not Decision.objects.exists()

    def test_roles_that_do_not_decide_get_403(self, cast, browse, submitted):
        for person in (cast.tom, cast.grace, cast.olu, cast.mina):
            assert browse(person).post(of(submitted), {"outcome": "accepted"}).status_code == 403
        assert not Decision.objects.exists()

    def test_where_nobody_approves_the_other_side_may_challenge(self, cast, browse):
        duty = patch_released(cast)
        evidence = done(duty, cast)
        client = browse(cast.ada)
        assert "Challenge: the duty is owed again" in words(client.get(of(evidence)))
        client.post(of(evidence), {"outcome": "rejected", "reason": "Two servers are left."})
        duty.refresh_from_db()
        assert duty.phase == Phase.OPEN
        assert LedgerEntry.objects.filter(verb="evidence_rejected").exists()


def test_a_decision_shows_on_the_page_of_both_sides(cast, browse):
    duty = patch_released(cast)
    decide(done(duty, cast), cast.as_("ada"), NOON + timedelta(hours=1), outcome="accepted")
    for person in (cast.priya, cast.ada, cast.olu):
        assert "Accepted at 1pm on 17 March 2026 by Ada Fairweather, Authority." in words(
            browse(person).get(at(duty))
        )


def test_the_parties_are_called_what_the_contract_calls_them(browse, db):
    cast = play(RIVERSIDE)
    duty = make_duty(cast, "X-1", path=cast.schedule.paragraphs.filter(scope="main").first().path)
    page = words(browse(cast.priya).get(at(duty)))
    assert f"Owed by {cast.contract.supplier_word}" in page
    assert cast.contract.supplier_word != "Supplier"


class TestWhatCanHappen:
    def form(self, duty: Duty, kind: str) -> str:
        return f"{reverse('record_kind', args=[duty.contract_id, kind])}?duty={duty.pk}"

    def test_what_can_happen_is_offered_with_its_subject_filled_in(self, cast, browse):
        duty, client = patch_released(cast), browse(cast.priya)
        page = client.get(at(duty)).content.decode()
        for kind in ("patch_adverse_effect_identified", "patch_period_agreed"):
            assert self.form(duty, kind) in page, kind
        for name in ("vulnerability_patched", "vulnerability_not_exploitable", "vulnerability_at_risk"):
            about = Vulnerability.objects.get().pk
            assert reverse(name, args=[duty.contract_id, about]) in page, name  # its own pages ask for more
        form = client.get(self.form(duty, "patch_timescale_unlikely")).content.decode()
        assert 'value="CVE-2026-0001" checked' in form
        sent = day_boxes("happened", date(2026, 3, 16)) | {"known_subject": "CVE-2026-0001"}
        done = client.post(self.form(duty, "patch_applied"), sent, follow=True)
        assert done.redirect_chain[-1][0] == at(duty)
        assert "This met 1 duty." in words(done)
        assert "What can happen" not in words(done)

    def test_only_what_the_side_records_and_the_words_give_this_duty(self, cast, browse):
        duty = patch_released(cast, category="Other")
        mine, theirs = (browse(who).get(at(duty)).content.decode() for who in (cast.priya, cast.ada))
        assert self.form(duty, "patch_adverse_effect_identified") not in mine  # 10.3.2 is not for Other
        assert "A patch was applied" in mine and "A patch was applied" not in theirs
        assert (
            self.form(duty, "patch_period_agreed") in mine
            and self.form(duty, "patch_period_agreed") in theirs
        )
        assert "What can happen" not in words(browse(cast.olu).get(at(duty)))

    def test_an_address_that_names_no_duty_of_theirs_fills_in_nothing(self, cast, browse):
        patch_released(cast)
        address = reverse("record_kind", args=[cast.contract.pk, "patch_applied"])
        for wrong in ("0", "x", "9" * 30, "999999"):
            form = browse(cast.priya).get(f"{address}?duty={wrong}")
            assert form.status_code == 200
            assert 'value="CVE-2026-0001" checked' not in form.content.decode(), wrong

    def test_it_is_for_every_kind_of_duty_with_what_it_is_part_of(self, cast, browse):
        happened(cast, "breach_of_security_occurred", NOON, "B-1")
        duty = Duty.objects.get(subject="B-1", obligation__paragraph__number="10.5.2")
        page = browse(cast.priya).get(at(duty)).content.decode()
        assert "What can happen" in page

    def test_a_limit_that_was_gone_when_it_was_recorded_says_since_when(self, cast, browse):
        happened(cast, "patch_publicly_released", date(2026, 3, 2), "CVE-2026-0002", category="Critical")
        duty = Duty.objects.get(subject="CVE-2026-0002")
        page = words(browse(cast.priya).get(at(duty)))
        assert "The limit, 9 March 2026, had gone by then." in page
