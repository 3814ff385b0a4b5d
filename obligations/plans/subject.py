"""What the house knows of plans."""

from contracts.acts import Act
from contracts.proving.registry import Protected
from contracts.row_security.tables import of_parent
from contracts.web.bar import BarEntry
from obligations.plans.stages import STAGES
from obligations.subjects import FactPage, Subject

SUBJECT = Subject(
    package="obligations.plans",
    models="models",
    pages="web.urls",
    api="api.urls",
    ledger="web.ledger",
    telling="telling",
    stages=STAGES,
    demo="demo",
    menu=BarEntry("plans", "Plans", "plans", 40),
    facts=FactPage(
        title="Plans",
        note="Recorded with its version, on the plan’s page",
        address="plans",
        called="plan_called",
        by="kind",
        whole="The plan, its versions and its clocks",
    ),
    links={"plan_version": "plan_version"},
    tables=(
        "obligations_planversion",
        "obligations_planact",
        "obligations_planact_facts",
        "obligations_planrequirement",
        "obligations_planreview",
        "obligations_planchange",
    ),
    protected=("obligations_planversion", "obligations_planact"),
    proved=(
        Protected(
            "obligations_planversion",
            "state submitted_by_id submitted_on submitted_at decided_by_id decided_on decided_at grounds"
            " reason approved_sha256 approval_reason"
            " contract_id plan number round name file file_name size sha256"
            " uploaded_by_id uploaded_at",
        ),
        Protected(
            "obligations_planact",
            "taken_back_at taken_back_by_id taken_back_reason contract_id version_id event before done_on"
            " done_at by_id side replaced_id",
        ),
        Protected(
            "obligations_planact_facts",
            "planact_id factrecord_id",
            contract="(SELECT a.contract_id FROM public.obligations_planact AS a WHERE a.id = t.planact_id)",
        ),
        Protected(
            "obligations_planrequirement",
            "place verdict comment reviewed_by_id reviewed_at contract_id version_id path",
        ),
        Protected(
            "obligations_planreview",
            "state provided_on provided_by_id contract_id version_id completed_on completed_by_id"
            " plan_improvements risk_assessments control_measures",
        ),
        Protected(
            "obligations_planchange",
            "state implemented_on variation_id formalised_on contract_id plan reference description timescale"
            " raised_on raised_by_id raised_side",
        ),
    ),
    seen={"obligations_planact_facts": of_parent("planact_id", "obligations_planact")},
    acts=dict.fromkeys(
        (
            "plans",
            "plan",
            "plan_called",
            "plan_version",
            "plan_file",
            "plan_checklist",
            "plan_review",
            "plan_decide",
            "plan_take_back",
            "plan_act",
            "plan_upload",
            "plan_annual_review",
            "plan_provide",
            "plan_change_new",
            "plan_change_act",
            "api_plans",
        ),
        Act.VIEW,  # who does what with a version is data: states.toml
    ),
)
