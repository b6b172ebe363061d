"""The site's addresses, and one whose view has a mistake in it."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from streair.core.api.views import ApiView
from streair.urls import handler500
from streair.urls import urlpatterns as of_the_site

__all__ = ["handler500", "urlpatterns"]

SECRET = "postgres://streair:hunter2@10.0.0.1/streair"


class Faulty(ApiView):
    """Fails, and knows too much."""

    permission_classes = [AllowAny]

    def get(self, request: Request) -> HttpResponse:
        raise RuntimeError(SECRET)


urlpatterns = [path("api/faulty", Faulty.as_view()), *of_the_site]
