"""How the sidecars of all nodes and the worker do, for the people who run the site."""

from __future__ import annotations

from functools import partial

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from streair.core import health
from streair.ingest import MAIN
from streams import heartbeat, nodes
from streams.sidecar.client import SidecarDown
from streams.sidecar.stat import ask_stat

# It makes a round every second or, while the database is away, every three and a half.
WORKER_SECONDS = 4.5
# Then it hangs, which is to be told in time.
SIDECAR_SECONDS = 0.7

_DEAD = _("The RTMP server does not answer: nobody can stream.")
_DEAD_BESIDE_OTHERS = _("This RTMP server does not answer: nobody can stream to it.")


def sidecar(name: str = MAIN) -> health.Facts:
    """Return who publishes to a node. Raises Ailing when its RTMP server does not say."""
    node = nodes.find(name)
    if node is None:
        raise health.Ailing(_("The settings name no such RTMP server."))
    try:
        stat = ask_stat(node, seconds=SIDECAR_SECONDS)
    except SidecarDown as exc:
        is_only_one = len(nodes.names()) == 1
        raise health.Ailing(_DEAD if is_only_one else _DEAD_BESIDE_OTHERS) from exc
    kbps = sum(one.video_kbps + one.audio_kbps for one in stat.publishers)
    return {_("encoders"): len(stat.publishers), _("incoming"): f"{kbps / 1000:.1f} Mbit/s"}


def worker() -> health.Facts:
    """Return when the worker last made a round. Raises Ailing when that is too long ago."""
    ago = heartbeat.seconds_since()
    if ago is None or ago > WORKER_SECONDS:
        raise health.Ailing(_("It makes no rounds: rooms do not end by themselves."))
    return {_("last round"): _("%(seconds)d s ago") % {"seconds": round(ago)}}


def part_of(name: str) -> tuple[str, health.Text]:
    """Return what a node is called as a part of the site, and for people."""
    label = _("RTMP server")
    if name == MAIN:
        return "sidecar", label
    return f"sidecar-{name}", format_lazy("{} {}", label, name)


def install() -> None:
    """Have all of them looked after."""
    for name in nodes.names():
        health.register(*part_of(name), partial(sidecar, name))
    health.register("worker", _("Worker"), worker)
