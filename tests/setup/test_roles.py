"""The two database roles: what the application's may do, and that the product refuses a stronger one."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from compliance import roles, start_checks
from tests.support import database


@pytest.mark.django_db
def test_the_application_role_owns_nothing_and_is_no_superuser():
    assert roles.objection_to_role() is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE contracts_ledgerentry CASCADE",
        "ALTER TABLE contracts_ledgerentry DISABLE TRIGGER USER",
        "DROP TABLE contracts_ledgerentry CASCADE",
        "CREATE TABLE public.smuggled (id int)",
    ],
)
def test_the_application_role_cannot_get_around_the_tables_own_rules(statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_the_owner_is_refused_with_one_line(test_database, capfd):
    _, owner_url = test_database
    as_app = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(database.parts(owner_url))
    try:
        with pytest.raises(SystemExit):
            start_checks.exit_if_refused()
    finally:
        connection.close()
        connection.settings_dict.update(as_app)
    said = capfd.readouterr().err
    assert "DATABASE_OWNER_URL" in said
    assert "owns" in said
    assert said.count("\n") == 1


@pytest.mark.django_db(transaction=True)
def test_a_flush_between_tests_empties_tables_as_the_owner(django_user_model):
    from django.core.management import call_command

    django_user_model.objects.create_user("ada@authority.example", "Ada Bell")
    call_command("flush", verbosity=0, interactive=False)
    assert not django_user_model.objects.exists()
