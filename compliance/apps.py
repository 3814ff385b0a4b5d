"""Loads the Celery application with Django, so that every process queues to the same broker; and listens to
what Django and allauth say of signing in."""

from typing import Any

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = "Duly"

    def ready(self) -> None:
        from allauth.account.signals import password_changed, password_reset
        from allauth.mfa.signals import authenticator_added, authenticator_removed
        from django.contrib.auth.signals import user_logged_in

        from compliance import celery  # noqa: F401 - importing it makes it the current Celery application

        user_logged_in.connect(signed_in)
        for signal in (password_changed, password_reset, authenticator_added, authenticator_removed):
            signal.connect(secret_changed)


# What follows a signal is imported when one comes: a command that signs nobody in starts without it.


def signed_in(**told: Any) -> None:
    from compliance import accounts

    accounts.signed_in(**told)


def secret_changed(**told: Any) -> None:
    from compliance import accounts

    accounts.secret_changed(**told)
