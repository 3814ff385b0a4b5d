"""Which rows of each table who asks may see and write: one line a table, in SQL made from a few forms.

A job about everything sees all (``policies.py`` puts that before each condition). A table without a line
fails ``tests/contracts/row_security/``; one that everybody may read says why. Those of ``obligations`` are in
``obligations/models/row_security.py``, those of a subject in its ``subject.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.terms.restricted import FAR, RESERVED


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows that are seen where ``condition`` holds."""

    condition: str


@dataclass(frozen=True, slots=True)
class Open:
    """A table without a policy, and why that gives nothing away."""

    because: str


Line = Seen | Open

CONTRACTS = "ANY ((SELECT duly.contracts())::bigint[])"
WHOLE = "ANY ((SELECT duly.whole())::bigint[])"
SHOWN = "ANY ((SELECT duly.shown())::text[])"
SIDES = "ANY ((SELECT duly.sides())::text[])"
ORGANISATIONS = "ANY ((SELECT duly.organisations())::bigint[])"
ADMINISTERED = "ANY ((SELECT duly.administered())::bigint[])"
PARTIES = "ANY ((SELECT duly.parties())::bigint[])"
PEOPLE = "ANY ((SELECT duly.people())::bigint[])"
ME = "(SELECT duly.person())"
STAFF = "(SELECT duly.staff())"
SIGNING_IN = "(SELECT duly.signing_in())"


JOBS = Seen("false")
"""Rows for jobs about everything alone."""


def of_contract(*, about: str = "", far: str = "", parent: str = "") -> Seen:
    """Rows of a contract, by their ``contract_id``.

    ``about``: the column with the subject, which may be kept to a distribution list. Or ``far``: the column
    that refers to a row of ``parent``, whose key is far where it is about such a subject
    (``contracts/terms/restricted.py``): then the row is seen where its parent is.
    """
    seen = f"contract_id = {CONTRACTS}"
    if about:
        seen += f" AND (NOT starts_with({about}, '{RESERVED}') OR contract_id = {WHOLE}"
        seen += f" OR (contract_id || '/' || {about}) = {SHOWN})"
    if far:
        seen += f" AND ({far} < {FAR} OR contract_id = {WHOLE}"
        seen += f" OR EXISTS (SELECT FROM {parent} AS parent WHERE parent.id = {far}))"
    return Seen(seen)


def of_one_of(*, far: Mapping[str, str], near: Mapping[str, str]) -> Seen:
    """Rows of a contract that refer to one row of several tables, by the column that is not empty, and are
    seen where that row is. The tables by their columns: in ``far`` those whose keys are far where a row is
    kept to a list, as ``of_contract`` takes it; in ``near`` those whose keys say nothing of that.
    """
    there = " OR ".join(
        f"EXISTS (SELECT FROM {table} AS parent WHERE parent.id = {column})"
        for column, table in {**far, **near}.items()
    )
    near_key = f"coalesce({', '.join(far)}) < {FAR}"
    return Seen(f"contract_id = {CONTRACTS} AND ({near_key} OR contract_id = {WHOLE} OR {there})")


def of_side(column: str, *, about: str = "", where: str = "") -> Seen:
    """Rows of a contract for the side alone that ``column`` names, where ``where`` holds of them (SQL;
    always, if empty); the others for all members. ``about``: as ``of_contract`` takes it.
    """
    theirs = f"contract_id = {WHOLE} OR (contract_id || '/' || {column}) = {SIDES}"
    own = f"NOT ({where}) OR {theirs}" if where else theirs
    return Seen(f"{of_contract(about=about).condition} AND ({own})")


def of_parent(column: str, parent: str) -> Seen:
    """Rows that are seen where the row is that ``column`` refers to."""
    return Seen(f"EXISTS (SELECT FROM {parent} AS parent WHERE parent.id = {column})")


def beneath(column: str, parent: str) -> Seen:
    """Rows of a contract, by their ``contract_id``, that are seen where the row is that ``column`` refers
    to.
    """
    return Seen(f"{of_contract().condition} AND {of_parent(column, parent).condition}")


def of_organisation(column: str = "organisation_id", *, also: str = "false") -> Seen:
    """Rows of an organisation: for its own people, its administrators, and those of the system."""
    return Seen(f"{column} = {ORGANISATIONS} OR {STAFF} OR {also}")


