"""Endpoints about oneself."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth import logout
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.api import serializers as shapes
from accounts.api.people import own
from accounts.api.picture_bodies import PICTURE_BODIES, picture_in
from accounts.api.requests import SignedInRequest, address_of, plain
from accounts.services import Kind
from streair.core.api.paging import bad_cursor, cursor_of, limit_of, page_of
from streair.core.api.parsers import Form
from streair.core.api.schema import errors
from streair.core.api.scopes import Scope, scopes_of
from streair.core.api.views import ApiView

_TAG = ["account"]
_PAGE = [
    OpenApiParameter("limit", int, description="1 to 100; 20 if left out."),
    OpenApiParameter("cursor", str, description="From the `Link` header of the page before."),
]


class Me(ApiView):
    """GET, PATCH and DELETE oneself."""

    permission_classes = [IsAuthenticated]
    scopes: ClassVar = {"GET": Scope.PROFILE_READ, "PATCH": Scope.PROFILE_WRITE}

    @extend_schema(operation_id="getMe", tags=_TAG, responses=shapes.MeOut)
    def get(self, request: SignedInRequest) -> Response:
        """Return what only you may know of yourself, too."""
        return _me(request)

    @extend_schema(
        operation_id="changeMe", tags=_TAG, request=shapes.ProfileIn, responses=shapes.MeOut
    )
    def patch(self, request: SignedInRequest) -> Response:
        """Change what you say about yourself; what is left out stays."""
        incoming = shapes.ProfileIn(data=request.data)
        incoming.is_valid(raise_exception=True)
        values = dict(incoming.validated_data)
        if "bio" in values:
            values["bio"] = values["bio"] or ""
        services.change_profile(request.user, **values)
        return _me(request)

    @extend_schema(
        operation_id="deleteMe",
        tags=_TAG,
        request=shapes.ConfirmIn,
        responses={200: shapes.MeOut, **errors("wrong-password", 422)},
    )
    def delete(self, request: SignedInRequest) -> Response:
        """Hide the account and sign out everywhere; after some days it is erased, unless restored."""
        incoming = shapes.ConfirmIn(data=request.data)
        incoming.is_valid(raise_exception=True)
        services.leave(request.user, **incoming.validated_data, address=address_of(request))
        if request.auth is None:
            logout(plain(request))
        return Response(own(request.user))


class Restore(ApiView):
    """POST: stay after all."""

    permission_classes = [IsAuthenticated]
    is_open_to_leaving = True

    @extend_schema(operation_id="restoreMe", tags=_TAG, request=None, responses=shapes.MeOut)
    def post(self, request: SignedInRequest) -> Response:
        """Take back that the account be deleted."""
        services.restore(request.user, address=address_of(request))
        return _me(request)


class _Picture(ApiView):
    """PUT and DELETE a picture of oneself."""

    kind: ClassVar[Kind]
    permission_classes = [IsAuthenticated]
    parser_classes = [Form, *PICTURE_BODIES]
    scopes: ClassVar = {"PUT": Scope.PROFILE_WRITE, "DELETE": Scope.PROFILE_WRITE}

    def _put(self, request: SignedInRequest) -> Response:
        services.set_picture(request.user, self.kind, picture_in(request))
        return _me(request)

    def _delete(self, request: SignedInRequest) -> Response:
        services.remove_picture(request.user, self.kind)
        return _me(request)


_UPLOAD = {
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    },
    **{body.media_type: OpenApiTypes.BINARY for body in PICTURE_BODIES},
}


class Avatar(_Picture):
    """The picture beside one's name."""

    kind = Kind.AVATAR

    @extend_schema(
        operation_id="setAvatar",
        tags=_TAG,
        request=_UPLOAD,
        responses={200: shapes.MeOut, **errors("picture-invalid")},
    )
    def put(self, request: SignedInRequest) -> Response:
        """Set it: the field `file` of a form, or the picture as the body."""
        return self._put(request)

    @extend_schema(operation_id="removeAvatar", tags=_TAG, responses={200: shapes.MeOut})
    def delete(self, request: SignedInRequest) -> Response:
        """Take it away."""
        return self._delete(request)


class Banner(_Picture):
    """The picture over one's page."""

    kind = Kind.BANNER

    @extend_schema(
        operation_id="setBanner",
        tags=_TAG,
        request=_UPLOAD,
        responses={200: shapes.MeOut, **errors("picture-invalid")},
    )
    def put(self, request: SignedInRequest) -> Response:
        """Set it: the field `file` of a form, or the picture as the body."""
        return self._put(request)

    @extend_schema(operation_id="removeBanner", tags=_TAG, responses={200: shapes.MeOut})
    def delete(self, request: SignedInRequest) -> Response:
        """Take it away."""
        return self._delete(request)


class Export(ApiView):
    """GET everything that the site knows of oneself."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="exportMe",
        tags=_TAG,
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: SignedInRequest) -> HttpResponse:
        """Return a zip of JSON files."""
        response = HttpResponse(services.export(request.user), content_type="application/zip")
        name = f"streair-{request.user.username}.zip"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class Following(ApiView):
    """GET whom one follows."""

    permission_classes = [IsAuthenticated]
    scopes: ClassVar = {"GET": Scope.PROFILE_READ}

    @extend_schema(
        operation_id="listFollowing",
        tags=_TAG,
        parameters=_PAGE,
        responses={200: shapes.FollowedOut(many=True), **errors("invalid")},
    )
    def get(self, request: SignedInRequest) -> Response:
        """Return the latest first."""
        limit = limit_of(request)
        rows = selectors.following(request.user, before=_place(request), limit=limit + 1)
        people = [
            {**shapes.PersonOut(row.followed).data, "followedAt": row.created}
            for row in rows[:limit]
        ]
        return page_of(request, people, [rows[limit - 1].pk] if len(rows) > limit else None)


def _place(request: Request) -> int | None:
    match cursor_of(request):
        case None:
            return None
        case [int(pk)] if 0 <= pk < 2**63:
            return pk
        case _:
            raise bad_cursor()


def _me(request: SignedInRequest) -> Response:
    return Response(own(request.user, scopes_of(request.auth)))
