"""Reading what programs send."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, MultiPartParser

from streair.core.errors import Malformed


class Json(JSONParser):
    """DRF's, which also refuses what is nested too deeply to be read."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return what the body says, or raise ParseError."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as exc:
            raise ParseError from exc


class Form(MultiPartParser):
    """DRF's, which calls a form a form when it cannot be read."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return what the form says, or raise Malformed."""
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as exc:
            raise Malformed(_("This form could not be read.")) from exc
