"""The pages of breaches: the short report, what everybody sees, the steps, and the closing report."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from obligations.breaches.models import Breach, ClosingReport
from obligations.breaches.services import closing
from obligations.breaches.services.work import change_state, tick, withdraw, write
from tests.cast import NOON, ORDER, happened, play
from tests.obligations.breaches.test_breaches import put_into, report
from tests.support.pdf import needs_pdf
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db


def sent(**changes) -> dict[str, str]:
    usual = {
        "what": "Mail sent to the wrong list",
        **day_boxes("noticed", date(2026, 3, 17)),
        "noticed_time": "9am",
        "noticed_by": "The service desk",
        "aware_party": "supplier",
        "outcome": "actual",
        "limb": "loss",
        "time_known": "known",
        **day_boxes("happened", date(2026, 3, 16)),
        "kept": "no",
    }
    return usual | changes


def address(cast, name: str, *more: object) -> str:
    return reverse(name, args=[cast.contract.pk, *more])


def test_a_breach_is_reported_on_one_page_and_its_clocks_are_shown(cast, browse):
    client = browse(cast.priya)
    answer = client.post(address(cast, "report_breach"), sent(), follow=True)
    page = words(answer)
    assert "Reported as B-2026-001." in page
    for said in (
        "The contract’s clocks (4)",
        "Give the Authority full details of the breach",
        "Wednesday 18 March 2026",
        "Article 33(1): the Authority tells the ICO within 72 hours",
        "Not begun: the Authority is not on the record as aware of it yet.",
        "Keep the harm as small as possible",
    ):
        assert said in page, said


def test_the_button_pressed_twice_reports_once(cast, browse):
    client = browse(cast.priya)
    token = {"token": "abcdefghijklmnopqrstuv"}
    client.post(address(cast, "report_breach"), sent(**token))
    answer = client.post(address(cast, "report_breach"), sent(**token), follow=True)
    assert Breach.objects.count() == 1
    assert "You sent this already" in words(answer)


def test_the_same_report_from_the_page_before_leads_to_the_one_there_is(cast, browse):
    client = browse(cast.priya)
    client.post(address(cast, "report_breach"), sent(token="abcdefghijklmnopqrstuv"))
    answer = client.post(address(cast, "report_breach"), sent(token="bcdefghijklmnopqrstuvw"), follow=True)
    assert answer.redirect_chain[-1][0] == address(cast, "breach", Breach.objects.get().pk)
    assert "Your side reported this as B-2026-001 already." in words(answer)
    for other in (sent(what="Another"), sent(outcome="attempted"), sent(noticed_time="8am")):
        client.post(address(cast, "report_breach"), other)
    browse(cast.ada).post(address(cast, "report_breach"), sent())
    assert Breach.objects.count() == 5


@pytest.mark.parametrize(
    ("changes", "message", "box"),
    [
        (
            day_boxes("happened", date(2026, 3, 18)),
            "This is in the future; enter when it happened.",
            "happened_day",
        ),
        (
            day_boxes("noticed", date(2026, 3, 18)),
            "This is in the future; enter when it was noticed.",
            "noticed_day",
        ),
        ({"what": ""}, "Say in a few words what happened.", "what"),
        (
            {"happened_day": "", "happened_month": "", "happened_year": "", "time_known": "plausible"},
            "Enter when it happened, or the earliest time that is plausible.",
            "happened_day",
        ),
        (
            {"time_known": "unknown"},
            "You gave a day but said that you do not know when it happened. Choose that you know the earliest"
            " time that is plausible, or empty this.",
            "happened_day",
        ),
        (
            {
                "happened_day": "",
                "happened_month": "",
                "happened_year": "",
                "time_known": "unknown",
                "happened_time": "9am",
            },
            "Enter the day as well as the time.",
            "happened_day",
        ),
    ],
)
def test_a_mistake_is_said_at_its_box_and_nothing_is_kept(cast, browse, changes, message, box):
    answer = browse(cast.priya).post(address(cast, "report_breach"), sent(**changes))
    assert errors(answer).get(message) == f"id_{box}"
    assert not Breach.objects.exists()


def test_an_auditor_sees_and_reports_nothing(cast, browse):
    breach = report(cast)
    client = browse(cast.olu)
    assert client.get(address(cast, "report_breach")).status_code == 403
    page = words(client.get(address(cast, "breach", breach.pk)))
    assert "Tick off" not in page
    assert "Withdraw the report" not in page
    event = address(cast, "breach_event", breach.pk, "contain")
    assert "Your role, auditor, cannot" in words(client.get(event))
    client.post(event, day_boxes("when_on", date(2026, 3, 17)))
    breach.refresh_from_db()
    assert breach.state == "reported"


def test_a_change_that_is_not_possible_gives_its_reason(cast, browse):
    breach = report(cast)
    answer = browse(cast.ada).get(address(cast, "breach_event", breach.pk, "close"))
    assert "You cannot close the breach: it is “Reported”" in words(answer)
    answer = browse(cast.ada).post(address(cast, "breach_event", breach.pk, "close"), {"reason": "Now."})
    assert "You cannot close the breach: it is “Reported”" in words(answer)


def test_a_step_is_ticked_off_and_the_texts_are_written(cast, browse):
    breach = report(cast)
    client = browse(cast.tom)
    done = day_boxes("when_on", date(2026, 3, 17)) | {"when_time": "10am", "done_by": "The platform team"}
    answer = client.post(address(cast, "breach_step", breach.pk, "dmp-harm"), done, follow=True)
    assert "Done at 10am on 17 March 2026 by The platform team" in words(answer)
    texts = {"account": "The list was old.", "cost_bearer": "each"}
    answer = client.post(address(cast, "breach_texts", breach.pk), texts, follow=True)
    assert "The list was old." in words(answer)
    assert "Each party bears its own" in words(answer)
    assert "id_account" not in browse(cast.ada).get(address(cast, "breach_texts", breach.pk)).content.decode()
    assert client.get(address(cast, "breach_step", breach.pk, "nothing")).status_code == 404


@needs_pdf
def test_the_closing_report_is_asked_for_made_and_downloaded(cast, browse, uploads):
    breach = put_into(cast, "closed")
    client = browse(cast.ada)
    answer = client.post(address(cast, "ask_breach_closing", breach.pk), follow=True)
    assert "Waiting for a worker" in words(answer)
    assert answer["Refresh"] == "3"
    client.post(address(cast, "ask_breach_closing", breach.pk))
    assert closing.make_reports(NOON) == 1
    answer = client.get(address(cast, "breach", breach.pk))
    assert "Refresh" not in answer
    assert "Download the closing report (PDF" in words(answer)
    made = ClosingReport.objects.get()
    pdf = b"".join(client.get(address(cast, "breach_closing_pdf", breach.pk, made.pk)).streaming_content)
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) == made.size


def test_where_the_system_has_no_pango_the_page_says_so_and_can_be_printed(
    cast, browse, uploads, monkeypatch
):
    def no_pango(html: str) -> bytes:
        raise OSError("cannot load library 'libpango'")

    breach = put_into(cast, "closed")
    client = browse(cast.ada)
    client.post(address(cast, "ask_breach_closing", breach.pk))
    monkeypatch.setattr(closing, "as_pdf", no_pango)
    closing.make_reports(NOON)
    assert "Pango library is missing" in words(client.get(address(cast, "breach", breach.pk)))
    assert "Closing report: breach B-2026-001" in words(
        client.get(address(cast, "breach_closing", breach.pk))
    )


def test_an_open_breach_has_no_pdf(cast, browse):
    breach = report(cast)
    answer = browse(cast.ada).post(address(cast, "ask_breach_closing", breach.pk), follow=True)
    assert "cannot ask for the closing report: it is “Reported”, and that needs “Closed”." in words(answer)
    assert "Not closed: reported." in words(browse(cast.ada).get(address(cast, "breach_closing", breach.pk)))


def test_the_ledger_tells_it_in_sentences(cast, browse):
    put_into(cast, "closed")
    page = words(browse(cast.ada).get(address(cast, "ledger")))
    assert "Reported breach B-2026-001 (“Mail sent to the wrong list”)" in page
    assert "Breach B-2026-001 (“Mail sent to the wrong list”) is now closed: Looked at." in page


@needs_pdf
def test_a_report_whose_worker_died_is_taken_up_by_another(cast, uploads):
    breach = put_into(cast, "closed")
    closing.ask_for_report(breach, cast.as_("ada"), NOON)
    ClosingReport.objects.update(state="making", claimed_at=NOON)
    assert closing.make_reports(NOON + timedelta(minutes=9)) == 0
    assert closing.make_reports(NOON + timedelta(minutes=11)) == 1
    assert ClosingReport.objects.get().state == "ready"


def test_the_authority_asks_for_a_root_cause_analysis_from_the_page(cast, browse):
    breach = report(cast)
    page = words(browse(cast.ada).get(address(cast, "breach", breach.pk)))
    assert "Require a root cause analysis" in page
    assert "Require an action" in page  # 8.2.1: what the Authority reasonably requires
    assert "Ask for full details" not in page  # 8.2.2 owes them unasked
    event = address(cast, "breach_event", breach.pk, "require_cause")
    answer = browse(cast.ada).post(event, day_boxes("when_on", date(2026, 3, 17)), follow=True)
    assert "Give the Authority the root cause analysis" in words(answer)


# Two people write about one breach


def form_of(answer) -> dict[str, str]:
    """What the form on a page would send, as it stands."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_what_was_left_as_it_was_seen_is_not_written_over_what_another_wrote(cast, browse):
    breach = report(cast)
    texts = address(cast, "breach_texts", breach.pk)
    priya, tom = browse(cast.priya), browse(cast.tom)
    hers, his = form_of(priya.get(texts)), form_of(tom.get(texts))
    priya.post(texts, hers | {"account": "The list was old.", "relief": "None asked for."})
    tom.post(texts, his | {"root_cause": "Two lists of one name."})
    breach.refresh_from_db()
    assert (breach.account, breach.root_cause) == ("The list was old.", "Two lists of one name.")
    assert breach.relief == "None asked for."


