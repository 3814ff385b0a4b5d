"""What people answered from the words of a contract's documents. Never changed: the last answer counts."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models.contract import Contract, Side
from contracts.models.people import Person
from contracts.models.text import Paragraph


class AnswerOutcome(models.TextChoices):
    """How a question was answered."""

    ANSWERED = "answered", "Answered from the words"
    SILENT = "silent", "The contract does not say"
    OPEN = "open", "Left open"


class ContractAnswer(models.Model):
    """One answer to a question of ``contracts/terms/questions.toml``, with the words that say it.

    ``answer`` is in its stored form and ``says`` in words. ``words`` stand in ``paragraph`` from ``start`` to
    ``end`` of its text; without a paragraph they were typed, and ``place`` says where they stand.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=AnswerOutcome)
    answer = models.JSONField(null=True, blank=True)
    says = models.TextField(blank=True)
    paragraph = models.ForeignKey(
        Paragraph, null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    side = models.CharField(max_length=10, choices=Side)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="answered") | ~Q(words=""), name="contract_answer_has_its_words"
            ),
            models.CheckConstraint(
                condition=Q(paragraph__isnull=True) | Q(start__isnull=False, end__isnull=False),
                name="contract_answer_has_its_place",
            ),
        ]
        indexes = [models.Index(fields=["contract", "question"], name="contract_answer_by_question")]
        triggers = [
            pgtrigger.ReadOnly(name="contract_answer_never_edited"),
            pgtrigger.Protect(name="contract_answer_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.says or self.outcome}"
