"""Edges of what is written: which obligation, which subjects, which day, which wake-up (R15, R16, R28)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from contracts.services.errors import Refused
from contracts.services.variations import share_variation
from contracts.terms.moments import LONDON
from obligations.models import Duty, Evidence, Obligation, Phase, WakeUp
from obligations.rules.engine.contract_book import AdoptedVersion, ContractBook
from obligations.rules.register.rulebook import load_rulebook
from obligations.rules.register.terms import ContractTerms
from obligations.services.asking.engine_input import rules_looking_at
from obligations.services.reconciling.recurring import raise_recurring
from obligations.services.reconciling.sweep import sweep
from obligations.services.recording.evidence import decide
from tests.cast import DMP, NOON, happened, play
from tests.obligations.services.test_variations_in_full import STOP, Wanted, drafted, signed

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 17)
"""The London day of NOON."""


def spans(rule: str) -> list[tuple[str, str | None]]:
    """The days on which the obligations of a rule hold."""
    found = Obligation.objects.filter(rule_key=rule).order_by("in_force")
    return [
        (one.in_force.lower.isoformat(), one.in_force.upper and one.in_force.upper.isoformat())
        for one in found
    ]


def scans() -> list[tuple[date, str]]:
    duties = Duty.objects.filter(obligation__rule_key="7.1.3").order_by("due_at")
    return [(duty.due_date, duty.phase) for duty in duties]


# Spans of an obligation (R28)


def test_after_a_reinstatement_each_duty_hangs_on_the_span_in_which_it_began():
    """Off on 10 March 2026, on again on 16 April: what began before hangs on the first span, what begins on
    16 April on the second, and nothing on a day between.
    """
    cast = play()
    signed(cast, drafted(cast, *STOP, number="001"))
    later = NOON + timedelta(days=30)
    again = drafted(cast, Wanted(f"{DMP}/main/7", "reinstated"), number="002", now=later)
    signed(cast, again, date(2026, 4, 16), later)
    assert spans("7.1.3") == [("2025-04-01", "2026-03-10"), ("2026-04-16", None)]
    found = Duty.objects.filter(obligation__rule_key="7.1.3").order_by("due_at")
    assert [(one.due_date, one.phase, one.obligation.in_force.lower) for one in found] == [
        (date(2025, 5, 1), Phase.OPEN, date(2025, 4, 1)),
        (date(2026, 5, 16), Phase.OPEN, date(2026, 4, 16)),
    ]


def test_new_words_leave_an_obligation_in_force_from_its_first_day():
    """The paragraph is used before and after: the obligation holds on one span, from the contract's start."""
    cast = play()
    words = Wanted(f"{DMP}/main/7.1.3", "replaced", "The Supplier has the system scanned each month.")
    signed(cast, drafted(cast, words))
    assert spans("7.1.3") == [("2025-04-01", None)]
    later = NOON + timedelta(days=10)
    stop = Wanted(f"{DMP}/main/7.1.3", "not_used")
    signed(cast, drafted(cast, stop, number="003", now=later), date(2026, 3, 27), later)
    assert spans("7.1.3") == [("2025-04-01", "2026-03-27")]


# Which subjects a fact reaches


def test_what_is_said_to_be_done_reaches_the_contracts_series_whatever_its_subject():
    cast = play(start_date=date(2026, 2, 12), agreement_date=date(2026, 2, 12))
    assert scans() == [(date(2026, 3, 12), Phase.OPEN)]
    happened(cast, "duty_done", date(2026, 3, 12), "Report 9", citation=f"{DMP}/main/7.1.3")
    assert scans() == [(date(2026, 3, 12), Phase.MET), (date(2026, 4, 12), Phase.OPEN)]


