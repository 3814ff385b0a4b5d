"""How people sign in: where they are signed in, what is mailed about it, and what waits to be confirmed."""

from __future__ import annotations

import pgtrigger
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q

from contracts.models.people import Person


class Session(AbstractBaseSession):
    """Where somebody, or a stranger, is in Duly with a browser. ``contracts.sessions`` alone writes it.

    The key is the hash of what the browser's cookie says, the data is sealed: whoever reads this table can
    neither use a session nor see what is in it.
    """

    session_key = models.CharField("hash of the key", max_length=64, primary_key=True)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions"
    )
    began_at = models.DateTimeField(null=True, blank=True, help_text="When they signed in.")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="Their last page, to the minute.")
    place = models.CharField(max_length=45, blank=True, help_text="The network address they came from last.")
    device = models.CharField(max_length=200, blank=True, help_text="Browser and system, as it calls itself.")

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(began_at__isnull=False, seen_at__isnull=False),
                name="session_of_a_person_has_its_moments",
            ),
        ]


class SignInMail(models.Model):
    """A mail about signing in: a row first, then handed over by a worker, then without its words.

    ``address`` is where it goes; asked for by a stranger it may belong to nobody, and then no mail is sent.
    ``sealed`` are the words' data, "" once nothing is to be sent any more.
    """

    kind = models.CharField(max_length=40)
    address = models.EmailField(max_length=254)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    sealed = models.TextField(blank=True)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField(
        null=True, blank=True, help_text="None: nothing is to be sent any more."
    )
    tries = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_answer = models.CharField(max_length=255, blank=True)
    mail_failed = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="sign_in_mail_to_send",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_try_at__isnull=False) | Q(sealed=""), name="sign_in_mail_done_has_no_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.made_at:%Y-%m-%d})"


class AddressChange(models.Model):
    """Somebody asked for another address to sign in with. It counts once both addresses have confirmed it.

    Of the two links that were mailed only hashes are kept.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="address_changes")
    before = models.EmailField(max_length=254)
    after = models.EmailField(max_length=254)
    before_key_hash = models.CharField(max_length=64, unique=True)
    after_key_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="The links work before this moment.")
    before_confirmed_at = models.DateTimeField(null=True, blank=True)
    after_confirmed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(done_at__isnull=True, stopped_at__isnull=True),
                name="address_change_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True)
                | Q(
                    stopped_at__isnull=True,
                    before_confirmed_at__isnull=False,
                    after_confirmed_at__isnull=False,
                ),
                name="address_change_confirmed_by_both",
            ),
            models.CheckConstraint(condition=~Q(before=F("after")), name="address_change_to_another"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="address_change_asked_never_edited",
                fields=[
                    "person",
                    "before",
                    "after",
                    "before_key_hash",
                    "after_key_hash",
                    "asked_at",
                    "expires_at",
                ],
            ),
            pgtrigger.Protect(
                name="address_change_ended_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False)
                | pgtrigger.Q(old__stopped_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.asked_at:%Y-%m-%d})"


class FactorRecovery(models.Model):
    """Somebody lost what they sign in with beside the password. Two administrators and they take it away.

    ``asked_by`` is none where whoever runs the installation asked, on its command line.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="factor_recoveries")
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="Until then it can be agreed to and confirmed.")
    agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_by_name = models.CharField(max_length=200, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    key_hash = models.CharField(
        max_length=64, unique=True, help_text="Of the link that the person was mailed."
    )
    done_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "factor recoveries"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(done_at__isnull=True, stopped_at__isnull=True),
                name="factor_recovery_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=(Q(asked_by__isnull=True) | ~Q(asked_by=F("person")))
                & (Q(agreed_by__isnull=True) | ~Q(agreed_by=F("person"))),
                name="factor_recovery_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | Q(asked_by__isnull=True) | ~Q(agreed_by=F("asked_by")),
                name="factor_recovery_by_two",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, agreed_by_name="")
                | (Q(agreed_at__isnull=False) & ~Q(agreed_by_name="")),
                name="factor_recovery_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(agreed_at__isnull=False, stopped_at__isnull=True),
                name="factor_recovery_agreed_before_done",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="factor_recovery_asked_never_edited",
                fields=["person", "reason", "asked_by", "asked_by_name", "asked_at", "expires_at"],
            ),
            pgtrigger.Protect(
                name="factor_recovery_ended_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False)
                | pgtrigger.Q(old__stopped_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.asked_at:%Y-%m-%d})"
