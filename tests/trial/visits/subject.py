"""What the house knows of visits."""

from contracts.acts import Act
from contracts.proving.registry import Protected
from contracts.web.bar import BarEntry
from obligations.subjects import FactPage, Subject, Tick

SUBJECT = Subject(
    package="tests.trial.visits",
    models="models",
    pages="web.urls",
    api="api.urls",
    admin="admin",
    tasks="tasks",
    ledger="web.ledger",
    demo="demo",
    clock={"count_visits": Tick(every=60)},
    menu=BarEntry("visits", "Site visits", "visits", 45),
    facts=FactPage(
        title="Site visits",
        note="Noted with the visit",
        address="visits",
        called="visit_called",
        by="subject",
        whole="The visit to {subject}",
    ),
    links={"visit": "visit"},
    tables=("obligations_visit",),
    proved=(Protected("obligations_visit", "contract_id place on noted_by_id"),),
    acts={
        "visits": Act.VIEW,
        "note_visit": Act.RECORD_FACT,
        "visit": Act.VIEW,
        "visit_called": Act.VIEW,
        "api_visits": Act.VIEW,
    },
)
