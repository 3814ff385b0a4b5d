"""Who may ask for what: the one table of expectations. A new address without a row here fails the suite.

Of a contract a row says what act of ``contracts/acts.py`` a role must allow; which role allows which act
stands in ``contracts/access.py`` and nowhere else. Subjects say it of their own addresses, in ``acts`` of
their ``subject.py``. All else has one of the gates below.
"""

from __future__ import annotations

from enum import Enum

from contracts.access import ALLOWED, MANAGING
from contracts.acts import Act
from obligations import subjects
from tests.access.addresses import Address, every
from tests.access.world import LISTED, World

PEOPLE = {
    "priya": "lead of the supplier; on the distribution list",
    "tom": "contributor of the supplier",
    "grace": "board member of the supplier",
    "ada": "reviewer of the authority; on the distribution list",
    "ben": "assurance lead of the authority; was on the list, and was taken off",
    "olu": "auditor",
    "mina": "administrator of the contract",
    "manny": "contributor who manages the contract",
    "lena": "was lead and managed the contract, until yesterday",
    "tessa": "will be lead and manage the contract from tomorrow",
    "oona": "administers the supplier's organisation; is on no contract",
    "root": "administers the whole system; is on no contract",
    "shut": "somebody whose account is closed, with a session from before",
    "zed": "lead of another contract",
    "nobody": "nobody: not signed in",
}

OF_A_CONTRACT: dict[Act, str] = {
    Act.VIEW: """
        board gates weeks coverage coverage_csv set_up facts fact duty evidence_file paragraph text as_at
        documents document document_file reading corrections
        variations variation variation_form variation_form_pdf variation_impact
        people versions offer settings questions entries entry_paragraph ledger ledger_csv ledger_json
        ledger_mail
        api_duties api_duty api_duty_proof api_coverage api_gates
    """,
    Act.RECORD_FACT: "record record_kind done_before api_facts",
    Act.WITHDRAW_FACT: "withdraw_fact",
    Act.LOG_EVIDENCE: "log_evidence confirm_early api_evidence",
    Act.DECIDE: "decide accept_no_miss",
    Act.DRAFT_VARIATION: "draft_variation share_variation withdraw_variation say_reading",
    Act.SIGN_VARIATION: "sign_variation signed_paper",
    Act.UPLOAD_DOCUMENT: """
        upload upload_outcome upload_throw_away reading_piece correct_reading undo_correction
    """,
    Act.DECIDE_FIGURE: "decide_figure",
    Act.CHOOSE_READING: "choose_reading",
    Act.CHANGE_SETTING: "setting question",
    Act.TAKE_OVER: "offer_work_out",
    Act.DECIDE_ENTRY: """
        entry_accept entry_nothing entry_skip entry_opinion entry_edit entries_many entries_in_force
        keep_template use_template
    """,
    Act.MANAGE: """
        manage manage_terms invite_to_contract change_role end_membership
        send_contract_invitation revoke_contract_invitation
        webhooks new_webhook test_webhook end_webhook send_webhook_again
    """,
    Act.END: """
        ending ending_ask ending_agree ending_put_aside ending_keep ending_hold ending_lift
        hand_over hand_over_file
    """,
}
"""By the act that a role must allow to look at the page and to send its form."""

TO_SEND = {"offer": Act.TAKE_OVER}
"""What it takes to send the form of a page that more people may look at."""

FOR_THE_LIST = {"breach_readers"}
"""They are there only of what is kept to a list, and for who is on it."""


OF_A_SIDE = {
    name: {"priya", "tom", "manny"}
    for name in ("findings_file", "findings_columns", "findings_drop", "findings_close_again")
}
"""What is the supplier's own here is there for nobody of another side."""

FOR_WHO_ASKED = {"hand_over_file": "mina"}
"""What is made for one person is there for nobody else."""


ABOUT_ONESELF = {"ledger_mail"}
"""What people may write who may only read: which mails they want themselves."""


class Gate(Enum):
    """Who gets in where no contract is named."""

    ANYBODY = "anybody, signed in or not"
    SIGN_IN = (
        "anybody, and what it says depends on who they are: not held to a row (tests/web/test_signing_in.py)"
    )
    HOLDER = "whoever has the link or the key; here nobody has it"
    SIGNED_IN = "everybody who is signed in, about themselves"
    MAKER = "who makes contracts: administrators of an organisation"
    OWN = "the person whose own it is"
    SYSTEM = "administrators of the system"
    ORGANISATION = "administrators of that organisation, and of the system"
    OF_IT = "administrators of that organisation, not those of the system"
    PRACTICE = "who decides for that organisation: its administrators, its people who decide on a contract"
    RECORDS = "who records for that organisation: its people who may on a contract"
    WORK = "who may see the contract that the work is about"
    CAUGHT = "readers of caught mail, on a machine of one's own; here nobody"
    BACK_ROOM = "administrators of the system, who see every contract less what is kept from them"


