"""How an ingest node does, in words."""

from __future__ import annotations

from collections.abc import Mapping

from streair.disk import LEAST_FREE_BYTES
from streams.outpost.inside import Inside
from streams.sidecar.node.metrics import NodeNumbers


def _(text: str) -> str:
    """Mark `text` for translators; it is looked up once somebody is to read it."""
    return text


_NGINX_AWAY = _("nginx does not answer: nobody can stream here.")
_CANNOT_ASK = _("Without nginx the site cannot be asked.")
_SITE_AWAY = _("The site does not answer hooks: nobody can begin to stream here.")
_SITE_REFUSES = _(
    "The site does not know this node: INGEST_NODE and INGEST_SECRET must be as it has them."
)
_DISK_FULL = _("Less than 500 MB are left.")


class NodeInside(Inside):
    """Answers from what the node knows of itself."""

    # Without either nobody begins to stream; who streams already goes on without the site.
    vital = frozenset({"rtmp", "hooks"})

    def __init__(self, token: str, numbers: NodeNumbers) -> None:
        super().__init__(token, numbers)
        self._node = numbers

    def problems(self) -> Mapping[str, str]:
        return {
            "rtmp": "" if self._node.rtmp.is_reachable else _NGINX_AWAY,
            "hooks": self._hooks(),
            "disk": "" if self._node.free_bytes() >= LEAST_FREE_BYTES else _DISK_FULL,
        }

    def _hooks(self) -> str:
        if self._node.site.is_reachable:
            return ""
        if not self._node.rtmp.is_reachable:
            return _CANNOT_ASK
        return _SITE_REFUSES if self._node.site.is_refusing else _SITE_AWAY
