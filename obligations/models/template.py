"""What an organisation keeps for its next contracts: templates of schedules that were decided."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from contracts.models import Contract, Organisation, Person
from obligations.models.entry import EntryDecision

RETIRING = ["retired_at", "retired_by", "retired_by_name"]


class BookTemplate(models.Model):
    """The paragraphs of a schedule with what was decided about them, kept by an organisation. Never edited;
    one that is no longer offered is retired.

    ``content`` is the form of a file (docs/templates.md) of format ``format``. ``contract``: whose schedule
    it was; None for one that came as a file.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="book_templates")
    title = models.CharField(max_length=200)
    format = models.PositiveIntegerField()
    content = models.JSONField()
    paragraphs = models.PositiveIntegerField(help_text="How many it has.")
    decided = models.PositiveIntegerField(help_text="Of which somebody has decided what they ask.")
    contract = models.ForeignKey(Contract, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kept_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kept_by_name = models.CharField(max_length=200)
    kept_at = models.DateTimeField()
    retired_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    retired_by_name = models.CharField(max_length=200, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("title"),
                condition=Q(retired_at__isnull=True),
                name="book_template_title_used_once",
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="book_template_is_retired_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided__lte=models.F("paragraphs")), name="book_template_adds_up"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="book_template_never_edited", exclude=RETIRING),
            pgtrigger.Protect(name="book_template_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title


class TemplateUse(models.Model):
    """A decision that was taken over from a template: which one, and from which of its paragraphs."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="template_uses")
    template = models.ForeignKey(BookTemplate, on_delete=models.PROTECT, related_name="uses")
    decision = models.OneToOneField(EntryDecision, on_delete=models.PROTECT, related_name="taken_from")
    path = models.CharField(max_length=160, help_text="The template's paragraph.")

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="template_use_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} from {self.template_id}"
