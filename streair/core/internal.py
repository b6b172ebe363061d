"""Telling our own programs on this machine from everybody else."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from streair.core.addresses import address_of_request

SECRET_HEADER = "X-Hook-Secret"  # noqa: S105 - the header's name.


def comes_from_us(request: HttpRequest) -> bool:
    """Whether a program of ours on this machine asks, and not by way of the public proxy."""
    address = address_of_request(request)
    if not address or not ip_address(address).is_loopback:
        return False
    return constant_time_compare(request.headers.get(SECRET_HEADER, ""), settings.HOOK_SECRET)
