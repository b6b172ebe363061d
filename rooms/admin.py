"""Rooms in the administration: to look at, and to end (the action comes from `streams`)."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.administration import Audited
from accounts.pictures import UnusablePicture, remake
from rooms import services
from rooms.models import Category, Report, Room, RoomState
from rooms.viewer_board import viewer_counts
from streair.core.administration import Deed, Question, Quick, ReadOnly, asks

# As wide and high as a poster.
_COVER = (600, 800)


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A category; its cover is made anew, as every picture that comes in is."""

    def clean_cover(self) -> Any:
        """Return the picture as a WebP, or refuse it."""
        cover = self.cleaned_data["cover"]
        if not isinstance(cover, UploadedFile):
            return cover
        cover.seek(0)
        try:
            made = remake(cover.read(), {"cover": _COVER})
        except UnusablePicture as exc:
            raise forms.ValidationError(_("This picture cannot be used.")) from exc
        return ContentFile(made["cover"], name=f"{secrets.token_hex(8)}.webp")


@admin.register(Category)
class CategoryAdmin(Audited):
    """What streams can be about."""

    list_display = ["name_vi", "name_en", "slug", "position"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name_en"]}
    form = CategoryForm

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Save it, and let its rooms be found by its new names."""
        super().save_model(request, obj, form, change)
        if {"name_vi", "name_en"} & set(form.changed_data):
            assert isinstance(obj, Category)
            services.refresh_search_of_category(obj)


class Now(Quick):
    """How it stands with a room."""

    title = _("now")
    parameter_name = "now"
    choices_by_name: ClassVar = {
        "live": (_("On air"), lambda rows: rows.on_air()),
        "waiting": (_("Waiting"), lambda rows: rows.filter(state=RoomState.WAITING)),
        "ended": (_("Over"), lambda rows: rows.ended()),
    }


_FEATURE = Question(
    _("Show first"), _("The room stands before all others that are on air, for everybody.")
)
_UNFEATURE = Question(_("Show among others"), _("The room stands where it belongs by itself."))
_CLOSE = Question(
    _("Close"), _("The report was dealt with. Say how, for whoever asks later."), needs_reason=True
)


@asks(_FEATURE)
def feature(room: Room, deed: Deed) -> None:
    """Show it first."""
    services.feature_room(room=room, featured=True, by=deed.by, address=deed.address)


@asks(_UNFEATURE)
def unfeature(room: Room, deed: Deed) -> None:
    """Show it as others."""
    services.feature_room(room=room, featured=False, by=deed.by, address=deed.address)


@asks(_CLOSE)
def close(report: Report, deed: Deed) -> None:
    """Write down that it was dealt with."""
    services.close_report(report, by=deed.by, note=deed.reason, address=deed.address)


@admin.register(Room)
class RoomAdmin(ReadOnly):
    """Rooms, read only: a state changed here would tell nobody."""

    list_display = ["title", "owner", "state", "viewers", "category", "created", "live_since"]
    list_display += ["peak_viewers", "unique_viewers", "minutes_watched"]
    list_display += ["ended_at", "end_reason", "is_featured"]
    actions = [feature, unfeature]
    list_filter = [Now, "is_featured", "visibility", "end_reason", "category", "created"]
    list_select_related = ["owner", "category"]
    search_fields = ["title", "=room_id", "owner__username"]
    ordering = ["-pk"]
    sortable_by = ["created"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list, with the viewers of all its rooms asked for at once."""
        changes = super().get_changelist_instance(request)
        rooms = [room for room in changes.result_list if room.is_on_air]
        counts = viewer_counts(room.room_id for room in rooms)
        for room in rooms:
            room.viewers = counts[room.room_id]
        return changes

    @admin.display(description=_("viewers"))
    def viewers(self, room: Room) -> int | None:
        """Return how many people watch it right now."""
        found: int | None = getattr(room, "viewers", None)
        return found

    @admin.display(description=_("minutes watched"))
    def minutes_watched(self, room: Room) -> int:
        """Return how long all of its viewers watched together."""
        return room.minutes_watched


class Handled(Quick):
    """Whether somebody has dealt with it."""

    title = _("dealt with")
    parameter_name = "dealt"
    choices_by_name: ClassVar = {
        "no": (_("Open"), lambda rows: rows.filter(handled__isnull=True)),
        "yes": (_("Dealt with"), lambda rows: rows.filter(handled__isnull=False)),
    }


@admin.register(Report)
class ReportAdmin(ReadOnly):
    """What people reported, to be dealt with: by the actions on rooms and users, then closed here."""

    list_display = ["created", "kind", "target_text", "reason", "text", "reporter", "handled"]
    list_display += ["handled_by"]
    list_filter = [Handled, "kind", "reason", "created"]
    list_select_related = ["reporter", "handled_by", "room"]
    search_fields = ["=target_id", "target_text", "reporter__username"]
    ordering = ["-pk"]
    sortable_by = ["created"]
    actions = [close]