OTHERS: dict[Gate, str] = {
    Gate.ANYBODY: "health_live health_ready reading_rules api_schema api_docs",
    Gate.SIGN_IN: "provider_start provider_go provider_answer",
    Gate.HOLDER: "first_administrator join metrics confirm_address confirm_recovery calendar_file",
    Gate.SIGNED_IN: """
        home account held_about_me_file what_if api_contracts api_tokens new_api_token
        signed_in_where end_session change_address stop_address go_on
        calendar new_calendar end_calendar inbox read_messages
    """,
    Gate.MAKER: "new_contract",
    Gate.OWN: "contract_check contract_step contract_draft_delete end_api_token read_message",
    Gate.SYSTEM: """
        organisations new_organisation rename_organisation
        holidays holiday_upload holiday_add holiday_change holiday_apply holiday_preview_again
        holiday_try_again holiday_withdraw exploit_lists
    """,
    Gate.ORGANISATION: """
        organisation organisation_record invite_to_organisation send_invitation revoke_invitation
        organisation_person bring_back administer_organisation stop_administering end_token_of
        factor_roles lost_device lost_device_agree
    """,
    Gate.OF_IT: """
        erasure_certificate held_about_file replace_person organisation_provider remove_organisation_provider
    """,
    Gate.PRACTICE: """
        standards standard templates template_import template template_export template_retire
    """,
    Gate.RECORDS: "recorded_once record_once",
    Gate.WORK: "long_work cancel_long_work",
    Gate.CAUGHT: "mail message",
}

OWNER = {"end_api_token": "tom", "read_message": "tom"}
"""Whose own it is here, where it is not Oona's."""

BY_PREFIX = {"account_": Gate.SIGN_IN, "mfa_": Gate.SIGN_IN, "admin:": Gate.BACK_ROOM}
"""Whole families that are not ours to name one by one; those of sign-in are listed in its own tests."""

NAMES_EVERYBODY = {Gate.SYSTEM, Gate.ORGANISATION, Gate.BACK_ROOM}
"""There administrators of the system are told of all organisations and people. No contract is named to them
but in the back room, and never what is kept to a list."""

IN, FORBIDDEN, ABSENT, SIGN_IN = "in", "403", "404", "sign in"


def acts() -> dict[str, Act]:
    """What a role must allow to look at each address of a contract."""
    own = {name: act for act, names in OF_A_CONTRACT.items() for name in names.split()}
    for subject in subjects.installed():
        own |= subject.acts
    return own


def gates() -> dict[str, Gate]:
    """The gate of each address that names no contract."""
    listed = {name: gate for gate, names in OTHERS.items() for name in names.split()}
    for name in every():
        for prefix, gate in BY_PREFIX.items():
            if name.startswith(prefix):
                listed[name] = gate
    return listed


def expected(world: World, who: str, address: Address, *, sends: bool = False) -> str:
    """What somebody's asking comes to, by the table: IN, FORBIDDEN, ABSENT or SIGN_IN."""
    known = acts()
    if address.name in known:
        act = TO_SEND.get(address.name, known[address.name]) if sends else known[address.name]
        came_to = _of_contract(world, who, act)
        there = LISTED if address.name in FOR_THE_LIST else {FOR_WHO_ASKED.get(address.name, who)}
        there = OF_A_SIDE.get(address.name, there)
        return ABSENT if came_to == IN and who not in there else came_to
    return _by_gate(world, who, gates()[address.name], address.name)


def _of_contract(world: World, who: str, act: Act) -> str:
    if not is_signed_in(who):
        return SIGN_IN
    role = world.role(who)
    if role is None:
        return ABSENT
    may = act in ALLOWED[role] or (act in MANAGING and who == "manny")
    return IN if may else FORBIDDEN


def _by_gate(world: World, who: str, gate: Gate, name: str) -> str:
    if gate in (Gate.ANYBODY, Gate.SIGN_IN):
        return IN
    if gate == Gate.HOLDER:
        return ABSENT
    if not is_signed_in(who):
        return SIGN_IN
    if gate == Gate.WORK:
        return _of_contract(world, who, Act.VIEW)
    admitted = {
        Gate.SIGNED_IN: set(PEOPLE),
        Gate.MAKER: {"oona"},
        Gate.OWN: {OWNER.get(name, "oona")},
        Gate.SYSTEM: {"root"},
        Gate.ORGANISATION: {"oona", "root"},
        Gate.OF_IT: {"oona"},
        Gate.PRACTICE: {"oona"} | {key for key in PEOPLE if _of_ours(world, key, Act.DECIDE_ENTRY)},
        Gate.RECORDS: {key for key in PEOPLE if _of_ours(world, key, Act.RECORD_FACT)},
        Gate.CAUGHT: set[str](),
        Gate.BACK_ROOM: {"root"},
    }[gate]
    if who in admitted:
        return IN
    return {Gate.MAKER: FORBIDDEN, Gate.BACK_ROOM: SIGN_IN}.get(gate, ABSENT)


def _of_ours(world: World, who: str, act: Act) -> bool:
    """Whether somebody of the supplier's organisation may do this on its contract."""
    role, person = world.role(who), world.people[who]
    ours = person is not None and person.organisation_id == world.here.cast.contract.supplier_id
    return ours and role is not None and act in ALLOWED[role]


def is_signed_in(who: str) -> bool:
    return who not in ("nobody", "shut")
