"""Pictures that people sent, while no nginx in front serves them."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from streair.core.errors import NotFound

# Names are random and files never change.
_CACHE = "public, max-age=31536000, immutable"


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - a view.
    """Return the file `name`, always as a WebP: we made it ourselves."""
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except OSError as exc:  # Not there, or a folder.
        raise NotFound(_("There is no page at this address.")) from exc
    response = HttpResponse(content, content_type="image/webp")
    response["Cache-Control"] = _CACHE
    response["X-Content-Type-Options"] = "nosniff"
    return response