def test_a_text_that_another_changed_meanwhile_is_refused_and_kept_in_the_form(cast, browse):
    breach = report(cast)
    texts = address(cast, "breach_texts", breach.pk)
    priya, tom = browse(cast.priya), browse(cast.tom)
    hers, his = form_of(priya.get(texts)), form_of(tom.get(texts))
    priya.post(texts, hers | {"account": "The list was old.", "cost_bearer": "each"})
    answer = tom.post(texts, his | {"account": "The address was old.", "root_cause": "Haste."})
    said = next(message for message, at in errors(answer).items() if at == "id_account")
    assert said.startswith(
        "Priya Nair changed this at 12:00 on 17 March 2026, after you had opened this page."
    )
    assert "It says now: “The list was old.”" in said
    assert "The address was old.</textarea>" in answer.content.decode()
    breach.refresh_from_db()
    assert (breach.account, breach.root_cause) == ("The list was old.", "")
    tom.post(texts, form_of(answer) | {"account": "The list was old, and the address too."})
    breach.refresh_from_db()
    assert breach.account == "The list was old, and the address too."
    assert (breach.root_cause, breach.cost_bearer) == ("Haste.", "each")


# Who may know of it


def test_people_chosen_for_what_everybody_may_know_are_asked_about_and_nothing_is_published(cast, browse):
    sent_so = sent() | {"readers": [str(cast.ada.pk)]}
    answer = browse(cast.priya).post(address(cast, "report_breach"), sent_so)
    said = "You chose people, but said that everybody may know of it. Which is it?"
    assert said in errors(answer)
    assert not Breach.objects.exists()


