"""Who is calling: the client's address, believed only from proxies that we run."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.conf import settings
from django.http import HttpRequest


def client_address(*, peer: str, real_ip: str) -> str:
    """Return the caller's address: `real_ip` (X-Real-IP) if `peer` is a trusted proxy, else `peer`.

    Returns "" when neither is an address (a unix socket, a broken header).
    """
    peer = _plain(peer)
    if not real_ip.strip() or not _is_proxy(peer):
        return peer
    return _plain(real_ip.strip())


def address_of_request(request: HttpRequest) -> str:
    """Return the address a Django request comes from."""
    return client_address(
        peer=request.META.get("REMOTE_ADDR", ""), real_ip=request.META.get("HTTP_X_REAL_IP", "")
    )


def comes_by_proxy(request: HttpRequest) -> bool:
    """Whether a proxy of ours passed the request on, so that its headers may be believed."""
    return _is_proxy(_plain(request.META.get("REMOTE_ADDR", "")))


def address_of_scope(scope: Mapping[str, object]) -> str:
    """Return the address an ASGI connection comes from."""
    client = scope.get("client")
    headers = scope.get("headers")
    real_ip = b""
    if isinstance(headers, list | tuple):
        real_ip = next((value for name, value in headers if name == b"x-real-ip"), b"")
    peer = str(client[0]) if isinstance(client, list | tuple) and client else ""
    return client_address(peer=peer, real_ip=real_ip.decode("latin-1"))


def _is_proxy(peer: str) -> bool:
    if not peer:
        return False
    address = ip_address(peer)
    return any(address in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


@cache
def _networks(words: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return what the settings name: addresses and networks. The doctor tells of what is neither."""
    found = []
    for word in words:
        with suppress(ValueError):
            found.append(ip_network(word, strict=False))
    return tuple(found)


def _plain(text: str) -> str:
    """Return an address as it is counted, compared and stored, or "".

    A server that listens on `::` sees IPv4 as `::ffff:192.0.2.1`: all of it is one /64. Of a neighbour on the
    same network it says the interface too, which is no part of an address to PostgreSQL.
    """
    try:
        found: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str((found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found)


def bucket(address: str) -> str:
    """Return what limits are counted by: the address, for IPv6 its /64 (one household)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed)
