"""Certificates: recorded, corrected, withdrawn, ceased; what follows is the engine's (R26).

The present is Tuesday 17 March 2026, noon in London.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, transaction

from contracts.models import KeptBy, LedgerEntry
from contracts.services.errors import Refused
from contracts.terms.moments import LONDON
from obligations.certificates.models import Certificate
from obligations.certificates.schemes import edition_of, scheme_of, schemes
from obligations.certificates.selectors import certificates_of
from obligations.certificates.services.changing import (
    certificate_ceased,
    correct_certificate,
    printed_of,
    runs_of,
    withdraw_certificate,
)
from obligations.certificates.services.recording import (
    Printed,
    Runs,
    describe_certificate,
    record_certificate,
)
from obligations.models import Duty, FactRecord, Phase
from obligations.services.reconciling.recurring import raise_recurring
from obligations.services.recording.facts import withdraw_fact
from tests.cast import NOON, Cast, happened, play

pytestmark = pytest.mark.django_db

CE = "Cyber Essentials"
PLUS = "Cyber Essentials Plus"
FIRST = Runs(CE, date(2025, 4, 1), date(2026, 3, 31))
PRINTED = Printed("CE-1", "Whole organisation")


@pytest.fixture
def cast() -> Cast:
    return play()


def record(cast, runs=FIRST, printed=PRINTED, *, by="priya", now=NOON, file=None) -> Certificate:
    return record_certificate(cast.contract, cast.as_(by), now, runs=runs, printed=printed, file=file)


def correct(row, cast, *, by="priya", reason="Misread", runs=None, printed=None, file=None):
    runs, printed = runs or runs_of(row), printed or printed_of(row)
    return correct_certificate(row, cast.as_(by), NOON, reason=reason, runs=runs, printed=printed, file=file)


def refusal(act, *args, **kwargs) -> Refused:
    before = (FactRecord.objects.count(), Certificate.objects.count(), LedgerEntry.objects.count())
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    assert before == (FactRecord.objects.count(), Certificate.objects.count(), LedgerEntry.objects.count())
    return caught.value


def owed(cast, key) -> list[tuple[str, str, date | None]]:
    rows = Duty.objects.filter(contract=cast.contract, obligation__rule_key=key).exclude(phase="withdrawn")
    return [(duty.subject, duty.phase, duty.due_date) for duty in rows.order_by("pk")]


# Recorded


def test_a_certificate_is_a_fact_and_what_is_printed_on_it(cast, uploads):
    row = record(cast, file=SimpleUploadedFile("ce.txt", b"certified"))
    assert (row.fact.kind, row.fact.subject, row.fact.happened) == (
        "certificate_issued",
        "Cyber Essentials 2025",
        date(2025, 4, 1),
    )
    assert row.fact.details == {
        "subject": "Cyber Essentials 2025",
        "scheme": CE,
        "expires": "2026-03-31",
    }
    assert (row.file_name, row.size) == ("ce.txt", 9)
    assert owed(cast, "6.1-copy") == [("Cyber Essentials 2025", Phase.OPEN, None)]
    verbs = list(LedgerEntry.objects.order_by("-number").values_list("verb", flat=True)[:3])
    assert verbs[0] == "certificate_recorded"


def test_a_second_of_a_year_has_a_name_of_its_own(cast):
    record(cast)
    second = record(cast, Runs(CE, date(2025, 9, 1), date(2026, 8, 31)), Printed("CE-2", "All"))
    assert second.fact.subject == "Cyber Essentials 2025 (2)"


@pytest.mark.parametrize(
    ("runs", "printed", "field", "says"),
    [
        (Runs(CE, date(2026, 3, 2), date(2026, 3, 1)), PRINTED, "last_day", "6.1"),
        (Runs(CE, date(2026, 3, 18), date(2027, 3, 17)), PRINTED, "issued", "in the future"),
        (Runs("", date(2025, 4, 1), date(2026, 3, 31)), PRINTED, "scheme", "Choose the scheme"),
        (FIRST, Printed(" ", "All"), "number", "Enter the number"),
        (FIRST, Printed("CE-1", "  "), "scope", "what the certificate covers"),
        (FIRST, Printed("CE-1", "All", account_on=date(2026, 3, 18)), "account_on", "in the future"),
        (Runs(PLUS, date(2025, 4, 1), date(2026, 3, 31)), PRINTED, "scheme", "rests on Cyber Essentials"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast, runs, printed, field, says):
    refused = refusal(record, cast, runs, printed)
    assert refused.field == field and says in refused.message


def test_the_same_number_of_a_scheme_is_refused_until_the_first_is_withdrawn(cast):
    row = record(cast)
    assert refusal(record, cast, printed=Printed("ce‑1", "All")).field == "number"  # another hyphen
    record(cast, Runs("ISO/IEC 27001", date(2025, 4, 1), date(2028, 3, 31)))
    withdraw_certificate(row, cast.as_("priya"), NOON, reason="Another organisation's")
    assert record(cast).fact.subject == "Cyber Essentials 2025 (2)"


def test_a_file_that_cannot_be_kept_keeps_nothing(cast, uploads):
    assert refusal(record, cast, file=SimpleUploadedFile("ce.exe", b"x")).field == "file"
    assert refusal(record, cast, file=SimpleUploadedFile("ce.txt", b"")).field == "file"


def test_certificates_are_the_suppliers_to_record_where_both_keep_the_contract(cast):
    assert "Ask the Supplier" in refusal(record, cast, by="ada").message
    alone = play(reference="WF-2", kept_by=KeptBy.AUTHORITY)
    assert record(alone, by="ada").recorded_side == "authority"


def test_plus_is_recorded_once_the_basic_one_it_rests_on_is(cast):
    record(cast)
    plus = Runs(PLUS, date(2025, 5, 1), date(2026, 4, 30))
    assert record(cast, plus, Printed("P-1", "All")).fact.details["scheme"] == PLUS
    later = Runs(PLUS, date(2024, 5, 1), date(2025, 4, 30))
    assert refusal(record, cast, later, Printed("P-2", "All")).field == "scheme"


# Only the fact


def test_what_was_recorded_by_hand_is_shown_and_can_be_described(cast, uploads):
    fact = happened(cast, "certificate_issued", date(2025, 4, 1), "CE", scheme=CE, expires="2026-03-31").fact
    [scheme] = certificates_of(cast.contract, NOON).schemes
    assert (scheme.name, scheme.kept[0].row) == (CE, None)
    file = SimpleUploadedFile("ce.txt", b"certified")
    row = describe_certificate(fact, cast.as_("tom"), NOON, printed=PRINTED, file=file)
    assert certificates_of(cast.contract, NOON).by_fact[fact.pk].row == row
    assert (
        "on record already"
        in refusal(describe_certificate, fact, cast.as_("tom"), NOON, printed=Printed("CE-2", "All")).message
    )
    assert (
        "Ask the Supplier"
        in refusal(describe_certificate, fact, cast.as_("ada"), NOON, printed=PRINTED).message
    )


def test_a_fact_withdrawn_by_itself_withdraws_its_certificate(cast):
    row = record(cast)
    withdraw_fact(row.fact, cast.as_("priya"), NOON, reason="Another organisation's")
    assert certificates_of(cast.contract, NOON).schemes == ()
    assert "was withdrawn" in refusal(correct, row, cast, printed=Printed("CE-9", "All")).message


# What time brings


def test_it_lapses_at_midnight_and_what_follows_is_about_it(cast):
    """Through Tuesday 31 March; Thursday 2 April is the second Working Day, before Good Friday."""
    record(cast)
    at = datetime(2026, 4, 1, tzinfo=LONDON)
    raise_recurring(datetime(2026, 3, 31, 23, 59, 59, tzinfo=LONDON))
    assert owed(cast, "6.2") == []
    raise_recurring(at)
    assert owed(cast, "6.2") == [("Cyber Essentials 2025", Phase.OPEN, date(2026, 4, 2))]
    assert owed(cast, "6.1-gate") == [("Cyber Essentials 2025", Phase.OPEN, None)]


def test_back_in_force_the_gate_is_met_and_the_gap_stays_on_record(cast):
    """Lapsed on Wednesday 1 April; the next one is issued on Wednesday 15 April: 14 days without."""
    record(cast)
    raise_recurring(datetime(2026, 4, 1, tzinfo=LONDON))
    now = datetime(2026, 4, 15, 10, tzinfo=LONDON)
    record(cast, Runs(CE, date(2026, 4, 15), date(2027, 4, 14)), Printed("CE-2", "All"), now=now)
    assert owed(cast, "6.1-gate") == [("Cyber Essentials 2025", Phase.MET, None)]
    [scheme] = certificates_of(cast.contract, now).schemes
    assert [(gap.first, gap.last, gap.days) for gap in scheme.gaps] == [
        (date(2026, 4, 1), date(2026, 4, 14), 14)
    ]
    assert scheme.in_force(now) is scheme.kept[1]


def test_the_next_one_recorded_before_the_last_day_leaves_no_gap_and_starts_nothing(cast):
    record(cast)
    record(cast, Runs(CE, date(2026, 3, 16), date(2027, 3, 15)), Printed("CE-2", "All"))
    raise_recurring(datetime(2026, 4, 1, 0, 1, tzinfo=LONDON))
    assert owed(cast, "6.2") == owed(cast, "6.1-gate") == []


# Corrected, withdrawn, ceased


def test_another_last_day_moves_what_follows_and_makes_no_duty_in_between(cast):
    """Recorded through 10 March, so it had lapsed; printed is 10 May: what the lapse caused is withdrawn."""
    row = record(cast, Runs(CE, date(2025, 5, 11), date(2026, 3, 10)))
    assert owed(cast, "6.2") != []
    was = row.fact_id
    correct(row, cast, runs=Runs(CE, date(2025, 5, 11), date(2026, 5, 10)))
    assert (row.fact_id != was, row.fact.details["expires"]) == (True, "2026-05-10")
    assert row.fact.subject == "Cyber Essentials 2025"
    assert owed(cast, "6.2") == owed(cast, "6.1-gate") == []
    assert Duty.objects.filter(obligation__rule_key="6.1-copy").exclude(phase="withdrawn").count() == 1
    entry = LedgerEntry.objects.filter(verb="certificate_corrected").get()
    assert entry.payload["changed"]["last_day"] == "2026-05-10"
    assert entry.payload["reason"] == "Misread"


def test_correcting_a_day_says_what_was_corrected_and_nothing_of_duties_that_were_never_owed(cast):
    row = record(cast)
    before = LedgerEntry.objects.latest("number").number
    correct(row, cast, runs=Runs(CE, date(2025, 4, 1), date(2026, 4, 10)))
    verbs = LedgerEntry.objects.filter(number__gt=before).values_list("verb", flat=True).order_by("number")
    assert list(verbs) == ["fact_withdrawn", "fact_recorded", "certificate_corrected"]


def test_a_number_is_put_right_without_touching_the_fact(cast, uploads):
    row = record(cast)
    was = row.fact_id
    correct(row, cast, printed=Printed("CE-7", "All"), file=SimpleUploadedFile("ce.txt", b"certified"))
    row.refresh_from_db()
    assert (row.fact_id, row.number, row.file_name) == (was, "CE-7", "ce.txt")
    assert refusal(correct, row, cast, file=SimpleUploadedFile("b.txt", b"other")).field == "file"
    assert "Nothing is changed" in refusal(correct, row, cast).message
    assert refusal(correct, row, cast, reason=" ", printed=Printed("CE-8", "All")).field == "reason"
    assert (
        "Only the Supplier" in refusal(correct, row, cast, by="ada", printed=Printed("CE-8", "All")).message
    )


def test_withdrawn_with_a_reason_it_takes_its_duties_along(cast):
    row = record(cast)
    assert refusal(withdraw_certificate, row, cast.as_("priya"), NOON, reason="").field == "reason"
    withdraw_certificate(row, cast.as_("priya"), NOON, reason="Another organisation's")
    assert owed(cast, "6.1-copy") == []
    assert (
        "was withdrawn" in refusal(withdraw_certificate, row, cast.as_("priya"), NOON, reason="Again").message
    )


@pytest.mark.parametrize(
    ("when", "field", "says"),
    [
        (date(2025, 3, 31), "when", "before it was issued"),
        (date(2026, 3, 18), "when", "in the future"),
    ],
)
def test_it_ceases_between_its_issue_and_now(cast, when, field, says):
    row = record(cast)
    refused = refusal(certificate_ceased, row, cast.as_("priya"), NOON, when=when, reason="Revoked")
    assert refused.field == field and says in refused.message


def test_ceased_by_hand_starts_the_clocks_once(cast):
    """Ceased on Friday 13 March: Tuesday 17 March is the second Working Day."""
    row = record(cast)
    certificate_ceased(row, cast.as_("priya"), NOON, when=date(2026, 3, 13), reason="Revoked")
    assert owed(cast, "6.2") == [("Cyber Essentials 2025", Phase.OPEN, date(2026, 3, 17))]
    raise_recurring(datetime(2026, 4, 1, 0, 1, tzinfo=LONDON))
    assert len(owed(cast, "6.2")) == 1
    again = refusal(certificate_ceased, row, cast.as_("priya"), NOON, when=NOON, reason="Revoked")
    assert "on record already" in again.message


def test_what_lapsed_did_not_cease_afterwards(cast):
    row = record(cast, Runs(CE, date(2025, 3, 11), date(2026, 3, 10)))
    refused = refusal(certificate_ceased, row, cast.as_("priya"), NOON, when=date(2026, 3, 11), reason="x")
    assert "Its last day was 10 March 2026" in refused.message


# Data and invariants


def test_the_edition_goes_by_the_day_the_account_was_opened():
    assert edition_of(CE, date(2026, 4, 26)).startswith("Willow")
    assert edition_of("cyber essentials plus", date(2026, 4, 27)).startswith("Danzell")
    assert edition_of(CE, None) == edition_of("ISO/IEC 27001", date(2026, 4, 27)) == ""
    assert edition_of(CE, date(2020, 1, 1)) == ""


def test_the_schemes_rest_on_schemes_that_there_are():
    assert all(scheme_of(one.rests_on) for one in schemes().values() if one.rests_on)


def test_the_database_keeps_what_must_hold(cast):
    row = record(cast)
    with pytest.raises(IntegrityError, match="certificate_has_a_number"), transaction.atomic():
        Certificate.objects.filter(pk=row.pk).update(number="")
    with pytest.raises(IntegrityError, match="certificate_file_with_its_hash"), transaction.atomic():
        Certificate.objects.filter(pk=row.pk).update(file="x")
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        row.delete()


def test_the_number_of_queries_does_not_grow_with_certificates(cast, django_assert_max_num_queries):
    record(cast)
    with django_assert_max_num_queries(4):
        certificates_of(cast.contract, NOON)
    for number in range(2, 6):
        record(cast, Runs(CE, date(2025, number, 1), date(2026, 3, number)), Printed(f"CE-{number}", "All"))
    with django_assert_max_num_queries(4):
        assert len(certificates_of(cast.contract, NOON).schemes[0].kept) == 5
