"""Messages that wait for a moderator, for programs that help one."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from chat import selectors, services
from chat.api.serializers import DecisionIn, HeldMessageOut
from chat.events import MessageHeld
from chat.services.checks import check_moderates
from rooms.selectors import room_for_viewer
from streair.core.api.paging import limit_of
from streair.core.api.schema import errors
from streair.core.api.scopes import Scope
from streair.core.api.views import ApiView

_SHOWN = 50


class HeldMessages(ApiView):
    """GET what waits in a room, the oldest first: for whoever keeps order there."""

    permission_classes = [IsAuthenticated]
    scopes: ClassVar = {"GET": Scope.CHAT_MODERATE}

    @extend_schema(
        operation_id="listHeldMessages",
        tags=["chat"],
        parameters=[OpenApiParameter("limit", int, description="1 to 100; 50 if left out.")],
        responses={200: HeldMessageOut(many=True), **errors("room-not-found", "not-allowed")},
    )
    def get(self, request: Request, room_id: str) -> Response:
        """Return them as the event `message-held` has them."""
        assert request.user.pk is not None, "only who is signed in comes here"
        room = room_for_viewer(room_id)
        check_moderates(room, request.user.pk)
        limit = limit_of(request, default=_SHOWN)
        _count, held = selectors.held_messages(room, limit=limit)
        return Response([MessageHeld.of(each, room_id).data() for each in held])


class OneHeldMessage(ApiView):
    """POST what becomes of a held message."""

    permission_classes = [IsAuthenticated]
    scopes: ClassVar = {"POST": Scope.CHAT_MODERATE}

    @extend_schema(
        operation_id="decideHeldMessage",
        tags=["chat"],
        request=DecisionIn,
        responses={
            204: None,
            **errors("message-not-found", "room-not-found", "decided-already", 422),
        },
    )
    def post(self, request: Request, room_id: str, held_id: int) -> Response:
        """Let it through, or keep it out. Whoever comes second is told so."""
        assert request.user.pk is not None, "only who is signed in comes here"
        data = DecisionIn(data=request.data)
        data.is_valid(raise_exception=True)
        services.decide(
            room=room_for_viewer(room_id),
            actor_id=request.user.pk,
            held_id=held_id,
            approve=data.validated_data["approve"],
        )
        return Response(status=204)
