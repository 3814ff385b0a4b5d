"""What the house knows of certificates. Their facts may be recorded by hand and by other programs too."""

from contracts.acts import Act
from contracts.proving.registry import Protected
from contracts.row_security.tables import of_contract
from contracts.web.bar import BarEntry
from obligations.subjects import Renewed, Subject

SUBJECT = Subject(
    package="obligations.certificates",
    models="models",
    pages="web.urls",
    api="api.urls",
    admin="admin",
    ledger="web.ledger",
    once="web.once",
    demo="demo",
    menu=BarEntry("certificates", "Certificates", "certificates", 55),
    links={"certificate": "certificate"},
    renewed={"certificate_issued": Renewed(address="certificates")},
    tables=("obligations_certificate",),
    protected=("obligations_certificate",),
    proved=(
        Protected(
            "obligations_certificate",
            "fact_id number level scope body account_on file file_name size sha256"
            " contract_id recorded_at recorded_by_id recorded_side",
        ),
    ),
    seen={"obligations_certificate": of_contract(far="fact_id", parent="obligations_factrecord")},
    acts={
        "certificates": Act.VIEW,
        "record_certificate": Act.RECORD_FACT,
        "describe_certificate": Act.RECORD_FACT,
        "certificate": Act.VIEW,
        "certificate_file": Act.VIEW,
        "correct_certificate": Act.RECORD_FACT,
        "withdraw_certificate": Act.WITHDRAW_FACT,
        "certificate_ceased": Act.RECORD_FACT,
        "api_certificates": Act.VIEW,
    },
)
