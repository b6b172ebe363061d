"""Where links in mails begin."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def site_of(request: HttpRequest) -> str:
    """Return the site's address in the language that is spoken, without a slash at the end.

    CLIENT_URL, or else the host that was asked, which is one of ALLOWED_HOSTS.
    """
    base = settings.CLIENT_URL or request.build_absolute_uri("/").rstrip("/")
    return f"{base}{reverse('home')}".rstrip("/")