def test_a_fact_reaches_the_rules_that_listen_to_what_follows_from_it():
    """An approval is an adoption too, which starts the yearly review; a certificate may lapse (R26, R27)."""
    terms = ContractTerms(TODAY)
    books = {
        key: ContractBook((AdoptedVersion(load_rulebook(key)),), terms) for key in (DMP, "order_schedule_9")
    }
    assert ("order_schedule_9", "A-4.4.1") in rules_looking_at(books, "smp_approved")
    assert ("order_schedule_9", "A-4.4.1") not in rules_looking_at(books, "security_policy_specified")
    assert (DMP, "6.2") in rules_looking_at(books, "certificate_issued")
    assert (DMP, "6.2") not in rules_looking_at(books, "certificate_copy_provided")


# The days of signing (R28)


@pytest.mark.parametrize(
    ("last", "refused"),
    [
        (TODAY, False),
        (TODAY + timedelta(days=1), False),
        (TODAY - timedelta(days=1), True),
    ],
)
def test_a_variation_is_signed_on_the_contracts_last_day_and_not_after_it(last, refused):
    cast = play(end_date=last)
    before = NOON - timedelta(days=1)
    variation = share_variation(drafted(cast, *STOP, now=before), cast.as_("ada"), before)
    if refused:
        with pytest.raises(Refused, match="The contract ended on 16 March 2026") as caught:
            signed(cast, variation, TODAY)
        assert caught.value.field == "signed_on"
        signed(cast, variation, last)
    else:
        signed(cast, variation, TODAY)
    assert variation.effective_day == min(TODAY, last)


# One piece of evidence for one fact (R15)


def test_a_fact_rejected_once_is_not_handed_in_again_when_another_meets_the_duty_that_day():
    cast = play()
    happened(cast, "risk_discontent_notified", date(2026, 3, 12), "Risk 7", by="ada")
    duty = Duty.objects.get(approver="authority", phase=Phase.OPEN)
    day = date(2026, 3, 16)
    first = happened(cast, "additional_controls_in_place", day, "Risk 7").fact
    decide(Evidence.objects.get(), cast.as_("ada"), NOON, outcome="rejected", reason="Only half of them.")
    duty.refresh_from_db()
    assert duty.phase == Phase.OPEN
    citation = duty.obligation.paragraph.citation
    second = happened(cast, "duty_done", day, "Risk 7", citation=citation).fact
    duty.refresh_from_db()
    assert duty.phase == Phase.AWAITING
    assert list(Evidence.objects.order_by("pk").values_list("fact", flat=True)) == [first.pk, second.pk]


# When a contract is looked at again (R26)


@pytest.mark.parametrize("order", [1, -1])
def test_the_earliest_wake_up_of_a_subject_counts(order):
    """Two certificates under one name, one for each scheme: both lapses are found on their day."""
    cast = play()
    certificates = [("CE", date(2025, 4, 1), "2026-03-31"), ("CE Plus", date(2025, 4, 2), "2026-06-30")]
    for scheme, issued, expires in certificates[::order]:
        happened(cast, "certificate_issued", issued, "Certificate", scheme=scheme, expires=expires)
    wake = WakeUp.objects.filter(subject="Certificate")
    notices = Duty.objects.filter(obligation__rule_key="6.2")
    assert wake.get().at == datetime(2026, 4, 1, tzinfo=LONDON)
    raise_recurring(wake.get().at)
    assert [duty.due_date for duty in notices.all()] == [date(2026, 4, 2)]
    assert wake.get().at == datetime(2026, 7, 1, tzinfo=LONDON)
    raise_recurring(wake.get().at)
    assert notices.count() == 2


# The safety sweep


def test_what_time_alone_brings_is_left_to_the_clock_and_not_out_of_step():
    """A month after the contract was last looked at another month is missed and a letter is due: the sweep
    looks as at the last look, and still finds what somebody changed.
    """
    play()
    later = datetime(2026, 4, 20, 12, tzinfo=LONDON)
    assert sweep(later) == []
    Duty.objects.filter(obligation__rule_key="7.11").update(phase=Phase.WITHDRAWN)
    (finding,) = sweep(later)
    assert (finding.paragraphs, finding.obligations, finding.duties) == (0, 0, 1)
