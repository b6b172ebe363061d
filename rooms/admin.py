"""Rooms in the administration: to look at; people end and change them on the site."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from rooms.models import Category, Room


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What streams can be about."""

    list_display = ["name_vi", "name_en", "slug", "position"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name_en"]}


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rooms, read only: a state changed here would tell nobody."""

    list_display = ["title", "owner", "state", "category", "created", "live_since", "ended_at"]
    list_filter = ["state", "category"]
    list_select_related = ["owner", "category"]
    search_fields = ["title", "room_id", "owner__username"]
    date_hierarchy = "created"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rooms are opened in the studio."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        """Only services change rooms."""
        return False
