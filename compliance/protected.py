"""Which tables of the packages that Duly stands on are protected (docs/ledger.md)."""

from __future__ import annotations

from contracts.proving.registry import Excused, Line, Protected


def tables() -> tuple[Line, ...]:
    """What is said of each of them."""
    return TABLES


TABLES: tuple[Line, ...] = (
    Protected("auth_group", "name", contract=None),
    Protected("auth_group_permissions", "group_id permission_id", contract=None),
    Protected("account_emailaddress", "user_id email verified primary", contract=None),
    Protected(
        "mfa_authenticator",
        "user_id type data created_at",
        left_out={"last_used_at": "changes whenever somebody signs in"},
        contract=None,
    ),
    Protected(
        "django_admin_log",
        "action_time user_id content_type_id object_id object_repr action_flag change_message",
        contract=None,
    ),
    Excused("account_emailconfirmation", "a link that is on its way, for days"),
    Excused("auth_permission", "names that each release writes itself"),
    Excused("django_content_type", "names that each release writes itself"),
    Excused("django_migrations", "what each release wrote of itself; the tables are looked at by migrate"),
)
