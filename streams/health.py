"""How sidecar and worker do, for the people who run the site."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from streair.core import health
from streams import heartbeat
from streams.sidecar.client import SidecarDown
from streams.sidecar.stat import ask_stat

# It makes a round every second or, while the database is away, every three and a half.
WORKER_SECONDS = 4.5
# Then it hangs, which is to be told in time.
SIDECAR_SECONDS = 0.7


def sidecar() -> health.Facts:
    """Return who publishes. Raises Ailing when the RTMP server does not say."""
    try:
        stat = ask_stat(seconds=SIDECAR_SECONDS)
    except SidecarDown as exc:
        raise health.Ailing(_("The RTMP server does not answer: nobody can stream.")) from exc
    kbps = sum(one.video_kbps + one.audio_kbps for one in stat.publishers)
    return {_("encoders"): len(stat.publishers), _("incoming"): f"{kbps / 1000:.1f} Mbit/s"}


def worker() -> health.Facts:
    """Return when the worker last made a round. Raises Ailing when that is too long ago."""
    ago = heartbeat.seconds_since()
    if ago is None or ago > WORKER_SECONDS:
        raise health.Ailing(_("It makes no rounds: rooms do not end by themselves."))
    return {_("last round"): _("%(seconds)d s ago") % {"seconds": round(ago)}}


def install() -> None:
    """Have both looked after."""
    health.register("sidecar", _("RTMP server"), sidecar)
    health.register("worker", _("Worker"), worker)
