"""What was said in a room, for programs."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from chat import selectors, services
from chat.api.serializers import ChatMessageOut
from chat.events import MessageSent
from rooms.api.access import room_for
from rooms.locks import HEADER
from rooms.selectors import room_for_viewer
from streair.core.api.paging import limit_of
from streair.core.api.schema import errors
from streair.core.api.scopes import Scope
from streair.core.api.views import ApiView
from streair.core.errors import Invalid

_LARGEST_ID = 2**63


class Messages(ApiView):
    """GET what was said, the newest last: the last ones, or those next to a message."""

    permission_classes = [AllowAny]
    scopes: ClassVar = {"GET": Scope.CHAT_READ}

    @extend_schema(
        operation_id="listMessages",
        tags=["chat"],
        parameters=[
            OpenApiParameter("before", int, description="Only messages before this one."),
            OpenApiParameter(
                "after", int, description="Only messages after this one, the first ones."
            ),
            OpenApiParameter("limit", int, description="1 to 100; 50 if left out."),
            OpenApiParameter(
                HEADER, str, OpenApiParameter.HEADER, description="For a room with a password."
            ),
        ],
        responses={
            200: ChatMessageOut(many=True),
            **errors("room-locked", "room-not-found", "banned-from-room"),
        },
    )
    def get(self, request: Request, room_id: str) -> Response:
        """Return them as the event `new-message` has them. `Link` says where it goes on."""
        room = room_for(request, room_id)
        before, after = _id_of(request, "before"), _id_of(request, "after")
        limit = limit_of(request, default=selectors.HISTORY)
        messages = selectors.history(room.pk, before=before, after=after, limit=limit)
        response = Response([MessageSent.of(each, room_id).data() for each in messages])
        if len(messages) == limit:
            response["Link"] = _next_link(request, messages[0].pk, messages[-1].pk)
        return response


class OneMessage(ApiView):
    """DELETE a message: for its author, and for who keeps order above them."""

    permission_classes = [IsAuthenticated]
    scopes: ClassVar = {"DELETE": Scope.CHAT_WRITE}

    @extend_schema(
        operation_id="deleteMessage",
        tags=["chat"],
        responses={204: None, **errors("message-not-found", "room-not-found")},
    )
    def delete(self, request: Request, room_id: str, message_id: int) -> Response:
        """Take it back, or remove it. Twice is as good as once."""
        assert request.user.pk is not None, "only who is signed in comes here"
        room = room_for_viewer(room_id)
        services.delete_message(room=room, actor_id=request.user.pk, message_id=message_id)
        return Response(status=204)


def _id_of(request: Request, name: str) -> int | None:
    """Return the message id that is asked for, or None. Raises Invalid."""
    asked = request.query_params.get(name, "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and int(asked[:20]) < _LARGEST_ID):
        sentence = _("This is not the id of a message.")
        raise Invalid(_("Some of this cannot be used."), errors={name: [sentence]})
    return int(asked)


def _next_link(request: Request, first: int, last: int) -> str:
    """Return where it goes on: further in the direction in which is being read."""
    query = request.query_params.copy()
    if "after" in query:
        query["after"] = str(last)
    else:
        query["before"] = str(first)
    url = request.build_absolute_uri(request.path)
    return f'<{url}?{query.urlencode()}>; rel="next"'
