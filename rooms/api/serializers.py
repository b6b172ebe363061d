"""How rooms look in JSON (camelCase, DESIGN.md 4.1)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from rooms import selectors
from rooms.api.shapes import room_shape
from rooms.models import Category, EndReason, Report, ReportKind, ReportReason, Room, RoomState
from rooms.models import Visibility as RoomVisibility
from rooms.viewer_board import viewer_counts


class CategoryOut(serializers.ModelSerializer[Category]):
    """What a stream can be about. `name` is in the reader's language."""

    nameVi = serializers.CharField(source="name_vi")  # noqa: N815 - the wire's own case.
    nameEn = serializers.CharField(source="name_en")  # noqa: N815
    coverUrl = serializers.SerializerMethodField()  # noqa: N815

    class Meta:
        model = Category
        fields = ["slug", "name", "nameVi", "nameEn", "coverUrl"]

    def get_coverUrl(self, category: Category) -> str | None:  # noqa: N802
        """Return the address of the picture, if there is one."""
        return category.cover.url if category.cover else None


class CategoryNamesOut(serializers.Serializer[Any]):
    """A category's name in every language."""

    vi = serializers.CharField()
    en = serializers.CharField()


class StreamerOut(serializers.Serializer[Any]):
    """Whose room it is."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    displayName = serializers.CharField()  # noqa: N815
    avatarUrl = serializers.CharField(allow_null=True)  # noqa: N815


class RoomOut(serializers.Serializer[Room]):
    """A room, for whoever may watch it. `category` is the English name; `isLive` holds while it reconnects."""

    id = serializers.IntegerField()
    roomId = serializers.CharField()  # noqa: N815
    streamerId = serializers.IntegerField()  # noqa: N815
    streamerUsername = serializers.CharField()  # noqa: N815
    streamer = StreamerOut()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    category = serializers.CharField(allow_null=True)
    categorySlug = serializers.CharField(allow_null=True)  # noqa: N815
    categoryNames = CategoryNamesOut(allow_null=True)  # noqa: N815
    tags = serializers.ListField(child=serializers.CharField())
    visibility = serializers.ChoiceField(RoomVisibility.choices)
    isMature = serializers.BooleanField()  # noqa: N815
    isFeatured = serializers.BooleanField()  # noqa: N815
    isLive = serializers.BooleanField()  # noqa: N815
    state = serializers.ChoiceField(RoomState.choices)
    # Null where the streamer keeps it to themselves.
    viewerCount = serializers.IntegerField(allow_null=True)  # noqa: N815
    startedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    graceUntil = serializers.DateTimeField(allow_null=True)  # noqa: N815
    createdAt = serializers.DateTimeField()  # noqa: N815
    endedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    endReason = serializers.ChoiceField(EndReason.choices, allow_null=True)  # noqa: N815
    pictureUrl = serializers.CharField(  # noqa: N815
        allow_null=True, help_text="The last picture taken of the stream, 1280 by 720 (WebP)."
    )
    thumbnailUrl = serializers.CharField(allow_null=True, help_text="The same, 560 by 315.")  # noqa: N815

    def to_representation(self, instance: Room) -> dict[str, Any]:
        """Return the very shape that lists have; the fields above describe it."""
        return room_shape(instance, viewer_counts([instance.room_id])[instance.room_id])


class AudienceOut(serializers.Serializer[Room]):
    """The people who watched a room while it was on air. Written four times a minute."""

    peakViewers = serializers.IntegerField(source="peak_viewers")  # noqa: N815
    uniqueViewers = serializers.IntegerField(source="unique_viewers")  # noqa: N815
    minutesWatched = serializers.IntegerField(source="minutes_watched")  # noqa: N815


class RoomIn(serializers.Serializer[Any]):
    """What can be said about a room; `rooms.particulars` judges it.

    `category` is a slug, or the name in either language; null or "" means none.
    """

    title = serializers.CharField(allow_blank=True, trim_whitespace=False)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    category = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=60
    )
    visibility = serializers.ChoiceField(RoomVisibility.choices, required=False)
    password = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, write_only=True
    )
    isMature = serializers.BooleanField(required=False, source="is_mature")  # noqa: N815
    hidesViewers = serializers.BooleanField(required=False, source="hides_viewers")  # noqa: N815
    tags = serializers.ListField(
        child=serializers.CharField(allow_blank=True), required=False, max_length=20
    )

    def validate_category(self, text: str | None) -> Category | None:
        """Return the category that is meant."""
        if not text:
            return None
        category = selectors.category_called(text)
        if category is None:
            raise serializers.ValidationError(_("There is no such category."))
        return category


class UnlockIn(serializers.Serializer[Any]):
    """What somebody at the door says. Who runs the site, or the room, need not."""

    password = serializers.CharField(
        required=False, default="", allow_blank=True, trim_whitespace=False, max_length=400
    )


class TicketOut(serializers.Serializer[Any]):
    """What opens the door from now on: in the header `X-Room-Ticket`, or as `ticket` of `join-room`."""

    ticket = serializers.CharField(allow_blank=True)


class ReportIn(serializers.Serializer[Any]):
    """What somebody reports: a room by its id, a user by their name, a message by its id."""

    kind = serializers.ChoiceField(ReportKind.choices)
    id = serializers.CharField(max_length=40)
    reason = serializers.ChoiceField(ReportReason.choices)
    text = serializers.CharField(required=False, default="", allow_blank=True)


class ReportOut(serializers.ModelSerializer[Report]):
    """What was written down."""

    id = serializers.CharField(source="target_id")
    createdAt = serializers.DateTimeField(source="created")  # noqa: N815

    class Meta:
        model = Report
        fields = ["kind", "id", "reason", "text", "createdAt"]
