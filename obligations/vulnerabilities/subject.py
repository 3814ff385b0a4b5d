"""What the house knows of vulnerabilities and patches (DMP 23 10)."""

from contracts.acts import Act
from contracts.proving.registry import Protected
from contracts.row_security.tables import beneath, of_side
from contracts.web.bar import BarEntry
from obligations.subjects import Renewed, Subject, Tick

SHOWN_AGAIN = "says again what the facts and duties say, which are proved themselves"

SUBJECT = Subject(
    package="obligations.vulnerabilities",
    models="models",
    pages="web.urls",
    api="api.urls",
    admin="admin",
    tasks="tasks",
    ledger="web.ledger",
    demo="demo",
    once="web.once",
    clock={"put_missed_on_record": Tick(every=60), "run_again": Tick(every=60, at_start=True)},
    following="services.following",
    ways="web.ways",
    menu=BarEntry("vulnerabilities", "Vulnerabilities", "vulnerabilities", 47),
    links={"vulnerability": "vulnerability"},
    renewed={
        "vulnerability_not_exploitable_demonstrated": Renewed(
            address="vulnerabilities",
            among={"show": "all", "text": "{}"},
            holds="is said not to be exploitable",
            then="its limit runs again by itself",
        )
    },
    tables=("obligations_vulnerability", "obligations_vulnerabilityhost", "obligations_importrun"),
    protected=("obligations_vulnerability",),
    proved=(
        Protected(
            "obligations_vulnerability",
            "draft aliases version title reference software said ratings fixed_version earliest_on"
            " fix_seen_on justification grounds contract_id subject folded identifier component recorded_at"
            " recorded_by_id recorded_side",
            left_out={
                **dict.fromkeys(
                    (
                        "category",
                        "released_on",
                        "found_on",
                        "state",
                        "phase",
                        "due_at",
                        "done_on",
                        "until",
                        "order_at",
                    ),
                    SHOWN_AGAIN,
                ),
                "changed_at": "when it was last looked at",
            },
        ),
        Protected(
            "obligations_vulnerabilityhost",
            "patched_on last_seen version location contract_id vulnerability_id name first_seen source"
            " patched_before",
            earlier=(
                "patched_on last_seen version location contract_id vulnerability_id name first_seen source",
            ),
        ),
        Protected(
            "obligations_importrun",
            "state options counts problem applied_at contract_id side file file_name size sha256 format"
            " asked_at asked_by_id",
            left_out={
                "sample": "the first lines of what it would do, worked out from the file",
                "faults": "the first lines that were not taken, read from the file",
                "work_id": "how far the worker has come",
            },
        ),
    ),
    seen={
        "obligations_vulnerability": of_side("recorded_side", about="subject", where="draft"),
        "obligations_vulnerabilityhost": beneath("vulnerability_id", "obligations_vulnerability"),
        "obligations_importrun": of_side("side"),
    },
    acts={
        "vulnerabilities": Act.VIEW,
        "vulnerability": Act.VIEW,
        "api_vulnerabilities": Act.VIEW,
        "api_vulnerability": Act.VIEW,
        "vulnerabilities_performance": Act.VIEW,
        "vulnerabilities_csv": Act.VIEW,
        "vulnerabilities_xlsx": Act.VIEW,
        "vulnerabilities_openvex": Act.VIEW,
        "record_vulnerability": Act.RECORD_FACT,
        "vulnerability_patched": Act.RECORD_FACT,
        "vulnerability_not_exploitable": Act.RECORD_FACT,
        "vulnerability_affected": Act.RECORD_FACT,
        "vulnerability_reopen": Act.RECORD_FACT,
        "vulnerability_at_risk": Act.RECORD_FACT,
        "vulnerability_mitigation": Act.RECORD_FACT,
        "vulnerability_learnt": Act.RECORD_FACT,
        "vulnerabilities_together": Act.RECORD_FACT,
        "vulnerabilities_not_exploitable": Act.RECORD_FACT,
        "vulnerability_releases": Act.RECORD_FACT,
        "done_together": Act.WITHDRAW_FACT,
        "submit_vulnerabilities": Act.RECORD_FACT,
        "import_findings": Act.RECORD_FACT,
        "findings_file": Act.RECORD_FACT,
        "findings_columns": Act.RECORD_FACT,
        "findings_drop": Act.RECORD_FACT,
        "findings_close_again": Act.RECORD_FACT,
    },
)
