"""Every change of state that somebody waits for, and the people it reaches: a table written by hand.

Each is brought about by the service that does it. Who did it is never told of it. A verb of the ledger that
tells nobody stands in ``EXCUSED`` with why; a new verb is in one of the two, or the last test fails.
"""

from __future__ import annotations

from datetime import date

import pytest

from contracts.models import DistributionList, Membership
from contracts.services.distribution import change_list, readers
from contracts.web.ledger import presenters as contract_ledger
from obligations import subjects
from obligations.breaches.services.report import report_breach
from obligations.breaches.services.work import change_state, withdraw, write
from obligations.models import Notice
from obligations.plans.services import decisions, upkeep
from obligations.services.ending import closing
from obligations.services.notices import entry_mail
from obligations.services.notices.delivery import sweep
from obligations.services.notices.notice_mail import Circumstances, compose
from obligations.web.ledger import presenters
from tests.cast import NOON, ORDER, Cast, play
from tests.obligations.plans.conftest import SMP, START, Table, at
from tests.subjects.breaches import closed_breach

MONDAY, TUESDAY, FRIDAY = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 13)
HEADS = dict.fromkeys(("plan_improvements", "risk_assessments", "control_measures"), "None")

pytestmark = pytest.mark.django_db
SUPPLIER = {"Priya", "Tom", "Grace"}
AUTHORITY = {"Ada", "Ben"}


@pytest.fixture
def table(db, uploads) -> Table:
    terms = {"agreement_date": date(2026, 2, 2), "start_date": START, "end_date": date(2029, 3, 1)}
    return Table(play(ORDER, now=at(START, 9), **terms))


def told(cast: Cast) -> dict[str, set[str]]:
    """Who of the cast is to be told of the record, by stage. Each mail can be written and leads on."""
    waiting = Notice.objects.filter(contract=cast.contract, entry__isnull=False, cancelled_at=None)
    found: dict[str, set[str]] = {}
    for notice in waiting.select_related("recipient", "entry", "contract"):
        found.setdefault(notice.stage, set()).add(notice.recipient.name.split()[0])
        mail = compose(notice, Circumstances(), NOON)
        assert f"/contracts/{cast.contract.pk}/" in mail.body
        assert cast.contract.reference in mail.body
        assert "None" not in mail.subject
    return found


def test_a_plan_from_its_submission_to_its_approval(table):
    version = table.submit(MONDAY)
    assert told(table.cast) == {"plan_submitted": AUTHORITY}
    table.refuse(version, TUESDAY)
    assert told(table.cast) == {"plan_refused": SUPPLIER}
    again = table.submit(FRIDAY)
    assert told(table.cast)["plan_submitted"] == AUTHORITY
    table.approve(again, date(2026, 3, 16))
    assert told(table.cast) == {"plan_refused": SUPPLIER, "plan_approved": SUPPLIER}


def test_a_plan_that_is_referred_and_what_is_taken_back(table):
    version = table.submit(MONDAY)
    table.refuse(version, TUESDAY)
    second = table.submit(FRIDAY)
    table.refuse(second, date(2026, 3, 17))
    second.refresh_from_db()
    decisions.refer_version(second, table.cast.as_("priya"), at(date(2026, 3, 18)))
    assert told(table.cast)["plan_referred"] == {"Tom", "Grace"} | AUTHORITY


def test_the_review_and_a_change_of_a_plan(table):
    table.approve(table.submit(MONDAY), date(2026, 3, 20))
    Notice.objects.all().delete()
    priya, contract = table.cast.as_("priya"), table.cast.contract
    review = upkeep.complete_review(contract, priya, at(date(2027, 3, 1)), plan=SMP, **HEADS)
    upkeep.provide_results(review, priya, at(date(2027, 3, 3)))
    assert told(table.cast) == {"plan_reviewed": AUTHORITY}


def breach(cast: Cast, by: str = "priya", kept: set[str] | None = None):
    people = None if kept is None else [cast.people[name].pk for name in kept]
    return report_breach(
        cast.contract,
        cast.as_(by),
        NOON,
        what="A lost laptop",
        outcome="actual",
        limb="loss",
        noticed=NOON,
        noticed_by="Tom",
        aware_party="supplier",
        time_known="unknown",
        readers=people,
    )


def test_a_breach_reported_contained_closed_and_withdrawn():
    cast = play()
    found = breach(cast)
    assert told(cast) == {"breach_reported": {"Tom", "Grace", "Ada", "Ben"}}
    change_state(found, cast.as_("priya"), NOON, event="contain", when=NOON, reason="Wiped.")
    assert told(cast)["breach_contained"] == {"Tom", "Grace", "Ada", "Ben"}
    write(found, cast.as_("priya"), NOON, account="It was left on a train.")
    change_state(found, cast.as_("priya"), NOON, event="give_details", when=NOON, reason="")
    assert told(cast)["breach_details"] == {"Tom", "Grace", "Ada", "Ben"}
    change_state(found, cast.as_("ada"), NOON, event="close", when=NOON, reason="Nothing is owed any more.")
    assert told(cast)["breach_closed"] == SUPPLIER | {"Ben"}
    assert "breach_reported" not in told(cast)  # settled before it was sent
    change_state(found, cast.as_("ada"), NOON, event="reopen", when=NOON, reason="A copy was found since.")
    assert told(cast)["breach_reopened"] == SUPPLIER | {"Ben"}


def test_of_a_breach_kept_to_a_list_only_those_on_it_are_told_and_at_once(mail, settings):
    settings.MAIL_DAILY = True
    cast = play()
    found = breach(cast, kept={"priya", "ada"})
    assert told(cast) == {"breach_reported": {"Ada"}}
    Notice.objects.filter(duty__isnull=False).delete()
    sweep(NOON)
    assert mail.box.recipients == ["ada@duly.example"]
    assert mail.box.subjects == [f"Breach reported: {found.reference}, A lost laptop"]
    assert "Priya Nair has reported this breach of security" in mail.box.text()


