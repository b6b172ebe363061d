"""Pictures as the body of a request."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from accounts.pictures import MOST_BYTES
from streair.core.errors import Invalid


class _Body(BaseParser):
    """Takes the body as it is, up to one byte more than is allowed."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the bytes as the field `file`."""
        return {"file": stream.read(MOST_BYTES + 1)}


class _Jpeg(_Body):
    media_type = "image/jpeg"


class _Png(_Body):
    media_type = "image/png"


class _WebP(_Body):
    media_type = "image/webp"


class _Gif(_Body):
    media_type = "image/gif"


PICTURE_BODIES: list[type[_Body]] = [_Jpeg, _Png, _WebP, _Gif]


def picture_in(request: Request) -> bytes:
    """Return the picture that was sent: the field `file`, or the body. Raises Invalid."""
    data = request.data
    sent = data.get("file") if hasattr(data, "get") else None
    if isinstance(sent, UploadedFile):
        return bytes(sent.read(MOST_BYTES + 1))
    if isinstance(sent, bytes) and sent:
        return sent
    sentence = _("Choose a picture.")
    raise Invalid(sentence, code="picture-invalid", errors={"file": [sentence]})
