"""StreAir as a subject: every part as `make run` starts it, all on the server's core."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator

from tests.load.subject import SERVER_CORE, Channel, pinned
from tests.servers.site import Site, running_site

# Empty means the default, whatever the developer's `.env` says. Secrets are made anew for each bench.
DEFAULTS = {
    **dict.fromkeys(("CLIENT_URL", "RTMP_SERVER_URL", "ALLOWED_HOSTS", "WEB_WORKERS"), ""),
    **{name: secrets.token_urlsafe(32) for name in ("SECRET_KEY", "JWT_SECRET", "HOOK_SECRET")},
}


class StreAir:
    """A running site without limits per address: all viewers of the bench come from one."""

    name = "StreAir"
    fan_out = "web"

    def __init__(self, site: Site) -> None:
        self._site = site

    def parts(self) -> dict[str, int]:
        """Web (gunicorn), sidecar (nginx-rtmp) and worker."""
        return {part.name: part.pid for part in self._site.parts}

    def channels(self, count: int) -> list[Channel]:
        """Open rooms for new streamers."""
        code = f"from tests.load.open_rooms import print_new_rooms; print_new_rooms({count})"
        proxy = f"{self._site.url}/api/stream-proxy/live"
        return [
            Channel(f"{self._site.rtmp_url}/{key}", f"{proxy}/{room_id}.flv")
            for key, room_id in json.loads(self._site.python(code))
        ]


@contextlib.contextmanager
def streair() -> Iterator[StreAir]:
    """Run the site with the defaults: SQLite, in-process layers, one process."""
    with pinned(SERVER_CORE), running_site(RATE_LIMIT_ENABLED="0", **DEFAULTS) as site:
        yield StreAir(site)
