"""The site's name and look in the administration."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.administration import Audited
from streair.branding import marks
from streair.branding.forms import SiteForm
from streair.core import brand
from streair.core.models import SiteSettings


@admin.register(SiteSettings)
class SiteAdmin(Audited):
    """One row; whoever opens the list comes to its form."""

    form = SiteForm
    fieldsets: ClassVar = [
        (
            None,
            {"fields": ["name", "accent", "picture", "without_picture", "contact", "footer_links"]},
        ),
        (_("Notice on every page"), {"fields": ["notice_vi", "notice_en"]}),
        (_("Terms"), {"fields": ["terms_vi", "terms_en"]}),
        (_("Community rules"), {"fields": ["rules_vi", "rules_en"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The row makes itself."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Emptying the fields is enough."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Go to the form."""
        if self.has_change_permission(request):
            SiteSettings.objects.get_or_create(pk=1)
            return HttpResponseRedirect(reverse("admin:core_sitesettings_change", args=[1]))
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Save it, write it down, and show it on the next page."""
        old = SiteSettings.objects.get(pk=1).mark
        super().save_model(request, obj, form, change)
        assert isinstance(obj, SiteSettings), "this is its page"
        if old and old != obj.mark:
            transaction.on_commit(lambda: marks.drop(old))
        transaction.on_commit(brand.forget)
