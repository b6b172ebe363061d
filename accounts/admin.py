"""People in the administration."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User


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
