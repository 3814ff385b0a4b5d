"""Which tables of obligations are protected, those of the subjects included (docs/ledger.md)."""

from __future__ import annotations

from contracts.proving.registry import COUNTER, LEASE, Excused, Line, Protected
from obligations import subjects


def tables() -> tuple[Line, ...]:
    """What is said of each table of ``obligations``, and of every subject that is installed."""
    return (*TABLES, *(line for subject in subjects.installed() for line in subject.proved))


OF_THE_DUTY = "(SELECT d.contract_id FROM public.obligations_duty AS d WHERE d.id = t.duty_id)"
OF_THE_EVIDENCE = "(SELECT e.contract_id FROM public.obligations_evidence AS e WHERE e.id = t.evidence_id)"

TABLES: tuple[Line, ...] = (
    Protected(
        "obligations_obligation",
        "in_force ended_by_id party title rulebook_digest contract_id paragraph_id rule_key rulebook_key",
    ),
    Protected(
        "obligations_factrecord",
        "withdrawn_at withdrawn_by_id withdrawn_reason contract_id kind subject happened_on happened_at"
        " stamped repeated_hour details made_on recorded_at recorded_by_id recorded_by_name recorded_side",
    ),
    Protected(
        "obligations_duty",
        "due_at phase deadline_version due_date done_on done_at ended_by_id literal_limit provisional flagged"
        " date_stands derivation owed_from word title party shape retention careful approver contract_id"
        " obligation_id subject occurrence cause_id created_at changed_at",
    ),
    Protected(
        "obligations_evidence",
        "contract_id duty_id kind file file_name size sha256 link note done_on done_at done_by submitted_at"
        " submitted_by_id submitted_side fact_id",
    ),
    Protected(
        "obligations_earlyconfirmation",
        "evidence_id confirmed_by_id confirmed_side confirmed_at",
        contract=OF_THE_EVIDENCE,
    ),
    Protected(
        "obligations_decision",
        "contract_id evidence_id outcome reason decided_by_id decided_side decided_at from_letter",
    ),
    Protected(
        "obligations_miss", "until because despite instead duty_id limit cause_id since", contract=OF_THE_DUTY
    ),
    Protected(
        "obligations_claim",
        "state decided_at decided_by_id decided_reason from_letter contract_id fact_id subject citation"
        " agreement made_side waits_for reason file file_name size sha256 link made_at made_by_id",
    ),
    Protected("obligations_knownname", "contract_id name folded"),
    Protected(
        "obligations_notice",
        "sent_at answer cancelled_at cancelled_why not_before contract_id duty_id fact_id entry_id"
        " deadline_version stage recipient_id channel about created_at",
        left_out={
            "claimed_at": LEASE,
            "attempts": COUNTER,
            "read_at": "what a person keeps for themselves",
            "in_ledger": "how far the worker has come with telling the ledger",
            "letter": "which attempts were one mail",
            "waits_until": "for the mail of the day, or the next try",
            "goes_at": "worked out from the two moments",
        },
        earlier=(
            "sent_at answer cancelled_at cancelled_why not_before contract_id duty_id deadline_version stage"
            " recipient_id channel about created_at",
            "sent_at answer cancelled_at cancelled_why not_before contract_id duty_id fact_id"
            " deadline_version stage recipient_id channel about created_at",
        ),
    ),
    Protected(
        "obligations_ownkind",
        "contract_id name label side subject example needs_moment details named_by_id named_by_name named_at",
    ),
    Protected(
        "obligations_entrydecision",
        "contract_id schedule_id paragraph_id number outcome entries why rests_on proposed decided_by_id"
        " decided_by_name decided_side decided_at",
    ),
    Protected(
        "obligations_entryopinion",
        "contract_id decision_id agrees words given_by_id given_by_name given_side given_at",
    ),
    Protected("obligations_renumbering", "contract_id schedule_id moved last_decision last_version moved_at"),
    Protected(
        "obligations_standardterm",
        "organisation_id topic words limit kind stated_by_id stated_by_name stated_at",
        contract=None,
    ),
    Protected(
        "obligations_booktemplate",
        "retired_by_id retired_by_name retired_at organisation_id title format content paragraphs decided"
        " contract_id kept_by_id kept_by_name kept_at",
    ),
    Protected(
        "obligations_recordedonce",
        "organisation_id way title said recorded_at recorded_by_id recorded_by_name",
        contract=None,
    ),
    Protected("obligations_onceoncontract", "contract_id once_id subject"),
    Protected("obligations_templateuse", "contract_id template_id decision_id path"),
    Protected("obligations_rulebookversion", "contract_id key number dated title digest content"),
    Protected(
        "obligations_adoption",
        "contract_id version_id from_day reason adopted_at adopted_by_id adopted_by_name",
    ),
    Protected(
        "obligations_editionadoption",
        "contract_id edition from_day reason adopted_at adopted_by_id adopted_by_name",
    ),
    Protected("obligations_calendarbase", "number offered", contract=None),
    Protected(
        "obligations_calendarchange",
        "state version apply_from applied_by_id applied_by_name applied_at withdrawn_at withdrawn_by_name"
        " withdrawn_reason kind source sha256 days digest takes_back_id proposed_at proposed_by_id"
        " proposed_by_name",
        left_out={
            "based_on": "what the preview was worked out from; it is worked out again where that moved",
            "previewed_at": "what the preview was worked out from",
            "previewed_moves": "what the preview came to",
            "moved": COUNTER,
            "through_contract": "how far the worker has come",
            "contracts_done": COUNTER,
            "contracts_total": COUNTER,
        },
        contract=None,
    ),
    Excused("obligations_wakeup", "when the worker looks next: it is worked out again from the duties"),
    Protected(
        "obligations_webhook",
        "ended_at ended_by_name contract_id kind host sealed_url sealed_secret stages made_at made_by_id"
        " made_by_name",
    ),
    Excused("obligations_webhookdelivery", "a message on its way: what it tells of is on the ledger"),
    Excused("obligations_exploitlist", "which public list is in use: for order of work, no date goes by it"),
    Excused("obligations_knownexploited", "a public list, loaded again whole: no date goes by it"),
    Excused("obligations_exploitscore", "a public list, loaded again whole: no date goes by it"),
    Excused("obligations_calendarcheck", "a diary of the daily look at the published list"),
    Excused(
        "obligations_calendarlook", "a preview: what is applied stands in the duties, which are protected"
    ),
    Excused(
        "obligations_calendarmove", "a preview: what is applied stands in the duties, which are protected"
    ),
    Excused(
        "obligations_offer", "worked out again where the record has moved; what is taken over is an adoption"
    ),
    Excused("obligations_offeredchange", "worked out again where the record has moved, as its offer"),
)
