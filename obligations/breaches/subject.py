"""What the house knows of breaches."""

from contracts.acts import Act
from contracts.proving.registry import LEASE, Protected
from contracts.row_security.tables import of_contract
from contracts.web.bar import BarEntry
from obligations.breaches.stages import STAGES
from obligations.subjects import FactPage, Subject, Tick

SUBJECT = Subject(
    package="obligations.breaches",
    models="models",
    pages="web.urls",
    admin="admin",
    tasks="tasks",
    ledger="web.ledger",
    telling="telling",
    stages=STAGES,
    once="web.once",
    demo="demo",
    clock={"make_closing_reports": Tick(every=10, at_start=True)},
    menu=BarEntry("breaches", "Breaches", "breaches", 50),
    facts=FactPage(
        title="Breaches",
        note="Recorded on the page of the breach",
        address="breaches",
        called="breach_called",
        by="subject",
        whole="Breach {subject}",
    ),
    links={"breach": "breach"},
    tables=("obligations_breach", "obligations_breachstep", "obligations_closingreport"),
    protected=("obligations_breach", "obligations_breachstep"),
    proved=(
        Protected(
            "obligations_breach",
            "state what outcome limb time_known happened_on happened_at noticed_on noticed_at noticed_by"
            " aware_party account root_cause relief cost_bearer cost_note closing_note withdrawn_reason"
            " contract_id reference reported_at reported_by_id reported_side",
        ),
        Protected(
            "obligations_breachstep",
            "contract_id breach_id key done_on done_at done_by note ticked_at ticked_by_id",
        ),
        Protected(
            "obligations_closingreport",
            "state file size sha256 made_at problem contract_id breach_id asked_at asked_by_id",
            left_out={"claimed_at": LEASE, "stage": "how far the worker has come"},
        ),
    ),
    seen={
        "obligations_breach": of_contract(about="reference"),
        "obligations_breachstep": of_contract(far="breach_id", parent="obligations_breach"),
        "obligations_closingreport": of_contract(far="breach_id", parent="obligations_breach"),
    },
    acts={
        "breaches": Act.VIEW,
        "report_breach": Act.RECORD_FACT,
        "breach_called": Act.VIEW,
        "breach": Act.VIEW,
        "breach_step": Act.RECORD_FACT,
        "breach_readers": Act.VIEW,
        "breach_texts": Act.RECORD_FACT,
        "breach_event": Act.VIEW,  # who may do what with a breach is data: states.toml
        "breach_closing": Act.VIEW,
        "ask_breach_closing": Act.VIEW,
        "breach_closing_pdf": Act.VIEW,
    },
)
