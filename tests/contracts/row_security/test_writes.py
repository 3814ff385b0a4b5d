"""What nobody writes as a person: memberships, rights, dates and notices, whatever the statement says."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from contracts.models import Membership, Person
from contracts.proving.install import CLOSED
from contracts.row_security import asking, writes
from contracts.services.members import change_role
from obligations.models import Duty, Notice
from tests.cast import NOON, Cast, patch_released, play
from tests.support import database

pytestmark = pytest.mark.django_db
INSERT_INVITATION = """
    INSERT INTO contracts_invitation (kind, email, organisation_id, administers, contract_id, side, role,
        manages, made_at, made_by_name, expires_at, revoked_by_name)
    SELECT 'person', 'a@b.example', supplier_id, false, id, 'supplier', 'lead', true, now(), '', now(), ''
    FROM contracts_contract
"""
INSERT_TOKEN = """
    INSERT INTO contracts_apitoken (person_id, name, key_hash, key_end, scope, made_at, made_on, last_day,
        ended_by_name, ended_why)
    SELECT id, 'x', 'x', 'x', 'read', now(), '2026-03-17', '2026-03-18', '', '' FROM contracts_person
"""
INSERT_FEED = """
    INSERT INTO contracts_calendarfeed (person_id, key_hash, made_at, ended_why, digest)
    SELECT id, id, now(), '', '' FROM contracts_person
"""

FORBIDDEN = {
    "a role": "UPDATE contracts_membership SET role = 'lead', manages = true",
    "a last day": "UPDATE contracts_membership SET to_day = '2030-01-01'",
    "somebody new": "INSERT INTO contracts_membership (contract_id, person_id, side, role, from_day, manages)"
    " SELECT contract_id, 1, side, role, from_day, true FROM contracts_membership LIMIT 1",
    "nobody left": "DELETE FROM contracts_membership",
    "an administrator of the system": "UPDATE contracts_person SET is_staff = true, is_superuser = true",
    "somebody else's password": "UPDATE contracts_person SET password = '!' WHERE email = 'ada@duly.example'",
    "another organisation": "UPDATE contracts_person SET organisation_id = (SELECT authority_id FROM"
    " contracts_contract)",
    "an invitation": INSERT_INVITATION,
    "a token": INSERT_TOKEN,
    "a calendar address": INSERT_FEED,
    "an account closed": "UPDATE contracts_person SET is_active = false",
    "an administrator of an organisation": "INSERT INTO contracts_organisationadministrator"
    " (organisation_id, person_id, from_day) SELECT organisation_id, id, '2026-01-01' FROM contracts_person"
    " WHERE organisation_id IS NOT NULL LIMIT 1",
    "a date": "UPDATE obligations_duty SET due_at = now() + interval '1 year'",
    "a duty gone": "DELETE FROM obligations_duty",
    "a notice sent": "UPDATE obligations_notice SET sent_at = now(), answer = '250 ok'",
    "a notice to another": "UPDATE obligations_notice SET recipient_id = 1",
    "a message of another read": "UPDATE obligations_notice SET read_at = now()",
    "a list of what is exploited": "INSERT INTO obligations_exploitlist (kind, day, rows, source, sha256,"
    " loaded_at) VALUES ('kev', '2026-03-17', 1, 'x', 'x', now())",
    "something exploited": "INSERT INTO obligations_knownexploited VALUES ('CVE-2026-0001', '2026-03-17')",
    "a score": "INSERT INTO obligations_exploitscore VALUES ('CVE-2026-0001', 0.5, 0.5)",
    "a notice gone": "DELETE FROM obligations_notice",
    "a webhook": "INSERT INTO obligations_webhook (contract_id, kind, host, sealed_url, sealed_secret,"
    " stages, made_at, made_by_id, made_by_name, ended_by_name)"
    " SELECT id, 'json', 'x', 'x', 'x', '[]', now(), 1, 'x', '' FROM contracts_contract",
    "a webhook's message sent": "UPDATE obligations_webhookdelivery SET sent_at = now()",
}


@pytest.fixture
def cast(db) -> Cast:
    cast = play()
    patch_released(cast)
    Person.objects.filter(pk=cast.priya.pk).update(organisation=cast.contract.supplier)
    return cast


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_no_statement_in_a_request_writes_it(cast, statement):
    assert Notice.objects.exists() and Duty.objects.exists()
    with asking.person(cast.priya.pk), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="only .* writes this|Cannot delete"), transaction.atomic():
            cursor.execute(statement)
        with pytest.raises(DatabaseError, match="only .* writes this|Cannot delete"), transaction.atomic():
            cursor.execute("SELECT set_config('pgtrigger.ignore', '{obligations_duty}', true)")
            cursor.execute(statement)


def test_not_as_a_job_about_something_else_either(cast):
    member = cast.contract.memberships.get(person=cast.tom)
    for name in (asking.SIGN_IN, "another job"):
        with asking.job(name, cast.contract.pk), pytest.raises(DatabaseError), transaction.atomic():
            Membership.objects.filter(pk=member.pk).update(manages=True)
    with asking.job(writes.MEMBERS, cast.contract.pk):
        assert Membership.objects.filter(pk=member.pk).update(manages=True) == 1


def test_the_service_that_may_does(cast):
    member = cast.contract.memberships.get(person=cast.tom)
    with asking.person(cast.mina.pk):
        changed = change_role(member, cast.as_("mina"), NOON, role="lead", manages=True)
    assert (changed.role, changed.manages) == ("lead", True)


def test_a_setting_makes_no_trigger_look_away(cast):
    """The package of our triggers asks a setting that any statement may set: here it is the owner's alone."""
    from contracts.models import Variation
    from contracts.services.variations import draft_variation, share_variation

    variation = draft_variation(
        cast.contract, cast.as_("priya"), NOON, number="1", title="Less", effects=[("main/7", "not_used", "")]
    )
    share_variation(variation, cast.as_("priya"), NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(tgname)::text FROM pg_trigger WHERE NOT tgisinternal")
        (every,) = cursor.fetchone()
        for table in ("contracts_variation", "obligations_factrecord", "obligations_duty"):
            with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
                cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [every])
                cursor.execute(f"DELETE FROM {table}")
    assert Variation.objects.exists()


def test_the_page_is_current():
    call_command("who_may_write", "--check")


def test_the_database_holds_to_the_page(db):
    """Every guard is there and on; the application's role has no right to write closed tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgrelid::regclass::text, t.tgname FROM pg_trigger t WHERE t.tgname LIKE 'only\\_by\\_%'"
            " AND t.tgenabled = 'O'"
        )
        there = set(cursor.fetchall())
        assert there == {(guard.table, name) for guard in writes.GUARDS for name in guard.statements}
        cursor.execute(
            "SELECT r FROM unnest(%s) AS r WHERE has_table_privilege(r, 'INSERT, UPDATE, DELETE, TRUNCATE')",
            [list(CLOSED)],
        )
        assert cursor.fetchall() == []


def test_the_owner_puts_guards_only_where_they_changed(test_database):
    with closing(database.connect(test_database[1])) as owner, owner.cursor() as cursor:
        owner.autocommit = False
        assert writes.put(cursor) == []
        cursor.execute("DROP TRIGGER only_by_insert ON contracts_membership")
        cursor.execute("COMMENT ON TRIGGER only_by_rights ON contracts_person IS 'another'")
        assert writes.put(cursor) == ["contracts_membership", "contracts_person"]
        owner.rollback()
