"""People in the administration."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.limits import count_sign_in
from accounts.models import User
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


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """Django's page for users, with our fields."""

    list_display = ["username", "email", "display_name", "date_joined", "is_active"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["username", "email", "display_name"]
    ordering = ["-date_joined"]
    readonly_fields = ["date_joined", "last_login", "new_password"]
    fieldsets = [
        (None, {"fields": ["username", "email", "new_password"]}),
        (_("Profile"), {"fields": ["display_name", "bio"]}),
        (
            _("Rights"),
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        (_("Times"), {"fields": ["date_joined", "last_login"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "email", "usable_password", "password1", "password2"]}),
    ]

    @admin.display(description=_("Password"))
    def new_password(self, person: User) -> SafeString:
        """Link to the form for a new password; not even a part of the hash is shown."""
        url = reverse("admin:auth_user_password_change", args=[person.pk])
        return format_html('<a href="{}">{}</a>', url, _("Set a new password"))
