"""The back room for staff administrators: rows to look at, and who signs in.

What goes on the record is written by services, so that it is on the record: organisations, contracts, words
and variations are read-only here. The ledger is read on its page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from contracts.access import hidden_from
from contracts.models import (
    Contract,
    Document,
    Membership,
    Organisation,
    Paragraph,
    Person,
    Schedule,
    Signature,
    Variation,
)

if TYPE_CHECKING:  # the types know which rows an admin page is for; Django's classes take no brackets
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
    _UserAdmin = UserAdmin[Person]
else:
    _ModelAdmin, _TabularInline, _UserAdmin = admin.ModelAdmin, admin.TabularInline, UserAdmin


class ReadOnly(_ModelAdmin):
    """Rows that are looked at and never written here.

    ``kept_by``: the columns that say which contract and what a row is about, where that may be kept to a
    distribution list; then it is here only for people on the list.
    """

    kept_by: tuple[str, str] | None = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return without_kept(super().get_queryset(request), request, self.kept_by)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def without_kept(rows: QuerySet[Any], request: HttpRequest, kept_by: tuple[str, str] | None) -> QuerySet[Any]:
    """The rows that whoever asks may know of."""
    return rows if kept_by is None else rows.filter(~hidden_from(cast(Person, request.user), *kept_by))


class ReadOnlyInline(_TabularInline):
    """The same, inside the page of what they belong to."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Person)
class PersonAdmin(_UserAdmin):
    """Who signs in. Only that an account is closed at once, and who administers the system, is said here.

    People come by invitation and choose their own password: nobody sets another's, and so signs in as them.
    """

    ordering = ("name",)
    list_display = ("name", "email", "organisation", "is_active", "is_staff", "ends_on")
    list_filter = ("is_active", "is_staff")
    list_select_related = ("organisation",)
    search_fields = ("name", "email")
    filter_horizontal = ()
    readonly_fields = ("email", "name", "job_title", "organisation", "ends_on", "last_login", "date_joined")
    fieldsets = (
        ("Person", {"fields": ("name", "email", "job_title", "organisation")}),
        (
            "Sign-in",
            {"fields": ("is_active", "is_staff", "is_superuser", "ends_on", "last_login", "date_joined")},
        ),
    )

    def save_model(self, request: HttpRequest, obj: Person, form: ModelForm[Person], change: bool) -> None:
        """On the record of the person's organisation, with who did it."""
        # Asked for here: every command loads this module, and most have no need of the services.
        from contracts.services.leaving import SIGN_IN_FLAGS, actor_of, set_sign_in

        flags = {name: getattr(obj, name) for name in SIGN_IN_FLAGS}
        set_sign_in(obj, actor_of(cast(Person, request.user)), timezone.now(), **flags)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        raise PermissionDenied("People choose their own password.")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody on the record is deleted; take away "active" instead."""
        return False


@admin.register(Organisation)
class OrganisationAdmin(ReadOnly):
    """Made and named on their pages, which keep a record of it."""

    search_fields = ("name",)


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("person", "side", "role", "from_day", "to_day")


class ScheduleInline(ReadOnlyInline):
    model = Schedule
    fields = ("outline_key", "title", "own")


@admin.register(Contract)
class ContractAdmin(ReadOnly):
    list_display = ("reference", "title", "authority", "supplier", "start_date", "end_date", "kept_by")
    list_select_related = ("authority", "supplier")
    list_filter = ("kept_by", "division")
    search_fields = ("reference", "title")
    inlines = (MembershipInline, ScheduleInline)


@admin.register(Paragraph)
class ParagraphAdmin(ReadOnly):
    list_display = ("path", "contract", "schedule", "heading")
    list_select_related = ("contract", "schedule")
    list_filter = ("schedule__outline_key",)
    search_fields = ("path", "heading", "summary")


@admin.register(Document)
class DocumentAdmin(ReadOnly):
    list_display = ("name", "contract", "schedule", "size", "uploaded_by", "uploaded_at")
    list_select_related = ("contract", "schedule", "uploaded_by")
    search_fields = ("name", "sha256")


class SignatureInline(ReadOnlyInline):
    model = Signature
    fields = ("side", "name", "job_title", "signed_on", "recorded_by", "recorded_at")


@admin.register(Variation)
class VariationAdmin(ReadOnly):
    list_display = ("number", "title", "contract", "state", "effective_day")
    list_select_related = ("contract",)
    list_filter = ("state",)
    search_fields = ("number", "title", "contract__reference")
    inlines = (SignatureInline,)
