"""Yearly reviews and changes of an adopted plan; what is refused; the documentation of DMP 23, 5."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from contracts.models import ParagraphVersion
from contracts.services.errors import Refused
from contracts.services.variations import draft_variation, share_variation
from obligations.models import FactRecord
from obligations.plans.models import PlanState, PlanVersion
from obligations.plans.services import decisions, upkeep, versions
from tests.cast import Cast, play
from tests.obligations.plans.conftest import SMP, Table, at, file
from tests.support.together import at_once

MONDAY = date(2026, 3, 9)
RMD = "risk-management-documentation"
HEADS = {"plan_improvements": "Shorter", "risk_assessments": "Updated", "control_measures": "None needed"}


@pytest.fixture
def adopted(table: Table) -> Table:
    table.approve(table.submit(MONDAY), date(2026, 3, 20))
    return table


def refusal(act, *args, **kwargs) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.field, refused.value.message


# The yearly review (A 4.4.1, 4.4.2)


def test_a_review_meets_the_yearly_duty_and_its_results_are_owed_now(adopted):
    priya, day = adopted.cast.as_("priya"), date(2027, 3, 1)
    review = upkeep.complete_review(adopted.cast.contract, priya, at(day), plan=SMP, **HEADS)
    first, following = sorted(adopted.duties("A-4.4.1"), key=lambda duty: duty.due_date)
    assert (first.phase, first.done_on, following.due_date) == ("met", day, date(2028, 3, 1))
    assert adopted.duty("A-4.4.2").phase == "open"
    upkeep.provide_results(review, priya, at(date(2027, 3, 3)))
    assert adopted.duty("A-4.4.2").phase == "met"
    assert "completed" not in refusal(upkeep.provide_results, review, priya, at(date(2027, 3, 4)))[0]


@pytest.mark.parametrize("head", HEADS)
def test_a_review_without_one_of_its_heads_is_refused_on_it(adopted, head):
    heads = HEADS | {head: "  "}
    act, contract = upkeep.complete_review, adopted.cast.contract
    field, _ = refusal(act, contract, adopted.cast.as_("priya"), at(date(2027, 3, 1)), plan=SMP, **heads)
    assert field == head


def test_there_is_nothing_to_review_before_adoption(table):
    act, contract = upkeep.complete_review, table.cast.contract
    _, says = refusal(act, contract, table.cast.as_("priya"), at(MONDAY), plan=SMP, **HEADS)
    assert says.startswith("No version is adopted yet")


# Changes (A 4.4.3, 4.4.4)


def change(table, who, event, **more):
    known = {"reference": "Change 4", "description": "A new threat", "timescale": "within a week"} | more
    return upkeep.raise_change(
        table.cast.contract, table.cast.as_(who), at(date(2026, 4, 8)), plan=SMP, event=event, **known
    )


def shared_variation(table):
    contract, priya = table.cast.contract, table.cast.as_("priya")
    effects = [("Part A/4.4.3", "replaced", "Other words.")]
    made = draft_variation(contract, priya, at(MONDAY), number="001", title="Plan", effects=effects)
    return share_variation(made, priya, at(MONDAY)) or made


def test_a_proposed_change_goes_through_a_variation(adopted):
    proposed = change(adopted, "priya", "propose")
    duty = adopted.duty("A-4.4.3")
    assert (duty.phase, duty.subject) == ("open", "Change 4")
    variation, later = shared_variation(adopted), at(date(2026, 4, 20))
    done = upkeep.formalise_change(proposed, adopted.cast.as_("priya"), later, variation=variation)
    assert (done.state, done.variation) == ("formalised", variation)
    assert adopted.duty("A-4.4.3").phase == "met"


def test_a_change_required_early_is_put_in_place_first_and_formalised_afterwards(adopted):
    required, priya = change(adopted, "ada", "require"), adopted.cast.as_("priya")
    assert adopted.duty("A-4.4.4-implement").phase == "open"
    variation, later = shared_variation(adopted), at(date(2026, 4, 20))
    _, says = refusal(upkeep.formalise_change, required, priya, later, variation=variation)
    assert "“Required early”" in says
    in_place = upkeep.implement_change(required, priya, at(date(2026, 4, 10)))
    assert adopted.duty("A-4.4.4-implement").phase == "met"
    assert (adopted.duty("A-4.4.4-formalise").phase, adopted.duty("A-4.4.4-formalise").party) == (
        "open",
        "both",
    )
    assert refusal(upkeep.formalise_change, in_place, priya, later, variation=None)[0] == "variation"
    upkeep.formalise_change(in_place, adopted.cast.as_("ada"), later, variation=variation)
    assert adopted.duty("A-4.4.4-formalise").phase == "met"


def test_a_change_is_named_once_and_required_with_a_timescale(adopted):
    assert refusal(change, adopted, "ada", "require", timescale=" ")[0] == "timescale"
    change(adopted, "priya", "propose")
    assert refusal(change, adopted, "ada", "require")[0] == "reference"
    assert "that is for the reviewer" in refusal(change, adopted, "priya", "require", reference="Other")[1]


# What is refused of versions


def test_the_latest_version_alone_is_decided_on(table):
    first = table.refuse(table.submit(MONDAY), date(2026, 3, 12))
    table.submit(date(2026, 3, 18))
    _, says = refusal(table.approve, first, date(2026, 3, 19))
    assert says == "Version 1.0 is no longer the latest: decide on version 2.0."


def test_the_approval_binds_to_the_file_that_was_read(table):
    version = table.submit(MONDAY)
    _, says = refusal(table.approve, version, date(2026, 3, 12), sha256="0" * 64)
    assert "not the file of this version" in says


def test_two_reviewers_at_once_the_second_is_told(table):
    version = table.submit(MONDAY)
    seen_by_ben = PlanVersion.objects.get(pk=version.pk)
    table.approve(version, date(2026, 3, 12), by="ada")
    _, says = refusal(table.refuse, seen_by_ben, date(2026, 3, 12), by="ben")
    assert says.startswith("Ada Fairweather decided on this version already, on 12 March 2026: “Adopted”")
    assert FactRecord.objects.filter(kind="smp_non_approval_notified").count() == 0


@pytest.mark.django_db(transaction=True)
def test_one_approves_and_one_refuses_at_the_same_moment(table):
    version = table.submit(MONDAY)
    day = date(2026, 3, 12)
    found = at_once(
        partial(table.approve, PlanVersion.objects.get(pk=version.pk), day, by="ada"),
        partial(table.refuse, PlanVersion.objects.get(pk=version.pk), day, by="ben"),
    )
    refused = [one for one in found if isinstance(one, Refused)]
    assert len(refused) == 1, found
    assert "decided on this version already" in refused[0].message
    decided = FactRecord.objects.filter(kind__in=["smp_approved", "smp_non_approval_notified"])
    assert decided.count() == 1


def test_days_that_cannot_be(table):
    version = table.submit(MONDAY)
    assert refusal(table.approve, version, date(2026, 3, 12), on=date(2026, 3, 13))[0] == "on"
    assert refusal(table.approve, version, date(2026, 3, 12), on=date(2026, 3, 6))[0] == "on"


def test_one_draft_at_a_time_and_one_version_waiting(table):
    table.submit(MONDAY)
    draft = table.draft(date(2026, 3, 10))
    _, says = refusal(table.draft, date(2026, 3, 10))
    assert "is still a draft" in says
    _, says = refusal(versions.submit_version, draft, table.cast.as_("priya"), at(date(2026, 3, 10)))
    assert "waits for a decision" in says
    versions.discard_version(draft, table.cast.as_("priya"), at(date(2026, 3, 10)))
    again = table.draft(
        date(2026, 3, 11), file=file(b"Version 2"), name="2.0"
    )  # a discarded file may come again
    assert (again.number, again.state) == (3, PlanState.DRAFT)


def test_an_unknown_ground_is_refused(table):
    version = table.submit(MONDAY)
    field, says = refusal(table.refuse, version, date(2026, 3, 12), grounds=["Part A/9.9"])
    assert (field, says) == ("grounds", "The plan has no such requirement: 9.9.")


def test_nothing_is_kept_of_a_refused_upload(table, uploads):
    table.submit(MONDAY)
    before = sorted(path.name for path in uploads.rglob("*") if path.is_file())
    assert refusal(table.draft, MONDAY, file=file(b"Version 1"))[0] == "file"
    assert sorted(path.name for path in uploads.rglob("*") if path.is_file()) == before


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"sha256": "1" * 64}, "plan_file_never_changed"),
        ({"state": "adopted", "approved_sha256": "2" * 64}, "plan_approval_binds_to_the_file"),
        ({"state": "not_approved"}, "plan_refused_with_grounds"),
    ],
)
def test_the_database_holds_too(table, values, name):
    version = table.submit(MONDAY)
    with pytest.raises(DatabaseError) as broken, transaction.atomic():
        PlanVersion.objects.filter(pk=version.pk).update(**values)
    assert name in str(broken.value) or "Cannot update rows" in str(broken.value)


def test_the_database_lets_nobody_decide_on_their_own(table):
    version = table.submit(MONDAY)
    with pytest.raises(DatabaseError, match="plan_not_decided_by_who_submitted_it"), transaction.atomic():
        PlanVersion.objects.filter(pk=version.pk).update(decided_by=version.submitted_by_id)


# The Risk Management Documentation of DMP 23


@pytest.fixture
def documentation(db, uploads) -> Table:
    return Table(play(now=at(MONDAY, 9)), plan=RMD)


def test_the_documentation_goes_the_same_way(documentation):
    version = documentation.submit(date(2026, 3, 10))
    statement = documentation.duty("5.5")
    assert (statement.phase, statement.party) == ("open", "authority")
    refused = documentation.refuse(version, date(2026, 3, 12))
    assert refused.state == PlanState.NOT_APPROVED
    assert documentation.duty("5.5").phase == "met"
    approved = documentation.approve(documentation.submit(date(2026, 3, 16)), date(2026, 3, 18))
    assert approved.state == PlanState.ADOPTED
    kinds = list(FactRecord.objects.order_by("pk").values_list("kind", flat=True))
    assert "risk_management_documentation_updated" not in kinds
    documentation.submit(date(2026, 3, 25))
    updated = FactRecord.objects.get(kind="risk_management_documentation_updated")
    assert updated.happened_on == date(2026, 3, 25)


def test_the_documentation_is_refused_again_and_again_and_never_goes_to_dispute_resolution(documentation):
    for first in (10, 16, 23):
        version = documentation.submit(date(2026, 3, first))
        for by in ("priya", "ada"):
            with pytest.raises(Refused, match="Paragraph 5 has no dispute resolution"):
                decisions.refer_version(version, documentation.cast.as_(by), at(date(2026, 4, 1)))
        refused = documentation.refuse(version, date(2026, 3, first + 2))
        assert refused.state == PlanState.NOT_APPROVED
        with pytest.raises(Refused):
            decisions.refer_version(refused, documentation.cast.as_("ada"), at(date(2026, 4, 1)))
    approved = documentation.approve(documentation.submit(date(2026, 3, 30)), date(2026, 3, 31))
    assert approved.state == PlanState.ADOPTED


def test_no_documentation_once_paragraph_5_is_not_in_force(documentation):
    cast: Cast = documentation.cast
    ParagraphVersion.objects.filter(contract=cast.contract, paragraph__path="main/5").update(used=False)
    _, says = refusal(documentation.draft, date(2026, 3, 10))
    assert says == "Paragraph 5 is not in force, so no further version is submitted."
    with pytest.raises(Refused, match="no such plan"):
        versions.upload_version(
            cast.contract, cast.as_("priya"), at(MONDAY), plan="nothing", name="1", file=file()
        )
