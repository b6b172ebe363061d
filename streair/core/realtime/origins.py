"""Which pages may open a socket with somebody's cookies: our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host


def header(scope: Mapping[str, Any], name: bytes) -> str:
    """Return the header `name` (lower case) of an ASGI connection, or "" unless it came once."""
    found = [value for key, value in scope["headers"] if key == name]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def is_ours(scope: Mapping[str, Any]) -> bool:
    """Whether the page that opens this socket is one of this site.

    Browsers send cookies with every WebSocket, whoever opens it, and CSRF tokens do not
    guard a handshake: the Origin must be the very host that was asked, or CLIENT_URL's.
    """
    host = header(scope, b"host").lower()
    domain, _port = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    try:
        origin = urlsplit(header(scope, b"origin").lower())
    except ValueError:  # Half an IPv6 address.
        return False
    if origin.scheme not in {"http", "https"} or not origin.netloc:
        return False
    return origin.netloc == host or origin[:2] == urlsplit(settings.CLIENT_URL.lower())[:2]
