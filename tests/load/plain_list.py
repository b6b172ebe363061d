"""The same list of rooms as most people would make it with DRF, and ours without its cache."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import include, path
from rest_framework import serializers, viewsets
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter

from accounts.models import User
from rooms import listing
from rooms.api.queries import wanted_of
from rooms.api.shapes import list_shape
from rooms.api.views import RoomList
from rooms.models import Category, Room, RoomQuerySet
from streair import urls


class PlainStreamer(serializers.ModelSerializer[User]):
    """Whose room it is."""

    displayName = serializers.CharField(source="shown_name")  # noqa: N815
    avatarUrl = serializers.ReadOnlyField(default=None)  # noqa: N815

    class Meta:
        model = User
        fields = ["id", "username", "displayName", "avatarUrl"]


class PlainCategory(serializers.ModelSerializer[Category]):
    """A category's names."""

    vi = serializers.CharField(source="name_vi")
    en = serializers.CharField(source="name_en")

    class Meta:
        model = Category
        fields = ["vi", "en"]


class PlainRoom(serializers.ModelSerializer[Room]):
    """The fields of rooms.api.shapes.room_shape."""

    roomId = serializers.CharField(source="room_id")  # noqa: N815
    streamerId = serializers.IntegerField(source="owner_id")  # noqa: N815
    streamerUsername = serializers.CharField(source="owner.username")  # noqa: N815
    streamer = PlainStreamer(source="owner")
    category = serializers.CharField(source="category.name_en")
    categorySlug = serializers.CharField(source="category.slug")  # noqa: N815
    categoryNames = PlainCategory(source="category")  # noqa: N815
    isMature = serializers.BooleanField(source="is_mature")  # noqa: N815
    isFeatured = serializers.BooleanField(source="is_featured")  # noqa: N815
    isLive = serializers.BooleanField(source="is_on_air")  # noqa: N815
    viewerCount = serializers.ReadOnlyField(default=0)  # noqa: N815
    startedAt = serializers.DateTimeField(source="live_since")  # noqa: N815
    graceUntil = serializers.DateTimeField(source="interrupted_since")  # noqa: N815
    createdAt = serializers.DateTimeField(source="created")  # noqa: N815
    endedAt = serializers.DateTimeField(source="ended_at")  # noqa: N815
    endReason = serializers.CharField(source="end_reason")  # noqa: N815

    class Meta:
        model = Room
        fields = [
            *("id", "roomId", "streamerId", "streamerUsername", "streamer", "title", "description"),
            *("category", "categorySlug", "categoryNames", "tags", "visibility", "isMature"),
            *("isFeatured", "isLive", "state", "viewerCount", "startedAt", "graceUntil"),
            *("createdAt", "endedAt", "endReason"),
        ]


class PlainRooms(viewsets.ModelViewSet[Room]):
    """Without mistakes: joined, indexed, in pages."""

    queryset = RoomQuerySet(Room).listed().open().select_related("owner", "category").live_first()
    serializer_class = PlainRoom
    pagination_class = LimitOffsetPagination
    permission_classes = [AllowAny]


class UncachedRooms(RoomList):
    """Our list, made anew for everybody."""

    def get(self, request: Request) -> HttpResponse:
        """Return a page."""
        page = list_shape(listing.find(wanted_of(request)))
        return HttpResponse(page.body, content_type="application/json")


_router = SimpleRouter(trailing_slash=False)
_router.register("plain-rooms", PlainRooms)

urlpatterns: list[Any] = [
    path("api/", include(_router.urls)),
    path("api/uncached-rooms", UncachedRooms.as_view()),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
