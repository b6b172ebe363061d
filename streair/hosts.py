"""Which names this machine answers to, so that a friend on the same network can open a site nobody configured."""

from __future__ import annotations

import fcntl
import socket
import struct
from ipaddress import ip_address, ip_network

_SIOCGIFADDR = 0x8915
# RFC 6598, which tunnels between one's own machines use.
_SHARED = ip_network("100.64.0.0/10")


def local_addresses() -> list[str]:
    """Return the IPv4 addresses of this machine's interfaces, loopback left out."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _index, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, request)
            except OSError:
                continue  # An interface without an IPv4 address.
            address = socket.inet_ntoa(answer[20:24])
            if not address.startswith("127."):
                found.append(address)
    return found


def local_names() -> list[str]:
    """Return every host name and address under which a browser may reach this machine."""
    name = socket.gethostname().lower()
    return ["localhost", "127.0.0.1", "[::1]", name, f"{name}.local", *local_addresses()]


def is_local(host: str) -> bool:
    """Whether only this machine and its network know the host by this name."""
    name = host.strip("[]").lower()
    try:
        address = ip_address(name)
    except ValueError:
        return "." not in name or name.endswith(
            (".local", ".localhost", ".internal", ".test", ".lan")
        )
    return address.is_private or address in _SHARED
