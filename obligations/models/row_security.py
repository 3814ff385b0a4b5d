"""Which rows of the tables of this application who asks may see (``contracts/row_security/tables.py``)."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.row_security.tables import (
    CONTRACTS,
    ORGANISATIONS,
    Line,
    Open,
    Seen,
    of_contract,
    of_one_of,
    of_organisation,
    of_parent,
)
from obligations import subjects

PLAIN = [
    "obligations_adoption",
    "obligations_calendarlook",
    "obligations_editionadoption",
    "obligations_entrydecision",
    "obligations_entryopinion",
    "obligations_obligation",
    "obligations_offer",
    "obligations_ownkind",
    "obligations_renumbering",
    "obligations_templateuse",
    "obligations_webhook",
    "obligations_webhookdelivery",
]

EVERYWHERE = "the calendars of the whole installation: every contract goes by them"

PUBLISHED = "public lists of the whole installation, which name nobody and no contract"

LINES: Mapping[str, Line] = {
    **dict.fromkeys(PLAIN, of_contract()),
    "obligations_factrecord": of_contract(about="subject"),
    "obligations_duty": of_contract(about="subject"),
    "obligations_miss": of_parent("duty_id", "obligations_duty"),
    "obligations_wakeup": of_contract(about="subject"),
    "obligations_evidence": of_contract(far="duty_id", parent="obligations_duty"),
    "obligations_decision": of_contract(far="evidence_id", parent="obligations_evidence"),
    "obligations_earlyconfirmation": of_parent("evidence_id", "obligations_evidence"),
    "obligations_claim": of_contract(about="subject"),
    "obligations_notice": of_one_of(
        far={"duty_id": "obligations_duty", "fact_id": "obligations_factrecord"},
        near={"entry_id": "contracts_ledgerentry"},
    ),
    "obligations_knownname": of_contract(about="name"),
    "obligations_offeredchange": of_contract(about="subject"),
    "obligations_calendarmove": of_contract(far="duty_id", parent="obligations_duty"),
    "obligations_calendarbase": Open(EVERYWHERE),
    "obligations_calendarchange": Open(EVERYWHERE),
    "obligations_calendarcheck": Open(EVERYWHERE),
    "obligations_exploitlist": Open(PUBLISHED),
    "obligations_knownexploited": Open(PUBLISHED),
    "obligations_exploitscore": Open(PUBLISHED),
    "obligations_rulebookversion": Seen(f"contract_id IS NULL OR contract_id = {CONTRACTS}"),
    "obligations_booktemplate": of_organisation(),
    "obligations_standardterm": of_organisation(),
    "obligations_recordedonce": Seen(f"organisation_id = {ORGANISATIONS}"),  # none of it is the system's
    "obligations_onceoncontract": of_contract(about="subject"),
    **subjects.row_security(),
}
