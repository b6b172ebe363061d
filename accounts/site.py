"""Where links in mails begin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from streair.core.site import absolute


def site_of(request: HttpRequest) -> str:
    """Return the site's address in the language that is spoken, without a slash at the end."""
    return absolute(request, reverse("home")).rstrip("/")
