"""Who may see the numbers: as on the site, whoever has the token or, without one, this machine."""

from __future__ import annotations

import hmac
from collections.abc import MutableMapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from streair import env, secrets

# A proxy that says for whom it asks: whoever that is, it is not this machine.
_PROXIED = (b"x-real-ip", b"x-forwarded-for", b"forwarded")


def token_from_environment() -> str:
    """Return METRICS_TOKEN; empty when there is none. Raises ValueError for one that can be guessed."""
    token = env.text("METRICS_TOKEN")
    if token and (fault := secrets.fault_of("METRICS_TOKEN", token, least=secrets.LEAST_TOKEN)):
        raise ValueError(fault)
    return token


def may_look(scope: MutableMapping[str, Any], token: str) -> bool:
    """Whether this is somebody who looks after this machine."""
    headers = dict(scope["headers"])
    if token:
        sent = headers.get(b"authorization", b"").removeprefix(b"Bearer ").strip()
        return hmac.compare_digest(sent, token.encode())
    client = scope.get("client")
    if client is None or any(name in headers for name in _PROXIED):
        return False
    return _is_this_machine(str(client[0]))


def _is_this_machine(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback
