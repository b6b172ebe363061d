"""Endpoints about streams: ending one, whether it is on air, and the key to send it with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.requests import SignedInRequest, known_for
from accounts.models import User
from rooms import permissions
from rooms import selectors as room_selectors
from rooms.api.access import room_for
from rooms.api.views import RoomDetail as RoomDetailBelow
from streair.core.addresses import address_of_request
from streair.core.api.schema import errors
from streair.core.api.scopes import Scope
from streair.core.api.views import ApiView
from streair.core.errors import NotFound
from streams import keys, selectors, services
from streams.api.serializers import CheckOut, EndIn, MessageOut, StreamKeyOut


class RoomDetail(RoomDetailBelow):
    """GET a room; PATCH changes one's own; DELETE ends it and lets its encoder go."""

    @extend_schema(
        operation_id="endRoom",
        tags=["rooms"],
        request=EndIn,
        responses={200: MessageOut, **errors("room-not-found")},
    )
    def delete(self, request: SignedInRequest, room_id: str) -> Response:
        """End the room, for its owner, its moderators and who runs the site. Nothing happens the second time."""
        asked = EndIn(data=request.data or {})
        asked.is_valid(raise_exception=True)
        room = room_selectors.room_for_viewer(room_id)
        services.end_stream(
            room=room,
            reason=permissions.end_reason(request.user, room),
            by=request.user,
            note=asked.validated_data["reason"],
            address=address_of_request(request._request),  # noqa: SLF001
        )
        return Response({"message": _("Stream ended")})


class StreamCheck(ApiView):
    """GET whether somebody is on air."""

    permission_classes = [AllowAny]
    scopes: ClassVar = {"GET": None}

    @extend_schema(
        operation_id="checkStream",
        tags=["streams"],
        responses={200: CheckOut, **errors("room-locked", "room-not-found")},
    )
    def get(self, request: Request, name: str) -> Response:
        """Answer for a room id, or for the caller's own stream key: nobody else's is known here."""
        if not keys.is_stream_key(name):
            room = room_for(request, name)
            return Response({"isLive": room.is_on_air, "roomId": room.room_id})
        user = known_for(request, Scope.STREAM_READ)
        if not (user.is_authenticated and selectors.owns_key(user, name)):
            raise NotFound(_("There is no such room."), code="room-not-found")
        return Response({"isLive": selectors.is_streaming(user), "streamKey": name})


class OwnStreamKey(ApiView):
    """GET one's stream key; POST changes it."""

    permission_classes = [IsAuthenticated]
    scopes: ClassVar = {"GET": Scope.STREAM_READ, "POST": Scope.STREAM_WRITE}

    @extend_schema(operation_id="getStreamKey", tags=["streams"], responses=StreamKeyOut)
    def get(self, request: SignedInRequest) -> Response:
        """Return the key and who used it last."""
        return Response(_key_shape(request.user, services.key_of(request.user)))

    @extend_schema(
        operation_id="rotateStreamKey", tags=["streams"], request=None, responses=StreamKeyOut
    )
    def post(self, request: SignedInRequest) -> Response:
        """Change the key. Whatever streams with the old one is dropped."""
        return Response(_key_shape(request.user, services.rotate_key(request.user)))


def _key_shape(user: User, key: str) -> dict[str, Any]:
    use = selectors.key_use(user)
    shape = {
        "streamKey": key,
        "createdAt": use.created,
        "rotatedAt": use.rotated,
        "lastUsedAt": use.last_used,
        "lastAddress": use.last_address,
        "lastEncoder": use.last_encoder,
    }
    return dict(StreamKeyOut(shape).data)
