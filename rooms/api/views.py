"""Endpoints about rooms. Ending one is `streams.api`'s: an encoder has to be let go."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.requests import SignedInRequest, known_for
from accounts.selectors import person
from rooms import listing, live_rooms, selectors, services
from rooms.api.access import room_for, room_to_edit, room_with_audience
from rooms.api.queries import name_of, unknown_category, wanted_of
from rooms.api.serializers import (
    AudienceOut,
    CategoryOut,
    ReportIn,
    ReportOut,
    RoomIn,
    RoomOut,
    TicketOut,
    UnlockIn,
)
from rooms.api.shapes import list_shape, rooms_shape
from rooms.cookies import remember_ticket
from rooms.locks import HEADER
from rooms.viewer_board import viewer_counts
from streair.core.addresses import address_of_request, bucket
from streair.core.api.paging import bad_cursor, cursor_of, limit_of, next_link, page_of
from streair.core.api.schema import errors
from streair.core.api.scopes import Scope
from streair.core.api.views import ApiView

_PAGING = [
    OpenApiParameter("limit", int, description="1 to 100; 20 if left out."),
    OpenApiParameter("cursor", str, description="From the `Link` header of the page before."),
]
_FILTERS = [
    OpenApiParameter("live", bool, description="Only rooms on air, or only rooms that wait."),
    OpenApiParameter("category", str, description="A category's slug."),
    OpenApiParameter("tag", str),
    OpenApiParameter("q", str, description="Words that all must match; marks and case aside."),
    OpenApiParameter("sort", str, enum=list(listing.SORTS)),
]

_TICKET = OpenApiParameter(
    HEADER, str, OpenApiParameter.HEADER, description="For a room with a password."
)
_ROOM_ERRORS = errors("room-locked", "room-not-found")
_EXAMPLE = OpenApiExample(
    "A stream about chess",
    value={
        "title": "Ván cờ tối thứ năm",
        "description": "Chơi cùng người xem.",
        "category": "Gaming",
        "tags": ["cờ-vua", "blitz"],
        "visibility": "public",
    },
    request_only=True,
)


class CategoryList(ApiView):
    """GET what streams can be about, in the site's order."""

    permission_classes = [AllowAny]
    scopes: ClassVar = {"GET": None}

    @extend_schema(operation_id="listCategories", tags=["rooms"], responses=CategoryOut(many=True))
    def get(self, request: Request) -> Response:
        """Return all of them: there are few."""
        return Response(CategoryOut(selectors.categories(), many=True).data)


