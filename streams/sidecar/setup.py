"""What one nginx with the RTMP module is told: the site's own, or a node's on another machine."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from streair import env, hosts, ingest

_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"

_LOOPBACK = "127.0.0.1"


class BadSetup(Exception):
    """A node cannot work with this; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Where it lives, listens, and whom it asks. A node of another machine also lets the site in."""

    home: Path  # Its configuration and working directory.
    module: str
    memory_mb: int
    rtmp_port: int
    port: int  # Hook shim, stat and control, on loopback.
    hooks: str  # What the shim asks, without a slash at the end.
    secret: str
    host: str = ""  # The address at which stat and control are for the site, too.
    allow: tuple[str, ...] = ()  # Where the site is: it plays, asks and drops.
    certificates: str = _CERTIFICATES  # Who vouches for https:// hooks.
    hook_log: str = ""  # Where nginx says what became of each hook, in its own words for that.

    @classmethod
    def from_environment(cls) -> Self:
        """Read a node's environment, and `.env`. Raises BadSetup, or ValueError for what is no number."""
        name = env.text("INGEST_NODE")
        if not ingest.is_name(name):
            raise BadSetup(
                "INGEST_NODE must be what the site calls this node, like “hanoi”: small letters, digits and “-”."
            )
        secret = env.text("INGEST_SECRET")
        if len(secret) < ingest.SECRET_LENGTH or not secret.isalnum():
            raise BadSetup(f"INGEST_SECRET must be what `manage.py ingest_node {name}` printed.")
        rtmp_port, host, allow = env.number("RTMP_PORT", 1935), _host(), _allow()
        if host and not allow:
            raise BadSetup("INGEST_HOST needs INGEST_ALLOW: the addresses of the site's machines.")
        return cls(
            home=env.DATA_DIR / "sidecar",
            module=env.text("RTMP_MODULE", ingest.MODULE),
            memory_mb=env.number("SIDECAR_MEMORY_MB", 512),
            rtmp_port=rtmp_port,
            port=env.number("SIDECAR_PORT", ingest.port_beside(rtmp_port)),
            hooks=f"{_site()}/ingest/{name}",
            secret=secret,
            host=host,
            allow=allow,
            certificates=_certificates(),
        )

    @property
    def is_https(self) -> bool:
        """Whether hooks go over TLS."""
        return self.hooks.startswith("https://")


def _site() -> str:
    url = env.text("INGEST_SITE").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise BadSetup(f"INGEST_SITE must be like https://live.example.org; it is {url!r}.")
    if parts.scheme == "http" and not hosts.is_local(parts.hostname):
        raise BadSetup(f"INGEST_SITE={url} would send the secret in plain: use https://.")
    return url


def _host() -> str:
    host = env.text("INGEST_HOST")
    if not host:
        return ""
    try:
        found = ip_address(host)
    except ValueError:
        raise BadSetup(
            f"INGEST_HOST must be an address of this machine, like 10.0.0.7; it is {host!r}."
        ) from None
    if str(found) == _LOOPBACK:
        # Whoever asks there is asked for no secret; a proxy for TLS must stand before an address that does.
        raise BadSetup(
            f"INGEST_HOST={host} is where this machine asks itself: name another, like 127.0.0.2."
        )
    return str(found)


def _allow() -> tuple[str, ...]:
    found = env.words("INGEST_ALLOW")
    try:
        return tuple(str(ip_network(one)) for one in found)
    except ValueError:
        raise BadSetup(
            f"INGEST_ALLOW must be addresses of the site's machines, like 10.0.0.1,10.0.0.2; it is {found}."
        ) from None


def _certificates() -> str:
    path = env.text("INGEST_CERTIFICATES", _CERTIFICATES)
    if not Path(path).is_file():
        raise BadSetup(f"INGEST_CERTIFICATES: there is no {path}. Install ca-certificates.")
    return path
