"""What each mail about signing in says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse

from contracts.models import Person
from contracts.terms.moments import clock_words, london, long_day

Data = Mapping[str, Any]

NOT_YOU = "If it was not you, choose a new password at once, and tell an administrator of your organisation."


@dataclass(frozen=True, slots=True)
class Words:
    """One mail: paragraphs, then a link with what it does, then what else is to be known."""

    subject: str
    paragraphs: Sequence[str]
    ask: str = ""
    url: str = ""
    then: Sequence[str] = ()


def _page(name: str, *args: object, **kwargs: object) -> str:
    return str(settings.SITE_URL) + reverse(name, args=args, kwargs=kwargs)


def _until(data: Data) -> str:
    ends = london(datetime.fromisoformat(data["until"]))
    return f"{clock_words(ends.time())} on {long_day(ends.date())}"


def _from_where(data: Data) -> str:
    """Where it was done: "on 19 March 2026 at 2:30pm, with Firefox on Windows, from 192.0.2.7"."""
    at = london(datetime.fromisoformat(data["at"]))
    said = f"on {long_day(at.date())} at {clock_words(at.time())}"
    if data.get("device"):
        said += f", with {data['device']}"
    return said + (f", from {data['place']}" if data.get("place") else "")


def _reset(person: Person, data: Data) -> Words:
    key = default_token_generator.make_token(person)
    url = _page("account_reset_password_from_key", uidb36=user_pk_to_url_str(person), key=key)
    return Words(
        "Choose a new password",
        [f"{person.name}, somebody asked for a new password for your account in Duly."],
        "Choose a new password",
        url,
        [
            "The link works once, for one hour.",
            "If you did not ask for it, leave this mail: nothing changes until the link is used.",
        ],
    )


def _password_changed(person: Person, data: Data) -> Words:
    return Words(
        "Your password was changed",
        [
            f"The password of your account in Duly was changed {_from_where(data)}.",
            "You were signed out everywhere else.",
        ],
        "Choose a new password",
        _page("account_reset_password"),
        [NOT_YOU],
    )


def _factor(subject: str, what: str) -> Callable[[Person, Data], Words]:
    def words(person: Person, data: Data) -> Words:
        return Words(
            subject,
            [f"{what} {_from_where(data)}."],
            "See how you sign in",
            _page("mfa_index"),
            [NOT_YOU],
        )

    return words


def _address_new(person: Person, data: Data) -> Words:
    return Words(
        "Confirm your new e-mail address",
        [
            f"{person.name} asked to sign in to Duly with {data['after']} instead of {data['before']}.",
            "It changes once you have confirmed it at both addresses.",
        ],
        "Confirm this address",
        _page("confirm_address", data["key"]),
        [f"The link works once, until {_until(data)}.", "If this is not yours, leave this mail."],
    )


def _address_old(person: Person, data: Data) -> Words:
    return Words(
        "Somebody asked to change your e-mail address",
        [
            f"Somebody asked, {_from_where(data)}, that your account in Duly goes from {data['before']}"
            f" to {data['after']}: signing in, and every mail about your contracts.",
            "It changes only if you agree here and confirm it at the new address too.",
        ],
        "Agree, or stop it",
        _page("confirm_address", data["key"]),
        [f"The link works until {_until(data)}. {NOT_YOU}"],
    )


def _address_changed(person: Person, data: Data) -> Words:
    return Words(
        "Your e-mail address was changed",
        [
            f"You sign in to Duly with {data['after']} from now on, no longer with {data['before']}.",
            "This was confirmed at both addresses. It is on the record of your organisation and of your"
            " contracts.",
        ],
        "Sign in",
        _page("account_login"),
        ["If it was not you, tell an administrator of your organisation at once."],
    )


def _recovery(person: Person, data: Data) -> Words:
    return Words(
        "Your second factor is to be taken away",
        [
            f"{data['by']} says that you lost what you sign in to Duly with beside your password: “"
            f"{data['reason']}”",
            "It is taken away once a second administrator has agreed and you have confirmed it with the link"
            " below. You then sign in with your password and set up another.",
        ],
        "Confirm it, or stop it",
        _page("confirm_recovery", data["key"]),
        [
            f"The link works until {_until(data)}.",
            "If you have lost nothing, stop it with the link, and tell another administrator: somebody may be"
            " trying to sign in as you.",
        ],
    )


def _recovered(person: Person, data: Data) -> Words:
    return Words(
        "Your second factor was taken away",
        [
            f"As {data['by']} and {data['agreed_by']} agreed and you confirmed, your passkeys, authenticator"
            " app and recovery codes no longer work. You were signed out everywhere.",
        ],
        "Sign in and set up another",
        _page("account_login"),
        ["If it was not you who confirmed, tell an administrator of your organisation at once."],
    )


WORDS: dict[str, Callable[[Person, Data], Words]] = {
    "reset": _reset,
    "password_changed": _password_changed,
    "password_reset": _password_changed,
    "totp_activated": _factor(
        "An authenticator app was added", "An authenticator app was added to your account in Duly"
    ),
    "totp_deactivated": _factor(
        "An authenticator app was removed", "The authenticator app was taken from your account in Duly"
    ),
    "webauthn_added": _factor("A passkey was added", "A passkey was added to your account in Duly"),
    "webauthn_removed": _factor("A passkey was removed", "A passkey was taken from your account in Duly"),
    "recovery_codes_generated": _factor(
        "New recovery codes were made",
        "The earlier recovery codes of your account in Duly no longer work; new ones were made",
    ),
    "address_new": _address_new,
    "address_old": _address_old,
    "address_changed": _address_changed,
    "recovery": _recovery,
    "recovered": _recovered,
}
"""By kind: what is said to somebody. Those of passwords and factors are called as allauth calls them."""
