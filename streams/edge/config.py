"""What an edge is told by its environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from streair import env, secrets
from streams.outpost import guard

PATH = "/api/stream-proxy/live/"
BEAT_PATH = "/edges/beat"
# An edge that was not heard of for so long gets nobody any more; it beats once a second.
ALIVE_SECONDS = 3.0
MOST_VIEWERS = 2000
PORT = 3100


class BadConfig(Exception):
    """The edge cannot work with this; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Config:
    """Addresses are without a slash at the end."""

    site: str  # Whose viewers these are: told once a second how we do.
    upstream: str  # Where streams are read: the site, or an edge nearer to it.
    url: str  # What the site sends viewers to.
    pages: str  # The origin of the pages that may read us.
    secret: str
    most_viewers: int = MOST_VIEWERS
    host: str = "127.0.0.1"
    port: int = PORT
    metrics_token: str = ""

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment, and `.env`. Raises BadConfig; ValueError for a number or a token that is none."""
        site = _address("EDGE_SITE")
        secret = env.text("EDGE_SECRET")
        if fault := secrets.fault_of("EDGE_SECRET", secret):
            raise BadConfig(f"{fault} It is the same as at the site.")
        return cls(
            site=site,
            upstream=_address("EDGE_UPSTREAM", site),
            url=_address("EDGE_URL"),
            pages=_address("EDGE_PAGES", site),
            secret=secret,
            most_viewers=env.number("EDGE_MOST_VIEWERS", MOST_VIEWERS),
            host=env.text("EDGE_HOST", "0.0.0.0"),  # noqa: S104 - viewers come from everywhere.
            port=env.number("PORT", PORT),
            metrics_token=guard.token_from_environment(),
        )


def _address(name: str, default: str = "") -> str:
    text = env.text(name, default).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise BadConfig(f"{name} must be an address like https://live.example.org, not {text!r}.")
    return text
