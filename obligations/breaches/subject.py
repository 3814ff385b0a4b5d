"""What the house knows of breaches."""

from contracts.acts import Act
from contracts.web.bar import BarEntry
from obligations.subjects import FactPage, Subject, Tick

SUBJECT = Subject(
    package="obligations.breaches",
    models="models",
    pages="web.urls",
    admin="admin",
    tasks="tasks",
    ledger="web.ledger",
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
