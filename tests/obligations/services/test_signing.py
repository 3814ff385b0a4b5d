"""Signing a variation, and what follows when both have signed (R28, R29)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from contracts import selectors
from contracts.models import Contract, KeptBy, LedgerEntry, ParagraphVersion, Signature, VariationState
from contracts.services import ledger
from contracts.services.errors import Refused
from contracts.services.variations import draft_variation, share_variation, withdraw_variation
from obligations.models import Duty, Notice, Obligation, Phase
from obligations.services.reconciling.adopt import fit_to_the_words
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.variations.signing import apply_if_signed, sign_variation
from tests.cast import DMP, NOON, ORDER, SYSTEM, done, happened, make_contract, patch_released, play
from tests.support.together import at_once

pytestmark = pytest.mark.django_db

AGREED = date(2025, 4, 1)
STOP_5_AND_7 = [("main/5", "not_used", ""), ("main/7", "not_used", "")]
WHO = {"authority": ("ada", "Ada Fairweather"), "supplier": ("priya", "Priya Nair")}


def shared(cast, effects=STOP_5_AND_7, number="001", by="ada"):
    variation = draft_variation(
        cast.contract, cast.as_(by), NOON, number=number, title="Two sections not used", effects=effects
    )
    return share_variation(variation, cast.as_(by), NOON)


def sign(cast, variation, whose, day=date(2026, 3, 10), now=NOON, **kwargs):
    who, name = WHO[whose]
    kwargs = {"side": whose, "name": name, "job_title": "Director", "text_hash": variation.text_hash} | kwargs
    actor = kwargs.pop("actor", None) or cast.as_(who)
    return sign_variation(variation, actor, now, signed_on=day, **kwargs)


def in_force(
    cast, effects=STOP_5_AND_7, supplier=date(2026, 3, 9), authority=date(2026, 3, 10), number="001"
):
    variation = shared(cast, effects, number)
    sign(cast, variation, "supplier", supplier)
    sign(cast, variation, "authority", authority)
    variation.refresh_from_db()
    return variation


def refusal(act, *args, **kwargs) -> Refused:
    before = (Signature.objects.count(), LedgerEntry.objects.count())
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    assert (Signature.objects.count(), LedgerEntry.objects.count()) == before
    return caught.value


def used(cast, path: str, day: date) -> bool:
    return selectors.paragraph_as_at(cast.contract, path, day).now.used


# Signing


def test_one_signature_changes_nothing():
    cast = play()
    duties = list(Duty.objects.values())
    variation = shared(cast)
    sign(cast, variation, "authority")
    variation.refresh_from_db()
    assert (variation.state, variation.effective_day) == (VariationState.SHARED, None)
    assert used(cast, "main/7.1.3", NOON.date())
    assert list(Duty.objects.values()) == duties


@pytest.mark.parametrize(
    ("kwargs", "field"),
    [
        ({"text_hash": "0" * 64}, "text_hash"),
        ({"text_hash": ""}, "text_hash"),
        ({"name": " "}, "name"),
        ({"job_title": ""}, "job_title"),
        ({"side": "supplier"}, "side"),
        ({"side": "neither"}, "side"),
        ({"day": date(2026, 3, 18)}, "signed_on"),
        ({"day": AGREED - timedelta(days=1)}, "signed_on"),
    ],
)
def test_a_wrong_signature_is_refused_by_field(kwargs, field):
    cast = play()
    variation = shared(cast)
    assert refusal(sign, cast, variation, "authority", **kwargs).field == field


@pytest.mark.parametrize("day", [AGREED, NOON.date()])
def test_the_day_of_the_agreement_and_today_may_be_signed(day):
    cast = play()
    assert sign(cast, shared(cast), "authority", day).signed_on == day


def test_a_draft_a_withdrawn_one_and_one_in_force_are_not_signed():
    cast = play()
    draft = draft_variation(
        cast.contract, cast.as_("ada"), NOON, number="001", title="x", effects=STOP_5_AND_7
    )
    assert "draft" in refusal(sign, cast, draft, "authority").message
    variation = share_variation(draft, cast.as_("ada"), NOON)
    sign(cast, variation, "authority")
    assert "signed already" in refusal(sign, cast, variation, "authority").message
    withdraw_variation(variation, cast.as_("ada"), NOON, reason="overtaken")
    assert "withdrawn" in refusal(sign, cast, variation, "supplier").message
    second = in_force(cast, number="002")
    assert "in force" in refusal(sign, cast, second, "supplier").message
    assert refusal(withdraw_variation, second, cast.as_("ada"), NOON, reason="regret").field == ""


def test_nobody_of_neither_side_and_no_job_signs():
    cast = play()
    variation = shared(cast)
    for actor in (cast.as_("olu"), SYSTEM):
        assert refusal(sign, cast, variation, "authority", actor=actor).field == ""


def test_one_side_alone_records_both_signatures():
    cast = play(kept_by=KeptBy.SUPPLIER)
    variation = shared(cast, by="priya")
    for side in ("supplier", "authority"):
        sign(cast, variation, side, actor=cast.as_("priya"))
    variation.refresh_from_db()
    assert variation.state == VariationState.IN_FORCE
    from_letter = LedgerEntry.objects.filter(verb="variation_signed").order_by("number")
    assert [entry.payload["from_letter"] for entry in from_letter] == [False, True]


# What follows


def test_it_takes_effect_on_the_day_the_authority_signed():
    variation = in_force(play())
    assert (variation.state, variation.effective_day, variation.effective_flagged) == (
        VariationState.IN_FORCE,
        date(2026, 3, 10),
        False,
    )


def test_where_the_supplier_signs_later_it_is_the_later_day_flagged():
    variation = in_force(play(), supplier=date(2026, 3, 12))
    assert (variation.effective_day, variation.effective_flagged) == (date(2026, 3, 12), True)


def test_the_words_stop_on_that_day_and_everything_under_them_but_nothing_else():
    cast = play()
    in_force(cast)
    last, first = date(2026, 3, 9), date(2026, 3, 10)
    stopped = {row.paragraph.path for row in selectors.text_as_at(cast.contract, first) if not row.used}
    assert all(row.used for row in selectors.text_as_at(cast.contract, last))
    every = {row.paragraph.path for row in selectors.text_as_at(cast.contract, first)}
    assert stopped == {path for path in every if path.startswith(("main/5.", "main/7."))} | {
        "main/5",
        "main/7",
    }
    assert "main/5.4.1(a)" in stopped
    assert used(cast, "Annex 1/5", first) and used(cast, "Annex 1/5/incident management/4", first)
    assert not Obligation.objects.filter(
        paragraph__path__startswith="Annex 1", ended_by__isnull=False
    ).exists()


def test_the_obligations_under_them_end_that_day_and_name_the_variation():
    cast = play()
    variation = in_force(cast)
    ended = Obligation.objects.filter(contract=cast.contract, in_force__endswith__isnull=False)
    assert {row.paragraph.path.split(".")[0] for row in ended} == {"main/5", "main/7"}
    assert {row.in_force.upper for row in ended} == {date(2026, 3, 10)}
    assert {row.ended_by for row in ended} == {variation}


def test_the_monthly_scan_stops_and_what_was_owed_before_stays():
    cast = play(start_date=date(2026, 1, 12), agreement_date=date(2026, 1, 12))
    happened(cast, "external_vulnerability_scan_completed", date(2026, 2, 20), "scan")
    march = Duty.objects.get(obligation__rule_key="7.1.3", phase=Phase.OPEN)
    assert march.due_date == date(2026, 3, 20)
    yearly = Duty.objects.get(obligation__rule_key="7.1.2")
    variation = in_force(cast)
    for duty in (march, yearly):
        duty.refresh_from_db()
        assert (duty.phase, duty.ended_by) == (Phase.ENDED, variation)
    assert march.due_date == date(2026, 3, 20)
    open_under_7 = Duty.objects.filter(obligation__paragraph__path__startswith="main/7", phase=Phase.OPEN)
    assert not open_under_7.exists()
    assert (
        not Notice.objects.filter(duty=march, cancelled_at=None, sent_at=None).exclude(stage="ended").exists()
    )


def test_an_occurrence_due_before_that_day_stays_owed():
    cast = play()
    scan = Duty.objects.get(obligation__rule_key="7.1.3")
    assert scan.due_date == date(2025, 5, 1)
    in_force(cast)
    scan.refresh_from_db()
    assert scan.phase == Phase.OPEN
    done(scan, cast, date(2025, 5, 20))
    scan.refresh_from_db()
    assert scan.phase == Phase.MET_LATE


def test_what_a_fact_started_before_that_day_stays_owed_and_is_flagged():
    cast = play()
    happened(cast, "residual_risk_decision_made", date(2026, 3, 2), "decision 1")
    duty = Duty.objects.get(subject="decision 1", obligation__rule_key="5.6")
    assert duty.due_date == date(2026, 3, 22)
    in_force(cast)
    duty.refresh_from_db()
    assert (duty.phase, duty.flagged, duty.due_date) == (Phase.OPEN, True, date(2026, 3, 22))
    assert "released" in [reading["reading"] for reading in duty.derivation["readings"]]


def test_a_fact_of_that_day_or_later_makes_no_duty_there_but_others_it_does():
    cast = play()
    in_force(cast)
    recorded = happened(cast, "residual_risk_decision_made", date(2026, 3, 10), "decision 2")
    assert recorded.created and not recorded.changes.raised
    assert patch_released(cast).phase == Phase.OPEN


def test_a_fact_learnt_late_from_before_that_day_still_makes_its_duty():
    cast = play()
    in_force(cast)
    happened(cast, "residual_risk_decision_made", date(2026, 3, 9), "decision 3")
    duty = Duty.objects.get(subject="decision 3", obligation__rule_key="5.6")
    assert duty.phase == Phase.OPEN and duty.obligation.in_force.upper == date(2026, 3, 10)


def test_what_was_met_before_is_left_as_it_was():
    cast = play()
    scan = Duty.objects.get(obligation__rule_key="7.1.3")
    done(scan, cast, date(2025, 4, 20))
    before = Duty.objects.get(pk=scan.pk)
    in_force(cast)
    after = Duty.objects.get(pk=scan.pk)
    assert (after.phase, after.due_date, after.done_on) == (Phase.MET, before.due_date, before.done_on)


def test_doing_it_again_changes_nothing():
    cast = play()
    patch_released(cast)
    variation = in_force(cast)

    def everything():
        return [
            list(model.objects.order_by("pk").values())
            for model in (Duty, Obligation, ParagraphVersion, LedgerEntry, Notice, Contract)
        ]

    before = everything()
    assert not apply_if_signed(variation, SYSTEM, NOON)
    assert fit_to_the_words(cast.contract) == 0
    assert everything() == before
    assert not reconcile(cast.contract, NOON, SYSTEM, because="again")
    assert everything()[:5] == before[:5]


def test_the_text_version_goes_up_once_and_the_duties_agree_with_it():
    cast = play()
    in_force(cast)
    contract = Contract.objects.get(pk=cast.contract.pk)
    assert (contract.text_version, contract.reconciled_version) == (2, 2)


def test_a_second_variation_with_an_earlier_day_is_laid_under_the_first():
    cast = play()
    in_force(cast, [("main/6", "replaced", "The new words of 6.")])
    in_force(cast, [("main/6", "not_used", "")], date(2026, 2, 2), date(2026, 2, 3), number="002")
    spans = selectors.paragraph_as_at(cast.contract, "main/6", NOON.date()).history
    assert [(row.in_force.lower, row.used, bool(row.text)) for row in spans] == [
        (AGREED, True, False),
        (date(2026, 2, 3), False, False),
        (date(2026, 3, 10), False, True),
    ]


def test_the_same_path_in_another_schedule_is_left_alone():
    cast = play(DMP, ORDER)
    before = Obligation.objects.filter(rulebook_key=ORDER).count()
    in_force(cast)
    assert Obligation.objects.filter(rulebook_key=ORDER, ended_by=None).count() == before


def test_signed_before_the_rulebooks_are_adopted_it_holds_all_the_same():
    from obligations.services.reconciling.adopt import adopt_rulebooks

    cast = make_contract()
    variation = in_force(cast)
    adopt_rulebooks(cast.contract, SYSTEM, NOON)
    ended = Obligation.objects.get(rule_key="7.1.3")
    assert (ended.in_force.upper, ended.ended_by) == (date(2026, 3, 10), variation)
    assert Duty.objects.get(obligation__rule_key="7.1.2").phase == Phase.ENDED


@pytest.mark.django_db(transaction=True)
def test_both_sides_signing_at_the_same_moment_put_it_in_force_once():
    cast = play()
    variation = shared(cast)
    actors = {side: cast.as_(who) for side, (who, _) in WHO.items()}

    def put(side):
        copy = type(variation).objects.select_related("contract").get(pk=variation.pk)
        return sign(cast, copy, side, actor=actors[side])

    for signed in at_once(*(partial(put, side) for side in WHO)):
        assert not isinstance(signed, Exception), signed
    assert LedgerEntry.objects.filter(verb="variation_in_force").count() == 1
    assert Contract.objects.get().text_version == 2
    ledger.verify(cast.contract)