def test_the_people_of_the_last_list_are_named_and_nobody_is_chosen_beforehand(cast, browse):
    client = browse(cast.priya)
    client.post(address(cast, "report_breach"), sent(kept="yes") | {"readers": [str(cast.ada.pk)]})
    answer = client.get(address(cast, "report_breach"))
    assert "The last list you were on had Ada Fairweather." in words(answer)
    assert not answer.context["form"]["readers"].value()
    client.post(address(cast, "report_breach"), sent(what="Another"))
    assert Breach.objects.filter(reference__startswith="B-").count() == 1
    assert "The last list" not in words(browse(cast.tom).get(address(cast, "report_breach")))


def test_a_report_under_order_schedule_9_is_of_its_two_limbs(browse):
    page = words(browse((cast := play(ORDER)).priya).get(address(cast, "report_breach")))
    assert "Information was lost or disclosed" in page
    assert "certification requirements" not in page


# What is said of the clocks


def test_the_clock_of_the_ico_tells_each_reader_what_they_can_do(cast, browse):
    page = address(cast, "breach", report(cast).pk)
    assert "Not begun: the Authority is not on the record as aware" in words(browse(cast.priya).get(page))
    hers = words(browse(cast.ada).get(page))
    assert "Not begun" not in hers
    assert "you know of it now: the 72 hours count from when the Authority became aware." in hers
    assert "Ask the Supplier to tick off “Tell the other party” with that time." in hers


