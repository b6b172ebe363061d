"""Reading nginx-rtmp's /stat: who publishes, and how much. Its XML is not to be trusted.

Streamers choose a part of the text (the name of their encoder), and the module escapes only
what HTML needs: other bytes come as they were sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Protocol
from xml.etree import ElementTree

from streair.ingest import APP
from streams.sidecar.client import TIMEOUT_SECONDS, Answer, SidecarDown

MOST_PUBLISHERS = 5000
# More than any line carries; what a node says of itself must fit into a row.
_MOST_KBPS = 100_000_000
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class StatPublisher:
    """One connection that publishes right now."""

    name: str
    client_id: int
    address: str | None
    encoder: str
    video_kbps: int
    audio_kbps: int


@dataclass(frozen=True, slots=True)
class Stat:
    """Everybody who publishes to a sidecar, and which run of it says so."""

    boot: str
    publishers: tuple[StatPublisher, ...]


class Asked(Protocol):
    """A sidecar that answers GET."""

    def ask(self, path: str, *, seconds: float) -> Answer:
        """Return its answer. Raises SidecarDown."""


def ask_stat(node: Asked, *, seconds: float = TIMEOUT_SECONDS) -> Stat:
    """Return who publishes to `node` right now. Raises SidecarDown, within about `seconds`."""
    answer = node.ask("/stat", seconds=seconds)
    if not answer.boot:
        raise SidecarDown("Somebody else answers in the sidecar's place.")
    return Stat(boot=answer.boot, publishers=parse(answer.body))


def parse(body: bytes) -> tuple[StatPublisher, ...]:
    """Return the publishers of our application in nginx-rtmp's XML. Raises SidecarDown."""
    found = tuple(_publishers(_root(body)))
    if len(found) > MOST_PUBLISHERS:
        raise SidecarDown("The sidecar shows more publishers than it can have.")
    return found


def received_bytes(body: bytes) -> int:
    """Return how much has come from everybody since nginx was started. Raises SidecarDown."""
    return _number(_root(body), "bytes_in")


def _root(body: bytes) -> ElementTree.Element:
    text = _NOT_XML.sub("?", body.decode("utf-8", errors="replace"))
    if "<!" in text:
        raise SidecarDown("The sidecar's statistics declare something; ours never do.")
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - declarations, so entities, are refused above.
    except ElementTree.ParseError as exc:
        raise SidecarDown("The sidecar's statistics are no XML.") from exc


def _publishers(root: ElementTree.Element) -> Iterator[StatPublisher]:
    for application in root.iterfind("server/application"):
        if application.findtext("name") != APP:
            continue
        for stream in application.iterfind("live/stream"):
            for client in stream.iterfind("client"):
                if client.find("publishing") is not None:
                    yield _publisher(stream, client)


def _publisher(stream: ElementTree.Element, client: ElementTree.Element) -> StatPublisher:
    return StatPublisher(
        name=stream.findtext("name") or "",
        client_id=_number(client, "id"),
        address=_address(client.findtext("address") or ""),
        encoder=(client.findtext("flashver") or "")[:100],
        video_kbps=min(_number(stream, "bw_video") // 1000, _MOST_KBPS),
        audio_kbps=min(_number(stream, "bw_audio") // 1000, _MOST_KBPS),
    )


def _number(element: ElementTree.Element, name: str) -> int:
    text = (element.findtext(name) or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None
