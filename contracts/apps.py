from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = "Contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(prove, sender=self)


def prove(using: str, **_: Any) -> None:
    """What makes the record prove itself is put into the database where it is missing or has changed."""
    from contracts.proving.install import put

    put(using)
