"""Variations of a contract: what they change, and who signed them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models.contract import Contract, Side
from contracts.models.people import Person
from contracts.models.text import Document, Paragraph


class VariationState(models.TextChoices):
    """Where a variation stands. It has effect only once in force (R28)."""

    DRAFT = "draft", "Draft"
    SHARED = "shared", "Ready to sign"
    SIGNED = "signed", "Signed, not yet in force"
    IN_FORCE = "in_force", "In force"
    WITHDRAWN = "withdrawn", "Withdrawn"


class EffectKind(models.TextChoices):
    """What a variation does to one paragraph and everything under it."""

    NOT_USED = "not_used", "Not used"
    REPLACED = "replaced", "Replaced"
    INSERTED = "inserted", "Inserted"
    REINSTATED = "reinstated", "Reinstated"
    FIGURE = "figure", "Another figure"


class Variation(models.Model):
    """An agreed change, laid over the contract and never edited into it."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="variations")
    number = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    recital = models.TextField(blank=True)
    answers = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answered_by",
        help_text="The other side's variation to which this is a counter-proposal.",
    )
    state = models.CharField(max_length=10, choices=VariationState, default=VariationState.DRAFT)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drafted_side = models.CharField(max_length=10, choices=Side)
    drafted_at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True, blank=True)
    text = models.TextField(blank=True, help_text="The exact text that is signed, kept from sharing on.")
    text_hash = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the exact text that is signed."
    )
    effective_day = models.DateField(null=True, blank=True)
    effective_flagged = models.BooleanField(
        default=False, help_text="The supplier signed after the authority (R28)."
    )
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number"],
                condition=~Q(state="withdrawn"),
                name="variation_number_used_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(effective_day__isnull=False),
                name="variation_in_force_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | ~Q(text_hash=""),
                name="variation_shared_has_a_hash",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="variation_unchanged_once_shared",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'draft' AND (OLD.number, OLD.title, OLD.recital, OLD.text, OLD.text_hash,"
                    " OLD.shared_at, OLD.contract_id) IS DISTINCT FROM (NEW.number, NEW.title, NEW.recital,"
                    " NEW.text, NEW.text_hash, NEW.shared_at, NEW.contract_id)"
                ),
            ),
            pgtrigger.Protect(
                name="variation_never_deleted_once_shared",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.shared_at IS NOT NULL"),
            ),
        ]

    def __str__(self) -> str:
        return f"Variation {self.number}"


class Effect(models.Model):
    """What one variation does to one paragraph.

    ``limits``: the figures it changes, each ``{"rule": key, "amount": 14, "unit": "days"}`` with words for
    people. ``duty``: what an inserted paragraph asks for, as ``rules.register.amendments.new_rule`` reads it.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    variation = models.ForeignKey(Variation, on_delete=models.CASCADE, related_name="effects")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="effects")
    kind = models.CharField(max_length=12, choices=EffectKind)
    new_text = models.TextField(blank=True)
    limits = models.JSONField(default=list, blank=True)
    duty = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["paragraph__order"]
        constraints = [
            models.UniqueConstraint(fields=["variation", "paragraph"], name="effect_once_per_paragraph"),
            models.CheckConstraint(
                condition=Q(kind__in=["not_used", "reinstated", "figure"]) | ~Q(new_text=""),
                name="effect_that_brings_words_has_them",
            ),
            models.CheckConstraint(
                condition=~Q(kind="figure") | ~Q(limits=[]), name="effect_of_another_figure_has_it"
            ),
            models.CheckConstraint(
                condition=Q(kind="inserted") | Q(duty__isnull=True), name="effect_duty_only_where_inserted"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="effect_unchanged_once_shared",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("theirs", "BIGINT"), ("shared", "TIMESTAMPTZ")],
                func="""
                    theirs := CASE TG_OP WHEN 'DELETE' THEN OLD.variation_id ELSE NEW.variation_id END;
                    SELECT shared_at INTO shared FROM public.contracts_variation WHERE id = theirs;
                    IF shared IS NOT NULL THEN
                        RAISE EXCEPTION 'effect_unchanged_once_shared: the variation has been shared';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.paragraph_id}"


class Signature(models.Model):
    """One side's signature: who, as what, on which day, and when we learned it (R11)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    variation = models.ForeignKey(Variation, on_delete=models.CASCADE, related_name="signatures")
    side = models.CharField(
        max_length=10, choices=[(Side.SUPPLIER, "Supplier"), (Side.AUTHORITY, "Authority")]
    )
    name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200)
    signed_on = models.DateField()
    text_hash = models.CharField(max_length=64)
    paper = models.ForeignKey(
        Document,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The signed paper copy, where it was not signed here.",
    )
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_on", "recorded_at"]
        constraints = [
            models.UniqueConstraint(fields=["variation", "side"], name="signature_once_per_side"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(job_title=""), name="signature_has_name_and_job_title"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="signature_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="signature_of_the_shared_text",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("shared_hash", "TEXT"), ("standing", "TEXT")],
                func="""
                    SELECT text_hash, state INTO shared_hash, standing
                    FROM public.contracts_variation WHERE id = NEW.variation_id;
                    IF standing <> 'shared' THEN
                        RAISE EXCEPTION 'signature_of_the_shared_text: only a shared variation is signed';
                    END IF;
                    IF shared_hash <> NEW.text_hash THEN
                        RAISE EXCEPTION 'signature_of_the_shared_text: another text was shared';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.job_title}, {self.signed_on}"


class Interpretation(models.Model):
    """How the parties read a paragraph that relies on what a variation switches off. Said, never changed."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    variation = models.ForeignKey(Variation, on_delete=models.CASCADE, related_name="interpretations")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="interpretations")
    words = models.CharField(max_length=200, help_text="The very words in the paragraph.")
    about = models.CharField(max_length=200, help_text="What those words rest on that is gone.")
    reading = models.TextField(help_text="How it is read.")
    said_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    said_side = models.CharField(max_length=10, choices=Side)
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["said_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reading=""), name="interpretation_says_something"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="interpretation_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paragraph_id}: {self.words}"
