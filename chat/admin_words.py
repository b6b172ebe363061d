"""The site's word list and all held messages in the administration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.administration import Audited
from accounts.models import User
from chat.models import FilteredWord, HeldMessage, Seconds, Treatment
from chat.services import words
from streair.core.administration import BigTable, ReadOnly
from streair.core.errors import StreAirError


class WordForm(forms.ModelForm):  # type: ignore[type-arg]
    """An entry of the site's list."""

    class Meta:
        model = FilteredWord
        fields = ["text", "treatment", "seconds", "also_unmarked"]

    def clean(self) -> dict[str, Any]:
        """Look at it as services do."""
        data = super().clean() or {}
        if "text" not in data or "treatment" not in data:
            return data
        try:
            pattern = words.pattern_of(data["text"])
            words.check_room_for(words.site_list(), pattern, but=self.instance.pk or 0)
            data["seconds"] = words.checked_seconds(data["treatment"], data.get("seconds") or 0)
        except StreAirError as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        data["text"] = " ".join(data["text"].split())
        return data


@admin.register(FilteredWord)
class FilteredWordAdmin(Audited, BigTable):
    """Words that nobody may write in any chat. Streamers' own lists are in their rooms."""

    form = WordForm
    list_display = ["text", "treatment", "seconds", "also_unmarked", "added", "added_by"]
    list_filter = ["treatment"]
    list_select_related = ["added_by"]
    search_fields = ["text"]
    ordering = ["key"]
    change_list_template = "admin/chat/filteredword/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[FilteredWord]:
        """Return the site's."""
        rows: QuerySet[FilteredWord] = super().get_queryset(request)
        return rows.filter(word_list__is_site=True)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, and what it makes of a sentence."""
        query = request.GET.copy()
        tried = " ".join(query.pop("sentence", [""])).strip()
        request.GET = query  # type: ignore[assignment]
        found = words.try_site_words(tried) if tried else None
        context = {
            "tried": tried,
            "found": found,
            "found_treatment": Treatment(found.treatment).label if found else "",
            "found_seconds": Seconds(found.seconds).label if found and found.seconds else "",
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Save the entry; every process knows with the next message."""
        assert isinstance(obj, FilteredWord), "this page is about words"
        assert isinstance(request.user, User), "only people come here"
        site = words.site_list()
        pattern = words.pattern_of(obj.text)
        obj.word_list, obj.key = site, pattern.key
        obj.also_unmarked = obj.also_unmarked and pattern.is_marked
        obj.added_by = obj.added_by or request.user
        super().save_model(request, obj, form, change)
        words.renew(site)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Take the entry off the list."""
        super().delete_model(request, obj)
        words.renew(words.site_list())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take entries off the list."""
        super().delete_queryset(request, queryset)
        words.renew(words.site_list())


@admin.register(HeldMessage)
class HeldMessageAdmin(ReadOnly):
    """What waits or waited for a moderator, the latest first."""

    list_display = ["held", "author", "room", "short", "word", "state", "decided_by"]
    list_filter = ["state", "held"]
    list_select_related = ["author", "room", "decided_by"]
    search_fields = ["=room__room_id", "=author__username"]
    search_help_text = _("A room's id, or the author's user name.")
    ordering = ["-pk"]
    sortable_by = ["held"]
    fields = ["room", "author", "text", "reply_to", "word", "held", "state"]
    fields += ["decided", "decided_by"]

    @admin.display(description=_("text"))
    def short(self, held: HeldMessage) -> str:
        """The beginning of the text."""
        return held.text if len(held.text) <= 80 else f"{held.text[:80]}…"
