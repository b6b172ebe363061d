"""Who may see numbers: whoever has the token or, without one, this machine."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from streair.core.addresses import address_of_request

# A proxy that says for whom it asks: whoever that is, it is not this machine.
_PROXIED = ("X-Forwarded-For", "Forwarded")


def may_look(request: HttpRequest) -> bool:
    """Whether this is somebody who looks after the site."""
    if settings.METRICS_TOKEN:
        return holds_token(request)
    if "X-Real-IP" not in request.headers and any(name in request.headers for name in _PROXIED):
        return False
    address = address_of_request(request)
    return bool(address) and ip_address(address).is_loopback


def holds_token(request: HttpRequest) -> bool:
    """Whether they show the token, which there must be."""
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bool(settings.METRICS_TOKEN) and constant_time_compare(sent, settings.METRICS_TOKEN)
