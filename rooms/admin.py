"""Rooms in the administration: to look at, and to end (the action comes from `streams`)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.administration import Audited
from rooms import services
from rooms.models import Category, Room, RoomState
from rooms.viewer_board import viewer_counts
from streair.core.administration import Quick, ReadOnly


@admin.register(Category)
class CategoryAdmin(Audited):
    """What streams can be about."""

    list_display = ["name_vi", "name_en", "slug", "position"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name_en"]}

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


@admin.register(Room)
class RoomAdmin(ReadOnly):
    """Rooms, read only: a state changed here would tell nobody."""

    list_display = ["title", "owner", "state", "viewers", "category", "created", "live_since"]
    list_display += ["ended_at", "end_reason"]
    list_filter = [Now, "end_reason", "category", "created"]
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
