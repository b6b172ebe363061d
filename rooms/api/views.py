"""Endpoints about rooms."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from rooms import selectors
from rooms.api.serializers import CategoryOut
from streair.core.api.views import ApiView


class CategoryList(ApiView):
    """GET what streams can be about, in the site's order."""

    permission_classes = [AllowAny]
    scopes: ClassVar = {"GET": None}

    def get(self, request: Request) -> Response:
        """Return all of them: there are few."""
        return Response(CategoryOut(selectors.categories(), many=True).data)
