"""The two database roles: the owner, who migrates, and the application's, which owns nothing.

Row-level security and append-only triggers bind only a role that neither owns the tables nor is a superuser,
so web, worker, beat and the tests' connections all use the application's role.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from contracts.proving.install import close_tables
from contracts.row_security import asking

OWNED = """
    SELECT r.rolsuper, r.rolbypassrls,
           (SELECT count(*) FROM pg_class c WHERE c.relkind IN ('r', 'p')
              AND pg_has_role(r.oid, c.relowner, 'USAGE')
              AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace))
    FROM pg_roles r WHERE r.rolname = current_user
"""


def objection_to_role() -> str | None:
    """Why the present database role may not run the application, or None where it may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (name,) = cursor.fetchone()
        cursor.execute(OWNED)
        superuser, bypasses, owned = cursor.fetchone()
    fault = (
        "is a superuser"
        if superuser
        else "bypasses row-level security"
        if bypasses
        else f"owns {owned} tables"
        if owned
        else None
    )
    if fault is None:
        return None
    return (
        f"the database role {name} {fault}: "
        "give DATABASE_URL the application's role and keep the owner's for DATABASE_OWNER_URL"
    )


def objection_to_key() -> str | None:
    """Why the database would believe nothing that this process says of who asks, or None where it does."""
    with asking.job("start"), connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('duly.everything()') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return "this database has no row-level security yet: run manage.py migrate as its owner"
        cursor.execute("SELECT duly.everything()")
        if cursor.fetchone()[0]:
            return None
    return (
        "SECRET_KEY is not the one with which this database was migrated, which would show nothing to"
        " anybody: set that one, or run manage.py migrate with the new one"
    )


def keep_statements_private(cursor: Any, app_role: str) -> None:
    """No session of the application's role shows in ``pg_stat_activity`` what it asks, with the values in it.

    All of them have one role, so each could read what the others ask. Only a superuser may say so: raises
    ProgrammingError for another.
    """
    from psycopg2 import sql

    cursor.execute(sql.SQL("ALTER ROLE {} SET track_activities = off").format(sql.Identifier(app_role)))


def grant(cursor: Any, app_role: str, password: str = "") -> None:
    """Makes the application's role where it is missing and lets it read and write what the owner makes.

    `cursor` belongs to a connection of the owner, who must be able to make roles where the role is missing.
    Safe to repeat. What exists already is granted too.
    """
    from psycopg2 import sql

    role = sql.Identifier(app_role)
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [app_role])
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
    if password:
        cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(password)))
    for statement in GRANTS:
        cursor.execute(sql.SQL(statement).format(role=role))
    close_tables(cursor)


GRANTS = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)
