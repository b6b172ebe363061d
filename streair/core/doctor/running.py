"""The site itself: whether it answers where its own programs ask for it, and whether somebody makes pages."""

from __future__ import annotations

import http.client
import json
from ipaddress import ip_address

from django.conf import settings
from django.utils.translation import gettext as _

from streair.core import page_processes, place
from streair.core.doctor.examinations import Unwell
from streair.core.health import Ailing

_SECONDS = 3.0
_OURS = {"status": "ok"}
# Where the processes listen behind a front of this machine.
_OUR_FRONTS = {"127.0.0.1", "::1", "localhost"}
# What a front says of processes that are away, or too busy.
_NOBODY_BEHIND = {502, 503, 504}


def site() -> str:
    """It answers at one of its addresses."""
    problem: Unwell | None = None
    for address in addresses():
        try:
            _ask(address)
        except Unwell as exc:
            problem = problem or exc
        else:
            return _("It answers at %s.") % address
    assert problem is not None, "there is one address at least"
    raise problem


def pages() -> str:
    """Beside the processes for sockets and video there are some for pages."""
    try:
        facts = page_processes.look()
    except Ailing as exc:
        raise Unwell(str(exc.sentence), _start(page_processes.UNIT)) from exc
    return ", ".join(f"{name}: {value}" for name, value in facts.items())


def addresses() -> list[str]:
    """Return where this machine's processes can be asked, whichever of them runs."""
    # Another machine's front asks there, and there is none of our own.
    if settings.BIND_HOST not in _OUR_FRONTS:
        return [f"{settings.BIND_HOST}:{port}" for port in (3021, 3022)]
    elsewhere = [each for each in settings.FRONT_REALTIME if not _is_loopback(_host(each))]
    return elsewhere or [f"127.0.0.1:{settings.PORT}"]


def _ask(address: str) -> None:
    """Return when it is us who answer there. Raises Unwell."""
    connection = http.client.HTTPConnection(address, timeout=_SECONDS)
    try:
        connection.request("GET", "/health/live", headers={"Host": settings.HOOK_HOST})
        with connection.getresponse() as answer:
            status, said = answer.status, answer.read(1000)
    except TimeoutError as exc:
        raise Unwell(
            _(
                "Whoever has %(address)s takes connections, and answers nothing within %(seconds)d s."
            )
            % {"address": address, "seconds": _SECONDS},
            _start("realtime"),
        ) from exc
    except OSError as exc:
        raise Unwell(
            _("Nothing answers at %(address)s: the site does not run. (%(why)s)")
            % {"address": address, "why": exc.strerror or exc},
            _start("realtime"),
        ) from exc
    except http.client.HTTPException:
        status, said = 0, b""
    finally:
        connection.close()
    if status in _NOBODY_BEHIND:
        raise Unwell(
            _("At %(address)s there is only a front: nobody behind it answers (%(status)d).")
            % {"address": address, "status": status},
            _start("realtime"),
        )
    if not _is_ours(said):
        raise Unwell(
            _("Another program has %s: it does not answer as StreAir does.") % address,
            _("Stop it (`ss -ltnp` shows which it is), or set another PORT."),
        )


def _is_ours(said: bytes) -> bool:
    try:
        return bool(json.loads(said) == _OURS)
    except ValueError:
        return False


def _host(address: str) -> str:
    return address.rpartition(":")[0].strip("[]")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _start(unit: str) -> str:
    said = {
        "start": place.start_of_all(),
        "log": place.log_of(unit if place.is_installed() else "web"),
    }
    return _("Start it (%(start)s); if it runs, this says why: %(log)s") % said
