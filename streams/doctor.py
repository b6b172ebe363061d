"""What the doctor looks at to know whether people can stream."""

from __future__ import annotations

import shutil
import socket
import subprocess
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streair import roles
from streair.core import doctor, place
from streair.core.doctor import Unwell
from streair.core.health import Ailing
from streair.ingest import MAIN
from streams import health, nodes
from streams.nodes import Node
from streams.sidecar.client import SidecarDown
from streams.sidecar.stat import ask_stat

_SECONDS = 3.0
# What thumbnails and the demo need of it.
_ENCODER = "libx264"


def module() -> str:
    """Nginx is here, and its RTMP module."""
    if (
        shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") is None
        and shutil.which("nginx") is None
    ):
        raise Unwell(_("nginx is missing."), _("Run `deploy/install-packages run`."))
    if not Path(settings.RTMP_MODULE).exists():
        raise Unwell(
            _("nginx has no RTMP module at %s.") % settings.RTMP_MODULE,
            _("Install libnginx-mod-rtmp, or set RTMP_MODULE to where it is."),
        )
    return str(settings.RTMP_MODULE)


def ffmpeg() -> str:
    """It is here, and can write H.264."""
    try:
        asked = subprocess.run(
            ["ffmpeg", "-hide_banner", "-encoders"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as exc:
        raise Unwell(
            _("ffmpeg is missing or does not start."), _("Install the package ffmpeg.")
        ) from exc
    if _ENCODER not in asked.stdout:
        raise Unwell(
            _("This ffmpeg cannot write H.264 (%s).") % _ENCODER,
            _("Install Debian's package ffmpeg."),
            is_serious=False,
        )
    return str(shutil.which("ffmpeg"))


def sidecar() -> str:
    """It answers us, and takes connections where encoders come."""
    try:
        stat = ask_stat(_main())
    except SidecarDown as exc:
        raise Unwell(
            _("The RTMP server does not answer on port %d: nobody can stream.")
            % settings.SIDECAR_PORT,
            _("Start it (%(start)s); if it runs, this says why: %(log)s")
            % {"start": place.start_of("sidecar"), "log": place.log_of("sidecar")},
        ) from exc
    try:
        socket.create_connection(("127.0.0.1", settings.RTMP_PORT), timeout=_SECONDS).close()
    except OSError as exc:
        raise Unwell(
            _("Nothing takes encoders on RTMP_PORT %d.") % settings.RTMP_PORT,
            _("Perhaps another program has the port; this says why: %s") % place.log_of("sidecar"),
        ) from exc
    return _("It answers; %d encoders are connected.") % len(stat.publishers)


def door() -> str:
    """The first machine's RTMP server answers by way of the door to it."""
    try:
        stat = ask_stat(_main())
    except SidecarDown as exc:
        raise Unwell(
            _("The first machine's RTMP server does not answer at 127.0.0.1:%d.")
            % settings.SIDECAR_PORT,
            _(
                "A room that is ended here keeps its encoder for some seconds. Does streair-door.socket run here, "
                "and the door it leads to on the first machine?"
            ),
            is_serious=False,
        ) from exc
    return _("It answers; %d encoders are connected.") % len(stat.publishers)


def elsewhere() -> str:
    """What this machine is not meant to have."""
    return _(
        "RTMP server, worker, database, Redis and front are the first machine's; media is mounted."
    )


def worker() -> str:
    """It makes its rounds."""
    try:
        health.worker()
    except Ailing as exc:
        if settings.MACHINE_ROLE == roles.APP:
            raise Unwell(str(exc.sentence), _("Ask the doctor on the first machine.")) from exc
        raise Unwell(
            str(exc.sentence),
            _("Start it (%(start)s); if it runs, this says why: %(log)s")
            % {"start": place.start_of("worker"), "log": place.log_of("worker")},
        ) from exc
    return _("It makes its rounds.")


def upstream() -> str:
    """Where the relay reads streams answers."""
    return _source(_main(), _("Check RTMP_SERVER_URL, or start the server it names."))


def node(name: str) -> str:
    """A node on another machine answers us, and lets us read."""
    found = nodes.find(name)
    if found is None:
        raise Unwell(_("INGEST_NODES does not name %s any more.") % name, _("Start the site anew."))
    try:
        stat = ask_stat(found)
    except SidecarDown as exc:
        raise Unwell(
            _("The ingest node %(node)s does not answer at %(address)s: %(reason)s")
            % {"node": name, "address": found.control, "reason": exc},
            _(
                "Does it run there (`make ingest`)? Do its INGEST_HOST and INGEST_ALLOW let this machine in, "
                "and is its INGEST_SECRET what `manage.py ingest_node %s` prints?"
            )
            % name,
        ) from exc
    _source(found, _("Do its INGEST_ALLOW and firewall let this machine in?"))
    return _("It answers; %d encoders are connected.") % len(stat.publishers)


def _main() -> Node:
    found = nodes.find(MAIN)
    assert found is not None, "it is looked at only where there is one"
    return found


def _source(found: Node, advice: str) -> str:
    host, port = found.source_address()
    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
    except OSError as exc:
        raise Unwell(
            _("Nothing answers at %(host)s:%(port)s, where streams are read.")
            % {"host": host, "port": port},
            advice,
        ) from exc
    return f"{urlsplit(found.source).scheme}://{host}:{port}"


def public_address() -> str:
    """Streamers can be told where to send."""
    if not settings.RTMP_PUBLIC_URL:
        return _("The host of the page, port %d.") % settings.RTMP_PORT
    parts = urlsplit(settings.RTMP_PUBLIC_URL)
    if parts.scheme not in ("rtmp", "rtmps") or not parts.hostname:
        raise Unwell(
            _("RTMP_PUBLIC_URL is no RTMP address: OBS cannot use it."),
            _("Write it as rtmp://live.example.org/live."),
        )
    return str(settings.RTMP_PUBLIC_URL)


def install() -> None:
    """Have all of it looked at. On an app machine, what the first one has is asked there."""
    is_first = settings.MACHINE_ROLE != roles.APP
    if is_first:
        doctor.register("ffmpeg", "ffmpeg", ffmpeg)
    else:
        doctor.register("elsewhere", gettext_lazy("On other machines"), elsewhere)
    for name in nodes.names():
        if name == MAIN and not is_first:
            doctor.register("sidecar", gettext_lazy("RTMP server"), door)
            doctor.register("upstream", gettext_lazy("Relay's source"), upstream)
        elif name == MAIN:
            doctor.register("rtmp-module", gettext_lazy("nginx with RTMP"), module)
            doctor.register("sidecar", gettext_lazy("RTMP server"), sidecar, needs="rtmp-module")
            doctor.register("rtmp-address", gettext_lazy("Address for OBS"), public_address)
            doctor.register("upstream", gettext_lazy("Relay's source"), upstream, needs="sidecar")
        else:
            doctor.register(*health.part_of(name), partial(node, name))
    doctor.register("worker", gettext_lazy("Worker"), worker, needs="database")
