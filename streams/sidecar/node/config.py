"""Where an ingest node says how it does, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self

from streair import env, ingest
from streams.outpost import guard
from streams.sidecar.setup import BadSetup, Setup


@dataclass(frozen=True, slots=True)
class Config:
    """What is told to whoever asks beside what nginx is told."""

    name: str
    host: str
    port: int
    metrics_token: str = ""

    @classmethod
    def from_environment(cls, setup: Setup) -> Self:
        """Read the environment, and `.env`. Raises BadSetup; ValueError for a number or a token that is none."""
        host = env.text("INGEST_HEALTH_HOST", "127.0.0.1")
        try:
            ip_address(host)
        except ValueError:
            raise BadSetup(
                f"INGEST_HEALTH_HOST must be an address of this machine, like 10.0.0.7; it is {host!r}."
            ) from None
        return cls(
            name=env.text("INGEST_NODE"),
            host=host,
            port=env.number("INGEST_HEALTH_PORT", ingest.health_port_beside(setup.rtmp_port)),
            metrics_token=guard.token_from_environment(),
        )
