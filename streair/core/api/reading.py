"""Where the API's description can be read: as OpenAPI, as a page, as text."""

from __future__ import annotations

import functools
import json

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from streair.core.api.views import ApiView
from streair.core.errors import NotFound

TEXTS = ("api.md", "protocol.md")


class Reading(ApiView):
    """Something to read, the same for everybody."""

    authentication_classes = []
    permission_classes = [AllowAny]
    schema = None


class SchemaDocument(Reading):
    """GET the OpenAPI document."""

    def get(self, request: Request) -> HttpResponse:
        """Return it as JSON."""
        answer = HttpResponse(_document(), content_type="application/vnd.oai.openapi+json")
        answer["Cache-Control"] = "public, max-age=300"
        return answer


class DocumentPage(Reading):
    """GET a page that shows the OpenAPI document and tries requests out."""

    def get(self, request: Request) -> HttpResponse:
        """Return the page; Swagger UI comes from here, as the policy demands."""
        return render(request._request, "api/docs.html")  # noqa: SLF001 - the token for forms is kept there.


class Text(Reading):
    """GET one of the documents that bots' authors need."""

    def get(self, request: Request, name: str) -> HttpResponse:
        """Return it as it is. Raises NotFound for all others."""
        if name not in TEXTS:
            raise NotFound(_("There is nothing at this address."))
        text = (settings.BASE_DIR / "docs" / name).read_bytes()
        return HttpResponse(text, content_type="text/plain; charset=utf-8")


@functools.cache
def _document() -> bytes:
    """Return the document; only another release makes another one."""
    with translation.override("en"):
        found = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(found, ensure_ascii=False).encode()