def test_the_clock_of_the_ico_does_not_alarm_once_the_breach_is_closed(cast, browse, at_noon):
    breach = put_into(cast, "closed")
    tick_row = {"key": "dmp-tell", "done_on": NOON.date(), "done_at": NOON, "done_by": "Priya"}
    breach.steps.create(contract=cast.contract, ticked_at=NOON, ticked_by=cast.priya, **tick_row)
    happened(cast, "breach_notified", NOON, breach.reference)
    at_noon.move_to(NOON + timedelta(days=33))
    page = browse(cast.ada).get(address(cast, "breach", breach.pk))
    assert "The 72 hours ended at midday on 20 March 2026, 30 days ago; no decision is noted here." in words(
        page
    )
    assert "<strong>The 72 hours" not in page.content.decode()


def test_a_report_from_which_no_clock_runs_says_so(cast, browse):
    client = browse(cast.priya)
    page = words(client.post(address(cast, "report_breach"), sent(outcome="potential"), follow=True))
    assert "Reported as B-2026-001. No clock of the contract runs." in page
    assert "Duly has not told" not in page
    page = words(client.post(address(cast, "report_breach"), sent(what="Another"), follow=True))
    told = "The clocks below run. Duly has not told the Authority. Tell them now, then tick that off."
    assert told in page
    page = words(browse(cast.ada).post(address(cast, "report_breach"), sent(what="A third"), follow=True))
    assert "Duly has not told the Supplier." in page and "tick that off" not in page


def test_a_withdrawn_breach_offers_no_pdf(cast, browse):
    page = words(browse(cast.priya).get(address(cast, "breach", put_into(cast, "withdrawn").pk)))
    assert "can be made as a PDF" not in page
    assert "Immediate steps" not in page and "Article 33" not in page


# The forms


def test_a_step_or_a_text_that_cannot_be_written_says_why_instead_of_asking(cast, browse):
    breach = report(cast)
    tick(breach, cast.as_("priya"), NOON, key="dmp-harm", done=NOON, done_by="Priya")
    step, texts = (
        address(cast, "breach_step", breach.pk, "dmp-harm"),
        address(cast, "breach_texts", breach.pk),
    )
    assert "ticked off already: done at midday on 17 March 2026 by Priya." in words(
        browse(cast.tom).get(step)
    )
    assert "This step is the Supplier’s." in words(browse(cast.ada).get(step))
    withdraw(breach, cast.as_("priya"), NOON, reason="A drill")
    for page in (address(cast, "breach_step", breach.pk, "dmp-remedy"), texts):
        said = words(browse(cast.priya).get(page))
        assert "it is “Withdrawn”" in said and "Save" not in said


