"""The site's address, for everything that is read elsewhere: mails, feeds, other sites' previews."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def absolute(request: HttpRequest, path: str) -> str:
    """Return the whole address of `path` on this site; an address that is whole stays as it is.

    CLIENT_URL, or else the host that was asked, which is one of ALLOWED_HOSTS.
    """
    if path.startswith(("http://", "https://")):
        return path
    base = settings.CLIENT_URL or request.build_absolute_uri("/").rstrip("/")
    return f"{base}{path}"
