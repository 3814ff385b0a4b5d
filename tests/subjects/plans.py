"""One of everything that the addresses of plans name, for the tests that ask every address."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from obligations.plans.kinds import machines
from obligations.plans.models import PlanChange, PlanReview, PlanVersion
from obligations.plans.services.versions import upload_version
from tests.cast import NOON, Cast

DOWNLOADS = {"plan_file"}
LEAD_ON = {"plan_called"}
WORDS = {"plan", "fact_kind"}
ACTIONS = {
    "plan_act": ("act", [event for machine in machines().values() for event in machine.events]),
    "plan_change_act": ("change_act", ("implement", "formalise")),
}


def samples(cast: Cast, *, kept: bool) -> dict[str, object]:
    """A draft of the documentation of paragraph 5; a review and a change as another schedule would have."""
    plan, contract = "risk-management-documentation", cast.contract
    version: PlanVersion = upload_version(
        contract, cast.as_("priya"), NOON, plan=plan, name="1.0", file=SimpleUploadedFile("p.txt", b"plan")
    )
    texts = dict.fromkeys(("plan_improvements", "risk_assessments", "control_measures"), "None.")
    day = date(2026, 3, 16)
    review = PlanReview.objects.create(
        contract=contract,
        version=version,
        state="completed",
        completed_on=day,
        completed_by=cast.priya,
        **texts,
    )
    change = PlanChange.objects.create(
        contract=contract,
        plan=plan,
        reference="Change 1",
        description="Shorter",
        state="required",
        raised_on=day,
        raised_by=cast.ada,
        raised_side="authority",
    )
    return {
        "plan": plan,
        "fact_kind": "risk_management_documentation_submitted",
        "version_id": version.pk,
        "review_id": review.pk,
        "change_id": change.pk,
        "act": "submit",
        "change_act": "implement",
    }
