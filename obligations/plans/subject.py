"""What the house knows of plans."""

from contracts.acts import Act
from contracts.web.bar import BarEntry
from obligations.subjects import FactPage, Subject

SUBJECT = Subject(
    package="obligations.plans",
    models="models",
    pages="web.urls",
    api="api.urls",
    ledger="web.ledger",
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
