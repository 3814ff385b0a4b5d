"""A claim waits for the other side: who answers, what counts meanwhile, what record and mail say (R46).

A Critical patch released on 12 March 2026 is due on the 19th; the present is Tuesday 17 March, noon.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from contracts.models import KeptBy, LedgerEntry, Role
from contracts.services.errors import Refused
from contracts.terms.moments import last_moment
from obligations.claims.services.answering import answer, withdraw
from obligations.claims.states import machine
from obligations.models import Claim, ClaimState, FactRecord, Notice, Phase, Stage
from obligations.services.as_at import as_at
from obligations.services.notices.delivery import sweep
from obligations.services.recording.claims import Given
from obligations.services.recording.facts import record_fact, record_together, withdraw_fact
from tests.cast import NOON, claimed, happened, patch_released, play
from tests.support.together import at_once

pytestmark = pytest.mark.django_db

NOT_EXPLOITABLE = "vulnerability_not_exploitable_demonstrated"
ADVERSE = "patch_adverse_effect_identified"
AGREED = "patch_period_agreed"
CVE = "CVE-2026-0001"
DAY = date(2026, 3, 16)
TWENTY = {"amount": 20, "unit": "days"}


def proof():
    return Given(file=SimpleUploadedFile("proof.txt", b"the module is not loaded"))


def record(cast, by="priya", kind=NOT_EXPLOITABLE, *, given=None, now=NOON, subject=CVE, **details):
    known = {"subject": subject, "reason": "The module is not loaded."} | details
    return record_fact(
        cast.contract, cast.as_(by), now, kind=kind, happened=DAY, details=known, claim=given or proof()
    )


def refusal(act, *args, **kwargs):
    before = (FactRecord.objects.count(), Claim.objects.count(), LedgerEntry.objects.count())
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    assert before == (FactRecord.objects.count(), Claim.objects.count(), LedgerEntry.objects.count())
    return caught.value


def told(stage):
    rows = Notice.objects.filter(stage=stage, cancelled_at=None)
    return sorted(rows.values_list("recipient__name", flat=True))


# Made


def test_while_it_waits_nothing_moves_and_the_claimed_date_stands_beside_it():
    cast = play()
    duty = patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY)
    duty.refresh_from_db()
    assert (duty.phase, duty.due_date, duty.deadline_version) == (Phase.OPEN, date(2026, 3, 19), 1)
    [beside] = duty.derivation["claimed"]
    assert (beside["fact"], beside["state"], beside["waits_for"]) == (
        str(claim.fact_id),
        "suspended",
        "authority",
    )
    assert (claim.state, claim.made_side, claim.waits_for) == (ClaimState.OPEN, "supplier", "authority")
    assert claim.citation == "dmp_schedule_23/main/10.3.1"
    assert (claim.file_name, claim.size) == ("proof.txt", 24)
    verbs = LedgerEntry.objects.order_by("-number").values_list("verb", flat=True)
    assert list(verbs[:2]) == ["claim_made", "fact_recorded"]


def test_the_other_sides_deciders_are_told_once_the_same_day():
    cast = play()
    patch_released(cast)
    claimed(cast, NOT_EXPLOITABLE, DAY)
    happened(cast, "nvd_rating_published", date(2026, 3, 13), CVE, rating="Critical")  # touches it again
    assert told(Stage.CLAIMED) == ["Ada Fairweather", "Ben Castellan"]
    assert {notice.not_before for notice in Notice.objects.filter(stage=Stage.CLAIMED)} == {NOON}


def test_a_claim_before_its_duty_is_told_when_the_duty_comes():
    cast = play()
    claimed(cast, NOT_EXPLOITABLE, date(2026, 3, 11))
    assert told(Stage.CLAIMED) == []
    duty = patch_released(cast)
    assert told(Stage.CLAIMED) == ["Ada Fairweather", "Ben Castellan"]
    assert [one["state"] for one in duty.derivation["claimed"]] == ["suspended"]


@pytest.mark.parametrize(
    ("details", "given", "field", "says"),
    [
        ({"reason": ""}, None, "reason", "under 10.3.1 this is a claim, and the Authority decides on it"),
        ({}, Given(), "file", "under 10.3.1 this is a claim"),
        ({}, Given(link="no address"), "link", "Enter a full web address"),
        ({}, Given(file=SimpleUploadedFile("a.exe", b"x")), "file", "one of these types"),
    ],
)
def test_a_claim_needs_its_reason_and_evidence(details, given, field, says):
    cast = play()
    patch_released(cast)
    refused = refusal(record, cast, given=given, **details)
    assert refused.field == field and says in refused.message


def test_a_claim_on_a_duty_that_the_words_do_not_lengthen_is_refused_with_the_paragraph():
    cast = play()
    patch_released(cast, category="Other")
    refused = refusal(record, cast, kind=ADVERSE, test_plan_followed=True)
    assert refused.field == "subject"
    assert refused.message.startswith("Paragraph 10.3.2 is for “Apply Critical patches”")


def test_an_adverse_effect_without_the_test_plan_gives_nothing_and_is_no_claim():
    cast = play()
    duty = patch_released(cast)
    record(cast, kind=ADVERSE, test_plan_followed=False)
    assert not Claim.objects.exists()
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 19)


def test_what_the_authority_itself_says_is_established():
    cast = play()
    duty = patch_released(cast)
    record_fact(
        cast.contract,
        cast.as_("ada"),
        NOON,
        kind=ADVERSE,
        happened=DAY,
        details={"subject": CVE, "test_plan_followed": True},
    )
    duty.refresh_from_db()
    assert (duty.due_date, Claim.objects.count()) == (date(2026, 3, 24), 0)


def test_a_claim_cannot_be_slipped_past_with_other_things():
    cast = play()
    patch_released(cast)
    refused = refusal(
        record_together, cast.contract, cast.as_("priya"), NOON, [(NOT_EXPLOITABLE, DAY, {"subject": CVE})]
    )
    assert "10.3.1" in refused.message


def test_the_same_claim_twice_is_one(settings, tmp_path):
    cast = play()
    patch_released(cast)
    first = record(cast)
    again = record(cast)
    assert (again.created, again.fact, Claim.objects.count()) == (False, first.fact, 1)


# Answered


def test_accepted_it_counts_from_when_it_was_made():
    cast = play()
    duty = patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY)
    later = NOON + timedelta(days=4)  # after the limit of the 19th
    changes = answer(claim, cast.as_("ada"), later, event="accept", reason="Seen.")
    duty.refresh_from_db()
    claim.refresh_from_db()
    assert (duty.phase, "claimed" in duty.derivation) == (Phase.SUSPENDED, False)
    assert [row.pk for row in changes.redated] == [duty.pk]
    assert (claim.state, claim.decided_by, claim.decided_at) == (ClaimState.ACCEPTED, cast.ada, later)
    entry = LedgerEntry.objects.filter(verb="duty_suspended").get()
    assert entry.payload["because"].startswith("Accepted: A vulnerability was shown not to be exploitable")
    assert told(Stage.ANSWERED) == ["Priya Nair", "Tom Ashdown"]


def test_five_more_days_made_on_the_last_day_and_accepted_later():
    cast = play()
    duty = patch_released(cast)
    last = datetime(2026, 3, 19, 22, 0, tzinfo=UTC)
    claim = claimed(cast, ADVERSE, date(2026, 3, 19), now=last, test_plan_followed=True)
    answer(claim, cast.as_("ben"), last + timedelta(days=2), event="accept")
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 24)


def test_made_after_the_limit_it_undoes_no_miss():
    cast = play()
    duty = patch_released(cast)
    after = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)
    claim = claimed(cast, ADVERSE, date(2026, 3, 18), now=after, test_plan_followed=True)
    answer(claim, cast.as_("ben"), after, event="accept")
    duty.refresh_from_db()
    assert (duty.due_date, duty.derivation["cure_date"]) == (date(2026, 3, 19), "2026-03-24")


@pytest.mark.parametrize(
    ("made", "phase", "missed"),
    [
        (datetime(2026, 3, 19, 22, 0, tzinfo=UTC), Phase.SUSPENDED, False),
        (datetime(2026, 3, 20, 8, 0, tzinfo=UTC), Phase.OPEN, True),
    ],
)
def test_the_miss_goes_only_where_it_was_claimed_before_the_limit(made, phase, missed):
    """R49: by the answer of the other side to what was claimed in time, and by nothing claimed later."""
    cast = play()
    duty = patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, date(2026, 3, 18), now=made)
    answer(claim, cast.as_("ada"), datetime(2026, 3, 21, 9, 0, tzinfo=UTC), event="accept")
    duty.refresh_from_db()
    assert (duty.phase, duty.due_date is not None) == (phase, missed)
    assert duty.misses.exclude(until=None).count() == (0 if missed else 1)


def test_refused_with_a_reason_nothing_moved():
    cast = play()
    duty = patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY)
    assert refusal(answer, claim, cast.as_("ada"), NOON, event="refuse", reason=" ").field == "reason"
    answer(claim, cast.as_("ada"), NOON, event="refuse", reason="The module is loaded on host 3.")
    duty.refresh_from_db()
    assert (duty.phase, duty.due_date, "claimed" in duty.derivation) == (Phase.OPEN, date(2026, 3, 19), False)
    again = refusal(record, cast)
    assert again.field == "happened" and "refused on 17 March 2026" in again.message


def test_withdrawn_it_goes_with_its_fact():
    cast = play()
    duty = patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY)
    withdraw(claim, cast.as_("tom"), NOON, reason="The wrong module.")
    claim.refresh_from_db()
    duty.refresh_from_db()
    assert (claim.state, claim.fact.withdrawn_reason) == (ClaimState.WITHDRAWN, "The wrong module.")
    assert "claimed" not in duty.derivation
    assert told(Stage.ANSWERED) == []
    claimed(cast, NOT_EXPLOITABLE, DAY)  # it may be claimed anew


def test_taking_the_fact_back_takes_the_claim_back():
    cast = play()
    patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY)
    withdraw_fact(claim.fact, cast.as_("priya"), NOON, reason="Wrong.")
    claim.refresh_from_db()
    assert (claim.state, claim.decided_reason) == (ClaimState.WITHDRAWN, "Wrong.")


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("priya", "The Authority answers this, not your own side."),
        ("tom", "The Authority answers this, not your own side."),
        ("olu", "The Authority answers this"),
        ("mina", "The Authority answers this"),
        ("grace", "The Authority answers this"),
    ],
)
def test_only_the_other_sides_deciders_answer(by, says):
    cast = play()
    patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY)
    assert says in refusal(answer, claim, cast.as_(by), NOON, event="accept").message


def test_nobody_answers_a_claim_that_they_made_themselves_also_having_changed_sides():
    cast = play()
    patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY)
    cast.contract.memberships.filter(person=cast.priya).update(role=Role.REVIEWER, side="authority")
    refused = refusal(answer, claim, cast.as_("priya"), NOON, event="accept")
    assert "You made this claim yourself" in refused.message
    with pytest.raises(IntegrityError, match="claim_decided_by_another_person"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(
            state="accepted", decided_at=NOON, decided_by=cast.priya, decided_reason=""
        )


def test_it_is_answered_once():
    cast = play()
    patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY, accepted_by="ada")
    refused = refusal(answer, claim, cast.as_("ben"), NOON, event="refuse", reason="No.")
    assert "“Accepted”" in refused.message
    with pytest.raises(DatabaseError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(state="refused", decided_reason="No.")
    with pytest.raises(DatabaseError), transaction.atomic():
        claim.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(reason="Another.")


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_time_are_one():
    cast = play()
    patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY)
    acts = [
        lambda: answer(claim, cast.as_("ada"), NOON, event="accept"),
        lambda: answer(claim, cast.as_("ben"), NOON, event="refuse", reason="No."),
    ]
    outcomes = at_once(*acts)
    assert sum(isinstance(one, Refused) for one in outcomes) == 1
    assert LedgerEntry.objects.filter(verb__in=["claim_accepted", "claim_refused"]).count() == 1


# Agreements


def test_a_period_entered_by_the_side_that_agrees_counts_at_once():
    cast = play()
    duty = patch_released(cast)
    happened(cast, AGREED, DAY, CVE, by="ada", period=TWENTY)
    duty.refresh_from_db()
    assert (duty.due_date, Claim.objects.count()) == (date(2026, 4, 1), 0)


def test_entered_by_the_other_side_it_waits_until_it_is_confirmed():
    cast = play()
    duty = patch_released(cast)
    claim = claimed(cast, AGREED, DAY, period=TWENTY)
    duty.refresh_from_db()
    assert (duty.due_date, claim.agreement) == (date(2026, 3, 19), True)
    assert [one["due_date"] for one in duty.derivation["claimed"]] == ["2026-04-01"]
    refused = refusal(happened, cast, AGREED, DAY, CVE, by="ada", period=TWENTY)
    assert "waits for your side" in refused.message
    answer(claim, cast.as_("ada"), NOON + timedelta(days=6), event="accept")
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 4, 1)  # agreed on the 16th, as the Authority confirms


def test_where_the_supplier_alone_keeps_the_contract_the_letter_is_attached():
    cast = play()
    cast.contract.kept_by = KeptBy.SUPPLIER
    cast.contract.save()
    duty = patch_released(cast)
    refused = refusal(record, cast, kind=AGREED, given=Given(link="https://x.example/"), period=TWENTY)
    assert refused.field == "file"
    assert refused.message == "Attach the letter by which the Authority agreed: 10.3.3 needs its word."
    record(cast, kind=AGREED, period=TWENTY, reason="Letter of 16 March, ref 12.")
    claim = Claim.objects.get()
    duty.refresh_from_db()
    assert (claim.state, claim.from_letter, duty.due_date) == (ClaimState.ACCEPTED, True, date(2026, 4, 1))
    assert told(Stage.CLAIMED) == []


def test_one_alone_records_the_others_answer_from_its_letter():
    cast = play()
    cast.contract.kept_by = KeptBy.SUPPLIER
    cast.contract.save()
    duty = patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY)
    assert refusal(answer, claim, cast.as_("priya"), NOON, event="accept").field == "reason"
    answer(claim, cast.as_("priya"), NOON, event="accept", reason="Letter of 17 March, ref 13.")
    claim.refresh_from_db()
    duty.refresh_from_db()
    assert (claim.from_letter, duty.phase) == (True, Phase.SUSPENDED)


# Told, and on any day


def test_the_mails_say_both_dates_and_the_answer(settings):
    cast = play()
    patch_released(cast)
    claim = claimed(cast, ADVERSE, DAY, test_plan_followed=True)
    Notice.objects.exclude(stage=Stage.CLAIMED).delete()
    sweep(NOON)
    assert [one.to for one in mail.outbox] == [["ada@duly.example"], ["ben@duly.example"]]
    asked = mail.outbox[0]
    assert asked.subject == "Claim to decide on: Apply Critical patches (CVE-2026-0001)"
    assert "Accepted, the date would be 24 March 2026; until then 19 March 2026 counts." in asked.body
    assert "proof.txt" in asked.body and "The module is not loaded." in asked.body
    answer(claim, cast.as_("ada"), NOON, event="refuse", reason="Not seen.")
    Notice.objects.exclude(stage__in=[Stage.CLAIMED, Stage.ANSWERED]).delete()
    sweep(NOON)
    back = mail.outbox[-1]
    assert back.subject == "Claim refused: Apply Critical patches (CVE-2026-0001)"
    assert "Ada Fairweather (Authority) has refused your claim" in back.body
    assert "The date without it counts, as before." in back.body


def test_decided_before_the_mail_went_nobody_is_asked():
    cast = play()
    patch_released(cast)
    claimed(cast, NOT_EXPLOITABLE, DAY, accepted_by="ada")
    sweep(NOON)
    assert not any("to decide on" in one.subject for one in mail.outbox)


def test_on_a_day_before_the_answer_was_known_it_waits():
    cast = play()
    patch_released(cast)
    claim = claimed(cast, NOT_EXPLOITABLE, DAY)
    answer(claim, cast.as_("ada"), NOON + timedelta(days=4), event="accept")
    now = NOON + timedelta(days=5)

    def stands(day, known=None):
        found = as_at(cast.contract, day, now, known)
        [duty] = [one for one in found.duties if one.rule_key == "10.3-critical"]
        return duty.state, len(duty.claimed)

    assert stands(date(2026, 3, 20), last_moment(date(2026, 3, 20))) == ("overdue", 1)
    assert stands(date(2026, 3, 20)) == ("suspended", 0)  # as everything on the record today says
    assert stands(date(2026, 3, 21)) == ("suspended", 0)


# Data


def test_the_table_of_states_fits_the_model():
    assert {key: state.label for key, state in machine().states.items()} == dict(ClaimState.choices)


def test_the_drawn_document_is_current():
    call_command("state_machines", "--check", stdout=StringIO())
