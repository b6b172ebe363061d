"""People in the administration."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import keeping, registry, services
from accounts.administration import Audited
from accounts.limits import count_sign_in
from accounts.models import AuditEntry, User
from streair.core.addresses import address_of_request
from streair.core.administration import BigTable, Deed, Question, Quick, ReadOnly, asks
from streair.core.errors import TooFast


class StaffSignIn(AdminAuthenticationForm):
    """The administration's own door: guesses count here as they do at the other one."""

    def clean(self) -> dict[str, Any]:
        """Look at the password, unless there were too many guesses."""
        assert self.request is not None, "the administration passes it"
        try:
            count_sign_in(self.request, self.cleaned_data.get("username", ""))
        except TooFast as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        return super().clean()


admin.site.login_form = StaffSignIn
admin.site.site_title = admin.site.site_header = "StreAir"


_DEACTIVATE = Question(
    _("Deactivate"),
    _("They are signed out everywhere and cannot come in again. Their rooms and messages stay."),
    needs_reason=True,
)
_REACTIVATE = Question(_("Reactivate"), _("They may sign in again."))
_END_DELETION = Question(
    _("Take the deletion back"), _("They asked to be deleted; their account stays after all.")
)
_SIGN_OUT = Question(
    _("Sign out everywhere"), _("Every session, token and open page of theirs ends at once.")
)


@asks(_DEACTIVATE)
def deactivate(person: User, deed: Deed) -> None:
    """Keep them out."""
    keeping.deactivate(person, by=deed.by, reason=deed.reason, address=deed.address)


@asks(_REACTIVATE)
def reactivate(person: User, deed: Deed) -> None:
    """Let them in."""
    keeping.reactivate(person, by=deed.by, address=deed.address)


@asks(_SIGN_OUT)
def sign_out_everywhere(person: User, deed: Deed) -> None:
    """End what they have open."""
    keeping.sign_out_everywhere(person, by=deed.by, address=deed.address)


@asks(_END_DELETION)
def end_deletion(person: User, deed: Deed) -> None:
    """Keep the account."""
    keeping.end_deletion(person, by=deed.by, address=deed.address)


class Leaving(Quick):
    """Whether they asked to be deleted."""

    title = _("leaving")
    parameter_name = "leaving"
    choices_by_name: ClassVar = {
        "asked": (
            _("Asked to be deleted"),
            lambda rows: rows.filter(leaving_since__isnull=False, erased__isnull=True),
        ),
        "erased": (_("Deleted"), lambda rows: rows.filter(erased__isnull=False)),
    }


@admin.register(User)
class PersonAdmin(Audited, BigTable, UserAdmin):  # type: ignore[type-arg]
    """Django's page for users, with our fields. Nobody is deleted here: that tears holes into chats."""

    list_display = ["username", "email", "display_name", "date_joined", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff", Leaving, "email_verified", "date_joined"]
    search_fields = ["username", "email", "display_name"]
    ordering = ["-pk"]
    # Whoever is let in or kept out is so by the actions, which end sessions and write the log.
    readonly_fields = ["is_active", "email_verified", "leaving_since", "date_joined", "last_login"]
    readonly_fields += ["new_password"]
    actions = [deactivate, reactivate, sign_out_everywhere, end_deletion]
    fieldsets = [
        (None, {"fields": ["username", "email", "email_verified", "new_password"]}),
        (_("Profile"), {"fields": ["display_name", "bio"]}),
        (
            _("Rights"),
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        (_("Times"), {"fields": ["date_joined", "last_login", "leaving_since"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "email", "usable_password", "password1", "password2"]}),
    ]

    @admin.display(description=_("Password"))
    def new_password(self, person: User) -> SafeString:
        """Link to the form for a new password; not even a part of the hash is shown."""
        url = reverse("admin:auth_user_password_change", args=[person.pk])
        return format_html('<a href="{}">{}</a>', url, _("Set a new password"))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Keep rights out of the hands of those who could give themselves more."""
        fixed = list(self.readonly_fields)
        # Old links, mentions and look-alikes hang on a name.
        fixed += ["username"] if obj else []
        if not request.user.is_superuser:
            fixed += ["is_staff", "is_superuser", "groups", "user_permissions"]
        return fixed

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Save the row, with what follows from the change."""
        assert isinstance(obj, User), "this page is about users"
        services.complete(obj, form.changed_data)
        super().save_model(request, obj, form, change)
        if "display_name" in form.changed_data:
            registry.rename(obj)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's name for it.
        form_url: str = "",
    ) -> HttpResponse:
        """Set a password; whoever knew the old one is signed out everywhere."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            person = User.objects.get(pk=id)
            assert isinstance(request.user, User), "only people come here"
            keeping.password_was_set(person, by=request.user, address=address_of_request(request))
            if person.pk == request.user.pk:
                person.refresh_from_db()
                update_session_auth_hash(request, person)
        return response

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers are changed by superusers."""
        return super().has_change_permission(request, obj) and _outranks(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """People are deactivated, or delete their account themselves."""
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    """Who did what to whom. Only to be read."""

    list_display = ["at", "actor_name", "action", "target_type", "target_name", "reason", "address"]
    list_filter = ["at", "target_type", "action"]
    search_fields = ["actor_name", "target_name", "=target_id", "=address"]
    search_help_text = _("Names of people and targets, the target's id, an address.")
    ordering = ["-pk"]
    sortable_by = ["at"]
    actions = None


def _outranks(request: HttpRequest, person: Model | None) -> bool:
    by = request.user
    return not (isinstance(person, User) and isinstance(by, User)) or keeping.may_keep(person, by)
