"""The ingest nodes that INGEST_NODES names: the RTMP servers that encoders may send to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from streair import hosts

# The one on this machine, whose addresses follow from RTMP_PORT.
MAIN = "main"
# Of the secret that a node shares with the site (streams/nodes.py makes it).
SECRET_LENGTH = 64
# The RTMP application, which is the path that servers show.
APP = "live"
MODULE = "/usr/lib/nginx/modules/ngx_rtmp_module.so"
# Under which the shim calls hooks in plain HTTP: a process of ours answers to it whatever ALLOWED_HOSTS says.
HOOK_HOST = "app.internal"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True, slots=True)
class NodeAddresses:
    """A node as the setting has it; of MAIN it has the name alone."""

    name: str
    server: str = ""  # What streamers put into OBS.
    source: str = ""  # Where the relay reads.
    control: str = ""  # Where stat and control are.


def is_name(text: str) -> bool:
    """Whether a node of another machine may be called so."""
    return bool(_NAME.fullmatch(text)) and text != MAIN


def port_beside(rtmp_port: int) -> int:
    """Return where a sidecar's own HTTP side is, unless SIDECAR_PORT says otherwise."""
    return rtmp_port + 10_000 * (1 if rtmp_port < 50_000 else -1)


def health_port_beside(rtmp_port: int) -> int:
    """Return where a node says how it does, unless INGEST_HEALTH_PORT says otherwise."""
    return rtmp_port + 20_000 * (1 if rtmp_port < 45_000 else -1)


def parse(words: Iterable[str]) -> tuple[NodeAddresses, ...]:
    """Return the nodes that INGEST_NODES names. Raises ValueError, which says what to change."""
    nodes = tuple(_node(word) for word in words)
    names = [node.name for node in nodes]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"INGEST_NODES names {twice.pop()!r} twice.")
    return nodes


def _node(word: str) -> NodeAddresses:
    name, has_addresses, rest = word.partition("=")
    if name == MAIN:
        if has_addresses:
            raise ValueError(
                "INGEST_NODES: “main” is this machine's own RTMP server and takes no addresses."
            )
        return NodeAddresses(MAIN)
    if not is_name(name):
        raise ValueError(
            f"INGEST_NODES: {name!r} is no name: small letters, digits and “-”, a letter first."
        )
    addresses = [address.strip().rstrip("/") for address in rest.split("|")]
    if len(addresses) != 3:
        raise ValueError(
            f"INGEST_NODES: {name} must be like {name}=rtmp://ingest.example.org/live"
            "|rtmp://10.0.0.7:1935/live|http://10.0.0.7:11935 (for OBS, for us to read, for us to ask)."
        )
    server, source, control = addresses
    _check(name, server, {"rtmp", "rtmps"}, has_path=True)
    _check(name, source, {"rtmp", "http", "https"}, has_path=True)
    asked = _check(name, control, {"http", "https"}, has_path=False)
    if asked.scheme == "http" and not hosts.is_local(asked.hostname or ""):
        raise ValueError(
            f"INGEST_NODES: {name} would be told its secret in plain at {control}: use a private address, "
            "or https://."
        )
    return NodeAddresses(name, server, source, control)


def _check(name: str, url: str, schemes: set[str], *, has_path: bool) -> SplitResult:
    """Return the parts of `url`, or raise ValueError for what is no such address."""
    try:
        parts = urlsplit(url)
        is_sound = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        parts, is_sound = SplitResult("", "", "", "", ""), False
    is_plain = not (parts.query or parts.fragment or parts.username or re.search(r"\s", url))
    if not is_sound or not is_plain or bool(parts.path) is not has_path:
        kinds = ", ".join(f"{scheme}://" for scheme in sorted(schemes))
        what = "with a path, like …/live" if has_path else "without a path"
        raise ValueError(f"INGEST_NODES: {url!r} of {name} must begin with {kinds}, {what}.")
    return parts
