"""Each table's own policy, tried on a row of that table: who sees it, and that nobody else does."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from contracts.row_security import policies
from contracts.row_security.asking import SIGN_IN, Asking
from contracts.row_security.tables import Open, Seen
from tests.support import row_security as rows
from tests.support.row_security import (
    CONTRACT,
    MEMBER,
    OTHER_CONTRACT,
    STAFF,
    STRANGER,
    UNLISTED,
    job,
    person,
)

SIGNING_IN = {
    "contracts_person", "contracts_person_groups", "contracts_person_user_permissions", "contracts_apitoken",
    "account_emailaddress", "contracts_organisation", "contracts_provider", "contracts_providerdomain",
    "contracts_addresschange", "contracts_factorrecovery", "contracts_session", "contracts_signinmail",
    "account_emailconfirmation", "mfa_authenticator", "contracts_calendarfeed",
}  # fmt: skip
"""What is seen before anybody is signed in. A table more is a decision: docs/row-security.md."""

OF_NO_CONTRACT = {
    *SIGNING_IN, "contracts_contractdraft", "contracts_erasurecertificate", "contracts_organisation",
    "contracts_organisationadministrator",
    "contracts_organisationentry", "django_admin_log", "obligations_booktemplate", "obligations_standardterm",
    "obligations_recordedonce",
}  # fmt: skip
"""Tables that belong to a person or an organisation."""

FOR_JOBS = {
    "contracts_audiencechange", "contracts_headsmail", "contracts_rowproof", "contracts_seal",
    "contracts_sealstamp", "contracts_signedwrite",
}  # fmt: skip
"""What only jobs about everything see."""


@pytest.fixture
def ordinary(django_db_setup, test_database):
    with rows.rows(test_database) as found:
        yield found


@pytest.fixture
def kept(django_db_setup, test_database):
    with rows.rows(test_database, kept=True) as found:
        yield found


@pytest.mark.django_db
def test_every_table_has_a_line_and_what_the_line_says_is_in_the_database():
    with connection.cursor() as cursor:
        cursor.execute(policies.THERE, [policies.NAME])
        there = {table: (on, known) for table, on, known in cursor.fetchall()}
    lines = policies.lines()
    assert there.keys() == lines.keys(), "a new table: give it a line (docs/row-security.md)"
    for table, line in lines.items():
        if isinstance(line, Open):
            assert line.because, f"{table} is open without a reason"
            assert there[table] == (False, None), table
        else:
            assert there[table] == (True, policies.digest(line)), table


def test_nobody_and_who_is_on_another_contract_see_no_row_of_any_table(ordinary):
    for who in (None, person(STRANGER), person(999), job("a job", OTHER_CONTRACT)):
        found = {table for table in rows.seen_tables() if ordinary.seen(table, who)}
        assert found == set(), who


def test_who_signs_in_sees_what_signing_in_takes(ordinary):
    found = {table for table in rows.seen_tables() if ordinary.seen(table, job(SIGN_IN))}
    assert found == SIGNING_IN


def test_a_member_sees_every_row_of_their_contract_and_organisation(ordinary):
    hidden = {table for table in rows.seen_tables() if not ordinary.seen(table, person(MEMBER))}
    assert hidden == FOR_JOBS


def test_a_job_about_everything_sees_all_and_one_about_a_contract_what_belongs_to_it(ordinary):
    tables = set(rows.seen_tables())
    assert {table for table in tables if not ordinary.seen(table, job())} == set()
    hidden = {table for table in tables if not ordinary.seen(table, job("a job", CONTRACT))}
    assert hidden <= OF_NO_CONTRACT | FOR_JOBS


def test_who_administers_the_system_sees_people_and_organisations_and_no_contract(ordinary):
    of_contracts = set(rows.seen_tables()) - OF_NO_CONTRACT
    found = {table for table in of_contracts if ordinary.seen(table, person(STAFF))}
    assert found == {"contracts_invitation", "contracts_invitationlink"}
    assert ordinary.seen("contracts_person", person(STAFF))
    assert ordinary.seen("contracts_organisation", person(STAFF))


def test_the_back_room_is_for_who_administers_the_system_alone(ordinary):
    assert ordinary.seen("obligations_duty", Asking("back_room", str(STAFF)))
    assert not ordinary.seen("obligations_duty", Asking("back_room", str(STRANGER)))


def test_a_role_ends_at_midnight_in_london(ordinary):
    """The last day counts; the next one shows nothing, and neither does the day before the first."""
    ordinary.cursor.execute("RESET ROLE")
    ordinary.cursor.execute(
        "UPDATE contracts_membership SET to_day = '2026-03-20' WHERE person_id = %s", [UNLISTED]
    )
    ordinary.cursor.execute(f'SET LOCAL ROLE "{ordinary.app_role}"')
    for day, seen in ((16, 0), (17, 1), (20, 1), (21, 0)):
        assert ordinary.seen("obligations_duty", person(UNLISTED), date(2026, 3, day)) == seen, day


def test_what_is_kept_to_a_list_is_for_who_is_on_it(kept):
    """Of every table whose rows may be kept: who is not on the list sees no row, who is sees it."""
    tables = rows.kept_tables(policies.lines())
    assert len(tables) >= 18
    assert {table for table in tables if kept.seen(table, person(UNLISTED))} == set()
    assert {table for table in tables if not kept.seen(table, person(MEMBER))} == set()
    assert {table for table in tables if not kept.seen(table, job("a job", CONTRACT))} == set()
    assert kept.seen("contracts_paragraph", person(UNLISTED))
    for table in tables:
        assert not kept.seen(table, Asking("back_room", str(STAFF))), table


def test_a_column_called_subject_is_asked_about():
    """A table with a subject that its line does not ask about would show what is kept."""
    kept = rows.kept_tables(policies.lines()) | {"obligations_ownkind"}  # there it is what a kind is about
    models = rows._models()
    for table, line in policies.lines().items():
        names = {field.column for field in models[table]._meta.fields} if table in models else set()
        if isinstance(line, Seen) and names & {"subject", "duty_id", "fact_id", "evidence_id", "breach_id"}:
            assert table in kept, table
