"""Only what Duly means to offer has an address: every one that is routed stands in this list."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from contracts.models import Person
from tests.cast import make_contract

OF_SIGNING_IN = {
    "accounts/login/": "account_login",
    "accounts/logout/": "account_logout",
    "accounts/inactive/": "account_inactive",
    "accounts/reauthenticate/": "account_reauthenticate",
    "accounts/password/change/": "account_change_password",
    "accounts/password/reset/": "account_reset_password",
    "accounts/password/reset/done/": "account_reset_password_done",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "account_reset_password_from_key",
    "accounts/password/reset/key/done/": "account_reset_password_from_key_done",
    "accounts/2fa/": "mfa_index",
    "accounts/2fa/authenticate/": "mfa_authenticate",
    "accounts/2fa/reauthenticate/": "mfa_reauthenticate",
    "accounts/2fa/totp/activate/": "mfa_activate_totp",
    "accounts/2fa/totp/deactivate/": "mfa_deactivate_totp",
    "accounts/2fa/recovery-codes/": "mfa_view_recovery_codes",
    "accounts/2fa/recovery-codes/generate/": "mfa_generate_recovery_codes",
    "accounts/2fa/passkeys/login/": "mfa_login_webauthn",
    "accounts/2fa/passkeys/add/": "mfa_add_webauthn",
    "accounts/2fa/passkeys/reauthenticate/": "mfa_reauthenticate_webauthn",
    "accounts/2fa/passkeys/<int:pk>/remove/": "mfa_remove_webauthn",
    "accounts/2fa/passkeys/<int:pk>/edit/": "mfa_edit_webauthn",
}
OURS = ("contracts.", "obligations.", "compliance.")
OTHERS = {"api/schema", "api/v1/"}


def routed(patterns=None, before: str = "", names: str = ""):
    """Every address with its name, ``admin:`` before those of the back room."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            inside = f"{names}{one.namespace}:" if one.namespace else names
            yield from routed(one.url_patterns, path, inside)
        elif isinstance(one, URLPattern):
            yield path, f"{names}{one.name}", one.callback


def test_of_allauths_addresses_only_these_are_there():
    found = {path: name for path, name, _ in routed() if path.startswith("accounts/")}
    assert found == OF_SIGNING_IN


def test_every_other_address_leads_to_a_view_of_ours_to_the_back_room_or_to_the_schema():
    for path, name, view in routed():
        if path.startswith("accounts/") or name.startswith("admin:"):
            continue
        module = getattr(view, "cls", getattr(view, "view_class", view)).__module__
        assert module.startswith(OURS) or path in ("api/schema",), (path, module)


def test_the_back_room_has_no_page_of_factors_and_addresses():
    """There an administrator could take somebody's second factor away, or give them an address, alone."""
    names = {name for _, name, _ in routed() if name.startswith("admin:")}
    assert "admin:contracts_person_change" in names
    assert not [name for name in names if name.startswith(("admin:mfa_", "admin:account_"))]


@pytest.mark.django_db
def test_nobody_changes_an_address_by_what_allauth_would_have_offered(browse):
    """H1: three posts redirected somebody's mail to an outside address, on no record."""
    priya = make_contract().priya
    client = browse(priya)
    for path in (
        "email/",
        "confirm-email/",
        "signup/",
        "password/set/",
        "login/code/",
        "login/code/confirm/",
    ):
        assert client.get(f"/accounts/{path}").status_code == 404, path
        for act in ("action_add", "action_primary", "action_send", "action_remove"):
            sent = {act: "", "email": "x@evil.example"}
            assert client.post(f"/accounts/{path}", sent).status_code == 404, path
    assert Person.objects.get(pk=priya.pk).email == "priya@duly.example"
    assert not priya.emailaddress_set.exists()
