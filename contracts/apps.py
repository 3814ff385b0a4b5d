from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = "Contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(put, sender=self)


def put(using: str, **_: Any) -> None:
    """What says who asks, and what makes the record prove itself, is put where it is missing or changed."""
    from contracts.proving import install
    from contracts.row_security import policies

    policies.put(using)
    install.put(using)
