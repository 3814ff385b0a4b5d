"""Variations beyond "not used": figures, new duties, reinstatement, counter-proposals, and their impact
first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts import selectors
from contracts.models import Contract, LedgerEntry, VariationState
from contracts.outlines import load_outline
from contracts.services.documents import upload_document
from contracts.services.errors import Refused
from contracts.services.variations import share_variation
from obligations.models import Duty, Notice, Obligation, Phase
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.variations.drafting import Wanted, draft
from obligations.services.variations.impact import impact_of
from obligations.services.variations.signing import apply_if_signed, sign_variation
from tests.cast import DMP, NOON, SYSTEM, happened, patch_released, play
from tests.contracts.terms.test_references import NAMES_THE_DOCUMENTATION, SEEDS

pytestmark = pytest.mark.django_db

MARCH_10 = date(2026, 3, 10)
WHO = {"authority": ("ada", "Ada Fairweather"), "supplier": ("priya", "Priya Nair")}


def figure(amount, rule="10.3-important", path="main/10.3", kind="figure"):
    return Wanted(f"{DMP}/{path}", kind, figures={rule: {"amount": amount, "unit": "days"}})


FIGURE = figure(14)
REPORT = {
    "title": "Send a quarterly report",
    "party": "supplier",
    "shape": "recurring",
    "amount": 3,
    "unit": "months",
}
INSERTED = Wanted(f"{DMP}/main/10.8", "inserted", "The Supplier reports each quarter.", duty=REPORT)
STOP = [Wanted(f"{DMP}/main/5", "not_used"), Wanted(f"{DMP}/main/7", "not_used")]


def drafted(cast, *effects, number="002", by="ada", now=NOON, **terms):
    return draft(cast.contract, cast.as_(by), now, number=number, title="A change", effects=effects, **terms)


def signed(cast, variation, day=MARCH_10, now=NOON, order=("supplier", "authority")):
    if variation.state == VariationState.DRAFT:
        by = "ada" if variation.drafted_side == "authority" else "priya"
        share_variation(variation, cast.as_(by), now)
    for side in order:
        who, name = WHO[side]
        sign_variation(
            variation, cast.as_(who), now, side=side, name=name, job_title="Director", signed_on=day,
            text_hash=variation.text_hash,
        )  # fmt: skip
    variation.refresh_from_db()
    return variation


def due(cast, rule, **match):
    found = Duty.objects.get(contract=cast.contract, obligation__rule_key=rule, **match)
    return found.due_date


def refused(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.message


def test_another_figure_reaches_the_rule_and_the_running_duty():
    cast = play()
    patch_released(cast, "CVE-1", date(2026, 3, 5), category="Important")
    assert due(cast, "10.3-important", subject="CVE-1") == date(2026, 4, 4)
    variation = signed(cast, drafted(cast, FIGURE))
    assert due(cast, "10.3-important", subject="CVE-1") == date(2026, 3, 19)
    patch_released(cast, "CVE-2", date(2026, 3, 16), category="Important")
    assert due(cast, "10.3-important", subject="CVE-2") == date(2026, 3, 30)
    entry = LedgerEntry.objects.get(contract=cast.contract, verb="duty_redated")
    assert str(variation) in entry.payload["because"]
    assert "30 days becomes 14 days" in variation.text


def test_a_new_duty_begins_with_its_paragraph_and_ends_with_it():
    cast = play()
    variation = signed(cast, drafted(cast, INSERTED))
    obligation = Obligation.objects.get(contract=cast.contract, rule_key="variation 002: main/10.8")
    assert obligation.in_force.lower == MARCH_10
    assert due(cast, obligation.rule_key) == date(2026, 6, 10)
    assert "main/10.8" in {one.paragraph.path for one in selectors.text_as_at(cast.contract, MARCH_10)}
    later = NOON + timedelta(days=10)
    signed(
        cast,
        drafted(cast, Wanted(f"{DMP}/main/10.8", "not_used"), number="003", now=later),
        date(2026, 3, 20),
        later,
    )
    ended = Duty.objects.get(obligation__rule_key=obligation.rule_key)
    assert (ended.phase, ended.ended_by.number, ended.due_date) == (Phase.ENDED, "003", date(2026, 6, 10))
    assert variation.state == VariationState.IN_FORCE


def test_reinstated_brings_recurring_duties_back_from_that_day():
    cast = play()
    signed(cast, drafted(cast, *STOP, number="001"))
    later = NOON + timedelta(days=30)
    again = drafted(cast, Wanted(f"{DMP}/main/7", "reinstated"), number="002", now=later)
    signed(cast, again, date(2026, 4, 16), later)
    scans = Duty.objects.filter(contract=cast.contract, obligation__rule_key="7.1.3").order_by(
        "created_at", "pk"
    )
    assert scans.last().due_date == date(2026, 5, 16) and scans.last().phase == Phase.OPEN
    spans = Obligation.objects.filter(contract=cast.contract, rule_key="7.1.3").order_by("in_force")
    assert [str(one.in_force.lower) for one in spans] == ["2025-04-01", "2026-04-16"]
    used = {one.paragraph.path: one.used for one in selectors.text_as_at(cast.contract, date(2026, 4, 16))}
    assert used["main/7.1.3"] and not used["main/5.1"]


@pytest.mark.parametrize("effects", [(FIGURE,), (INSERTED,), tuple(STOP)])
def test_the_impact_is_what_happens_then_and_writes_nothing(effects):
    cast = play()
    patch_released(cast, "CVE-1", date(2026, 3, 5), category="Important")
    happened(cast, "residual_risk_decision_made", date(2026, 3, 2), subject="R-1")
    variation = share_variation(drafted(cast, *effects), cast.as_("ada"), NOON)
    before = list(Duty.objects.order_by("pk").values()), LedgerEntry.objects.count(), Notice.objects.count()
    told = impact_of(variation, NOON, MARCH_10)
    assert (
        list(Duty.objects.order_by("pk").values()),
        LedgerEntry.objects.count(),
        Notice.objects.count(),
    ) == before
    rows = {(d.obligation.rule_key, d.subject, d.occurrence): d.due_date for d in _active()}
    signed(cast, variation)
    now = {(d.obligation.rule_key, d.subject, d.occurrence): d.due_date for d in _active()}
    ended = {
        (d.obligation.rule_key, d.subject, d.occurrence) for d in Duty.objects.filter(ended_by=variation)
    }

    def keys(changes):
        return {(c.duty.rule_key, c.duty.subject or "", c.duty.occurrence) for c in changes}

    assert keys(told.ended) == ended
    assert keys(told.raised) == set(now) - set(rows)
    assert keys(told.redated) == {key for key in now if key in rows and rows[key] != now[key]}
    assert all(key in now for key in keys(told.still_owed))
    assert told.ended or told.raised or told.redated


def everything():
    return list(Duty.objects.order_by("pk").values()), LedgerEntry.objects.count(), Notice.objects.count()


def _active():
    return Duty.objects.filter(phase__in=[Phase.OPEN, Phase.SUSPENDED, Phase.AWAITING]).select_related(
        "obligation"
    )


def test_the_impact_of_variation_001_names_paragraphs_recurring_duties_and_what_is_left_hanging():
    cast = play()
    told = impact_of(drafted(cast, *STOP, number="001"), NOON)
    stops = {change.citation for change in told.text if change.becomes == "stops"}
    assert f"{DMP}/main/5.6" in stops and f"{DMP}/main/7.1.4(c)" in stops
    assert not {one for one in stops if "Annex 1" in one or one.endswith("/main/6")}
    assert f"{DMP}/main/7.1.3" in {citation for citation, _ in told.recurring}
    assert told.dangling


def test_applying_twice_changes_nothing():
    cast = play()
    variation = signed(cast, drafted(cast, FIGURE, INSERTED))
    before = LedgerEntry.objects.count(), list(Duty.objects.order_by("pk").values())
    assert not apply_if_signed(variation, SYSTEM, NOON)
    assert not reconcile(Contract.objects.get(pk=cast.contract.pk), NOON, SYSTEM, because="again")
    assert (LedgerEntry.objects.count(), list(Duty.objects.order_by("pk").values())) == before


def test_a_counter_proposal_takes_the_place_of_what_it_answers():
    cast = play()
    offer = share_variation(drafted(cast, *STOP, number="001"), cast.as_("ada"), NOON)
    assert "own side" in refused(drafted, cast, STOP[0], number="001A", answers=offer)
    counter = drafted(cast, STOP[0], number="001A", by="priya", answers=offer)
    assert selectors.variations_of(cast.contract, "authority").count() == 1
    offer.refresh_from_db()
    assert offer.state == VariationState.SHARED
    share_variation(counter, cast.as_("priya"), NOON)
    offer.refresh_from_db()
    assert (offer.state, counter.answers) == (VariationState.WITHDRAWN, offer)
    assert "cannot be signed" in refused(signed, cast, offer)
    assert signed(cast, counter).state == VariationState.IN_FORCE


@pytest.mark.parametrize(
    ("effects", "words"),
    [
        ([Wanted(f"{DMP}/main/6", "reinstated")], "main/6 is in force already"),
        ([STOP[0], Wanted(f"{DMP}/main/5.6", "not_used")], "stands under main/5"),
        ([STOP[0], STOP[0]], "main/5 only once"),
        ([Wanted(f"{DMP}/main/10.3", "figure")], "new figure of"),
        ([figure(1, "9.9")], "no limit called"),
        ([figure(30)], "already"),
        ([figure("x")], "whole number"),
        ([figure(2, "5.7", "main/5", "not_used")], "Choose replaced"),
        (
            [Wanted(f"{DMP}/main/10.8", "inserted", "Words", duty={"title": "Report"})],
            "when the new duty is owed",
        ),
    ],
)  # fmt: skip
def test_effects_that_do_not_fit_are_refused_with_paragraph_and_reason(effects, words):
    cast = play()
    before = LedgerEntry.objects.count()
    assert words in refused(drafted, cast, *effects)
    assert LedgerEntry.objects.count() == before


def test_an_effect_on_a_paragraph_that_is_not_in_force_is_refused():
    cast = play()
    signed(cast, drafted(cast, *STOP, number="001"))
    for effect in (STOP[0], Wanted(f"{DMP}/main/7.1.3", "replaced", "x")):
        assert "is not in force on 17 March 2026" in refused(drafted, cast, effect)


def test_a_contract_that_ended_is_not_varied():
    cast = play()
    after = datetime(2029, 4, 1, 12, tzinfo=UTC)
    assert "ended on 31 March 2029" in refused(drafted, cast, STOP[0], now=after)
    happened(cast, "agreement_terminated", date(2026, 3, 12))
    assert "terminated" in refused(drafted, cast, STOP[0])


def test_the_record_keeps_a_draft_to_its_own_side():
    cast = play()
    drafted(cast, *STOP, number="001")
    payload = LedgerEntry.objects.get(contract=cast.contract, verb="variation_drafted").payload
    assert "main/5" not in str(payload) and "A change" not in str(payload)


def test_variation_001_on_the_uploaded_schedule(uploads):
    """The real document (skipped where it is not beside the project): what stops, and who is left hanging."""
    files = [file for file in SEEDS.glob("*.txt") if "DMP SCHEDULE" in file.read_text()[:600]]
    if not files:
        pytest.skip("the real documents are not on this machine")
    cast = play()
    upload_document(
        cast.contract, cast.as_("priya"), NOON, schedule=cast.schedule,
        file=SimpleUploadedFile("schedule.txt", files[0].read_bytes()),
    )  # fmt: skip
    variation = drafted(cast, *STOP, number="001")
    told = impact_of(variation, NOON)
    stops = {change.citation.removeprefix(f"{DMP}/") for change in told.text}
    outline = {one.path for one in load_outline(DMP).paragraphs}
    assert stops == {path for path in outline if path.startswith(("main/5", "main/7"))}
    assert {"Annex 1/5", "Annex 1/7"} <= outline - stops
    about = {}
    for one in told.dangling:
        assert one.hit.words in one.hit.excerpt
        about.setdefault(one.hit.about, set()).add(one.hit.path)
    assert about["Risk Management Documentation"] >= NAMES_THE_DOCUMENTATION
    signed(cast, variation)
    text = selectors.text_as_at(cast.contract, MARCH_10)
    assert {one.paragraph.path for one in text if not one.used} == stops
    again = impact_of(variation, NOON + timedelta(days=1))
    assert {one.citation for one in again.text} == {one.citation for one in told.text}
    assert [one.hit for one in again.dangling] == [one.hit for one in told.dangling]
