"""The ingest nodes of this site: where each is read, asked and told, and what it proves itself with."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from streair import secrets
from streair.ingest import MAIN, NodeAddresses
from streams.sidecar import client
from streams.sidecar.client import TIMEOUT_SECONDS, Answer


@dataclass(frozen=True, slots=True)
class Node:
    """An RTMP server that encoders send to."""

    name: str
    server: str  # What streamers put into OBS; empty: the host of their page.
    source: str  # Where the relay reads.
    control: str  # Where stat and control are.
    secret: str = ""  # What it is told there; on loopback nothing.

    @property
    def is_main(self) -> bool:
        """Whether it is this machine's own."""
        return self.name == MAIN

    def ask(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        seconds: float = TIMEOUT_SECONDS,
    ) -> Answer:
        """Return its answer to GET `path`. Raises SidecarDown."""
        return client.ask(f"{self.control}{path}", query, secret=self.secret, seconds=seconds)

    def url(self, session: str) -> str:
        """Return where the relay reads the stream called `session`."""
        base = self.source.rstrip("/")
        return f"{base}/{session}" if base.startswith("rtmp") else f"{base}/{session}.flv"

    def source_address(self) -> tuple[str, int]:
        """Return host and port of where the relay reads."""
        parts = urlsplit(self.source)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 1935)
        return parts.hostname or "", port


def every() -> tuple[Node, ...]:
    """Return all nodes, in the order of the settings: the first is what streamers are shown first."""
    return tuple(map(_node, settings.INGEST_NODES))


def find(name: str) -> Node | None:
    """Return the node called `name`; None when there is none any more."""
    return next((node for node in every() if node.name == name), None)


def names() -> list[str]:
    """Return what the nodes are called."""
    return [addresses.name for addresses in settings.INGEST_NODES]


def secret_of(name: str) -> str:
    """Return what a node and we prove ourselves with to each other: good for this node alone."""
    text = f"streair ingest node {name}".encode()
    secret = hmac.digest(str(settings.HOOK_SECRET).encode(), text, "sha256").hex()
    secrets.remember(secret)
    return secret


def _node(addresses: NodeAddresses) -> Node:
    if addresses.name == MAIN:
        return Node(
            MAIN,
            server=settings.RTMP_PUBLIC_URL,
            source=settings.RTMP_SERVER_URL,
            control=f"http://127.0.0.1:{settings.SIDECAR_PORT}",
        )
    return Node(
        addresses.name,
        server=addresses.server,
        source=addresses.source,
        control=addresses.control,
        secret=secret_of(addresses.name),
    )
