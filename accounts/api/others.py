"""Endpoints about other people."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.api import serializers as shapes
from accounts.api.people import profile
from accounts.api.requests import SignedInRequest, known_for
from streair.core.api.schema import errors
from streair.core.api.scopes import Scope
from streair.core.api.views import ApiView

_TAG = ["users"]


class Profile(ApiView):
    """GET somebody's profile."""

    permission_classes = [AllowAny]
    scopes: ClassVar = {"GET": None}

    @extend_schema(
        operation_id="getUser",
        tags=_TAG,
        responses={200: shapes.ProfileOut, **errors("user-not-found")},
    )
    def get(self, request: Request, username: str) -> Response:
        """Return what everybody may know of them, and whether you follow them."""
        viewer = known_for(request, Scope.PROFILE_READ)
        return Response(profile(selectors.person(username), viewer))


class Follow(ApiView):
    """PUT and DELETE that one follows somebody."""

    permission_classes = [IsAuthenticated]
    scopes: ClassVar = {"PUT": Scope.FOLLOWS_WRITE, "DELETE": Scope.FOLLOWS_WRITE}

    @extend_schema(
        operation_id="follow",
        tags=_TAG,
        request=None,
        responses={
            200: shapes.FollowOut,
            **errors("user-not-found", "cannot-follow-yourself", "banned-from-room"),
        },
    )
    def put(self, request: SignedInRequest, username: str) -> Response:
        """Follow them; the second time changes nothing."""
        person = selectors.person(username)
        services.follow(request.user, person)
        return Response({"isFollowing": True, "followerCount": selectors.follower_count(person)})

    @extend_schema(
        operation_id="unfollow",
        tags=_TAG,
        responses={200: shapes.FollowOut, **errors("user-not-found")},
    )
    def delete(self, request: SignedInRequest, username: str) -> Response:
        """Do not follow them any more; the second time changes nothing."""
        person = selectors.person(username)
        services.unfollow(request.user, person)
        return Response({"isFollowing": False, "followerCount": selectors.follower_count(person)})
