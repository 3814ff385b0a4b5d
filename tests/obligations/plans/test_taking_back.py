"""What was done with a version by mistake is taken back by the side that did it, while nothing follows."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from contracts.models import KeptBy, LedgerEntry, ParagraphVersion, Role, Side
from contracts.models.contract import SIDE_OF_ROLE
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.models import FactRecord, Phase
from obligations.plans.kinds import TAKE_BACK, machines, take_back_of
from obligations.plans.models import PlanAct, PlanState, PlanVersion
from obligations.plans.selectors import last_act
from obligations.plans.services import decisions, taking_back, upkeep, versions
from obligations.services.recording.facts import withdraw_fact
from tests.cast import happened
from tests.obligations.plans.conftest import SMP, Table, at
from tests.obligations.plans.test_machines import WHO

MONDAY = date(2026, 3, 9)
LATER = date(2026, 4, 1)
WHY = "It was the wrong file."


def day(number: int) -> date:
    return date(2026, 3, number)


def take_back(table: Table, version: PlanVersion, by: str, *, on: date = LATER, reason: str = WHY, **more):
    last = last_act(table.cast.contract, table.plan)
    known = {"act": last.pk if last else 0} | more
    return taking_back.take_back(version, table.cast.as_(by), at(on), reason=reason, **known)


def everything() -> tuple[list[str], int, int]:
    """The states of all versions, how many acts were taken back, how much the ledger holds."""
    states = list(PlanVersion.objects.order_by("pk").values_list("state", flat=True))
    back = PlanAct.objects.filter(taken_back_at__isnull=False).count()
    return states, back, LedgerEntry.objects.count()


def refusal(table: Table, version: PlanVersion, by: str, **more) -> str:
    """Why it is not taken back; nothing changed then."""
    before = everything()
    with pytest.raises(Refused) as refused:
        take_back(table, version, by, **more)
    assert everything() == before
    return refused.value.message


def refused_twice(table: Table) -> PlanVersion:
    table.refuse(table.submit(MONDAY), day(12))
    return table.refuse(table.submit(day(16)), day(18))


def referred(table: Table, by: str = "priya") -> PlanVersion:
    return decisions.refer_version(refused_twice(table), table.cast.as_(by), at(day(20)))


def standing() -> dict[str, int]:
    """The facts of the plan that stand, by kind."""
    kinds = FactRecord.objects.filter(withdrawn_at=None, kind__startswith="smp_").values_list(
        "kind", flat=True
    )
    return {kind: list(kinds).count(kind) for kind in kinds}


def test_there_is_one_way_back_from_each_state_to_each_state_before():
    events = [one for one in machines()["version"].events.values() if one.key.startswith(TAKE_BACK)]
    pairs = [(state, one.to) for one in events for state in one.origins]
    assert len(pairs) == len(set(pairs))
    for one in events:
        assert {take_back_of(state, one.to) for state in one.origins} == {one.key}
    assert take_back_of("draft", "new") == take_back_of("adopted", "draft") == ""


def test_a_submission_goes_back_to_a_draft_with_its_fact_and_its_clock(table):
    version = table.submit(MONDAY)
    assert table.duty("A-4.3.1").phase == Phase.MET
    version = take_back(table, version, "priya", on=day(10))
    assert (version.state, version.submitted_by, version.submitted) == (PlanState.DRAFT, None, None)
    fact = FactRecord.objects.get(kind="smp_submitted")
    assert (fact.withdrawn_reason, fact.withdrawn_by) == (WHY, table.cast.priya)
    assert (table.duty("A-4.3.1").phase, table.duty("A-4.3.2-finish").phase) == (Phase.OPEN, Phase.WITHDRAWN)
    again = versions.submit_version(version, table.cast.as_("tom"), at(day(11)))
    assert (again.state, again.submitted_on) == (PlanState.SUBMITTED, day(11))
    assert [duty.due_date for duty in table.duties("A-4.3.2-finish") if duty.phase == Phase.OPEN] == [
        date(2026, 4, 1)
    ]


def test_it_is_on_the_record_with_who_and_why(table):
    take_back(table, table.submit(MONDAY), "priya", on=day(10))
    entry = LedgerEntry.objects.filter(verb="plan_version_moved").order_by("-number")[0]
    assert (entry.payload["event"], entry.payload["state"], entry.payload["reason"]) == (
        "take_back_submission",
        "draft",
        WHY,
    )
    act = PlanAct.objects.get()
    assert (act.event, act.taken_back_by, act.taken_back_at) == ("submit", table.cast.priya, at(day(10)))
    assert ledger.verify(table.cast.contract)


def test_a_refusal_goes_back_and_the_version_waits_again_without_grounds(table):
    version = table.refuse(table.submit(MONDAY), day(12))
    version = take_back(table, version, "ada", on=day(13))
    assert (version.state, version.decided_by, version.decided) == (PlanState.SUBMITTED, None, None)
    assert (version.grounds, version.reason) == ([], "")
    assert [duty.phase for duty in table.duties("A-4.3.2-amend")] == [Phase.WITHDRAWN]
    assert table.approve(version, day(16)).state == PlanState.ADOPTED


def test_a_second_refusal_goes_back_and_the_next_one_is_the_second_again(table):
    version = refused_twice(table)
    version = take_back(table, version, "ada")
    assert version.state == PlanState.SUBMITTED
    assert [duty.phase for duty in table.duties("A-4.3.2-dispute")] == [Phase.WITHDRAWN]
    assert table.refuse(version, LATER).state == PlanState.REFUSED_AGAIN


def test_an_approval_goes_back_and_the_one_it_replaced_is_in_use_again(table):
    first = table.approve(table.submit(MONDAY), day(12))
    second = table.approve(table.submit(day(16)), day(18))
    second = take_back(table, second, "ada")
    first.refresh_from_db()
    assert (first.state, first.approved_sha256) == (PlanState.ADOPTED, first.sha256)
    assert (second.state, second.approved_sha256, second.decided) == (PlanState.SUBMITTED, "", None)
    told = LedgerEntry.objects.filter(payload__event="give_back").get()
    assert (told.payload["version"], told.payload["by"]) == ("1.0", "2.0")
    assert [duty.due_date for duty in table.duties("A-4.4.1") if duty.phase == Phase.OPEN] == [
        date(2027, 3, 12)
    ]
    assert standing() == {"smp_submitted": 2, "smp_approved": 1}


def test_the_first_approval_goes_back_and_nothing_is_in_use(table):
    version = take_back(table, table.approve(table.submit(MONDAY), day(12)), "ada")
    assert not PlanVersion.objects.filter(state=PlanState.ADOPTED).exists()
    assert [duty.phase for duty in table.duties("A-4.4.1")] == [Phase.WITHDRAWN]
    assert table.duty("A-4.3.2-finish").phase == Phase.OPEN
    assert table.refuse(version, LATER).state == PlanState.NOT_APPROVED


def test_an_approval_after_a_second_refusal_goes_back_to_that_refusal(table):
    refused = refused_twice(table)
    grounds, who = list(refused.grounds), refused.decided_by
    version = table.approve(refused, day(20), by="ben", seen="refused_again")
    version = take_back(table, version, "ada")
    assert (version.state, version.grounds, version.decided_by) == (PlanState.REFUSED_AGAIN, grounds, who)
    assert version.decided_on == day(18)
    assert standing() == {"smp_submitted": 2, "smp_non_approval_notified": 2}


def test_everything_goes_back_step_by_step_to_where_it_began(table):
    version = table.approve(referred(table), day(23), seen="in_dispute")
    first = PlanVersion.objects.get(number=1)
    steps = [
        (version, "ada", PlanState.IN_DISPUTE),
        (version, "priya", PlanState.REFUSED_AGAIN),
        (version, "ada", PlanState.SUBMITTED),
        (version, "priya", PlanState.DRAFT),
    ]
    for one, by, state in steps:
        assert take_back(table, one, by).state == state
    versions.discard_version(version, table.cast.as_("priya"), at(LATER))
    assert take_back(table, first, "ada").state == PlanState.SUBMITTED
    assert take_back(table, first, "priya").state == PlanState.DRAFT
    assert standing() == {}
    open_now = {duty.obligation.rule_key for duty in table.cast.contract.duties.filter(phase=Phase.OPEN)}
    assert {key for key in open_now if key.startswith("A-4.3")} == {"A-4.3.1"}
    assert "taken back already" in refusal(table, first, "priya")


# Who may


@pytest.mark.parametrize(
    ("make", "event"),
    [
        (lambda table: table.submit(MONDAY), "take_back_submission"),
        (lambda table: table.refuse(table.submit(MONDAY), day(12)), "take_back_refusal"),
        (refused_twice, "take_back_refusal"),
        (lambda table: table.approve(table.submit(MONDAY), day(12)), "take_back_approval"),
        (
            lambda table: table.approve(refused_twice(table), day(20), seen="refused_again"),
            "take_back_late_approval",
        ),
        (
            lambda table: table.approve(referred(table), day(23), seen="in_dispute"),
            "take_back_approval_in_dispute",
        ),
        (referred, "take_back_referral"),
    ],
)
def test_each_by_its_own_roles_of_the_side_that_did_it_and_by_no_other(table, make, event):
    version = make(table)
    last = last_act(table.cast.contract, SMP)
    for role in [*Role.values, "stranger"]:
        actor = Actor.of(table.cast.people[WHO[role]], SIDE_OF_ROLE.get(role, Side.NEITHER))
        if role in machines()["version"].events[event].roles and actor.side == last.side:
            continue
        before = everything()
        with pytest.raises(Refused):
            taking_back.take_back(version, actor, at(LATER), act=last.pk, reason=WHY)
        assert everything() == before, role
    own = "priya" if last.side == "supplier" else "ada"
    take_back(table, version, own)


@pytest.mark.parametrize(("by", "other"), [("priya", "ada"), ("ada", "priya")])
def test_a_referral_is_taken_back_by_the_side_that_referred(table, by, other):
    version = referred(table, by)
    assert "whose act it was, can take it back" in refusal(table, version, other)
    assert take_back(table, version, by).state == PlanState.REFUSED_AGAIN
    assert table.duty("A-4.3.2-dispute").phase == Phase.OPEN


def test_one_party_alone_takes_back_what_it_recorded_for_either(table):
    contract = table.cast.contract
    contract.kept_by = KeptBy.AUTHORITY
    contract.save()
    version = table.submit(MONDAY, by="ada")
    assert take_back(table, version, "ada").state == PlanState.DRAFT


# Only while nothing was done since


def test_a_later_version_goes_back_first(table):
    first = table.refuse(table.submit(MONDAY), day(12))
    old = last_act(table.cast.contract, SMP)
    second = table.submit(day(16))
    for by, act in product(("ada", "priya"), (old.pk, last_act(table.cast.contract, SMP).pk)):
        assert "something was done since" in refusal(table, first, by, act=act)
    take_back(table, second, "priya")
    assert take_back(table, first, "ada").state == PlanState.SUBMITTED


def test_a_draft_of_the_next_version_is_nothing_that_was_done_since(table):
    version = table.refuse(table.submit(MONDAY), day(12))
    draft = table.draft(day(13))
    version = take_back(table, version, "ada")
    assert "Version 2.0 is still a draft" in refusal(table, version, "priya")
    versions.discard_version(draft, table.cast.as_("priya"), at(LATER))
    assert take_back(table, version, "priya").state == PlanState.DRAFT


@pytest.mark.parametrize("mark", [("met", ""), ("", "Where is the list?")])
def test_a_submission_that_is_being_reviewed_stays(table, mark):
    version = table.submit(MONDAY)
    review = decisions.review_requirements
    review(version, table.cast.as_("ada"), at(day(10)), marks={"Part A/4.2.1(a)": mark})
    assert "has begun to review this version" in refusal(table, version, "priya")
    review(version, table.cast.as_("ada"), at(day(10)), marks={"Part A/4.2.1(a)": ("", "")})
    assert take_back(table, version, "priya").state == PlanState.DRAFT


def test_an_approval_on_which_a_review_or_a_change_rests_stays_until_that_is_withdrawn(table):
    version, contract = table.approve(table.submit(MONDAY), day(12)), table.cast.contract
    priya, heads = table.cast.as_("priya"), dict.fromkeys(upkeep.HEADS, "None.")
    upkeep.complete_review(contract, priya, at(day(16)), plan=SMP, **heads)
    says = "Recorded since: “A full review of the security management plan was completed”."
    assert says in refusal(table, version, "ada")
    withdraw_fact(FactRecord.objects.get(kind="smp_review_completed"), priya, at(day(17)), reason="A draft")
    more = {"event": "require", "reference": "Change 1", "description": "Sooner", "timescale": "by Friday"}
    upkeep.raise_change(contract, table.cast.as_("ada"), at(day(18)), plan=SMP, **more)
    assert "faster than the variation procedure" in refusal(table, version, "ada")
    change = FactRecord.objects.get(kind="smp_accelerated_change_required")
    withdraw_fact(change, table.cast.as_("ada"), at(day(19)), reason="Not needed")
    assert take_back(table, version, "ada").state == PlanState.SUBMITTED


def switched_off(table: Table, used: bool = False) -> None:
    rows = ParagraphVersion.objects.filter(contract=table.cast.contract, paragraph__path="Part A/4")
    rows.update(used=used)


def test_a_submission_stays_while_its_paragraph_is_not_in_force(table):
    """It could not be sent again, and what is still owed for it would be lost (R28 b)."""
    version = table.submit(MONDAY)
    switched_off(table)
    assert "Paragraph 4 is not in force, so this could not be submitted again" in refusal(
        table, version, "priya"
    )
    assert table.duty("A-4.3.2-finish").phase == Phase.OPEN
    refused = table.refuse(version, day(12))  # it may still be decided on, and that taken back
    assert take_back(table, refused, "ada").state == PlanState.SUBMITTED
    switched_off(table, used=True)
    assert take_back(table, version, "priya").state == PlanState.DRAFT


def test_sent_twice_it_takes_back_one_act(table):
    version = table.approve(referred(table, "ada"), day(23), seen="in_dispute")
    act = last_act(table.cast.contract, SMP).pk
    take_back(table, version, "ada", act=act)
    with pytest.raises(Refused, match="taken back already"):
        take_back(table, version, "ada", act=act)
    version.refresh_from_db()
    assert version.state == PlanState.IN_DISPUTE


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_no_reason_no_taking_back(table, reason):
    assert "Say why it is taken back" in refusal(table, table.submit(MONDAY), "priya", reason=reason)


def test_a_draft_was_not_done_with_yet(table):
    assert "taken back already" in refusal(table, table.draft(MONDAY), "priya")


# The facts of a version


def test_the_fact_of_a_version_is_not_withdrawn_without_it(table):
    version = table.refuse(table.submit(MONDAY), day(12))
    for kind, by in (("smp_submitted", "priya"), ("smp_non_approval_notified", "ada")):
        fact = FactRecord.objects.get(kind=kind)
        with pytest.raises(Refused, match="Take this back under “Plans”"):
            withdraw_fact(fact, table.cast.as_(by), at(LATER), reason=WHY)
        fact.refresh_from_db()
        assert (fact.made_on, fact.withdrawn_at) == ("plans", None)
    version.refresh_from_db()
    assert version.state == PlanState.NOT_APPROVED


def test_a_fact_from_before_facts_had_their_page_is_withdrawn_by_itself(table):
    fact = happened(table.cast, "smp_submitted", MONDAY, "plan", now=at(MONDAY)).fact
    old = FactRecord(**{
        field.attname: getattr(fact, field.attname)
        for field in FactRecord._meta.concrete_fields
        if field.name not in ("id", "made_on", "happened_on")
    } | {"happened_on": day(10)})  # fmt: skip
    old.save(force_insert=True)
    withdraw_fact(old, table.cast.as_("priya"), at(LATER), reason=WHY)
    with pytest.raises(Refused, match="Take this back under “Plans”"):
        withdraw_fact(fact, table.cast.as_("priya"), at(LATER), reason=WHY)


def test_the_page_a_fact_was_made_on_is_never_edited(table):
    table.submit(MONDAY)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        FactRecord.objects.filter(kind="smp_submitted").update(made_on="")


# What the database holds


def test_the_database_keeps_what_was_done(table):
    take_back(table, table.submit(MONDAY), "priya")
    versions.submit_version(PlanVersion.objects.get(), table.cast.as_("priya"), at(LATER))
    taken, act = PlanAct.objects.order_by("pk")
    for row, change in (
        (act, {"before": "adopted"}),
        (act, {"done_on": MONDAY}),
        (taken, {"taken_back_at": None}),
    ):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            PlanAct.objects.filter(pk=row.pk).update(**change)
    with (
        pytest.raises(IntegrityError, match="plan_act_taken_back_with_a_reason"),
        transaction.atomic(),
    ):
        PlanAct.objects.filter(pk=act.pk).update(taken_back_at=at(LATER))
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        PlanAct.objects.filter(pk=act.pk).delete()


# The round is that of the submission


def test_a_draft_made_while_the_one_before_waits_is_of_the_next_round_once_that_is_approved(table):
    first = table.submit(MONDAY)
    draft = table.draft(day(10))
    assert draft.round == 1
    table.approve(first, day(12))
    second = versions.submit_version(draft, table.cast.as_("priya"), at(day(16)))
    assert second.round == 2
    assert table.refuse(second, day(18)).state == PlanState.NOT_APPROVED


def test_an_approval_taken_back_counts_for_no_round(table):
    first = table.approve(table.submit(MONDAY), day(12))
    draft = table.draft(day(13), file=SimpleUploadedFile("plan.txt", b"Another"))
    assert draft.round == 2
    table.refuse(take_back(table, first, "ada", on=day(16)), day(16))
    second = versions.submit_version(draft, table.cast.as_("priya"), at(day(17)))
    assert second.round == 1
    assert table.refuse(second, day(18)).state == PlanState.REFUSED_AGAIN
