"""Streams in the administration: to look at. Neither a key nor its hash is ever shown."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from streams.models import Broadcast, Publisher, StreamKey


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is made by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nothing is changed by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nothing is taken away by hand."""
        return False


@admin.register(StreamKey)
class StreamKeyAdmin(ReadOnlyAdmin):
    """Who has a key, and when it was used and refused."""

    fields = ["owner", "created", "rotated", "last_used", "last_address", "last_encoder"]
    fields += ["refused", "refusal"]
    list_display = ["owner", "created", "rotated", "last_used", "refused", "refusal"]
    list_select_related = ["owner"]
    search_fields = ["owner__username"]


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnlyAdmin):
    """Publishing runs."""

    list_display = ["room", "started", "ended", "encoder", "video_codec", "width", "height"]
    list_display += ["fps", "bitrate_kbps", "reconnects"]
    list_select_related = ["room"]
    search_fields = ["room__title", "room__room_id", "room__owner__username"]
    date_hierarchy = "started"


@admin.register(Publisher)
class PublisherAdmin(ReadOnlyAdmin):
    """Encoders that were let in."""

    fields = ["room", "address", "encoder", "admitted", "keyframe", "seen", "gone", "gone_reason"]
    list_display = ["room", "address", "encoder", "admitted", "keyframe", "gone", "gone_reason"]
    list_select_related = ["room"]
    search_fields = ["room__room_id", "room__owner__username", "address"]
