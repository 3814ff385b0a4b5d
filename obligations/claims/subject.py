"""What the house knows of claims. Their table is the core's, which must know what counts (decision 0015)."""

from contracts.acts import Act
from contracts.web.bar import BarEntry
from obligations.subjects import Subject

SUBJECT = Subject(
    package="obligations.claims",
    pages="web.urls",
    api="api.urls",
    ledger="web.ledger",
    demo="demo",
    menu=BarEntry("claims", "Claims", "claims", 45),
    links={"claim": "claim"},
    acts={
        "claims": Act.VIEW,
        "claim": Act.VIEW,
        "claim_file": Act.VIEW,
        "claim_answer": Act.DECIDE,
        "claim_withdraw": Act.RECORD_FACT,
        "api_claims": Act.VIEW,
    },
)
