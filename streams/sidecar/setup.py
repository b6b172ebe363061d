"""What one nginx with the RTMP module is told: the site's own, or a node's on another machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


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

    @property
    def is_https(self) -> bool:
        """Whether hooks go over TLS."""
        return self.hooks.startswith("https://")