def of_person(column: str = "user_id", *, also: str = "false") -> Seen:
    """Rows by which a person signs in: for themselves, and while nobody is signed in."""
    return Seen(f"{column} = {ME} OR {SIGNING_IN} OR {also}")


def looked_after() -> Seen:
    """The same, and for who administers the person's organisation today, or the system."""
    theirs = f"one.id = person_id AND one.organisation_id = {ADMINISTERED}"
    return Seen(
        f"person_id = {ME} OR {SIGNING_IN} OR {STAFF}"
        f" OR EXISTS (SELECT FROM contracts_person AS one WHERE {theirs})"
    )


PLAIN = [
    "contracts_contractanswer",
    "contracts_document",
    "contracts_documentreading",
    "contracts_effect",
    "contracts_endingasked",
    "contracts_figuredecision",
    "contracts_handover",
    "contracts_interpretation",
    "contracts_keepinghold",
    "contracts_paragraph",
    "contracts_paragraphversion",
    "contracts_proposal",
    "contracts_readingcorrection",
    "contracts_schedule",
    "contracts_signature",
    "contracts_upload",
    "contracts_variation",
]

LINES: Mapping[str, Line] = {
    **dict.fromkeys(PLAIN, of_contract()),
    "contracts_contract": Seen(f"id = {CONTRACTS}"),
    "contracts_membership": Seen(f"contract_id = {CONTRACTS} OR person_id = {ME}"),
    "contracts_distributionlist": of_contract(about="subject"),
    "contracts_listedperson": of_parent("distribution_list_id", "contracts_distributionlist"),
    "contracts_headsmail": JOBS,
    "contracts_headswanted": of_contract(),
    "contracts_rowproof": JOBS,
    "contracts_seal": JOBS,
    "contracts_sealedhead": of_contract(about="kept_to"),
    "contracts_sealstamp": JOBS,
    "contracts_signedwrite": JOBS,
    "contracts_ledgerentry": of_contract(about="kept_to"),
    "contracts_longwork": Seen(
        f"({of_contract(about='subject').condition})"
        f" OR (contract_id IS NULL AND (asked_by_id = {ME} OR {STAFF}))"
    ),
    "contracts_erasurecertificate": of_organisation("authority_id", also=f"supplier_id = {ORGANISATIONS}"),
    "contracts_contractdraft": Seen(f"person_id = {ME}"),
    "contracts_person": Seen(
        f"id = {ME} OR organisation_id = {ORGANISATIONS} OR id = {PEOPLE} OR {STAFF} OR {SIGNING_IN}"
    ),
    "contracts_person_groups": of_person("person_id"),
    "contracts_person_user_permissions": of_person("person_id"),
    "contracts_organisation": of_organisation(
        "id",
        also=f"id = {PARTIES} OR ({SIGNING_IN} AND EXISTS"
        " (SELECT FROM contracts_provider AS one WHERE one.organisation_id = contracts_organisation.id))",
    ),
    "contracts_provider": of_organisation(also=SIGNING_IN),
    "contracts_providerdomain": of_parent("provider_id", "contracts_provider"),
    "contracts_organisationadministrator": of_organisation(also=f"person_id = {ME}"),
    "contracts_organisationentry": of_organisation(),
    "contracts_invitation": of_organisation(also=f"contract_id = {CONTRACTS}"),
    "contracts_invitationlink": of_parent("invitation_id", "contracts_invitation"),
    "contracts_addresschange": of_person("person_id"),
    "contracts_apitoken": looked_after(),
    "contracts_calendarfeed": of_person("person_id"),
    "contracts_factorrecovery": looked_after(),
    "contracts_session": of_person("person_id", also="person_id IS NULL"),  # their data are sealed
    "contracts_signinmail": of_person("person_id"),
    "account_emailaddress": of_person(),
    "account_emailconfirmation": of_parent("email_address_id", "account_emailaddress"),
    "mfa_authenticator": of_person(),
    "django_admin_log": Seen(f"user_id = {ME} OR {STAFF}"),
    "contracts_audiencechange": JOBS,  # written by triggers that run as the owner
    "django_migrations": Open("names of migrations"),
    "django_content_type": Open("names of tables"),
    "auth_permission": Open("names of rights"),
    "auth_group": Open("names of groups, of which Duly has none"),
    "auth_group_permissions": Open("rights of groups, of which Duly has none"),
}
