"""Who is calling: the client's address, believed only from proxies that we run."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(*, peer: str, real_ip: str) -> str:
    """Return the caller's address: `real_ip` (X-Real-IP) if `peer` is a trusted proxy, else `peer`.

    Returns "" when neither is an address (a unix socket, a broken header).
    """
    peer = _plain(peer)
    is_proxy = peer in settings.TRUSTED_PROXIES
    return _plain(real_ip.strip()) if is_proxy and real_ip.strip() else peer


def address_of_request(request: HttpRequest) -> str:
    """Return the address a Django request comes from."""
    return client_address(
        peer=request.META.get("REMOTE_ADDR", ""), real_ip=request.META.get("HTTP_X_REAL_IP", "")
    )


def comes_by_proxy(request: HttpRequest) -> bool:
    """Whether a proxy of ours passed the request on, so that its headers may be believed."""
    return _plain(request.META.get("REMOTE_ADDR", "")) in settings.TRUSTED_PROXIES


def address_of_scope(scope: Mapping[str, object]) -> str:
    """Return the address an ASGI connection comes from."""
    client = scope.get("client")
    headers = scope.get("headers")
    real_ip = b""
    if isinstance(headers, list | tuple):
        real_ip = next((value for name, value in headers if name == b"x-real-ip"), b"")
    peer = str(client[0]) if isinstance(client, list | tuple) and client else ""
    return client_address(peer=peer, real_ip=real_ip.decode("latin-1"))


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