def test_what_is_done_was_done_today_unless_said_and_when_it_happened_is_not_guessed(cast, browse):
    breach = report(cast, time_known="unknown", happened=None)
    client = browse(cast.priya)
    for page in (
        address(cast, "breach_step", breach.pk, "dmp-harm"),
        address(cast, "breach_event", breach.pk, "contain"),
    ):
        assert client.get(page).context["form"]["when_on"].value() == NOON.date()
    said = client.get(address(cast, "breach_event", breach.pk, "say_when"))
    assert said.context["form"]["when_on"].value() is None


def test_an_end_of_a_line_counts_once_and_what_is_too_long_is_said_in_our_words(cast, browse):
    client, texts = browse(cast.priya), address(cast, "breach_texts", report(cast).pk)
    client.post(texts, {"account": "a\r\n" * 9_999 + "b"})
    assert len(Breach.objects.get().account) == 19_999
    long = client.post(texts, {"account": "a" * 20_001, "cost_bearer": "the moon"})
    assert "Shorten this to 20000 characters; it has 20001." in errors(long)
    assert "Choose one of the answers that are offered." in errors(long)


@needs_pdf
def test_a_report_that_was_made_stays_within_reach_when_the_breach_is_reopened(cast, browse, uploads):
    breach = put_into(cast, "closed")
    made = closing.ask_for_report(breach, cast.as_("ada"), NOON)
    closing.make_reports(NOON)
    pdf = address(cast, "breach_closing_pdf", breach.pk, made.pk)
    assert browse(cast.ada).get(pdf).getvalue().startswith(b"%PDF-")
    page = address(cast, "breach", breach.pk)
    assert "Made before" not in words(browse(cast.ada).get(page))
    change_state(breach, cast.as_("ada"), NOON, event="reopen", reason="More was found.")
    shown = browse(cast.ada).get(page)
    assert "The closing report as it was made at midday on 17 March 2026" in words(shown)
    assert pdf in shown.content.decode()
    assert browse(cast.ada).get(pdf).getvalue().startswith(b"%PDF-")


# What is still owed


def test_closing_and_containing_show_what_is_still_owed_and_not_ticked(cast, browse):
    breach = report(cast)
    contain = words(browse(cast.priya).get(address(cast, "breach_event", breach.pk, "contain")))
    assert "Give the Authority full details of the breach (Owed now)" in contain
    assert "Take all reasonable steps" not in contain, "that is what is recorded here"
    assert "Immediate steps that nobody has ticked off: Tell the other party" in contain
    tick(breach, cast.as_("priya"), NOON, key="dmp-tell", done=NOON, done_by="Priya")
    write(breach, cast.as_("priya"), NOON, account="All of it.")
    for event in ("contain", "give_details"):
        change_state(breach, cast.as_("priya"), NOON, event=event, when=NOON)
    close = words(browse(cast.ada).get(address(cast, "breach_event", breach.pk, "close")))
    assert "Tell the national authority of a breach" in close and "Give the Authority" not in close
    assert "Immediate steps that nobody has ticked off: Keep the harm" in close


def test_the_button_to_ask_for_a_cause_goes_while_one_is_awaited(cast, browse):
    breach = report(cast)
    client = browse(cast.ada)
    event = address(cast, "breach_event", breach.pk, "require_cause")
    page = client.post(event, day_boxes("when_on", date(2026, 3, 17)), follow=True)
    assert "Require a root cause analysis" not in words(page)
    assert "This is on the record already" in words(client.get(event))


def test_the_button_to_close_is_there_once_no_details_are_owed(browse):
    cast = play(ORDER)
    breach = report(cast)
    change_state(breach, cast.as_("priya"), NOON, event="contain", when=NOON)
    client, page = browse(cast.ada), address(cast, "breach", breach.pk)
    assert "Close the breach" in words(client.get(page))
    change_state(breach, cast.as_("ada"), NOON, event="ask_details", when=NOON)
    shown = words(client.get(page))
    assert "Close the breach" not in shown and "Waits for the details that are owed" in shown
    close = client.get(address(cast, "breach_event", breach.pk, "close"))
    assert "You cannot close the breach yet: details are still owed" in words(close)
