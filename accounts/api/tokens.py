"""Endpoints for personal access tokens. Such a token opens none of them."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts import selectors, services
from accounts.api import serializers as shapes
from accounts.api.requests import SignedInRequest, address_of
from streair.core.api.schema import errors
from streair.core.api.views import ApiView

_TAG = ["auth"]


class TokenList(ApiView):
    """GET one's tokens, POST a new one."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="listTokens", tags=_TAG, responses=shapes.TokenOut(many=True))
    def get(self, request: SignedInRequest) -> Response:
        """Return them without their secrets, the latest first."""
        rows = selectors.tokens_of(request.user)
        return Response([shapes.TokenOut(row).data for row in rows])

    @extend_schema(
        operation_id="createToken",
        tags=_TAG,
        request=shapes.TokenIn,
        responses={201: shapes.NewTokenOut, **errors("too-many-tokens")},
        examples=[
            OpenApiExample(
                "A bot",
                {"name": "My bot", "scopes": ["chat:read", "chat:write"]},
                request_only=True,
            )
        ],
    )
    def post(self, request: SignedInRequest) -> Response:
        """Make one. Its secret is told this once."""
        incoming = shapes.TokenIn(data=request.data)
        incoming.is_valid(raise_exception=True)
        values = {"expires": None, **incoming.validated_data}
        made = services.create_token(request.user, **values, address=address_of(request))
        body = {**shapes.TokenOut(made.row).data, "token": made.secret}
        return Response(body, status=201)


class Token(ApiView):
    """DELETE a token."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="revokeToken", tags=_TAG, responses={204: None, **errors("token-not-found")}
    )
    def delete(self, request: SignedInRequest, public_id: str) -> Response:
        """Revoke it: it works no more, and what it holds open is closed."""
        services.revoke_token(request.user, public_id, address=address_of(request))
        return Response(status=204)
