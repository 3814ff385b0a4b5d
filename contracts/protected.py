"""Which tables of contracts are protected: each row of them is proved by its last write (docs/ledger.md)."""

from __future__ import annotations

from contracts.proving.registry import COUNTER, LEASE, Excused, Line, Protected


def tables() -> tuple[Line, ...]:
    """What is said of each table of ``contracts``."""
    return TABLES


TABLES: tuple[Line, ...] = (
    Protected("contracts_organisation", "name factor_roles", contract=None, earlier=("name",)),
    Protected(
        "contracts_person",
        "email name job_title organisation_id ends_on is_active is_staff is_superuser password date_joined",
        left_out={"last_login": "changes whenever somebody signs in"},
        contract=None,
    ),
    Protected("contracts_person_groups", "person_id group_id", contract=None),
    Protected("contracts_person_user_permissions", "person_id permission_id", contract=None),
    Protected(
        "contracts_contract",
        "settings end_date reference title authority_id supplier_id authority_word supplier_word division"
        " agreement_date start_date commencement_date tracked_from kept_by text_version closed_at kept_until",
        left_out={
            "reconciled_version": "how far the worker has come",
            "reconciled_through": "how far the worker has come",
        },
        contract="t.id",
    ),
    Protected("contracts_membership", "role to_day manages contract_id person_id side from_day"),
    Protected("contracts_schedule", "contract_id outline_key title own"),
    Protected(
        "contracts_document",
        "contract_id schedule_id file name size sha256 reading uploaded_by_id uploaded_at",
    ),
    Protected("contracts_documentreading", "contract_id document_id reading"),
    Protected(
        "contracts_readingcorrection",
        "contract_id schedule_id document_id number kind path words what reason undoes_id carried_from_id"
        " made_by_id made_by_name made_side made_at",
    ),
    Protected(
        "contracts_paragraph", "printed path number heading order contract_id schedule_id scope summary"
    ),
    Protected(
        "contracts_paragraphversion", "text used in_force document_id contract_id paragraph_id begun_by_id"
    ),
    Protected(
        "contracts_contractanswer",
        "contract_id question outcome answer says paragraph_id start end place words by_id by_name side at",
    ),
    Protected(
        "contracts_figuredecision",
        "contract_id document_id paragraph_id rulebook_key limit_key own amount unit limit standard_limit"
        " standard_amount standard_unit words reason decided_by_id decided_by_name decided_side decided_at",
    ),
    Protected(
        "contracts_distributionlist",
        "lifted_at lifted_by_id lifted_reason contract_id subject made_at made_by_id",
    ),
    Protected(
        "contracts_listedperson",
        "removed_at removed_by_id contract_id distribution_list_id person_id added_at added_by_id",
    ),
    Protected(
        "contracts_variation",
        "state shared_at text text_hash effective_day effective_flagged applied_at contract_id number title"
        " recital answers_id drafted_by_id drafted_side drafted_at",
    ),
    Protected("contracts_effect", "contract_id variation_id paragraph_id kind new_text limits duty"),
    Protected(
        "contracts_signature",
        "contract_id variation_id side name job_title signed_on text_hash paper_id recorded_by_id"
        " recorded_at",
    ),
    Protected(
        "contracts_interpretation",
        "contract_id variation_id paragraph_id words about reading said_by_id said_side said_at",
    ),
    Protected(
        "contracts_organisationadministrator", "organisation_id person_id from_day to_day", contract=None
    ),
    Protected(
        "contracts_provider",
        "organisation_id discovery client_id client_secret factors demanded break_glass_id set_at"
        " set_by_name",
        contract=None,
    ),
    Protected("contracts_providerdomain", "provider_id domain", contract=None),
    Protected(
        "contracts_invitation",
        "expires_at accepted_at accepted_by_id revoked_at revoked_by_name kind email organisation_id"
        " administers contract_id side role manages made_at made_by_id made_by_name",
    ),
    Protected(
        "contracts_invitationlink",
        "invitation_id key_hash made_at made_by_id mailed_at mail_answer mail_failed",
        contract="(SELECT i.contract_id FROM public.contracts_invitation AS i WHERE i.id = t.invitation_id)",
    ),
    Protected(
        "contracts_calendarfeed",
        "ended_at ended_why person_id key_hash made_at",
        left_out={
            "fetched_at": "changes whenever it is fetched",
            "digest": "changes with what is fetched",
            "changed_at": "changes with what is fetched",
        },
        contract=None,
    ),
    Protected(
        "contracts_apitoken",
        "ended_at ended_by_name ended_why person_id name key_hash key_end scope contracts made_at made_on"
        " last_day",
        left_out={
            "last_used_on": "changes whenever it is used",
            "last_used_from": "changes whenever it is used",
        },
        contract=None,
    ),
    Protected(
        "contracts_endingasked",
        "agreed_by_id agreed_by_name agreed_side agreed_at withdrawn_at withdrawn_by_name withdrawn_reason"
        " contract_id what reason made keep_until asked_by_id asked_by_name asked_side asked_at",
    ),
    Protected(
        "contracts_keepinghold",
        "lifted_at lifted_by_name lifted_reason contract_id reason set_by_id set_by_name set_side set_at",
    ),
    Protected(
        "contracts_erasurecertificate",
        "contract_number reference title authority_id supplier_id closed_on kept_until reason asked_by_name"
        " agreed_by_name erased_at rows files heads hand_overs",
        left_out={"files_left": "how far the worker has come with deleting files"},
        contract=None,
    ),
    Protected(
        "contracts_addresschange",
        "before_confirmed_at after_confirmed_at done_at stopped_at person_id before after before_key_hash"
        " after_key_hash asked_at expires_at",
        contract=None,
    ),
    Protected(
        "contracts_factorrecovery",
        "agreed_by_id agreed_by_name agreed_at done_at stopped_at stopped_by_name person_id reason"
        " asked_by_id asked_by_name asked_at expires_at key_hash",
        contract=None,
    ),
    Excused("contracts_audiencechange", "what is still to be planned; deleted when it is"),
    Excused("contracts_session", "who is signed in, for hours; its content is sealed"),
    Excused("contracts_signinmail", "a mail on its way; what it tells is on a record"),
    Excused("contracts_handover", "an archive that is thrown away after days; its SHA-256 is on the ledger"),
    Protected("contracts_headswanted", "until contract_id person_id since"),
    Protected(
        "contracts_headsmail",
        "sent_at given_up_at answer lines contract_id person_id day",
        left_out={"claimed_at": LEASE, "attempts": COUNTER, "not_before": "when it is tried again"},
    ),
    Excused("contracts_seal", "signed itself, with a key that the database does not hold"),
    Excused("contracts_sealedhead", "what seals say, by ledger: it is held against them"),
    Excused("contracts_sealstamp", "signed by the time-stamp server"),
    Excused("contracts_ledgerentry", "numbered, chained and signed itself"),
    Excused("contracts_organisationentry", "numbered, chained and signed itself"),
    Excused("contracts_signedwrite", "signed itself: it is what proves the others"),
    Excused("contracts_rowproof", "covered by the signature of its write"),
    Excused("contracts_contractdraft", "answers on their way: nothing counts before the contract is made"),
    Excused("contracts_upload", "a file on its way: it counts once it is a document"),
    Excused(
        "contracts_proposal", "made anew from the words; what was proposed stays with the decision on it"
    ),
    Excused("contracts_longwork", "work under way: what comes of it is in tables that are protected"),
)