class RoomList(ApiView):
    """GET the public rooms that are open; POST opens one's own."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    scopes: ClassVar = {"GET": None, "POST": Scope.ROOMS_WRITE}

    @extend_schema(
        operation_id="listRooms",
        tags=["rooms"],
        parameters=[*_FILTERS, *_PAGING],
        responses={200: RoomOut(many=True), **errors(422)},
    )
    def get(self, request: Request) -> HttpResponse:
        """Return a page: those on air first. It is at most a second old."""
        wanted = wanted_of(request)
        page = live_rooms.cached(name_of(wanted), lambda: _page(wanted))
        response = HttpResponse(page.body, content_type="application/json")
        if page.after is not None:
            response["Link"] = next_link(request, page.after)
        return response

    @extend_schema(
        operation_id="openRoom",
        tags=["rooms"],
        request=RoomIn,
        responses={201: RoomOut, **errors("room-open-already")},
        examples=[_EXAMPLE],
    )
    def post(self, request: SignedInRequest) -> Response:
        """Open a room. There can be one: 409 names the one that is open."""
        asked = RoomIn(data=request.data)
        asked.is_valid(raise_exception=True)
        room = services.open_room(owner=request.user, **asked.validated_data)
        return Response(RoomOut(room).data, status=201)


class RoomDetail(ApiView):
    """GET a room; PATCH changes one's own."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    scopes: ClassVar = {"GET": None, "PATCH": Scope.ROOMS_WRITE, "DELETE": Scope.ROOMS_WRITE}

    @extend_schema(
        operation_id="getRoom",
        tags=["rooms"],
        parameters=[_TICKET],
        responses={200: RoomOut, **_ROOM_ERRORS},
    )
    def get(self, request: Request, room_id: str) -> Response:
        """Return the room, to whoever may watch it."""
        return Response(RoomOut(room_for(request, room_id)).data)

    @extend_schema(
        operation_id="changeRoom",
        tags=["rooms"],
        request=RoomIn,
        responses={200: RoomOut, **errors("room-not-found")},
    )
    def patch(self, request: Request, room_id: str) -> Response:
        """Change what is given and leave the rest."""
        room = room_to_edit(request, room_id)
        asked = RoomIn(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        return Response(RoomOut(services.change_room(room=room, **asked.validated_data)).data)


class RoomUnlock(ApiView):
    """POST the password of a locked room."""

    permission_classes = [AllowAny]
    scopes: ClassVar = {"POST": None}

    @extend_schema(
        operation_id="unlockRoom",
        tags=["rooms"],
        request=UnlockIn,
        responses={200: TicketOut, **errors("room-not-found", "wrong-room-password")},
    )
    def post(self, request: Request, room_id: str) -> Response:
        """Return a ticket, and set it as a cookie. It is good for a week, or until the password changes."""
        asked = UnlockIn(data=request.data)
        asked.is_valid(raise_exception=True)
        room = selectors.room_for_viewer(room_id)
        user = known_for(request, Scope.ROOMS_READ)
        ticket = services.unlock(
            room=room,
            password=asked.validated_data["password"],
            address=bucket(address_of_request(request._request)),  # noqa: SLF001
            user=user if user.is_authenticated else None,
        )
        response = Response(TicketOut({"ticket": ticket}).data)
        remember_ticket(response, room, ticket)
        return response


class RoomAudience(ApiView):
    """GET how many people watched a room."""

    permission_classes = [IsAuthenticated]
    scopes: ClassVar = {"GET": Scope.STREAM_READ}

    @extend_schema(
        operation_id="getRoomAudience",
        tags=["rooms"],
        responses={200: AudienceOut, **errors("room-not-found")},
    )
    def get(self, request: SignedInRequest, room_id: str) -> Response:
        """Return the most at once, how many in all, and how long together: to the owner, and who runs the site."""
        return Response(AudienceOut(room_with_audience(request, room_id)).data)


class RoomsOfUser(ApiView):
    """GET the rooms of one streamer, open and over, the latest first."""

    permission_classes = [AllowAny]
    scopes: ClassVar = {"GET": None}

    @extend_schema(
        operation_id="listRoomsOfUser",
        tags=["rooms"],
        parameters=_PAGING,
        responses={200: RoomOut(many=True), **errors("user-not-found", 422)},
    )
    def get(self, request: Request, username: str) -> Response:
        """Return a page of the public ones; of all to their owner."""
        owner = person(username)
        rooms, after = selectors.rooms_of(
            owner,
            to_owner=known_for(request, Scope.ROOMS_READ) == owner,
            before=_key(cursor_of(request)),
            limit=limit_of(request),
        )
        counts = viewer_counts(room.room_id for room in rooms)
        return page_of(request, rooms_shape(rooms, counts), None if after is None else [after])


class ReportList(ApiView):
    """POST what is wrong with a room, a user or a message."""

    permission_classes = [IsAuthenticated]
    scopes: ClassVar = {}

    @extend_schema(
        operation_id="report",
        tags=["reports"],
        request=ReportIn,
        responses={
            201: ReportOut,
            **errors("report-open-already", "report-target-not-found", "room-not-found"),
        },
    )
    def post(self, request: SignedInRequest) -> Response:
        """Tell whoever runs the site."""
        asked = ReportIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        report = services.report(reporter=request.user, target_id=given.pop("id"), **given)
        return Response(ReportOut(report).data, status=201)


def _page(wanted: listing.Wanted) -> live_rooms.Page:
    found = listing.find(wanted)
    # Asked only for an empty list, which leaves a query to spare.
    if wanted.category and not found.rooms and not selectors.has_category(wanted.category):
        raise unknown_category()
    return list_shape(found)


def _key(cursor: list[Any] | None) -> int | None:
    match cursor:
        case None:
            return None
        case [int(key)] if 0 < key < 2**63:
            return key
    raise bad_cursor()
