"""People and the organisations that are parties to contracts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from contracts.acts import Reach
from contracts.models.audience import written
from contracts.terms.moments import Day


class Organisation(models.Model):
    """A party: a public body or a supplier."""

    name = models.CharField(max_length=200)
    factor_roles = ArrayField(
        models.CharField(max_length=20),
        default=list,
        db_default=[],
        blank=True,
        help_text="Roles on a contract from which it demands a second factor at sign-in.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="organisation_name_used_once")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Creates people; the e-mail address is the sign-in name."""

    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> Person:
        if not email:
            raise ValueError("a person needs an e-mail address")
        person = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, name: str, password: str | None = None, **fields: Any) -> Person:
        return self.create_user(email, name, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. What they may do comes from their membership of a contract, never from here."""

    email = models.EmailField("e-mail address", max_length=254)
    name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    ends_on = models.DateField(
        null=True, blank=True, help_text="The last London day on which they sign in; none: no end is set."
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    reach: Reach | None = None
    """Not stored: how far a program goes that asks for them by a token; None where they ask themselves. The
    gates of ``contracts/access.py`` keep to it."""

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(fields=["email"], name="person_email_unique"),
            models.UniqueConstraint(Lower("email"), name="person_email_used_once"),
        ]
        triggers = [
            written(
                "person_opened_again_changes_who_is_told",
                "update",
                "duly_person_is_told(NEW.id)",
                "NOT OLD.is_active AND NEW.is_active",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def has_ended(self, day: Day) -> bool:
        """Whether the account is closed, or its last London day lies before this one."""
        return not self.is_active or (self.ends_on is not None and self.ends_on < day)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]
