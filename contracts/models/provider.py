"""How the people of an organisation sign in by its own provider (OpenID Connect)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from contracts.models.people import Organisation, Person


class Provider(models.Model):
    """The provider of one organisation. ``services/providers`` alone writes it.

    The client's secret is sealed (``services/sealing``). ``demanded``: its people sign in only so, but for
    ``break_glass``, who lets the organisation in again should the provider fail.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="provider")
    discovery = models.URLField(max_length=500, help_text="Where the provider describes itself.")
    client_id = models.CharField(max_length=255)
    client_secret = models.TextField(help_text="Sealed.")
    factors = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        help_text="Words in amr or acr by which the provider says that it asked for a second factor.",
    )
    demanded = models.BooleanField(default=False)
    break_glass = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    set_by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(demanded=False) | Q(break_glass__isnull=False),
                name="provider_demanded_leaves_a_way_in",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.discovery})"


class ProviderDomain(models.Model):
    """People with an address at this domain are led to the provider: of one organisation only."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253)

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(Lower("domain"), name="provider_domain_of_one_organisation"),
        ]

    def __str__(self) -> str:
        return self.domain