def test_who_came_off_the_list_before_it_was_sent_gets_no_mail(mail):
    cast = play()
    breach(cast, kept={"priya", "ada", "ben"})
    kept = DistributionList.objects.get()
    change_list(kept, cast.as_("priya"), NOON, people=[cast.priya.pk, cast.ben.pk])
    assert cast.ada.pk not in readers([cast.contract.pk])[cast.contract.pk, kept.subject]
    Notice.objects.filter(duty__isnull=False).delete()
    sweep(NOON)
    assert mail.box.recipients == ["ben@duly.example"]


def test_the_end_of_a_contract_is_asked_of_those_who_manage_it():
    cast = play()
    Membership.objects.filter(person__in=[cast.priya, cast.ada]).update(manages=True)
    asked = closing.ask(cast.contract, cast.as_("priya"), NOON, what="close", reason="Done.", made="simple")
    assert told(cast) == {"ending_asked": {"Ada", "Mina"}}
    closing.withdraw(asked, cast.as_("ada"), NOON, reason="Not yet.")
    assert told(cast) == {}


def test_every_stage_of_the_record_has_words_and_every_mail_can_be_written(mail, uploads):
    """Nothing is given up, and each names the contract and leads somewhere."""
    cast = play()
    everybody = [one.person_id for one in cast.contract.memberships.all()]
    closed_breach(cast, everybody)
    withdraw(breach(cast, by="ada"), cast.as_("ada"), NOON, reason="It was found.")
    raised = {rule.name for rule in subjects.stages().values() if rule.raised_by}
    assert raised == set(entry_mail.WORDS) | set(subjects.telling())
    Notice.objects.filter(duty__isnull=False).delete()
    sweep(NOON)
    assert not Notice.objects.filter(sent_at=None, cancelled_at=None).exists()
    assert not Notice.objects.filter(attempts__gt=1).exists()


DUTY = "the notices of the duty tell it"
PEOPLE = "who is on the contract: an invitation is mailed as such, and nobody waits for the rest"
NOBODY = "nobody waits for it, and it moves no date"
ITS_DUTIES = "it is a fact or makes one: what is owed because of it is told as duties"
DRAFT = "a draft is for its own side alone"
STEP = "a step on the way; what follows from it is told"

EXCUSED: dict[str, str] = {
    **dict.fromkeys(
        (
            "duty_raised", "duty_redated", "duty_dated", "duty_suspended", "duty_closed", "duty_ended",
            "duty_withdrawn", "duty_reopened", "duty_altered", "duty_date_stands",
        ),
        DUTY,
    ),
    "evidence_logged": "the stages of evidence (planning.plan_submitted)",
    "evidence_accepted": "the stages of evidence (planning.plan_decided)",
    "evidence_rejected": "the stages of evidence (planning.plan_decided)",
    "evidence_confirmed_early": "its duty is met by it, and its notices are cancelled",
    "claim_made": "the stages of claims (planning.plan_claimed)",
    "claim_accepted": "the stages of claims (planning.plan_answered)",
    "claim_refused": "the stages of claims (planning.plan_answered)",
    "claim_withdrawn": "what waits about it is cancelled just before it is sent",
    **dict.fromkeys(
        (
            "member_added", "member_role_changed", "member_ended", "address_changed", "person_invited",
            "invitation_sent_again", "invitation_revoked", "invitation_accepted", "contract_created",
        ),
        PEOPLE,
    ),
    **dict.fromkeys(("api_token_made", "api_token_ended"), "who made it is told by the mails of signing in"),
    **dict.fromkeys(
        (
            "heads_wanted", "heads_not_wanted", "template_kept", "template_used", "kind_named",
            "entries_renumbered", "hold_set", "hold_lifted", "keeping_lengthened", "record_handed_over",
            "breach_report_made", "reading_corrected", "document_uploaded", "schedule_made", "edition_taken",
            "notices_sent", "miss_accepted_as_none", "contract_changed", "question_answered",
            "rulebook_adopted", "contract_closed", "contract_opened_again", "ending_withdrawn",
            "webhook_made", "webhook_ended",
        ),
        NOBODY,
    ),
    **dict.fromkeys(
        (
            "fact_recorded", "fact_withdrawn", "certificate_recorded", "certificate_described",
            "certificate_corrected", "certificate_withdrawn", "vulnerabilities_submitted",
            "vulnerability_places_patched", "vulnerabilities_together", "vulnerability_affected",
            "vulnerabilities_undone", "vulnerability_places_again", "breach_dated",
        ),
        ITS_DUTIES,
    ),
    **dict.fromkeys(("variation_drafted", "vulnerabilities_kept"), DRAFT),
    **dict.fromkeys(("entry_decided", "entry_opinion_given", "breach_step", "breach_written"), STEP),
    **dict.fromkeys(
        ("distribution_list_made", "distribution_list_changed", "distribution_list_lifted"),
        "who is on it is told of what it is about from then on",
    ),
    "notice_given_up": "the stage of what could not be sent (planning.plan_given_up)",
}  # fmt: skip


def test_every_verb_of_the_ledger_is_told_or_excused_and_not_both():
    verbs = set(contract_ledger.SENTENCES) | set(presenters.OWN) | set(subjects.sentences())
    raises = {on.verb for rule in subjects.stages().values() for on in rule.raised_by}
    assert verbs == raises | set(EXCUSED)
    assert not raises & set(EXCUSED)
